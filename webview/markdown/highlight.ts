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

/** Longer code stays plain: grammars are regular expressions of others and not all are linear. Characters. */
const HIGHLIGHT_LIMIT = 12 * 1024;

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

for (const [name, grammar] of Object.entries(languages)) hljs.registerLanguage(name, grammar);
hljs.registerAliases(['console', 'shell', 'shellsession'], { languageName: 'bash' });

/** The language's name as people write it, or null for one that is not known here. */
export function languageName(tag: string): string | null {
  return hljs.getLanguage(tag)?.name ?? null;
}

/** Code as sanitised markup with `hljs-` classes, or null when it should stay plain. */
export function highlight(code: string, tag: string): string | null {
  if (code.length > HIGHLIGHT_LIMIT || hljs.getLanguage(tag) === undefined) return null;
  return sanitizeCode(hljs.highlight(code, { language: tag, ignoreIllegals: true }).value);
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
