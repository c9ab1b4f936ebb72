import assert from 'node:assert/strict';
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { makeTempDir, removeTempDir, root } from '../harness/paths.ts';
import { cleanEnv, run } from '../harness/process.ts';

/** Who may import whom. The lint rules say the same the other way round: what each folder must not import. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  common: [],
  model: ['common'],
  core: ['model', 'common'],
  store: ['core', 'model', 'common'],
  protocol: ['model', 'common'],
  ipc: ['protocol', 'model', 'common'],
  rendezvous: ['model', 'common'],
  hub: ['common', 'model', 'core', 'store', 'protocol', 'ipc', 'rendezvous'],
  client: ['protocol', 'ipc', 'rendezvous', 'model', 'common'],
  extension: ['client', 'protocol', 'model', 'common'],
  cli: ['client', 'protocol', 'model', 'common'],
};
const LAYERS = Object.keys(MAY_IMPORT);

const FAULTS: readonly { readonly file: string; readonly rule: string; readonly text: string }[] = [
  {
    file: 'src/client/floating.ts',
    rule: 'typescript(no-floating-promises)',
    text: 'async function send(): Promise<void> {}\nexport function all(): void {\n  send();\n}\n',
  },
  {
    file: 'src/client/misused.ts',
    rule: 'typescript(no-misused-promises)',
    text: 'export function all(list: string[]): void {\n  list.forEach(async (x) => {\n    await Promise.resolve(x);\n  });\n}\n',
  },
  {
    file: 'src/core/switch.ts',
    rule: 'typescript(switch-exhaustiveness-check)',
    text: "export function f(kind: 'a' | 'b'): number {\n  switch (kind) {\n    case 'a':\n      return 1;\n  }\n  return 0;\n}\n",
  },
  {
    file: 'src/core/any.ts',
    rule: 'typescript(no-explicit-any)',
    text: 'export function f(x: any): unknown {\n  return x;\n}\n',
  },
  {
    file: 'src/core/type-import.ts',
    rule: 'typescript(consistent-type-imports)',
    text: "import { Thing } from './thing.ts';\nexport const f = (x: Thing): Thing => x;\n",
  },
  {
    file: 'src/core/cycle-a.ts',
    rule: 'import(no-cycle)',
    text: "import { b } from './cycle-b.ts';\nexport const a = (): number => b();\n",
  },
  {
    file: 'src/core/cycle-b.ts',
    rule: 'import(no-cycle)',
    text: "import { a } from './cycle-a.ts';\nexport const b = (): number => a();\n",
  },
  {
    file: 'src/core/expression.ts',
    rule: 'eslint(no-unused-expressions)',
    text: 'export function f(x: number): void {\n  x + 1;\n}\n',
  },
  {
    file: 'src/core/empty-catch.ts',
    rule: 'eslint(no-empty)',
    text: 'export function f(g: () => void): void {\n  try {\n    g();\n  } catch {}\n}\n',
  },
  {
    file: 'src/core/throw.ts',
    rule: 'typescript(only-throw-error)',
    text: "export function f(): void {\n  throw 'no';\n}\n",
  },
  ...forbiddenPackage('src/client/editor.ts', 'vscode'),
  ...forbiddenPackage('src/core/runtime.ts', 'node:fs'),
  ...forbiddenPackage('src/protocol/runtime.ts', 'path'),
  ...forbiddenPackage('src/client/socket.ts', 'node:net'),
  ...forbiddenPackage('src/hub/database.ts', 'sql.js'),
  ...forbiddenPackage('src/extension/page.ts', 'lit'),
  ...forbiddenPackage('webview/runtime.ts', 'node:fs'),
  ...forbiddenPackage('webview/wrong-wire.ts', '../src/protocol/hub.ts'),
  ...forbiddenPackage('src/extension/into-page.ts', '../../webview/thing.ts'),
  ...forbiddenPackage('src/hub/into-test.ts', '../../test/thing.ts'),
  {
    file: 'webview/second-api.ts',
    rule: 'eslint(no-restricted-globals)',
    text: 'export const api: unknown = acquireVsCodeApi();\n',
  },
  {
    file: 'webview/template.ts',
    rule: 'lit(no-duplicate-template-bindings)',
    text: "import { html } from 'lit';\nexport const t = html`<p title=${'a'} title=${'b'}></p>`;\n",
  },
];

const SOUND: Readonly<Record<string, string>> = {
  'src/ipc/socket.ts': "import 'node:net';\n",
  'src/store/database.ts': "import 'sql.js';\n",
  'src/extension/editor.ts': "import 'vscode';\n",
  'webview/right-wire.ts': "import '../src/protocol/page.ts';\n",
  'webview/host.ts':
    'declare const acquireVsCodeApi: () => object;\nexport const api = acquireVsCodeApi();\n',
};

function forbiddenPackage(file: string, name: string) {
  return [{ file, rule: 'eslint(no-restricted-imports)', text: `import '${name}';\n` }];
}

/** Plants all files in a copy of the project's set-up and returns the rules that each was faulted for. */
async function lint(files: Readonly<Record<string, string>>): Promise<Map<string, Set<string>>> {
  const dir = makeTempDir();
  try {
    symlinkSync(path.join(root, 'node_modules'), path.join(dir, 'node_modules'));
    for (const config of ['.oxlintrc.json', 'tsconfig.base.json', 'webview/tsconfig.json']) {
      cpSync(path.join(root, config), path.join(dir, config));
    }
    for (const layer of LAYERS) {
      cpSync(path.join(root, 'src', layer, 'tsconfig.json'), path.join(dir, 'src', layer, 'tsconfig.json'));
    }
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(dir, file)), { recursive: true });
      writeFileSync(path.join(dir, file), text);
    }
    const oxlint = path.join(root, 'node_modules/oxlint/bin/oxlint');
    const { output } = await run(process.execPath, [oxlint, '--type-aware', '--format=json'], {
      cwd: dir,
      env: cleanEnv({ PATH: `${path.join(root, 'node_modules/.bin')}:${process.env['PATH'] ?? ''}` }),
    });
    const { diagnostics } = JSON.parse(output) as { diagnostics: { filename: string; code: string }[] };
    const found = new Map<string, Set<string>>();
    for (const { filename, code } of diagnostics) {
      const name = path.relative(dir, path.resolve(dir, filename)).replaceAll('\\', '/');
      found.set(name, (found.get(name) ?? new Set()).add(code));
    }
    return found;
  } finally {
    removeTempDir(dir);
  }
}

