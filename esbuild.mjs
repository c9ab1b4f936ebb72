// Builds everything that ships into dist/. Options: --watch, --production (minified, no source maps).
import { build, context } from 'esbuild';
import { cp, mkdir, readdir, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(fileURLToPath(import.meta.url));
const require = createRequire(import.meta.url);
const watch = process.argv.includes('--watch');
const production = process.argv.includes('--production');

/** @typedef {import('esbuild').BuildOptions} BuildOptions */

/** @type {BuildOptions} */
const common = {
  absWorkingDir: root,
  bundle: true,
  minify: production,
  sourcemap: production ? false : 'linked',
  legalComments: 'none',
  logLevel: 'info',
  define: { 'process.env.NODE_ENV': production ? '"production"' : '"development"' },
};

/**
 * The extension host of the oldest VS Code we support has Node 22, but the terminal interface and the hub it starts also
 * run on a user's Node 20: all three are built for that one.
 * @type {BuildOptions}
 */
const node = { ...common, platform: 'node', format: 'cjs', target: 'node20' };

/**
 * For the page. The target lowers standard decorators and `accessor`, which no browser runs yet.
 * @type {BuildOptions}
 */
const browser = { ...common, platform: 'browser', format: 'esm', target: 'es2022', external: ['*.ttf'] };

/** @type {{ entry: string, outfile: string, options: BuildOptions }[]} */
const bundles = [
  {
    entry: 'src/extension/main.ts',
    outfile: 'dist/extension.cjs',
    options: { ...node, external: ['vscode'] },
  },
  { entry: 'src/hub/worker.ts', outfile: 'dist/hub.cjs', options: node },
  {
    entry: 'src/cli/main.ts',
    outfile: 'dist/local-chat.cjs',
    options: { ...node, banner: { js: '#!/usr/bin/env node' } },
  },
  { entry: 'webview/page.ts', outfile: 'dist/webview/page.js', options: browser },
  { entry: 'webview/page.css', outfile: 'dist/webview/page.css', options: browser },
];

/** Files that ship as they are. */
const assets = [
  { from: 'sql.js/dist/sql-wasm.wasm', to: 'dist/sql-wasm.wasm' },
  { from: '@vscode/codicons/dist/codicon.ttf', to: 'dist/webview/codicon.ttf' },
  { from: '@vscode/codicons/dist/codicon.css', to: 'dist/webview/codicon.css' },
];

/** Entries that are being built now, when watching. */
const building = new Set(bundles.map((bundle) => bundle.entry));

/**
 * Prints the two lines that the background task of .vscode/tasks.json waits for: the editor starts its windows when all
 * bundles are there.
 * @param {string} entry
 * @returns {import('esbuild').Plugin}
 */
const reportToEditor = (entry) => ({
  name: 'report-to-editor',
  setup(plugin) {
    plugin.onStart(() => {
      if (building.size === 0) console.log('[watch] build started');
      building.add(entry);
    });
    plugin.onEnd(() => {
      building.delete(entry);
      if (building.size === 0) console.log('[watch] build finished');
    });
  },
});

if (watch) console.log('[watch] build started');

for (const { from, to } of assets) {
  await mkdir(path.dirname(path.join(root, to)), { recursive: true });
  await cp(require.resolve(from), path.join(root, to));
}

for (const { entry, outfile, options } of bundles) {
  const all = { ...options, entryPoints: [entry], outfile };
  if (watch) await (await context({ ...all, plugins: [reportToEditor(entry)] })).watch();
  else await build(all);
}

if (!watch) {
  // What an earlier build left. The folder itself stays, because a running test may be using what is in it.
  const made = [...bundles.map(({ outfile }) => outfile), ...assets.map(({ to }) => to)];
  for (const name of await readdir(path.join(root, 'dist'), { recursive: true })) {
    const file = path.posix.join('dist', name.replaceAll('\\', '/'));
    const wanted = made.some(
      (each) => each === file || each.startsWith(`${file}/`) || (!production && `${each}.map` === file),
    );
    if (!wanted) await rm(path.join(root, file), { recursive: true, force: true });
  }
}
