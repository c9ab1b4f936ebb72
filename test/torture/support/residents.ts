import path from 'node:path';
import { makeTempDir } from '../../harness/paths.ts';
import { Chat } from '../../integration/support/chat.ts';
import { Follower } from '../../integration/support/follower.ts';
import { type Observation, type Stored, violations } from '../../integration/support/history.ts';
import { until, within } from '../../integration/support/until.ts';
import { Writer } from '../../integration/support/writer.ts';

/** A path of exactly so many bytes with what paths are seldom tried with, in a fresh folder. Nothing is there yet. */
export function awkwardPath(bytes: number): string {
  const folder = path.join(makeTempDir(), 'Größe & Straße (日本語) $HOME "x"');
  const name = 'a b é ü ñ 東京 ';
  let full = `${folder}/`;
  while (Buffer.byteLength(full) + Buffer.byteLength(name) < bytes) full += name;
  return full + 'z'.repeat(bytes - Buffer.byteLength(full));
}

/** One who lives in a place of its own and writes. */
export interface Resident {
  readonly chat: Chat;
  readonly writer: Writer;
}

export interface ResidentsOptions {
  readonly bundle?: string | undefined;
  /** The runtime directory of all; without it every second one has one of its own. */
  readonly runtime?: string;
}

/** Programs on one data directory, each with a HOME and a folder for temporary files of its own; every second one follows, too. */
export class Residents {
  readonly all: readonly Resident[];
  readonly dir: string;
  /** Each belongs to one resident alone: for temporary files, or for what is there while its programs run. */
  readonly folders = new Set<string>();
  readonly #bundle: string | undefined;
  readonly #followers: Follower[] = [];
  #written = 0;

  constructor(dir: string, count: number, { bundle, runtime }: ResidentsOptions = {}) {
    this.dir = dir;
    this.#bundle = bundle;
    this.all = Array.from({ length: count }, (_, index) => {
      const own = index % 2 === 0 ? this.#folder() : undefined;
      const chat = this.chat({ TMPDIR: this.#folder(), XDG_RUNTIME_DIR: runtime ?? own });
      if (index % 2 === 1) this.#followers.push(new Follower(chat, `follower ${index}`, 0));
      return { chat, writer: new Writer(chat, `writer ${index}`) };
    });
  }

  /** One more place to run programs in. */
  chat(env: Readonly<Record<string, string | undefined>>, through: readonly string[] = []): Chat {
    return new Chat({ dir: this.dir, env, through, ...(this.#bundle && { bundle: this.#bundle }) });
  }

  get programs(): readonly (Writer | Follower)[] {
    return [...this.all.map(({ writer }) => writer), ...this.#followers];
  }

  start(): void {
    for (const program of this.programs) program.start();
  }

  /** Everybody writes so many messages; resolves once each is acknowledged. */
  async write(each: number): Promise<void> {
    for (const { writer } of this.all) {
      for (let index = 0; index < each; index += 1) {
        this.#written += 1;
        writer.send('general', `message ${this.#written} of ${writer.name}`);
      }
    }
    await this.settled();
  }

  async settled(): Promise<void> {
    await within('all acknowledgements', Promise.all(this.all.map(({ writer }) => writer.settled())), 60_000);
  }

  /** The newest claim, which is that of a process that lives. */
  hub(): Promise<NonNullable<ReturnType<Chat['hub']>>> {
    return until('a hub', () => this.#anyChat().hub());
  }

  /** Kills whoever holds the hub, and starts the same program again. */
  async killHub(): Promise<void> {
    const { pid } = await this.hub();
    await this.programs.find((program) => program.pid === pid)?.killAndRestart();
  }

  /** Which hubs the places find, asked by a fresh process in each: how it should be is one. */
  async hubs(): Promise<string[]> {
    const found = await Promise.all(
      this.all.map(async ({ chat }) => {
        const { code, stderr, json } = await chat.run(['status', '--json'], { timeout: 60_000 });
        if (code !== 0) return `none: ${stderr.trim()}`;
        return `process ${String(json[0]?.['pid'])}, epoch ${String(json[0]?.['epoch'])}`;
      }),
    );
    return [...new Set(found)];
  }

  /** Ends everything and reads what there is from the disk. `guest` wrote, too. Returns what is wrong with it. */
  async verdict(guest?: Writer): Promise<{ observation: Observation; violations: string[] }> {
    const writers = [...this.all.map(({ writer }) => writer), ...(guest === undefined ? [] : [guest])];
    const programs = [...writers, ...this.#followers];
    const last = Math.max(0, ...writers.flatMap(({ acked }) => acked.map(({ seq }) => seq)));
    await within('the followers', Promise.all(this.#followers.map((follower) => follower.reached(last))));
    const errors = this.all.flatMap(({ writer }) =>
      writer.errors.map(({ code }) => `${writer.name}: ${code}`),
    );
    const ended = programs.flatMap(({ endedByItself }) => endedByItself ?? []);
    await guest?.interrupt('SIGKILL');
    await this.close();
    const { json } = await this.#anyChat().ok(['read', 'general', '--limit', '999999', '--json']);
    const observation = {
      sent: writers.flatMap(({ sent }) => sent),
      acked: writers.flatMap(({ acked }) => acked),
      followed: this.#followers,
      history: json as unknown as readonly Stored[],
    };
    return { observation, violations: [...violations(observation), ...errors, ...ended] };
  }

  async close(): Promise<void> {
    await Promise.all(this.programs.map((program) => program.interrupt('SIGKILL')));
    await Promise.all(this.all.map(({ chat }) => chat.close()));
  }

  #folder(): string {
    const folder = makeTempDir();
    this.folders.add(folder);
    return folder;
  }

  #anyChat(): Chat {
    const [resident] = this.all;
    if (resident === undefined) throw new Error('Nobody lives here.');
    return resident.chat;
  }
}
