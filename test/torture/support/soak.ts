import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { openConnection } from '../../../src/ipc/connect.ts';
import type { ClientConnection } from '../../../src/ipc/wire.ts';
import { epochFileName, parseEpochFileName } from '../../../src/model/epoch-files.ts';
import { newId } from '../../../src/model/ids.ts';
import { readClaim } from '../../../src/rendezvous/claim.ts';
import { loadSecret } from '../../../src/rendezvous/secret.ts';
import { Chat } from '../../integration/support/chat.ts';
import { type Acked, type Sent, violations } from '../../integration/support/history.ts';
import type { Random } from '../../integration/support/random.ts';
import { until } from '../../integration/support/until.ts';
import { Chat as StoredChat } from '../../unit/store/support.ts';
import { historyOf } from './truth.ts';

/** Requests on their way at a time. */
const WINDOW = 512;
/** Milliseconds between two looks at files and memory. */
const LOOK = 200;

export interface Look {
  readonly events: number;
  /** Epochs that were begun so far. */
  readonly epoch: number;
  readonly rss: number;
  readonly baseBytes: number;
}

export interface Soaked {
  readonly looks: readonly Look[];
  readonly violations: readonly string[];
  readonly messages: number;
}

/** A hub in a process of its own, and one client that never stops asking. */
export class Soak {
  readonly #chat = new Chat();
  readonly #random: Random;
  readonly #sent: Sent[] = [];
  readonly #acked: Acked[] = [];
  readonly #looks: Look[] = [];
  readonly #violations: string[] = [];
  #events = 0;
  /** Milliseconds. */
  #tooManySince = Infinity;
  #connection: ClientConnection | null = null;
  #profileId = '';
  #rooms: readonly { readonly id: string; readonly name: string }[] = [];

  constructor(random: Random) {
    this.#random = random;
  }

  async run(wanted: number, progress: (look: Look) => void): Promise<Soaked> {
    const { process: hub } = this.#chat.spawn(['pipe']);
    hub.stdout?.resume();
    hub.stderr?.resume();
    try {
      await until('a hub', () => this.#chat.hub(), 30_000);
      await this.#connect();
      const looking = setInterval(() => this.#look(hub.pid ?? 0, progress), LOOK);
      try {
        await Promise.all(Array.from({ length: WINDOW }, async () => this.#ask(wanted)));
      } finally {
        clearInterval(looking);
      }
      this.#look(hub.pid ?? 0, progress);
      this.#connection?.close('the soak is over');
      await this.#chat.close();
      await this.#compare();
    } finally {
      await this.#chat.close();
    }
    return { looks: this.#looks, violations: this.#violations, messages: this.#acked.length };
  }

  async #connect(): Promise<void> {
    const { dir } = this.#chat;
    const epoch = this.#chat.hub()?.epoch ?? 0;
    const reading = readClaim(dir, epoch);
    if (reading.kind !== 'claim') throw new Error('nobody leads');
    const options = { path: reading.claim.socket, secret: loadSecret(dir), helloTimeoutMs: 10_000 };
    const result = await openConnection(options);
    if (result.kind !== 'connected') throw new Error(`not connected: ${result.kind}`);
    const { connection } = result;
    this.#connection = connection;
    connection.start({ onRequest: () => undefined, onNotification: () => undefined });
    const { profileId } = await connection.request('session.open', {
      sessionId: newId(),
      kind: 'person',
      surface: 'terminal',
      folder: 'soak',
      product: 'test',
      pid: process.pid,
      since: new Date().toISOString(),
      profile: { by: 'default', firstName: 'Ada' },
    });
    this.#profileId = profileId;
    const rooms = [];
    for (const name of ['one', 'two', 'three']) {
      const { subject } = await connection.request('room.create', { id: newId(), name, topic: '' });
      rooms.push({ id: subject, name });
    }
    this.#rooms = rooms;
  }

  /** One request after the other, mostly of the kinds that replace what was there, so that the database hardly grows. */
  async #ask(wanted: number): Promise<void> {
    const connection = this.#connection;
    if (connection === null) throw new Error('not connected');
    while (this.#events < wanted) {
      this.#events += 1;
      const number = this.#events;
      const room = this.#random.pick(this.#rooms);
      const chance = this.#random.next();
      const id = newId();
      const content = `${number} ${'soaking '.repeat(4 + Math.floor(this.#random.next() * 110))}`.trim();
      if (chance < 0.05) {
        this.#sent.push({ id, room: room.name, content, at: performance.now() });
        const { seq } = await connection.request('message.send', { id, roomId: room.id, content });
        this.#acked.push({ id, seq, at: performance.now() });
      } else if (chance < 0.9) {
        await connection.request('draft.save', { roomId: room.id, content });
      } else {
        await connection.request('room.change', { id, roomId: room.id, topic: content.slice(0, 200) });
      }
    }
  }

  #look(pid: number, progress: (look: Look) => void): void {
    const { dir } = this.#chat;
    const files = readdirSync(dir).flatMap((name) => parseEpochFileName(name) ?? []);
    const newest = Math.max(0, ...files.filter(({ kind }) => kind === 'log').map(({ epoch }) => epoch));
    const stored = files.filter(({ epoch, kind }) => kind !== 'claim' && epoch <= newest);
    const generations = new Set(stored.map(({ epoch }) => epoch));
    // Between a new log and the removal of the oldest there are three for a moment.
    const now = performance.now();
    if (generations.size <= 2) this.#tooManySince = Infinity;
    else this.#tooManySince = Math.min(this.#tooManySince, now);
    if (now - this.#tooManySince > 1_000)
      this.#violations.push(`${generations.size} generations: ${[...generations].join(', ')}`);
    const look = {
      events: this.#events,
      epoch: newest,
      rss: residentBytes(pid),
      baseBytes: sizeOf(path.join(dir, epochFileName(Math.max(newest, 1), 'base'))),
    };
    this.#looks.push(look);
    progress(look);
  }

  /** With what is read from the disk once everything has ended. */
  async #compare(): Promise<void> {
    const chat = new StoredChat(this.#chat.dir);
    try {
      await chat.openAfter(this.#looks.at(-1)?.epoch ?? 0);
      const history = await historyOf(chat, this.#profileId);
      const seen = { sent: this.#sent, acked: this.#acked, followed: [], history };
      this.#violations.push(...violations(seen));
      const { seq, facts } = chat.store;
      if (seq < this.#events) this.#violations.push(`${this.#events} events, and only ${seq} of them stored`);
      if (facts.salvage !== null) this.#violations.push(`damaged: ${facts.salvage.outcome}`);
    } finally {
      chat.close();
    }
  }
}

/** What Linux says a process has in memory. */
function residentBytes(pid: number): number {
  const [, kilobytes = '0'] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) * 1024;
}

function sizeOf(file: string): number {
  try {
    return statSync(file).size;
  } catch {
    // Removed between two calls.
    return 0;
  }
}
