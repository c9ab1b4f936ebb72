import { hasString, t } from './strings.ts';

/** Why something failed, as it comes over the wire or out of a caught error. */
export interface Fault {
  readonly code: string;
  readonly params: Readonly<Record<string, string | number | boolean>>;
}

/** One sentence for a person. Codes that only a program can cause share one that points to the log. */
export function sentenceOf(fault: Fault): string {
  const key = `fault.${fault.code}`;
  if (!hasString(key)) return t('fault.other');
  const params = Object.fromEntries(
    Object.entries(fault.params).map(([name, value]) => [
      name,
      typeof value === 'boolean' ? String(value) : value,
    ]),
  );
  return t(key, params);
}
