import { createRequire } from 'node:module';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { openConnection } from '../../../src/ipc/connect.ts';
import type { ClientConnection } from '../../../src/ipc/wire.ts';
import type { LogLevel } from '../../../src/common/logger.ts';
import type { HubEnd, HubOptions, HubTimes } from '../../../src/hub/hub-options.ts';
import { Hub } from '../../../src/hub/hub.ts';
import type { EventEnvelope } from '../../../src/model/events.ts';
import { type EpochFile, epochFileName } from '../../../src/model/epoch-files.ts';
import { ChatError, type ErrorCode } from '../../../src/model/errors.ts';
import { newId } from '../../../src/model/ids.ts';
import type { HubNotifications, HubRequests, ProfileChoice } from '../../../src/protocol/hub.ts';
import type { AnyNotification, NotificationOf, ParamsOf, ResultOf } from '../../../src/protocol/rpc.ts';
import { highestEpoch, readClaim } from '../../../src/rendezvous/claim.ts';
import { loadSecret } from '../../../src/rendezvous/secret.ts';
import { makeTempDir, removeTempDir } from '../../harness/paths.ts';
import { until, within } from '../../integration/support/until.ts';

const wasm = createRequire(import.meta.url).resolve('sql.js/dist/sql-wasm.wasm');

type ResumePoint = NonNullable<ParamsOf<HubRequests, 'session.open'>['resume']>;
type SessionFacts = Omit<ParamsOf<HubRequests, 'session.open'>, 'sessionId' | 'since' | 'profile' | 'resume'>;
type Note = AnyNotification<HubNotifications>;
type NoteName = Note['name'];

/** A client as thin as can be: what it was told, in order, and nothing made of it. */
export class TestClient {
  readonly connection: ClientConnection;
  readonly notes: Note[] = [];
  /** Replies and notifications by name, in the order of their arrival. */
  readonly order: string[] = [];
  readonly sessionId: string;
  profileId = '';
  /** What `session.open` says of it. */
  facts: SessionFacts = {
    kind: 'person',
    surface: 'window',
    folder: 'lighthouse',
    product: 'test',
    pid: process.pid,
    version: '0.0.0-test',
  };

  constructor(connection: ClientConnection, sessionId = newId()) {
    this.connection = connection;
    this.sessionId = sessionId;
    connection.start({
      onRequest: () => undefined,
      onNotification: (note) => {
        this.notes.push(note);
        this.order.push(note.name);
      },
    });
  }

  async open(profile: ProfileChoice, resume?: ResumePoint): Promise<ResultOf<HubRequests, 'session.open'>> {
    const opened = await this.connection.request(
      'session.open',
      {
        ...this.facts,
        sessionId: this.sessionId,
        since: '2026-11-23T09:30:00.000Z',
        profile,
        ...(resume === undefined ? {} : { resume }),
      },
      { onReply: () => this.order.push('opened') },
    );
    this.profileId = opened.profileId;
    return opened;
  }

  request: ClientConnection['request'] = (name, params, options) =>
    this.connection.request(name, params, options);

  async send(roomId: string, content: string, id = newId()): Promise<ResultOf<HubRequests, 'message.send'>> {
    return this.request('message.send', { id, roomId, content });
  }

  all<K extends NoteName>(name: K): NotificationOf<HubNotifications, K>[] {
    return this.notes.flatMap((note) =>
      note.name === name ? [note.params as NotificationOf<HubNotifications, K>] : [],
    );
  }

  /** Every event it was told, in order. */
  get events(): EventEnvelope[] {
    return this.all('events').flatMap(({ events }) => events);
  }

  get messages(): string[] {
    return this.events.flatMap(({ type, body }) =>
      type === 'message.posted' ? [String(body['content'])] : [],
    );
  }

  get rooms() {
    return this.all('state').flatMap(({ rooms }) => rooms);
  }

  /** The id of the open room with this name. */
  room(name: string): string {
    const room = this.rooms.find((row) => row.name === name);
    if (room === undefined) throw new Error(`was not told of ${name}`);
    return room.id;
  }

