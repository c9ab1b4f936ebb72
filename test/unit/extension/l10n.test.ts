import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../../harness/paths.ts';

/** `t('…'` of `vscode.l10n`, whose key is the English sentence itself. */
const CALL = /\bt\(\s*'((?:[^'\\]|\\.)*)'/g;
const BUNDLE = 'l10n/bundle.l10n.json';

function sentencesInCode(): string[] {
  const folder = path.join(root, 'src/extension');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  );
  const found = files.flatMap((file) =>
    [...readFileSync(path.join(folder, file), 'utf8').matchAll(CALL)].map(([, text = '']) =>
      text.replaceAll("\\'", "'"),
    ),
  );
  return [...new Set(found)].sort();
}

describe('the sentences of the window', () => {
  it('are all in the bundle that translations start from, and nothing else is', () => {
    const bundle = JSON.parse(readFileSync(path.join(root, BUNDLE), 'utf8')) as Record<string, string>;
    const sentences = sentencesInCode();
    assert.ok(sentences.length > 50);
    assert.deepEqual(Object.keys(bundle).sort(), sentences, `mend ${BUNDLE}`);
    assert.deepEqual(Object.values(bundle).sort(), sentences, 'the base bundle is English');
  });
});
