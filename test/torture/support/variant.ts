import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
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
  /** Further programs, by path from the root; each lies beside the others under its name with `.cjs`. */
  readonly programs?: readonly string[];
  /** What the variant says its version is, in place of the product's. */
  readonly version?: string;
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
  programs = [],
  version,
}: VariantOptions): Promise<string> {
  const folder = makeTempDir();
  const dist = path.join(folder, 'dist');
  mkdirSync(dist);
  const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { version: string };
  writeFileSync(
    path.join(folder, 'package.json'),
    JSON.stringify({ ...manifest, version: version ?? manifest.version }),
  );
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
  for (const program of programs) {
    const outfile = path.join(dist, `${path.basename(program, '.ts')}.cjs`);
    await build({ ...common, entryPoints: [program], outfile });
  }
  check();
  return cli;
}

/**
 * Bundles one module of the product with changed sources and loads it into this process, for what is tested without a process
 * of its own. The caller says what type it has.
 */
export async function loadVariant(entry: string, edits: Readonly<Record<string, Edit>>): Promise<unknown> {
  const outfile = path.join(makeTempDir(), 'variant.mjs');
  const { plugin, check } = editing(edits);
  await build({
    absWorkingDir: root,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'error',
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    plugins: [plugin],
    entryPoints: [entry],
    outfile,
  });
  check();
  return import(outfile);
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
