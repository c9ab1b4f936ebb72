import type { Message, Profile, ProfileColour, Room, SenderKind } from '../../src/model/entities.ts';
import type { PageSnapshot, PageState } from '../../src/protocol/page.ts';

/** A valid id that shows its number: id(7) is the same everywhere in a test. */
export function id(number: number): string {
  return `01930000-0000-7000-8000-${number.toString(16).padStart(12, '0')}`;
}

const START = Date.UTC(2026, 10, 23, 9, 0);

export const roomId = id(1);
export const people = {
  ada: profile(11, 'Ada Lovelace', 'violet'),
  grace: profile(12, 'Grace Hopper', 'green'),
  make: profile(13, 'make test', 'teal'),
  fixer: profile(14, 'fixer', 'orange'),
  linus: profile(15, '李明', 'blue'),
  noor: profile(16, 'نور', 'pink'),
} as const;

function profile(number: number, name: string, colour: ProfileColour): Profile {
  return { id: id(number), name, colour, created: new Date(START).toISOString(), rev: number };
}

export interface Written {
  readonly by?: Profile;
  readonly kind?: SenderKind;
  /** Minutes after 09:00 of the lab's day. */
  readonly minute?: number;
}

export function message(
  seq: number,
  content: string,
  { by = people.grace, kind = 'person', minute = seq / 60 }: Written = {},
): Message {
  const timestamp = new Date(START + minute * 60_000).toISOString();
  return { id: id(1000 + seq), seq, roomId, senderId: by.id, kind, content, timestamp, rev: seq };
}

export function room(changes: Partial<Room> = {}): Room {
  return {
    id: roomId,
    kind: 'room',
    name: 'general',
    topic: '',
    archived: false,
    members: [],
    created: new Date(START).toISOString(),
    lastSeq: 0,
    readSeq: 0,
    unread: 0,
    rev: 1,
    ...changes,
  };
}

/** A page that shows the last `shown` of these messages, or those around `unreadAfter`. */
export function pageState(
  messages: readonly Message[],
  changes: Partial<PageState> = {},
  shown = 60,
): PageState {
  const history = messages.slice(-shown);
  return {
    shows: 'room',
    place: 'panel',
    me: people.ada.id,
    profiles: Object.values(people),
    room: room({ lastSeq: messages.at(-1)?.seq ?? 0 }),
    label: 'general',
    here: 4,
    history: { messages: history, reachedStart: history.length === messages.length, reachedEnd: true },
    unreadAfter: null,
    pending: [],
    draft: '',
    connection: { state: 'ready', fault: null },
    settings: { enterSends: true, locale: 'en' },
    ...changes,
  };
}

export type PageWaitState = Extract<PageSnapshot, { shows: 'nothing' }>;

/** A page while there is no chat. */
export function pageWait(
  state: PageWaitState['connection']['state'],
  changes: Partial<PageWaitState> = {},
): PageWaitState {
  return {
    shows: 'nothing',
    place: 'panel',
    connection: { state, fault: null },
    settings: { enterSends: true, locale: 'en' },
    ...changes,
  };
}
