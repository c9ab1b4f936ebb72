import { rmSync } from 'node:fs';
import path from 'node:path';
import type { Course, Outcome, Part } from '../part.ts';
import { awkwardPath, Residents } from '../support/residents.ts';
import { buildVariant, replacing } from '../support/variant.ts';

const PATH_BYTES = 250;

interface Sizes {
  readonly residents: number;
  readonly messages: number;
  readonly kills: number;
  readonly removals: number;
}

const SIZES: Record<Course['form'], Sizes> = {
  short: { residents: 3, messages: 20, kills: 1, removals: 1 },
  long: { residents: 8, messages: 100, kills: 10, removals: 8 },
};

async function livesThere(course: Course, bundle?: string): Promise<Outcome> {
  const sizes = SIZES[course.form];
  const residents = new Residents(awkwardPath(PATH_BYTES), sizes.residents, { bundle });
  const found: string[] = [];
  const expectOneHub = async (when: string): Promise<void> => {
    const hubs = await residents.hubs();
    if (hubs.length !== 1) found.push(`${when} there is not one hub for all: ${hubs.join('; ')}`);
  };
  try {
    residents.start();
    await residents.write(sizes.messages);
    await expectOneHub('at the beginning');
    for (let kill = 1; kill <= sizes.kills; kill += 1) {
      course.progress(`kill ${kill} of ${sizes.kills}`);
      await Promise.all([residents.write(sizes.messages), residents.killHub()]);
      await expectOneHub(`after kill ${kill}`);
    }
    const slowest = await removals(course, residents, sizes, found);
    const { observation, violations } = await residents.verdict();
    return {
      figures: [
        `${sizes.residents} places, a path of ${PATH_BYTES} bytes, ${sizes.kills} kills of the hub: ${observation.acked.length} acknowledgements, one hub for all each time`,
        `socket's directory removed ${sizes.removals} times: all back with the same hub after ${slowest.toFixed(1)} s at most`,
      ],
      violations: [...found, ...violations],
    };
  } catch (error) {
    return { figures: [], violations: [...found, String(error)] };
  } finally {
    await residents.close();
  }
}

/** Takes the directory of the socket away, or the one above it, too. Returns the seconds until all had met again, at most. */
async function removals(
  course: Course,
  residents: Residents,
  { messages, removals: times }: Sizes,
  found: string[],
): Promise<number> {
  let slowest = 0;
  for (let removal = 1; removal <= times; removal += 1) {
    course.progress(`removal ${removal} of ${times}`);
    const before = await residents.hub();
    rmSync(removable(residents, before.socket, removal % 2 === 0), { recursive: true });
    const removedAt = performance.now();
    const hubs = await residents.hubs();
    slowest = Math.max(slowest, (performance.now() - removedAt) / 1_000);
    // Its epoch may be another one: it compacts its log when that has grown long.
    const expected = `process ${before.pid},`;
    if (hubs.length !== 1 || hubs[0]?.startsWith(expected) !== true)
      found.push(`after removal ${removal} not all are with ${expected} ${hubs.join('; ')}`);
    await residents.write(messages);
  }
  return slowest;
}

/**
 * The directory that was made for this socket. `all`: the one it was made in, if that belongs to one resident alone; once it is gone the
 * next socket of that resident is made in a directory of all, which stays.
 */
function removable(residents: Residents, socket: string, all: boolean): string {
  const folder = path.dirname(socket);
  if (!/^local-chat-\w{6}$/.test(path.basename(folder))) throw new Error(`An unexpected socket: ${socket}`);
  const parent = path.dirname(folder);
  return all && residents.folders.has(parent) ? parent : folder;
}

export const part: Part = {
  name: 'places',
  title:
    'A data directory with a path of 250 bytes, processes that agree on no other directory, and the directory of the socket removed while they run.',
  demand: 'all meet in one hub, each time; nothing acknowledged is lost',
  minutes: 3,
  run: (course) => livesThere(course),
  planted: [
    {
      fault: 'a client that looks for the socket in its own folder for temporary files',
      inShortForm: false,
      run: async (course) => {
        const own = "`${process.env['TMPDIR'] ?? ''}/${socket.split('/').slice(-2).join('/')}`";
        const edit = replacing('openConnection({ path: socket,', `openConnection({ path: ${own},`);
        const bundle = await buildVariant({ edits: { 'src/client/surroundings.ts': edit } });
        return livesThere({ ...course, form: 'short' }, bundle);
      },
    },
    {
      fault: 'a hub that does not look for its socket',
      inShortForm: false,
      run: async (course) => {
        const edit = replacing('listener === null || socketExists(listener.path)', 'listener !== undefined');
        const bundle = await buildVariant({ edits: { 'src/hub/hub.ts': edit } });
        return livesThere({ ...course, form: 'short' }, bundle);
      },
    },
  ],
};
