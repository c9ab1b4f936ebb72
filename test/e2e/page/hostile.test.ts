import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import { message, pageState, people } from '../../page/builders.ts';
import { PageLab } from '../../page/lab.ts';
import { ScriptedHost } from '../../page/scripted-host.ts';

/** Each calls `boom` if it is run, in one of the ways markup runs code. */
const payloads = [
  '<script>boom()</script>',
  '<img src=x onerror=boom()>',
  '<svg onload=boom()>',
  '<svg><script>boom()</script></svg>',
  '<iframe srcdoc="<script>parent.boom()</script>">',
  '<iframe src="javascript:parent.boom()">',
  '<object data="javascript:boom()">',
  '<embed src="javascript:boom()">',
  '<details open ontoggle=boom()>',
  '<video><source onerror=boom()></video>',
  '<input autofocus onfocus=boom()>',
  '<body onload=boom()>',
  '<math><mtext><table><mglyph><style><img src=x onerror=boom()>',
  '<form><button formaction=javascript:boom()>x',
  '<a href="javascript:boom()">x</a>',
  '<style>@import "javascript:boom()"</style>',
  '<link rel=stylesheet href="javascript:boom()">',
  '<base href="javascript:boom()//">',
  '<template><img src=x onerror=boom()></template>',
  '<lc-code-block data-language="x"><img src=x onerror=boom()></lc-code-block>',
  '<lc-message onclick=boom()>',
  '"><img src=x onerror=boom()>',
  "'><img src=x onerror=boom()>",
  '--><img src=x onerror=boom()>',
  '</code></pre><img src=x onerror=boom()>',
  ']]><img src=x onerror=boom()>',
  '&lt;img src=x onerror=boom()&gt;',
  '\u0000<img src=x onerror=boom()>',
  'javascript:boom()',
  'jAvAsCrIpT:boom()',
  'java\tscript:boom()',
  '&#106;avascript:boom()',
  'data:text/html,<script>boom()</script>',
  'vbscript:boom()',
  'command:workbench.action.quit',
  'vscode://local-chat.local-chat/x',
  'file:///etc/passwd',
  '//evil.example/x',
  'https://evil.example/"onmouseover="boom()',
  "https://evil.example/' onclick=boom() x='",
];

const wrappings: ((payload: string) => string)[] = [
  (payload) => payload,
  (payload) => `**${payload}**`,
  (payload) => `[text](${payload})`,
  (payload) => `[text](<${payload}>)`,
  (payload) => `[${payload}](https://example.org)`,
  (payload) => `![${payload}](${payload} "${payload}")`,
  (payload) => `[text](https://example.org "${payload}")`,
  (payload) => `<${payload}>`,
  (payload) => `\`${payload}\``,
  (payload) => `\`\`\`html\n${payload}\n\`\`\``,
  (payload) => `\`\`\`${payload}\nx\n\`\`\``,
  (payload) => `    ${payload}`,
  (payload) => `> - [ ] ${payload}`,
  (payload) => `| a |\n|---|\n| ${payload.replaceAll('|', '')} |`,
  (payload) => `# ${payload}`,
  (payload) => `[text][ref]\n\n[ref]: ${payload} "${payload}"`,
];

