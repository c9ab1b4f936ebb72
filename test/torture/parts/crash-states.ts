import { type Acked, type Observation, violations } from '../../integration/support/history.ts';
import { epochFileName, temporaryFileName } from '../../../src/model/epoch-files.ts';
import type { Random } from '../../integration/support/random.ts';
import { FaultyFiles } from '../../unit/store/faulty-files.ts';
import { Chat } from '../../unit/store/support.ts';
import { unsyncedFiles } from '../../unit/store/unsynced-files.ts';
import type { Course, Outcome, Part } from '../part.ts';
import { Disk, type Files, filesIn, type Open, randomBytes, whole } from '../support/store-states.ts';
import { historyOf, Truth } from '../support/truth.ts';
import { loadVariant, replacing } from '../support/variant.ts';

/** What a power cut or a kill may leave, and what of it was acknowledged before. */
interface State {
  readonly name: string;
  readonly files: Files;
  readonly acked: readonly Acked[];
  /** The epoch that finds it. */
  readonly epoch: number;
}

/** A chat, what its disk looked like after it was opened, and how far it was acknowledged at each length of its log. */
class Recording {
  readonly #random: Random;
  readonly truth: Truth;
  readonly profileId: string;
  readonly files: Files;
  readonly log: Buffer;
  readonly logName: string;
  readonly epoch: number;
  /** Where each group ends in the log, and how many acknowledgements there were then. */
  readonly groups: readonly { readonly end: number; readonly acked: number }[];

  private constructor(chat: Chat, truth: Truth, random: Random, groups: Recording['groups']) {
    this.#random = random;
    this.truth = truth;
    this.profileId = truth.members[0]?.profileId ?? '';
    this.files = filesIn(chat.directory);
    this.epoch = chat.epoch;
    this.logName = epochFileName(chat.epoch, 'log');
    this.log = this.files.get(this.logName) ?? Buffer.alloc(0);
    this.groups = groups;
  }

  /** @param exported Whether its epoch begins with an export, so that its log is short. */
  static async make(random: Random, exported: boolean): Promise<Recording> {
    const chat = new Chat();
    try {
      await chat.open({ files: unsyncedFiles });
      const truth = new Truth(chat, random);
      truth.talk(10);
      await chat.open({ files: unsyncedFiles });
      truth.talk(5);
      await chat.open({ files: unsyncedFiles, export: exported });
      const groups: { end: number; acked: number }[] = [];
      for (let n = 0; n < 12; n += 1) {
        if (n % 4 === 3) truth.fidget();
        else truth.say(1 + whole(random, 3));
        groups.push({ end: chat.store.facts.logBytes, acked: truth.acked.length });
      }
      return new Recording(chat, truth, random, groups);
    } finally {
      chat.dispose();
    }
  }

  ackedAt(length: number): readonly Acked[] {
    const group = this.groups.findLast(({ end }) => end <= length);
    const before = (this.groups[0]?.acked ?? 0) - 1;
    return this.truth.acked.slice(0, group?.acked ?? before);
  }

  state(name: string, length: number, tail: Buffer): State {
    const log = Buffer.concat([this.log.subarray(0, length), tail]);
    const files = new Map([...this.files, [this.logName, log]]);
    return { name, files, acked: this.ackedAt(length), epoch: this.epoch + 1 };
  }

  /** Every byte of the last groups, and each of those places with something behind it. */
  *torn(share: number): Generator<State> {
    const first = this.groups.at(-5)?.end ?? 0;
    for (let length = first; length <= this.log.length; length += 1) {
      yield this.state(`${length} bytes`, length, Buffer.alloc(0));
      for (const [name, tail] of this.#tails()) {
        if (this.#random.next() < share) yield this.state(`${length} bytes and ${name}`, length, tail);
      }
    }
  }

  #tails(): [string, Buffer][] {
    const random = this.#random;
    const piece = (): Buffer => {
      const from = whole(random, this.log.length);
      return this.log.subarray(from, from + whole(random, 600));
    };
    const { end } = random.pick(this.groups.slice(0, -1));
    const line = this.log.subarray(end, this.log.indexOf(10, end) + 1);
    return [
      ['zeros', Buffer.alloc(1 + whole(random, 5000))],
      ['noise', randomBytes(random, 1 + whole(random, 600))],
      [
        'noise in lines',
        Buffer.concat([randomBytes(random, 40), Buffer.from('\n'), randomBytes(random, 40)]),
      ],
      ['a piece of the log', piece()],
      ['pieces of the log in lines', Buffer.concat([piece(), Buffer.from('\n'), piece(), Buffer.from('\n')])],
      ['an older line', line],
      ['an older line in a line of its own', Buffer.concat([Buffer.from('\n'), line])],
      ['zeros and a piece of the log', Buffer.concat([Buffer.alloc(whole(random, 600)), piece()])],
    ];
  }

