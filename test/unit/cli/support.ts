import { EventEmitter } from 'node:events';
import { Readable } from 'node:stream';
import type { Client, ConnectionStatus, StateChange } from '../../../src/client/api.ts';
import { Emitter } from '../../../src/common/emitter.ts';
import type { Message, Profile, Room } from '../../../src/model/entities.ts';
import { ChatError } from '../../../src/model/errors.ts';
import { type Finding, finding } from '../../../src/model/findings.ts';
import type { HubRequests } from '../../../src/protocol/hub.ts';
import type { ParamsOf, ResultOf } from '../../../src/protocol/rpc.ts';
import type { Input } from '../../../src/cli/input.ts';
import type { OutputStream } from '../../../src/cli/output.ts';
import { type CliHost, type ClientRequest, runCli } from '../../../src/cli/run.ts';

export const adaId = '01900000-0000-7000-8000-00000000000a';
export const graceId = '01900000-0000-7000-8000-00000000000b';
export const generalId = '01900000-0000-7000-8000-000000000001';
export const messageId = '01900000-0000-7000-8000-0000000000ff';

export function aProfile(over: Partial<Profile> = {}): Profile {
  return { id: adaId, name: 'Ada', colour: 'violet', created: '2026-11-23T09:00:00.000Z', rev: 1, ...over };
}

export function aRoom(over: Partial<Room> = {}): Room {
  return {
    id: generalId,
    kind: 'room',
    name: 'general',
    topic: '',
    archived: false,
    members: [],
    created: '2026-11-23T09:00:00.000Z',
    lastSeq: 0,
    readSeq: 0,
    unread: 0,
    rev: 2,
    ...over,
  };
}

export function aMessage(over: Partial<Message> = {}): Message {
  return {
    id: messageId,
    seq: 7,
    roomId: generalId,
    senderId: adaId,
    kind: 'person',
    content: 'Hello',
    timestamp: '2026-11-23T09:30:00.000Z',
    rev: 7,
    ...over,
  };
}

type Handlers = {
  [K in keyof HubRequests]?: (params: ParamsOf<HubRequests, K>) => Promise<ResultOf<HubRequests, K>>;
};

/** A client without a hub: its state is given, its answers are functions of the test. Once disposed, whatever waits fails. */
export class FakeClient implements Client {
  readonly #connection = new Emitter<ConnectionStatus>();
  readonly #change = new Emitter<StateChange>();
  readonly #handlers: Handlers;
  readonly #waiting = new Set<(error: ChatError) => void>();
  readonly profiles: Map<string, Profile>;
  readonly rooms: Map<string, Room>;
  disposed = false;

  constructor(handlers: Handlers = {}, profiles: Profile[] = [aProfile()], rooms: Room[] = [aRoom()]) {
    this.#handlers = handlers;
    this.profiles = new Map(profiles.map((profile) => [profile.id, profile]));
    this.rooms = new Map(rooms.map((room) => [room.id, room]));
  }

  readonly connection: ConnectionStatus = { state: 'ready', fault: null };
  readonly onDidChangeConnection = this.#connection.event;
  readonly onDidChangeState = this.#change.event;

  get state(): Client['state'] {
    const { profiles, rooms } = this;
    return { me: profiles.get(adaId) ?? null, profiles, rooms, drafts: new Map(), sessions: [], seq: 9 };
  }

  whenReady(): Promise<void> {
    return Promise.resolve();
  }

  request<K extends keyof HubRequests>(
    name: K,
    params: ParamsOf<HubRequests, K>,
  ): Promise<ResultOf<HubRequests, K>> {
    const handler = this.#handlers[name];
    if (handler === undefined) return Promise.reject(new ChatError('BAD_REQUEST', { detail: name }));
    return new Promise((resolve, reject) => {
      this.#waiting.add(reject);
      handler(params).then(resolve, reject);
    });
  }

  switchProfile(): Promise<void> {
    return Promise.resolve();
  }

  async *follow(): AsyncGenerator<Message, void, undefined> {}

  leave(): Promise<void> {
    this.dispose();
    return Promise.resolve();
  }

  dispose(): void {
    this.disposed = true;
    for (const reject of this.#waiting) reject(new ChatError('CONNECTION_CLOSED'));
  }
}

/** Collects what is written. `closeAfter`: so many writes go through, then the reader is gone. */
export class FakeStream extends EventEmitter implements OutputStream {
  readonly isTTY: boolean;
  readonly columns: number;
  readonly #closeAfter: number;
  #writes = 0;
  text = '';

  constructor({ isTTY = false, columns = 60, closeAfter = Infinity } = {}) {
    super();
    this.isTTY = isTTY;
    this.columns = columns;
    this.#closeAfter = closeAfter;
  }

  write(text: string, done: (error?: Error | null) => void): boolean {
    if (this.#writes >= this.#closeAfter) {
      const error = Object.assign(new Error('write EPIPE'), { code: 'EPIPE' });
      queueMicrotask(() => {
        done(error);
        this.emit('error', error);
      });
      return true;
    }
    this.#writes += 1;
    this.text += text;
    queueMicrotask(done);
    return true;
  }

  get lines(): string[] {
    return this.text.split('\n').slice(0, -1);
  }

  get json(): unknown[] {
    return this.lines.map((line) => JSON.parse(line) as unknown);
  }
}

export interface Ran {
  readonly code: number;
  readonly stdout: FakeStream;
  readonly stderr: FakeStream;
  /** What the command asked a client for; null when it never did. */
  readonly request: ClientRequest | null;
}

export interface RunOptions {
  readonly client?: FakeClient;
  readonly env?: Record<string, string>;
  /** Text on standard input, or a stream that the test feeds itself; not given: a keyboard. */
  readonly stdin?: string | Uint8Array | Readable;
  readonly stdout?: FakeStream;
  readonly signal?: AbortSignal;
  /** What the doctor finds. */
  readonly findings?: readonly Finding[];
}

function inputOf(stdin: RunOptions['stdin']): Input {
  if (stdin instanceof Readable) return stdin;
  if (stdin === undefined) return Object.assign(Readable.from([]), { isTTY: true });
  return Readable.from([Buffer.from(stdin)]);
}

/** Runs a command line without a process. */
export async function run(argv: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const stdout = options.stdout ?? new FakeStream();
  const stderr = new FakeStream();
  let request: ClientRequest | null = null;
  const host: CliHost = {
    argv,
    env: options.env ?? {},
    folder: 'project',
    version: '1.2.3',
    stdin: inputOf(options.stdin),
    stdout,
    stderr,
    interrupted: () => options.signal ?? new AbortController().signal,
    locate: (named) => named ?? '/located',
    openClient: (asked) => {
      request = asked;
      return options.client ?? new FakeClient();
    },
    examine: ({ named, adopt }) =>
      Promise.resolve({
        directory: named ?? '/located',
        findings: [...(options.findings ?? []), ...(adopt ? [finding('NOTHING_TO_ADOPT')] : [])],
      }),
  };
  const code = await runCli(host);
  return { code, stdout, stderr, request };
}
