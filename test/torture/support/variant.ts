import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { build, type BuildOptions, type Plugin } from 'esbuild';
import { makeTempDir, root } from '../../harness/paths.ts';

/** What a source file of the product becomes in a variant. Throws when it does not find what it wants to change. */
export type Edit = (source: string) => string;

export interface VariantOptions {
  /** By path from the root: `src/hub/fence.ts`. */
  readonly edits?: Readonly<Record<string, Edit>>;
  /** The worker's entry, by path from the root, in place of the product's own. */
  readonly worker?: string;
}

/** An edit that replaces one piece of text, which has to be there just once. */
export function replacing(text: string, by: string): Edit {
  return (source) => {
    if (source.split(text).length !== 2) throw new Error(`Not there just once: ${text}`);
    return source.replace(text, () => by);
  };
}

/**
 * Builds terminal interface and hub with changed sources into a temporary folder, never to be shipped. Returns the path of the
 * terminal interface, which `Chat` takes as its `bundle`.
 */
export async function buildVariant({
  edits = {},
  worker = 'src/hub/worker.ts',
}: VariantOptions): Promise<string> {
  const folder = makeTempDir();
  const dist = path.join(folder, 'dist');
  mkdirSync(dist);
  copyFileSync(path.join(root, 'package.json'), path.join(folder, 'package.json'));
  copyFileSync(path.join(root, 'dist/sql-wasm.wasm'), path.join(dist, 'sql-wasm.wasm'));
  const { plugin, check } = editing(edits);
  const common: BuildOptions = {
    absWorkingDir: root,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    logLevel: 'error',
    plugins: [plugin],
  };
  const cli = path.join(dist, 'local-chat.cjs');
  await build({ ...common, entryPoints: ['src/cli/main.ts'], outfile: cli });
  await build({ ...common, entryPoints: [worker], outfile: path.join(dist, 'hub.cjs') });
  check();
  return cli;
}

/** What applies the edits to a build, and a check afterwards that each of them was applied. */
export function editing(edits: Readonly<Record<string, Edit>>): { plugin: Plugin; check: () => void } {
  const applied = new Set<string>();
  const plugin: Plugin = {
    name: 'edits',
    setup(plugin) {
      for (const [file, edit] of Object.entries(edits)) {
        const escaped = path.join(root, file).replaceAll(/[.\\/+]/g, '\\$&');
        plugin.onLoad({ filter: new RegExp(`^${escaped}$`) }, ({ path: source }) => {
          applied.add(file);
          return { contents: edit(readFileSync(source, 'utf8')), loader: 'ts' };
        });
      }
    },
  };
  const check = (): void => {
    const missed = Object.keys(edits).filter((file) => !applied.has(file));
    if (missed.length > 0) throw new Error(`No bundle has ${missed.join(', ')}; was the file renamed?`);
  };
  return { plugin, check };
}
