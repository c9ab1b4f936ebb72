import type { Session } from '../model/entities.ts';

/**
 * How many others are better placed to become the hub than session `ownId`, as far as the last hub told: windows before
 * terminals, since a command ends soon and takes the hub along, and among these who has been here longer. The process that held
 * the hub is left out.
 *
 * All clients of a dead hub notice at the same moment, and starting a hub costs each of them a thread and a fifth of a second of
 * its processor. When they try one after the other the first is done before the others begin: with eight programs on two
 * processors the chat is back in 0.8 s in place of 0.95.
 *
 * Nothing rests on the order, least of all that only one leads: the claim decides that, and the fence holds whoever thinks
 * otherwise. A client that was told something else, or nothing, only tries earlier or later; the moment of chance before each
 * attempt parts those who think they have the same turn.
 */
export function successionRank(
  sessions: readonly Session[],
  ownId: string,
  formerPid: number | null,
): number {
  const candidates = sessions.filter(({ pid }) => pid !== formerPid);
  const own = candidates.findIndex(({ id }) => id === ownId);
  const self = candidates[own];
  if (self === undefined) return 0;
  const isWindow = ({ surface }: Session): boolean => surface === 'window';
  return candidates.filter((other, index) =>
    isWindow(other) === isWindow(self) ? index < own : isWindow(other),
  ).length;
}
