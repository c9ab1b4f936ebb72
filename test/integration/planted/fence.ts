/**
 * Proves that the storm sees a broken fence: the same storm on a build whose fence always says "still mine". It has to find
 * violations; a storm that is content with this build would be worth nothing. Run by `npm run test:planted`, not by the
 * suites: the build it makes is never shipped and lives in a temporary folder only.
 */
import { copyFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { type Plugin, build } from 'esbuild';
import { makeTempDir, root } from '../../harness/paths.ts';
import { violations } from '../support/history.ts';
import { freshSeed } from '../support/random.ts';
import { describeStorm, storm } from '../support/storm.ts';

/** Chance decides whether a run meets the fault; a few tries are enough. */
const TRIES = 3;

const FENCE_THAT_ALWAYS_HOLDS = `export const readFence = () => 'ours';`;

const plantedFence: Plugin = {
  name: 'planted-fence',
  setup(plugin) {
    let replaced = 0;
    plugin.onLoad({ filter: /[\\/]src[\\/]hub[\\/]fence\.ts$/ }, () => {
      replaced += 1;
      return { contents: FENCE_THAT_ALWAYS_HOLDS, loader: 'ts' };
    });
    plugin.onEnd(() => {
      if (replaced === 0) throw new Error('The bundle has no fence to replace; was the file renamed?');
    });
  },
};

async function plantedBuild(): Promise<string> {
  const folder = makeTempDir();
  const dist = path.join(folder, 'dist');
  mkdirSync(dist);
  copyFileSync(path.join(root, 'package.json'), path.join(folder, 'package.json'));
  copyFileSync(path.join(root, 'dist/sql-wasm.wasm'), path.join(dist, 'sql-wasm.wasm'));
  const common = {
    absWorkingDir: root,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
  } as const;
  const cli = path.join(dist, 'local-chat.cjs');
  await build({ ...common, entryPoints: ['src/cli/main.ts'], outfile: cli });
  await build({
    ...common,
    entryPoints: ['src/hub/worker.ts'],
    outfile: path.join(dist, 'hub.cjs'),
    plugins: [plantedFence],
  });
  return cli;
}

async function stormFails(bundle: string): Promise<boolean> {
  const seed = freshSeed();
  console.log(`seed ${seed}`);
  const result = await storm({ seed, bundle });
  for (const line of describeStorm(result)) console.log(line);
  for (const wait of result.stuck) console.log(wait);
  // Waiting in vain proves nothing: it could be a slow machine. A wrong history does.
  const found = violations(result.observation);
  for (const violation of found) console.log(`found: ${violation}`);
  return found.length > 0;
}

const bundle = await plantedBuild();
let caught = false;
for (let attempt = 0; attempt < TRIES && !caught; attempt += 1) caught = await stormFails(bundle);
console.log(
  caught ? 'The storm finds a hub without a fence.' : 'The storm did not notice that the fence is gone.',
);
process.exit(caught ? 0 : 1);