  /** What the next epoch leaves that is stopped while it begins: a part of its log, or of its base. */
  async *beginning(step: number): AsyncGenerator<State> {
    const disk = new Disk();
    try {
      for (const exported of [false, true]) {
        disk.put(this.files);
        const chat = new Chat(disk.directory);
        const next = this.epoch + 1;
        await chat.openAfter(this.epoch, { export: exported, files: unsyncedFiles });
        chat.close();
        const made = filesIn(disk.directory);
        const acked = this.truth.acked;
        const base = made.get(epochFileName(next, 'base')) ?? Buffer.alloc(0);
        const log = made.get(epochFileName(next, 'log')) ?? Buffer.alloc(0);
        const name = exported ? 'export' : 'takeover';
        const state = (what: string, more: Files): State => ({
          name: `${name}: ${what}`,
          files: new Map([...this.files, ...more]),
          acked,
          epoch: next + 1,
        });
        const end = exported ? base.length : -1;
        for (let length = 0; length <= end; length += step * 61) {
          const temporary = temporaryFileName(next, 'base', 'nonce');
          yield state(`${length} bytes of the base`, new Map([[temporary, base.subarray(0, length)]]));
        }
        const published: [string, Buffer] = [epochFileName(next, 'base'), base];
        for (let length = 0; length <= log.length; length += step) {
          const temporary = temporaryFileName(next, 'log', 'nonce');
          const begun = new Map([published, [temporary, log.subarray(0, length)] as const]);
          yield state(`${length} bytes of the log`, begun);
        }
        yield state('published', new Map([published, [epochFileName(next, 'log'), log]]));
      }
    } finally {
      disk.dispose();
    }
  }
}

async function wrongIn(
  state: State,
  { truth, profileId }: Recording,
  disk: Disk,
  open?: Open,
): Promise<string[]> {
  disk.put(state.files);
  let chat: Chat | null = null;
  try {
    chat = await disk.open(state.epoch, open);
    const history = await historyOf(chat, profileId);
    return violations({ sent: truth.sent, acked: state.acked, followed: [], history });
  } catch (error) {
    return [`could not be opened: ${String(error)}`];
  } finally {
    chat?.close();
  }
}

async function run(course: Course): Promise<Outcome> {
  const { form, random } = course;
  const isLong = form === 'long';
  const wanted = isLong ? 10_000 : 500;
  const disk = new Disk();
  const wrong: string[] = [];
  const tally = { states: 0 };
  let told = performance.now();
  const check = async (recording: Recording, state: State): Promise<void> => {
    for (const violation of await wrongIn(state, recording, disk)) wrong.push(`${state.name}: ${violation}`);
    tally.states += 1;
    if (performance.now() - told < 5_000) return;
    told = performance.now();
    course.progress(`${tally.states} states, ${wrong.length} of them wrong`);
  };
  for (let round = 0; tally.states < wanted; round += 1) {
    const recording = await Recording.make(random, round % 2 === 0);
    for (const state of recording.torn(isLong ? 0.4 : 0.08)) {
      // In the short form a part of each recording, so that there are several.
      if (isLong || random.next() < 0.15) await check(recording, state);
    }
    for await (const state of recording.beginning(isLong ? 7 : 151)) await check(recording, state);
  }
  disk.dispose();
  const short = await shortWrites(course, isLong ? 60 : 10);
  return {
    figures: [`${tally.states} states of the disk, each opened as a successor would`, ...short.figures],
    violations: [...wrong.slice(0, 20), ...short.violations],
  };
}

/**
 * A disk that takes only a part of what is written and says so by its count alone. What is written later begins where the short
 * write ended, as on a disk that has room again.
 */
async function shortWrites({ random }: Course, rounds: number, open?: Open): Promise<Outcome> {
  const wrong: string[] = [];
  let refused = 0;
  let acked = 0;
  for (let round = 0; round < rounds; round += 1) {
    const files = new FaultyFiles();
    const chat = new Chat(undefined, open);
    try {
      await chat.open({ files: unsyncedFiles });
      const truth = new Truth(chat, random);
      for (let epoch = 0; epoch < 4; epoch += 1) {
        await chat.open({ files });
        truth.talk(2);
        files.shorten(1 + whole(random, 150));
        try {
          truth.talk(3);
        } catch {
          refused += 1;
        }
        files.heal();
      }
      await chat.open({ files: unsyncedFiles });
      const history = await historyOf(chat, truth.members[0]?.profileId ?? '');
      const seen: Observation = { sent: truth.sent, acked: truth.acked, followed: [], history };
      wrong.push(...violations(seen).map((violation) => `after short writes: ${violation}`));
      acked += truth.acked.length;
    } finally {
      chat.dispose();
    }
  }
  return {
    figures: [`${refused} groups refused on short writes, ${acked} acknowledgements around them`],
    violations: wrong,
  };
}

export const part: Part = {
  name: 'crash-states',
  title:
    'A store is opened as it is left by a stop at every byte of its last groups, with and without a tail.',
  demand: 'nothing acknowledged is lost, every state opens',
  minutes: 2,
  run,
  planted: [
    {
      fault: 'writes that come out short are taken for whole',
      inShortForm: true,
      run: async (course) => {
        const { openEpoch } = (await loadVariant('src/store/open-epoch.ts', {
          'src/store/durable-file.ts': replacing(
            'if (written !== bytes.length) throw',
            'if (written < 0) throw',
          ),
        })) as { openEpoch: Open };
        return shortWrites(course, 4, openEpoch);
      },
    },
  ],
};
