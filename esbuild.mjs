// Builds everything that ships into dist/. Options: --watch, --production (minified, no source maps).
import { build, context } from 'esbuild';
import { access, cp, mkdir, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(fileURLToPath(import.meta.url));
const require = createRequire(import.meta.url);
const watch = process.argv.includes('--watch');
const production = process.argv.includes('--production');

/** @type {import('esbuild').BuildOptions} */
const common = {
  absWorkingDir: root,
  bundle: true,
  minify: production,
  sourcemap: production ? false : 'linked',
  sourcesContent: false,
  legalComments: 'none',
  logLevel: 'info',
  define: { 'process.env.NODE_ENV': production ? '"production"' : '"development"' },
};

/**
 * The extension host of the oldest VS Code we support has Node 22, but the terminal interface and the hub it starts also
 * run on a user's Node 20: all three are built for that one.
 * @type {import('esbuild').BuildOptions}
 */
const node = { ...common, platform: 'node', format: 'cjs', target: 'node20' };

/** @type {import('esbuild').BuildOptions[]} */
const bundles = [
  {
    ...node,
    entryPoints: { extension: 'src/extension/main.ts' },
    outdir: 'dist',
    outExtension: { '.js': '.cjs' },
    external: ['vscode'],
  },
  {
    ...node,
    entryPoints: { hub: 'src/hub/worker.ts' },
    outdir: 'dist',
    outExtension: { '.js': '.cjs' },
  },
  {
    ...node,
    entryPoints: { 'local-chat': 'src/cli/main.ts' },
    outdir: 'dist',
    outExtension: { '.js': '.cjs' },
    banner: { js: '#!/usr/bin/env node' },
  },
  {
    ...common,
    platform: 'browser',
    format: 'esm',
    // Lowers standard decorators and `accessor`, which no browser runs yet.
    target: 'es2022',
    entryPoints: { page: 'webview/page.ts' },
    outdir: 'dist/webview',
  },
  {
    ...common,
    entryPoints: { page: 'webview/page.css' },
    outdir: 'dist/webview',
    external: ['*.ttf'],
  },
];

/** Files that ship as they are: [module path, name in dist]. */
const assets = [
  ['sql.js/dist/sql-wasm.wasm', 'sql-wasm.wasm'],
  ['@vscode/codicons/dist/codicon.ttf', 'webview/codicon.ttf'],
  ['@vscode/codicons/dist/codicon.css', 'webview/codicon.css'],
];

const exists = (file) =>
  access(path.join(root, file)).then(
    () => true,
    () => false,
  );

async function presentBundles() {
  const present = [];
  for (const bundle of bundles) {
    const [entry] = Object.values(bundle.entryPoints);
    if (await exists(entry)) present.push(bundle);
    else console.warn(`esbuild: ${entry} does not exist yet, its bundle is left out`);
  }
  return present;
}

async function copyAssets() {
  for (const [from, to] of assets) {
    const target = path.join(root, 'dist', to);
    await mkdir(path.dirname(target), { recursive: true });
    await cp(require.resolve(from), target);
  }
}

if (!watch) await rm(path.join(root, 'dist'), { recursive: true, force: true });
await copyAssets();
const present = await presentBundles();
if (watch) {
  // The background task of .vscode/tasks.json waits for these two lines.
  const report = {
    name: 'report',
    setup(plugin) {
      plugin.onStart(() => console.log('[watch] build started'));
      plugin.onEnd((result) => {
        console.log(`[watch] build finished with ${result.errors.length} errors`);
      });
    },
  };
  for (const bundle of present) await (await context({ ...bundle, plugins: [report] })).watch();
} else {
  await Promise.all(present.map((bundle) => build(bundle)));
}
