import * as v from 'valibot';
import { v7, validate } from 'uuid';

/**
 * Makes an id for something new. Version 7 of RFC 9562: the time comes first, so ids made one after the other sort and index
 * well. The order of messages never rests on it; that is `seq`.
 */
export function newId(): string {
  return v7();
}

/** Any RFC 9562 UUID in its text form, of any version, in any case; the output is lower case. */
export const idSchema = v.pipe(
  v.string(),
  v.check((text) => validate(text)),
  v.transform((text) => text.toLowerCase()),
);

export function isId(text: string): boolean {
  return validate(text);
}

/** The one counter of a store: 1 for the first event, +1 for each next one. A safe integer. */
export const seqSchema = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/** A point in time as people and scripts see it: ISO 8601, UTC, milliseconds. Shown, never compared for order. */
export const timestampSchema = v.pipe(v.string(), v.isoTimestamp());
