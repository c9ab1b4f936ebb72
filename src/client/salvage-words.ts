import { lostCount, type Salvage } from '../model/salvage.ts';

/** What was found damaged once, and what became of it: one line. */
export function describeSalvage(salvage: Salvage): string {
  const { timestamp, outcome, epoch, lostAfter } = salvage;
  return `${timestamp} ${outcome}, epoch ${epoch}, ${missing(lostCount(salvage), lostAfter)}`;
}

/** What is not there any more. `lost`: how many seqs; `lostAfter`: a number when everything after it is missing. */
export function missing(lost: number, lostAfter: unknown): string {
  if (typeof lostAfter === 'number') return `everything after ${lostAfter} missing`;
  return lost === 0 ? 'nothing missing' : `${lost} of the numbers missing`;
}
