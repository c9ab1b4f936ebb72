import type { Message, SenderKind } from '../../src/model/entities.ts';
import { countsAsUnread } from '../../src/model/unread.ts';
import type { PendingMessage } from '../../src/protocol/page.ts';
import { sameDay } from '../format.ts';

/** Consecutive messages of one author share avatar and name when no more than this lies between two of them. */
const GROUP_GAP = 5 * 60 * 1000;

/** A message as it is shown: stored, or on its way. */
export interface ShownMessage {
  readonly id: string;
  /** Null while it is not stored. */
  readonly seq: number | null;
  readonly senderId: string;
  readonly kind: SenderKind;
  readonly content: string;
  readonly timestamp: string;
  readonly rev: number;
  readonly delivery: 'stored' | 'sending' | 'failed';
  readonly fault: PendingMessage['fault'];
}

/** One line of the list. `key` is unique in the list and stays with what it shows. */
export type Row =
  | { readonly kind: 'day'; readonly key: string; readonly timestamp: string }
  | { readonly kind: 'unread'; readonly key: 'unread' }
  | {
      readonly kind: 'message';
      readonly key: string;
      readonly message: ShownMessage;
      /** The first of its author's group shows avatar and name. */
      readonly first: boolean;
    };

/** The same stored message gives the same object, so that an unchanged one is not rendered again. */
const shown = new WeakMap<Message | PendingMessage, ShownMessage>();

function showStored(message: Message): ShownMessage {
  const known = shown.get(message);
  if (known !== undefined) return known;
  const { id, seq, senderId, kind, content, timestamp, rev } = message;
  const made: ShownMessage = {
    id,
    seq,
    senderId,
    kind,
    content,
    timestamp,
    rev,
    delivery: 'stored',
    fault: null,
  };
  shown.set(message, made);
  return made;
}

function showPending(message: PendingMessage, me: string): ShownMessage {
  const known = shown.get(message);
  if (known?.senderId === me) return known;
  const made: ShownMessage = {
    id: message.id,
    seq: null,
    senderId: me,
    kind: 'person',
    content: message.content,
    timestamp: message.timestamp,
    rev: 0,
    delivery: message.state,
    fault: message.fault,
  };
  shown.set(message, made);
  return made;
}

export interface RowsInput {
  readonly messages: readonly Message[];
  readonly pending: readonly PendingMessage[];
  /** Profile of this window: the author of what is pending. */
  readonly me: string;
  readonly unreadAfter: number | null;
}

/** Stored messages by seq, then pending ones in the order of sending, with a line before each day and before the first new one. */
export function rowsOf(input: RowsInput): readonly Row[] {
  const stored = new Set(input.messages.map((message) => message.id));
  const all = [
    ...input.messages.map(showStored),
    ...input.pending
      .filter((message) => !stored.has(message.id))
      .map((message) => showPending(message, input.me)),
  ];
  const rows: Row[] = [];
  let before: ShownMessage | undefined;
  let unreadStands = input.unreadAfter === null;
  for (const message of all) {
    const newDay = before === undefined || !sameDay(before.timestamp, message.timestamp);
    if (newDay)
      rows.push({
        kind: 'day',
        key: `day ${message.timestamp.slice(0, 10)} ${message.id}`,
        timestamp: message.timestamp,
      });
    const unread =
      !unreadStands &&
      message.seq !== null &&
      message.seq > (input.unreadAfter ?? 0) &&
      countsAsUnread(message, input.me);
    if (unread) {
      unreadStands = true;
      rows.push({ kind: 'unread', key: 'unread' });
    }
    const first = newDay || unread || before === undefined || !continues(before, message);
    rows.push({ kind: 'message', key: message.id, message, first });
    before = message;
  }
  return rows;
}

function continues(before: ShownMessage, message: ShownMessage): boolean {
  return (
    before.senderId === message.senderId &&
    before.kind === message.kind &&
    Date.parse(message.timestamp) - Date.parse(before.timestamp) <= GROUP_GAP
  );
}
