import * as v from 'valibot';
import { idSchema } from '../../model/ids.ts';

/** The extension host that looks after a text. */
export interface Owner {
  readonly pid: number;
  readonly startTime: string;
}

export interface UnsentFileName {
  readonly id: string;
  /** Null when it was given back: whoever comes next may take it. */
  readonly owner: Owner | null;
}

const NAME = /^([^.]+)(?:\.(\d+)-((?:[\da-f]{2})*))?\.json$/;

/**
 * The owner is in the name, so that one step, the renaming, makes a text another's: of any number that try at the same moment
 * one succeeds, and wherever a process ends the text has one name and one owner.
 */
export function unsentFileName(id: string, owner: Owner | null): string {
  if (owner === null) return `${id}.json`;
  return `${id}.${owner.pid}-${Buffer.from(owner.startTime).toString('hex')}.json`;
}

/** Null for what is no such name. */
export function parseUnsentFileName(name: string): UnsentFileName | null {
  const [, id, pid, startTime] = NAME.exec(name) ?? [];
  if (!v.is(idSchema, id)) return null;
  if (pid === undefined || startTime === undefined) return { id, owner: null };
  return { id, owner: { pid: Number(pid), startTime: Buffer.from(startTime, 'hex').toString() } };
}
