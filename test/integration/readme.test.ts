import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { makeTempDir, root } from '../harness/paths.ts';
import { run } from '../harness/process.ts';
import { Chat, builtCli } from './support/chat.ts';
import { until, within } from './support/until.ts';

const readme = readFileSync(path.join(root, 'README.md'), 'utf8');

/** What a person would type, from the text and from the block of examples, in their order and without remarks. */
function examples(): string[] {
  const inText = [...readme.matchAll(/`(local-chat [^`]+)`/g)].map(([, command = '']) => command);
  const blocks = [...readme.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block = '']) => block);
  const inBlocks = blocks.flatMap((block) => block.split('\n')).filter((line) => /local-chat /.test(line));
  return [...inText, ...inBlocks].map((line) => line.replace(/ +#.*/, ''));
}

/** Typed into a shell where `local-chat` is on PATH. */
describe('the examples of the README, on a fresh store', function () {
  this.timeout(120_000);
  let chat: Chat;
  let environment: Record<string, string | undefined>;

  before(function () {
    if (process.platform === 'win32') this.skip();
    chat = new Chat();
    const folder = makeTempDir();
    const launcher = `#!/bin/sh\nexec '${process.execPath}' '${builtCli}' "$@"\n`;
    writeFileSync(path.join(folder, 'local-chat'), launcher, { mode: 0o700 });
    environment = chat.environment({ PATH: `${folder}${path.delimiter}${process.env['PATH'] ?? ''}` });
  });
  after(() => chat?.close());

  it('are several', () => assert.ok(examples().length > 5));

  for (const example of examples()) {
    it(example, async () => {
      const [program, verb, ...words] = example.split(' ');
      if (program === 'local-chat' && verb === 'tail') {
        const tail = chat.spawn([verb, ...words]);
        const closed = new Promise((resolve) => tail.process.once('close', resolve));
        await until('that it is here', () => chat.hub()?.pid === tail.process.pid);
        tail.process.kill('SIGINT');
        assert.equal(await within('the end', closed), 0);
        return;
      }
      const { code, output } = await run('/bin/sh', ['-c', example], {
        cwd: makeTempDir(),
        env: environment,
        timeout: 60_000,
      });
      assert.equal(code, 0, output);
    });
  }
});
