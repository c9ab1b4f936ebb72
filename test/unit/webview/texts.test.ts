import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'mocha';
import { PROFILE_COLOURS } from '../../../src/model/entities.ts';
import { pageHtml, pagePolicy } from '../../../src/extension/page-html.ts';
import { sentenceOf } from '../../../webview/faults.ts';
import { Formats, sameDay, untilMidnight } from '../../../webview/format.ts';
import { icons } from '../../../webview/icons.ts';
import { initialsOf } from '../../../webview/initials.ts';
import { t } from '../../../webview/strings.ts';
import { avatarColours, avatarText } from '../../../webview/styles/palette.ts';
import { root } from '../../harness/paths.ts';
import { themes } from '../../page/themes.ts';

function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** WCAG contrast of two colours, 1 to 21. */
function contrast(one: string, other: string): number {
  const [low = 0, high = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

describe('sentences', () => {
  it('fills in parameters and picks the plural', () => {
    assert.equal(t('list.label', { label: '#general' }), 'Messages in #general');
    assert.equal(t('list.jumpCount', { count: 1 }), '1 new message');
    assert.equal(t('list.jumpCount', { count: 0 }), '0 new messages');
    assert.equal(t('list.label', { label: '{label} $& $1' }), 'Messages in {label} $& $1');
  });

  it('has a sentence for every fault, known or not', () => {
    assert.equal(
      sentenceOf({ code: 'MESSAGE_TOO_LONG', params: { limit: 16384, actual: 17000 } }),
      'The message has 17000 bytes; 16384 are possible.',
    );
    assert.equal(
      sentenceOf({ code: 'SOMETHING_NEW', params: {} }),
      'Something went wrong. The log says more.',
    );
    assert.equal(sentenceOf({ code: 'toString', params: {} }), 'Something went wrong. The log says more.');
  });
});

describe('dates', () => {
  const formats = new Formats('en');
  // The expressions are of local time: the test must hold in every zone.
  const local = (...parts: [number, number, number, number?, number?]): string =>
    new Date(...parts).toISOString();
  const now = new Date(2026, 10, 23, 9, 21);

  it('names today, yesterday, days of a year and older ones', () => {
    assert.equal(formats.day(local(2026, 10, 23, 0, 1), now), 'Today');
    assert.equal(formats.day(local(2026, 10, 22, 23, 59), now), 'Yesterday');
    assert.equal(formats.day(local(2026, 10, 16), now), 'Monday, November 16');
    assert.equal(formats.day(local(2024, 1, 3), now), 'February 3, 2024');
    assert.equal(formats.day(local(2026, 10, 24), now), 'November 24, 2026');
  });

  it('writes times with five characters in every language', () => {
    for (const locale of ['en', 'de', 'ja', 'fr', 'not a locale', '']) {
      assert.equal(new Formats(locale).time(local(2026, 10, 23, 0, 4)), '00:04', locale);
    }
  });

  it('knows days across a change of summer time', () => {
    assert.equal(sameDay(local(2026, 2, 29, 0, 30), local(2026, 2, 29, 23, 30)), true);
    assert.equal(sameDay(local(2026, 2, 28, 23, 59), local(2026, 2, 29, 0, 0)), false);
    assert.equal(untilMidnight(new Date(2026, 10, 23, 23, 59)), 60_000);
  });
});

describe('icons and avatars', () => {
  it('has the code points of the icon font', () => {
    const css = readFileSync(path.join(root, 'node_modules/@vscode/codicons/dist/codicon.css'), 'utf8');
    for (const [name, glyph] of Object.entries(icons)) {
      const code = glyph.codePointAt(0)?.toString(16) ?? '';
      assert.ok(css.includes(`.codicon-${name}:before { content: "\\${code}" }`), name);
    }
  });

  it('makes initials of names in any script', () => {
    assert.equal(initialsOf('Ada Lovelace'), 'AL');
    assert.equal(initialsOf('ada'), 'A');
    assert.equal(initialsOf('Jean-Luc van der Berg'), 'JB');
    assert.equal(initialsOf('李明'), '李');
    assert.equal(initialsOf('e\u0301mile zola'), 'E\u0301Z');
    assert.equal(initialsOf(''), '');
  });

  it('is readable on every avatar colour, and every avatar stands off every background', () => {
    const backgrounds = (['dark', 'light'] as const).flatMap((name) => [
      themes[name].colours['editor-background'],
      themes[name].colours['sideBar-background'],
    ]);
    for (const colour of PROFILE_COLOURS) {
      assert.ok(
        contrast(avatarColours[colour], avatarText) >= 4.5,
        `${colour}: ${contrast(avatarColours[colour], avatarText)}`,
      );
      for (const background of backgrounds) {
        const ratio = contrast(avatarColours[colour], background);
        assert.ok(ratio >= 2, `${colour} on ${background}: ${ratio}`);
      }
    }
  });
});

describe('document of the page', () => {
  it('has the policy, the nonce and escaped texts', () => {
    const html = pageHtml({
      cspSource: 'https://*.vscode-cdn.net',
      nonce: 'abc123',
      scriptUri: 'https://x/page.js?a=1&b=2',
      styleUris: ['https://x/page.css'],
      lang: 'en',
      title: '<script>alert("x")</script>',
    });
    assert.match(html, /<meta property="csp-nonce" content="abc123">/);
    assert.match(html, /<script type="module" nonce="abc123" src="https:\/\/x\/page\.js\?a=1&amp;b=2">/);
    assert.match(html, /<title>&lt;script&gt;alert\(&quot;x&quot;\)&lt;\/script&gt;<\/title>/);
    assert.equal(html.match(/<script/g)?.length, 1);
  });

  it('allows nothing inline, evaluated or from elsewhere', () => {
    const policy = pagePolicy('https://*.vscode-cdn.net', 'abc123');
    assert.doesNotMatch(policy, /unsafe|wasm|\*;| data:|blob:/);
    assert.match(policy, /^default-src 'none'; script-src 'nonce-abc123';/);
    assert.match(policy, /require-trusted-types-for 'script'; trusted-types lit-html fast-html dompurify$/);
  });
});
