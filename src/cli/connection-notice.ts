import type { Client, ConnectionStatus } from '../client/api.ts';
import { assertNever } from '../common/assert-never.ts';
import { type Disposable, toDisposable } from '../common/disposable.ts';
import type { Output } from './output.ts';
import { sentence } from './sentences.ts';

/** A change of hub usually takes less; it is not worth a word. */
const PATIENCE_MS = 2_000;

/** For verbs that run on: one calm line on standard error when the way to the hub is lost for long, one when it is back. */
export function noticeConnection(client: Client, err: Output): Disposable {
  let said: string | null = null;
  let timer: NodeJS.Timeout | undefined;

  const say = (text: string | null): void => {
    if (text === said) return;
    const line = text ?? 'connected again';
    said = text;
    // A notice nobody can see any more is no reason to stop.
    err.line(`local-chat: ${line}`).catch(() => undefined);
  };
  const subscription = client.onDidChangeConnection((status) => {
    clearTimeout(timer);
    const text = describe(status);
    if (text === null) say(null);
    else timer = setTimeout(() => say(text), PATIENCE_MS);
  });
  return toDisposable(() => {
    clearTimeout(timer);
    subscription.dispose();
  });
}

function describe({ state, fault }: ConnectionStatus): string | null {
  switch (state) {
    case 'ready':
      return null;
    case 'connecting':
    case 'reconnecting':
      return 'reconnecting…';
    case 'readonly':
      return 'the chat can be read but not written to just now';
    case 'unreachable':
      return fault === null ? 'the chat cannot be reached' : `${sentence(fault)} (${fault.code})`;
    default:
      return assertNever(state);
  }
}
