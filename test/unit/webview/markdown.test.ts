import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { safeLink } from '../../../webview/markdown/links.ts';
import { OUTPUT_LIMIT, renderMarkdown } from '../../../webview/markdown/render.ts';

describe('Markdown', () => {
  it('keeps every line break and escapes markup', () => {
    assert.equal(
      renderMarkdown('one\n<b>two</b> & "three"'),
      '<p dir="ltr">one<br>\n&lt;b&gt;two&lt;/b&gt; &amp; &quot;three&quot;</p>\n',
    );
  });

  it('links what has a scheme, and not what only looks like a host', () => {
    assert.match(
      renderMarkdown('see https://example.org/a_b.'),
      /<a href="https:\/\/example\.org\/a_b"[^>]*>/,
    );
    for (const text of [
      'main.rs',
      'run.sh',
      'lexer.py',
      'www.example.org',
      'git@github.com',
      '127.0.0.1',
      'README.md',
    ]) {
      assert.doesNotMatch(renderMarkdown(text), /<a /, text);
    }
  });

  it('links nothing but http, https and mailto', () => {
    assert.match(renderMarkdown('[x](mailto:ada@example.org)'), /href="mailto:ada@example\.org"/);
    for (const href of [
      'javascript:x()',
      'JAVASCRIPT:x()',
      'command:x',
      'vscode://x',
      'file:///x',
      'data:text/html,x',
      '//x.example',
      '\\\\server\\share',
      'relative/path',
      '#fragment',
      '/absolute',
    ]) {
      assert.doesNotMatch(renderMarkdown(`[x](${href})`), /<a /, href);
      assert.equal(safeLink(href), null, href);
    }
    assert.equal(safeLink(`https://example.org/${'x'.repeat(4096)}`), null);
  });

  it('shows a picture as a link and fetches nothing', () => {
    const markup = renderMarkdown('![a cat](https://example.org/cat.png)');
    assert.doesNotMatch(markup, /<img/);
    assert.match(markup, /<a href="https:\/\/example\.org\/cat\.png"[^>]*>a cat<\/a>/);
  });

  it('hands code to its element, as text', () => {
    assert.equal(
      renderMarkdown('```ts extra words\nlet x = "<y>";\n```'),
      '<lc-code-block data-language="ts">let x = &quot;&lt;y&gt;&quot;;</lc-code-block>',
    );
  });

  it('marks tasks with a sign', () => {
    const markup = renderMarkdown('- [ ] open\n- [x] done\n- [link](https://example.org)\n- plain');
    assert.match(markup, /class="task"[^>]*>☐ open/);
    assert.match(markup, /class="task"[^>]*>☑ done/);
    assert.equal(markup.match(/class="task"/g)?.length, 2);
  });

  it('aligns columns without a style attribute', () => {
    const markup = renderMarkdown('| a | b | c |\n|:-:|--:|---|\n| 1 | 2 | 3 |');
    assert.doesNotMatch(markup, /style=/);
    assert.match(markup, /<td class="align-center" dir="ltr">1/);
    assert.match(markup, /<td class="align-right" dir="ltr">2/);
  });

  it('shows text that would become too much markup as the text it is', () => {
    const bomb = `[a]: https://example.org/${'y'.repeat(4000)}\n\n${'[a] '.repeat(3000)}`;
    const markup = renderMarkdown(bomb);
    assert.ok(markup.length <= OUTPUT_LIMIT);
    assert.doesNotMatch(markup, /<a /);
    assert.match(markup, /\[a\] \[a\]/);
  });

  it('searches no link in text without an end', () => {
    const long = `https://example.org/${'a'.repeat(5000)}`;
    assert.doesNotMatch(renderMarkdown(long), /<a /);
  });

  it('shows the address of a link as it was written', () => {
    for (const address of ['http://xn--80ak6aa92e.com/', 'http://a.example/%E2%80%AEgpj.exe']) {
      for (const text of [address, `<${address}>`])
        assert.match(renderMarkdown(text), new RegExp(`>${address}</a>`), text);
    }
  });

  it('says the direction of each block by its first letter', () => {
    const directions = (text: string): string[] =>
      [...renderMarkdown(text).matchAll(/<(\w+)[^>]* dir="(\w+)"/g)].map(([, tag, dir]) => `${tag} ${dir}`);
    assert.deepEqual(directions('one نور\n\n12 نور one\n\n- 1'), ['p ltr', 'p rtl', 'li ltr']);
    assert.deepEqual(directions('> - 1\n> - نور\n> - one'), ['blockquote rtl', 'li ltr', 'li rtl', 'li ltr']);
    assert.deepEqual(directions('|a|ש|\n|-|-|\n|1|ש|'), ['th ltr', 'th rtl', 'td ltr', 'td rtl']);
  });

  it('shows text that would become too many elements as the text it is', () => {
    for (const text of [
      'a\n'.repeat(3_000),
      '- a\n'.repeat(1_100),
      '*a* '.repeat(2_001),
      '```\n\n```\n'.repeat(101),
      `${'|a'.repeat(50)}\n${'|-'.repeat(50)}\n${'|\n'.repeat(100)}`,
    ]) {
      const markup = renderMarkdown(text);
      assert.equal(markup.match(/<\w/g)?.length, 1, text.slice(0, 12));
      assert.match(markup, /^<p dir="ltr" class="plain">/);
    }
    const table = `${'|a'.repeat(20)}\n${'|-'.repeat(20)}\n${`${'|b'.repeat(20)}\n`.repeat(80)}`;
    assert.equal(renderMarkdown(table).match(/<t[dh]\b/g)?.length, 81 * 20);
  });
});
