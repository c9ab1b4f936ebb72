import { setTimeout as delay } from 'node:timers/promises';
import { makeTempDir } from '../../harness/paths.ts';
import { runOrThrow } from '../../harness/process.ts';
import type { Chat } from '../../integration/support/chat.ts';
import { until, within } from '../../integration/support/until.ts';
import { Writer } from '../../integration/support/writer.ts';
import type { Course, Outcome, Part } from '../part.ts';
import { awkwardPath, Residents } from '../support/residents.ts';
import { isLinuxRoot, works } from '../support/tools.ts';
import { buildVariant, replacing } from '../support/variant.ts';

/** Starts a program in a mount namespace of its own, where what it mounts is seen by nobody else, and ends with it. */
const APART = ['unshare', '--mount', '--propagation', 'private'];

/** The same; an empty file system hides the directory that follows from the program. */
const BLIND = [...APART, 'sh', '-c', 'mount -t tmpfs tmpfs "$1" && shift && exec "$@"', 'sh'];

const ROUNDS: Record<Course['form'], number> = { short: 1, long: 5 };

/** Two who live in one runtime directory, and a third one that can not see into it from time to time. */
class Household {
  readonly found: string[] = [];
  readonly figures: string[] = [];
  readonly residents: Residents;
  readonly third: Writer;
  readonly #runtime = makeTempDir();
  readonly #blind: Chat;

  constructor(bundle?: string) {
    this.residents = new Residents(awkwardPath(250), 2, { bundle, runtime: this.#runtime });
    const env = { XDG_RUNTIME_DIR: this.#runtime };
    this.#blind = this.residents.chat(env, [...BLIND, this.#runtime]);
    this.third = new Writer(this.residents.chat(env, APART), 'the one apart');
  }

  async moveIn(): Promise<void> {
    this.residents.start();
    await this.residents.write(5);
    this.third.start();
    this.third.send('general', 'seen before');
    await within('an acknowledgement', this.third.settled());
  }

  /** A command that begins where the socket can not be seen: it says so and ends. */
  async comesBlind(): Promise<void> {
    const before = await this.residents.hub();
    const { code, errorCode, stderr } = await this.#blind.run(['send', 'general', 'unseen'], {
      timeout: 60_000,
    });
    if (code !== 1 || errorCode !== 'HUB_UNREACHABLE')
      this.found.push(`a command that can not see the socket ends with ${String(code)}, ${stderr.trim()}`);
    await this.#stays(before.epoch, 'a command that could not see it');
  }

  /** A program that runs on and is cut off: it says so, waits, and is with the others again once it can see them. */
  async goesBlind(): Promise<void> {
    const { residents, third } = this;
    // While it is stopped the hub moves, so that it has to look for it.
    third.signal('SIGSTOP');
    await this.#inItsNamespace('mount', '-t', 'tmpfs', 'tmpfs', this.#runtime);
    await residents.killHub();
    await residents.write(5);
    const { epoch } = await residents.hub();
    third.stderr = '';
    third.signal('SIGCONT');
    const acked = third.acked.length;
    third.send('general', 'from apart');
    await until('HUB_UNREACHABLE', () => third.stderr.includes('(HUB_UNREACHABLE)'), 30_000);
    await delay(1_000);
    if (third.acked.length > acked) this.found.push('what was sent from apart was acknowledged by somebody');
    await this.#inItsNamespace('umount', this.#runtime);
    const seesAgain = performance.now();
    await within('an acknowledgement once it sees again', third.settled(), 70_000);
    this.figures.push(
      `cut off: HUB_UNREACHABLE, and with the others ${((performance.now() - seesAgain) / 1_000).toFixed(1)} s after it saw them again`,
    );
    await this.#stays(epoch, 'the one apart');
  }

  async #stays(epoch: number, who: string): Promise<void> {
    const now = await this.residents.hub();
    if (now.epoch !== epoch)
      this.found.push(`${who} took over from the living: epoch ${epoch} became ${now.epoch}`);
  }

  async #inItsNamespace(...command: readonly string[]): Promise<void> {
    await runOrThrow('nsenter', [`--mount=/proc/${this.third.pid}/ns/mnt`, ...command]);
  }

  async close(): Promise<void> {
    this.third.signal('SIGCONT');
    await this.third.interrupt('SIGKILL');
    await this.residents.close();
  }
}

async function liveApart(course: Course, bundle?: string): Promise<Outcome> {
  const household = new Household(bundle);
  const { residents, third, figures, found } = household;
  try {
    await household.moveIn();
    for (let round = 1; round <= ROUNDS[course.form]; round += 1) {
      course.progress(`round ${round}`);
      await household.comesBlind();
      await household.goesBlind();
    }
    const { violations } = await residents.verdict(third);
    return { figures, violations: [...found, ...violations] };
  } catch (error) {
    return { figures, violations: [...found, String(error)] };
  } finally {
    await household.close();
  }
}

export const part: Part = {
  name: 'namespaces',
  title: 'A process in a mount namespace of its own, where it can not see the socket of the hub that lives.',
  demand: 'it says HUB_UNREACHABLE and never takes over; once it sees the socket it is with the others',
  minutes: 2,
  missing: () => {
    if (!isLinuxRoot()) return 'root on Linux, for mount namespaces';
    return works('unshare', '--mount', 'true') && works('nsenter', '--version')
      ? null
      : 'unshare and nsenter';
  },
  run: (course) => liveApart(course),
  planted: [
    {
      fault: 'a socket that can not be seen is that of a dead hub',
      inShortForm: false,
      run: async (course) => {
        const edit = replacing('!sameBoot || !this.#world.claimantLives(claim)', "bootId !== 'never'");
        const bundle = await buildVariant({ edits: { 'src/client/find-hub.ts': edit } });
        return liveApart({ ...course, form: 'short' }, bundle);
      },
    },
  ],
};
