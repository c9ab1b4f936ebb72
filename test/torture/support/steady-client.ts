import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Client, SessionIdentity } from '../../../src/client/api.ts';
import { createClient } from '../../../src/client/client.ts';
import { silentLogger } from '../../../src/common/logger.ts';
import { toChatError } from '../../../src/model/errors.ts';
import { newId } from '../../../src/model/ids.ts';
import { builtCli } from '../../integration/support/chat.ts';
import { until } from '../../integration/support/until.ts';

const identity: SessionIdentity = { kind: 'script', surface: 'terminal', folder: '', product: 'torture' };

/** A client as interfaces have it, in this process. */
export function newClient(directory: string): Client {
  return createClient({
    directory,
    bundleFolder: path.dirname(builtCli),
    version: '0.0.0-test',
    identity,
    profile: { by: 'default', firstName: 'Ada' },
    log: silentLogger,
  });
}

/** The id of the first room. */
export async function generalOf(client: Client): Promise<string> {
  await client.whenReady();
  return until('the room', () => [...client.state.rooms.values()].find(({ name }) => name === 'general')?.id);
}

/** A client that means well: it sends a message every so often and notes how long each took, and what went wrong. */
export class SteadyClient {
  readonly client: Client;
  /** In milliseconds, since {@link takeTimes} was called last. */
  #times: number[] = [];
  readonly wrong: string[] = [];
  #stopped = false;
  #work: Promise<void> = Promise.resolve();

  constructor(directory: string) {
    this.client = newClient(directory);
  }

  async start(everyMs: number): Promise<void> {
    const roomId = await generalOf(this.client);
    this.client.onDidChangeConnection(({ state }) => {
      if (state !== 'ready') this.wrong.push(`the good client was ${state}`);
    });
    this.#work = this.#run(roomId, everyMs);
  }

  /** The times of the messages since the last call. */
  takeTimes(): number[] {
    const times = this.#times;
    this.#times = [];
    return times;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#work;
    this.client.dispose();
  }

  async #run(roomId: string, everyMs: number): Promise<void> {
    const running = new Set<Promise<void>>();
    while (!this.#stopped) {
      const work = this.#send(roomId).finally(() => running.delete(work));
      running.add(work);
      await delay(everyMs);
    }
    await Promise.all(running);
  }

  async #send(roomId: string): Promise<void> {
    const started = performance.now();
    try {
      await this.client.request('message.send', { id: newId(), roomId, content: 'meant well' });
      this.#times.push(performance.now() - started);
    } catch (error) {
      this.wrong.push(`a good message failed: ${toChatError(error).message}`);
    }
  }
}