describe('page: hostile text', function () {
  this.timeout(180_000);
  let lab: PageLab;
  before(async () => {
    lab = await PageLab.start();
  });
  after(() => lab.close());

  it(`runs nothing of ${payloads.length} payloads in ${wrappings.length} wrappings`, async () => {
    const texts = wrappings.flatMap((wrap) => payloads.map(wrap));
    const messages = texts.map((text, index) => message(index + 1, text, { by: people.linus }));
    const host = new ScriptedHost(pageState([]), []);
    const opened = await lab.open(host);
    const { page } = opened;
    await page.evaluate(() => {
      Object.assign(window, { booms: 0, boom: () => Object.assign(window, { booms: 1 }) });
    });
    for (let at = 0; at < messages.length; at += 100) {
      await host.add(...messages.slice(at, at + 100));
      await page.locator(`[data-seq="${Math.min(at + 100, messages.length)}"]`).waitFor();
      const found = await page.evaluate(() => {
        const root = document
          .querySelector('lc-page')
          ?.shadowRoot?.querySelector('lc-message-list')?.shadowRoot;
        const texts = [...(root?.querySelectorAll('.text') ?? [])];
        const all = texts.flatMap((text) => [...text.querySelectorAll('*')]);
        const allowed =
          /^(a|blockquote|br|button|code|div|em|h[1-6]|hr|li|ol|p|pre|s|span|strong|table|tbody|td|th|thead|tr|ul|lc-code-block)$/;
        const bad: string[] = [];
        for (const element of all) {
          if (!allowed.test(element.localName)) bad.push(element.outerHTML);
          for (const { name, value } of element.attributes) {
            if (name.startsWith('on') || name === 'style' || name === 'src' || name === 'srcdoc')
              bad.push(element.outerHTML);
            if (name === 'href' && !/^(https?|mailto):/.test(value)) bad.push(element.outerHTML);
          }
        }
        // Touch everything that reacts to being touched.
        for (const element of all) {
          for (const type of ['mouseover', 'pointerenter', 'focus', 'toggle'])
            element.dispatchEvent(new Event(type, { bubbles: true }));
          if (element instanceof HTMLAnchorElement) element.click();
        }
        return bad;
      });
      assert.deepEqual(found, []);
    }
    assert.equal(await page.evaluate(() => (window as unknown as { booms: number }).booms), 0);
    assert.deepEqual(opened.problems(), []);
    for (const { params } of host.asked.filter(({ name }) => name === 'openLink')) {
      assert.match((params as { href: string }).href, /^(https?|mailto):/);
    }
    await opened.close();
  });

  it('makes no request of its own, whatever a message says', async () => {
    const host = new ScriptedHost(pageState([]), []);
    const opened = await lab.open(host);
    const asked: string[] = [];
    opened.page.on('request', (request) => asked.push(request.url()));
    await host.add(
      message(1, '![pixel](https://evil.example/pixel.png)'),
      message(2, '<img src="https://evil.example/2.png">'),
      message(3, '[x]: https://evil.example/3.css\n\n![x]'),
    );
    const link = opened.page.locator('[data-seq="1"] a');
    await link.waitFor();
    assert.equal(await link.innerText(), 'pixel');
    assert.deepEqual(asked, []);
    await opened.close();
  });

  it('colours code over the ends of its lines, and leaves out a line that is too long', async () => {
    const long = `let a = ${'1 + '.repeat(200)}1;`;
    const host = new ScriptedHost(pageState([]), []);
    const opened = await lab.open(host);
    await host.add(message(1, `\`\`\`ts\n/* one\ntwo */ let b = 1;\n${long}\nlet c;\n\`\`\``));
    const code = opened.page.locator('[data-seq="1"] code');
    await code.locator('.hljs-keyword').first().waitFor();
    assert.equal((await code.locator('.hljs-comment').allInnerTexts()).join(''), '/* one\ntwo */');
    assert.deepEqual(await code.locator('.hljs-keyword').allInnerTexts(), ['let', 'let']);
    assert.equal(await code.innerText(), `/* one\ntwo */ let b = 1;\n${long}\nlet c;`);
    await opened.close();
  });

  it('ignores what does not follow the protocol', async () => {
    const messages = [message(1, 'still here')];
    const host = new ScriptedHost(pageState(messages), messages);
    const opened = await lab.open(host);
    for (const packet of [
      null,
      'text',
      42,
      [],
      {},
      { k: 'note' },
      { k: 'note', name: 'didReset', params: {} },
      { k: 'note', name: '__proto__', params: {} },
      { k: 'note', name: 'didAddMessages', params: { messages: [{ id: 'x' }] } },
      { k: 'reply', n: 99, result: {} },
      { k: 'error', n: 1, code: 'NO_SUCH_CODE', params: {} },
      { k: 'request', n: 1, name: 'ready', params: {} },
    ]) {
      await opened.page.evaluate((data) => window.postMessage(data, '*'), packet);
    }
    await host.add(message(2, 'and alive'));
    await opened.page.getByText('and alive').waitFor();
    assert.equal(await opened.page.locator('lc-message').count(), 2);
    assert.deepEqual(opened.problems(), []);
    await opened.close();
  });

  it('stays quick with text that is made to be slow', async () => {
    const limit = 16 * 1024;
    const slow = [
      '['.repeat(limit),
      '*a'.repeat(limit / 2),
      '`'.repeat(limit / 2) + 'a'.repeat(limit / 2),
      '> '.repeat(limit / 2) + 'x',
      '- '.repeat(limit / 2) + 'x',
      '|'.repeat(limit / 2) + '\n' + '|-'.repeat(limit / 4),
      'http://' + 'a.'.repeat(limit / 2 - 8),
      'http://a' + '('.repeat(limit - 10),
      '![['.repeat(limit / 3),
      '<'.repeat(limit),
      `[a]: http://x/${'y'.repeat(4000)}\n\n` + '[a] '.repeat(3000),
      `\`\`\`xml\n${'<a '.repeat(limit / 3 - 4)}\n\`\`\``,
      `\`\`\`ts\n${'a<'.repeat(limit / 2 - 8)}\n\`\`\``,
      `\`\`\`cpp\n${'a::'.repeat(4000)}\n\`\`\``,
      `\`\`\`sql\n${"'".repeat(12_000)}\n\`\`\``,
      `\`\`\`markdown\n${'*_'.repeat(6000)}\n\`\`\``,
    ];
    const host = new ScriptedHost(pageState([]), []);
    const opened = await lab.open(host);
    const { page } = opened;
    for (const [index, content] of slow.entries()) {
      const seq = index + 1;
      const started = Date.now();
      await host.add(message(seq, content.slice(0, limit)));
      await page.locator(`[data-seq="${seq}"]`).waitFor();
      // Colours come when the page is idle: wait for that, too.
      await page.evaluate(
        () => new Promise((resolve) => requestIdleCallback(() => requestIdleCallback(resolve))),
      );
      const taken = Date.now() - started;
      assert.ok(taken < 3_000, `${content.slice(0, 20)}… took ${taken} ms`);
    }
    await opened.close();
  });
});
