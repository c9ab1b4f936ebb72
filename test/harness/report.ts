/** How mocha, wherever it runs, tells the runner what happens: one JSON object a line, appended to the file REPORT names. */

/** Environment of a mocha process, in plain Node or in an extension host. */
export const REPORT = 'LOCAL_CHAT_TEST_REPORT';
export const TEST_DIR = 'LOCAL_CHAT_TEST_DIR';
export const GREP = 'LOCAL_CHAT_TEST_GREP';

export type ReportLine =
  /** A `describe` begins. */
  | { readonly kind: 'suite'; readonly title: string; readonly depth: number }
  | { readonly kind: 'passed'; readonly title: string; readonly depth: number; readonly ms: number }
  /** `title` holds the titles of all suites around it. A failed hook is one of these too. */
  | { readonly kind: 'failed'; readonly title: string; readonly depth: number; readonly error: string }
  | { readonly kind: 'skipped'; readonly title: string; readonly depth: number }
  /** All tests have been run. A report without this line means that the process died. */
  | { readonly kind: 'end' };

export function isReportLine(value: unknown): value is ReportLine {
  return typeof value === 'object' && value !== null && 'kind' in value && typeof value.kind === 'string';
}