describe('lint', () => {
  let found: Map<string, Set<string>>;

  before(async function () {
    this.timeout(60_000);
    const files: Record<string, string> = { ...SOUND };
    for (const { file, text } of FAULTS) files[file] = text;
    for (const layer of LAYERS) {
      files[`src/${layer}/thing.ts`] = 'export interface Thing {\n  readonly x: number;\n}\n';
      for (const other of LAYERS.filter((name) => name !== layer)) {
        files[`src/${layer}/imports-${other}.ts`] = `export type { Thing } from '../${other}/thing.ts';\n`;
      }
    }
    files['webview/thing.ts'] = files['test/thing.ts'] = 'export const thing = 1;\n';
    files['src/protocol/page.ts'] = files['src/protocol/hub.ts'] = 'export const wire = 1;\n';
    found = await lint(files);
  });

  for (const { file, rule } of FAULTS) {
    it(`finds ${rule} in ${file}`, () => {
      assert.deepEqual(
        [...(found.get(file) ?? [])].filter((code) => code === rule),
        [rule],
      );
    });
  }

  for (const file of Object.keys(SOUND)) {
    it(`finds nothing in ${file}`, () => assert.deepEqual([...(found.get(file) ?? [])], []));
  }

  for (const layer of LAYERS) {
    it(`keeps ${layer} to what it may import`, () => {
      const refused = LAYERS.filter((other) =>
        found.get(`src/${layer}/imports-${other}.ts`)?.has('eslint(no-restricted-imports)'),
      );
      const expected = LAYERS.filter((other) => other !== layer && !MAY_IMPORT[layer]?.includes(other));
      assert.deepEqual(refused, expected);
    });
  }
});
