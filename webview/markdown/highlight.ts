import type { Language } from 'highlight.js';
import hljs from 'highlight.js/lib/core';
import bash from 'highlight.js/lib/languages/bash';
import c from 'highlight.js/lib/languages/c';
import cpp from 'highlight.js/lib/languages/cpp';
import csharp from 'highlight.js/lib/languages/csharp';
import css from 'highlight.js/lib/languages/css';
import diff from 'highlight.js/lib/languages/diff';
import go from 'highlight.js/lib/languages/go';
import java from 'highlight.js/lib/languages/java';
import javascript from 'highlight.js/lib/languages/javascript';
import json from 'highlight.js/lib/languages/json';
import kotlin from 'highlight.js/lib/languages/kotlin';
import markdown from 'highlight.js/lib/languages/markdown';
import php from 'highlight.js/lib/languages/php';
import python from 'highlight.js/lib/languages/python';
import ruby from 'highlight.js/lib/languages/ruby';
import rust from 'highlight.js/lib/languages/rust';
import sql from 'highlight.js/lib/languages/sql';
import typescript from 'highlight.js/lib/languages/typescript';
import xml from 'highlight.js/lib/languages/xml';
import yaml from 'highlight.js/lib/languages/yaml';
import { sanitizeCode } from './sanitize.ts';

/** A longer line stays plain: grammars are regular expressions of others, and some look at a line as often as it has characters, squared. */
const LINE_LIMIT = 500;
/** Code stays plain that takes longer; the lines of one message then are too many of the costly kind. Milliseconds. */
const TIME_LIMIT = 50;
/** Code stays plain whose colours would be more markup than this: some thousand elements for one message. Characters. */
const MARKUP_LIMIT = 160 * 1024;

const languages = {
  bash,
  c,
  cpp,
  csharp,
  css,
  diff,
  go,
  java,
  javascript,
  json,
  kotlin,
  markdown,
  php,
  python,
  ruby,
  rust,
  sql,
  typescript,
  xml,
  yaml,
};

/** When the code that is being coloured takes too long; the clock of `performance.now()`. */
let deadline = 0;

/**
 * A grammar gets to see one line at a time, and goes on in the next one in the state it was in. So no expression of it can run
 * through all of a message again and again, and the time can be looked at in between.
 */
function byLine(grammar: string): Language {
  const end = /\B|\b/;
  return {
    name: grammar,
    contains: [
      { begin: new RegExp(`[^\\n]{${LINE_LIMIT + 1},}\\n?`), end },
      {
        begin: /[^\n]*\n|[^\n]+/,
        end,
        subLanguage: grammar,
        'on:begin': () => {
          if (performance.now() > deadline) throw new Error('This takes too long.');
        },
      },
    ],
  };
}

for (const [name, grammar] of Object.entries(languages)) {
  hljs.registerLanguage(name, grammar);
  hljs.registerLanguage(lined(name), () => byLine(name));
}
hljs.registerAliases(['console', 'shell', 'shellsession'], { languageName: 'bash' });
const grammars = new Map(Object.keys(languages).map((name) => [hljs.getLanguage(name), name]));

/** Without spaces, so that no message can name it. */
function lined(grammar: string): string {
  return `${grammar} by line`;
}

/** The language's name as people write it, or null for one that is not known here. */
export function languageName(tag: string): string | null {
  return hljs.getLanguage(tag)?.name ?? null;
}

export interface Colours {
  /** Sanitised, with `hljs-` classes; null when the code should stay plain. */
  readonly markup: string | null;
  /** It took too long. Another time it may not: the machine was busy, or the first code of a language brought its grammar to life. */
  readonly late: boolean;
}

export function highlight(code: string, tag: string): Colours {
  const language = hljs.getLanguage(tag);
  const grammar = language === undefined ? undefined : grammars.get(language);
  if (grammar === undefined) return { markup: null, late: false };
  deadline = performance.now() + TIME_LIMIT;
  const { value, errorRaised } = hljs.highlight(code, { language: lined(grammar), ignoreIllegals: true });
  if (errorRaised !== undefined) return { markup: null, late: performance.now() > deadline };
  return { markup: value.length > MARKUP_LIMIT ? null : sanitizeCode(value), late: false };
}

type Job = () => void;
const queue: Job[] = [];

function work(deadline: IdleDeadline): void {
  do queue.shift()?.();
  while (queue.length > 0 && deadline.timeRemaining() > 4);
  if (queue.length > 0) requestIdleCallback(work, { timeout: 500 });
}

/** Runs `job` when the page is idle, one block after the other: text is shown first, its colours follow. */
export function whenIdle(job: Job): void {
  queue.push(job);
  if (queue.length === 1) requestIdleCallback(work, { timeout: 500 });
}