  /** Waits until it was told all up to this seq. */
  async upTo(seq: number): Promise<void> {
    await until(`seq ${seq}`, () => (this.all('events').at(-1)?.seq ?? 0) >= seq, 5_000);
  }

  get isClosed(): boolean {
    return this.connection.end !== null;
  }

  close(): void {
    this.connection.close('the test closes it');
  }
}

/** Hubs over one data directory, in this process, each behind its real socket; and clients of theirs. */
export class TestHubs {
  #directory: string | null = null;
  readonly logged: { level: LogLevel; message: string; facts: object }[] = [];
  readonly #hubs: Hub[] = [];
  readonly #clients: TestClient[] = [];

  get directory(): string {
    return (this.#directory ??= makeTempDir('lc-hub'));
  }

  /** A hub that will begin after the newest epoch. */
  make(options: Partial<HubOptions> = {}): Hub {
    const hub = new Hub({
      directory: this.directory,
      deadEpoch: highestEpoch(this.directory),
      wasm,
      version: '0.0.0-test',
      log: { log: (level, message, facts = {}) => this.logged.push({ level, message, facts }) },
      ...options,
    });
    this.#hubs.push(hub);
    return hub;
  }

  /** Starts a hub after the newest epoch; resolves once it is ready or over. */
  async start(options: Partial<HubOptions> = {}): Promise<{ hub: Hub; end: Promise<HubEnd> }> {
    const hub = this.make(options);
    const ready = new Promise<void>((resolve) => hub.onDidBecomeReady(() => resolve()));
    const end = hub.run();
    await within('the hub', Promise.race([ready, end]));
    return { hub, end };
  }

  /** A connection to the hub of the newest claim. */
  async connect(sessionId?: string): Promise<TestClient> {
    const reading = readClaim(this.directory, highestEpoch(this.directory));
    if (reading.kind !== 'claim') throw new Error('nobody leads');
    return this.connectTo(reading.claim.socket, sessionId);
  }

  async connectTo(socket: string, sessionId?: string): Promise<TestClient> {
    const result = await openConnection({
      path: socket,
      secret: loadSecret(this.directory),
      helloTimeoutMs: 5_000,
    });
    if (result.kind !== 'connected') throw new Error(`not connected: ${result.kind}`);
    const client = new TestClient(result.connection, sessionId);
    this.#clients.push(client);
    return client;
  }

  /** A connected client with an open session as a profile of its own. */
  async join(name: string, facts: Partial<SessionFacts> = {}): Promise<TestClient> {
    const client = await this.connect();
    client.facts = { ...client.facts, ...facts };
    await client.open({ by: 'default', firstName: name });
    if (client.all('state').some(({ profiles }) => profiles.some((profile) => profile.name === name)))
      return client;
    const { subject } = await client.request('profile.create', { id: newId(), name });
    client.notes.length = 0;
    client.order.length = 0;
    await client.open({ by: 'id', id: subject });
    return client;
  }

  get files(): string[] {
    return readdirSync(this.directory).sort();
  }

  get sockets(): string[] {
    return this.files.filter((name) => name.endsWith('.sock'));
  }

  pathOf(epoch: number, kind: EpochFile['kind']): string {
    return path.join(this.directory, epochFileName(epoch, kind));
  }

  /** Ends all of it; what is started after this is in a directory of its own. */
  async dispose(): Promise<void> {
    for (const client of this.#clients.splice(0)) client.close();
    for (const hub of this.#hubs.splice(0)) hub.stop();
    this.logged.length = 0;
    if (this.#directory !== null) removeTempDir(this.#directory);
    this.#directory = null;
  }
}

/** For a suite: hubs over a fresh directory in each of its tests. */
export function hubsOfEachTest(): TestHubs {
  const hubs = new TestHubs();
  afterEach(() => hubs.dispose());
  return hubs;
}

/** As in real life, only faster. */
export const quick: HubTimes = { watchMs: 20, retryMs: 50, longestRetryMs: 100, compactionPauseMs: 50 };

export const hasCode = (code: ErrorCode) => (error: unknown) =>
  error instanceof ChatError && error.code === code;
