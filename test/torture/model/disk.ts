import type { Histories } from './histories.ts';
import type { Rules } from './rules.ts';
import { Data, Field, Flag, Kind, Name, type World } from './world.ts';

/** Gives a name to a file; it must not be there. What a power cut could have brought back under this name is forgotten. */
export function link(world: World, epoch: number, kind: Kind): void {
  world.setName(epoch, kind, Name.absent);
  world.setName(epoch, kind, Name.fresh);
}

/** `unlink`. Who had made a claim that is removed will not find it any more. */
export function remove(world: World, epoch: number, kind: Kind): void {
  world.setName(epoch, kind, world.name(epoch, kind) === Name.durable ? Name.removed : Name.absent);
  if (kind !== Kind.claim) return;
  for (let process = 0; process < world.bounds.processes; process += 1) {
    if (world.get(process, Field.epoch) === epoch) disown(world, process);
  }
}

function disown(world: World, process: number): void {
  world.set(process, Field.flags, world.get(process, Field.flags) & ~Flag.own);
}

/** Every name is on the disk as it is seen, whoever made or removed it. */
export function syncDirectory(world: World): void {
  for (let epoch = 1; epoch <= world.bounds.epochs; epoch += 1) {
    for (const kind of [Kind.claim, Kind.base, Kind.log]) {
      const name = world.name(epoch, kind);
      if (name === Name.fresh) world.setName(epoch, kind, Name.durable);
      if (name === Name.removed) world.setName(epoch, kind, Name.absent);
    }
  }
}

/**
 * All that a power cut may leave: each name that was not synced is there or not, independently of all others; of each log any part of
 * what was not synced is gone; bases that were not synced are whole or broken. No process is left. `found` is called with
 * `world`, changed.
 */
export function powerCuts(world: World, histories: Histories, found: () => void): void {
  for (let process = 0; process < world.bounds.processes; process += 1) world.forget(process);
  const { epochs } = world.bounds;
  const nameFrom = (place: number): void => {
    if (place === epochs * 3) {
      tailFrom(1);
      return;
    }
    const epoch = Math.floor(place / 3) + 1;
    const kind = (place % 3) as Kind;
    const name = world.name(epoch, kind);
    if (name === Name.absent || name === Name.durable) {
      nameFrom(place + 1);
      return;
    }
    const [content, unsynced, data] = [world.content(epoch), world.unsynced(epoch), world.baseData(epoch)];
    world.setName(epoch, kind, Name.durable);
    nameFrom(place + 1);
    world.setName(epoch, kind, Name.absent);
    nameFrom(place + 1);
    world.setName(epoch, kind, name as Name);
    if (kind === Kind.log) world.setLog(epoch, content, unsynced);
    if (kind === Kind.base) world.setBaseData(epoch, data);
  };
  const tailFrom = (epoch: number): void => {
    if (epoch > epochs) {
      basesFrom(1);
      return;
    }
    const [content, unsynced] = [world.content(epoch), world.unsynced(epoch)];
    for (let lost = 0; lost <= unsynced; lost += 1) {
      world.setLog(epoch, histories.without(content, lost), 0);
      tailFrom(epoch + 1);
    }
    world.setLog(epoch, content, unsynced);
  };
  const basesFrom = (epoch: number): void => {
    if (epoch > epochs) {
      found();
      return;
    }
    const data = world.baseData(epoch);
    if (data === Data.raw) {
      world.setBaseData(epoch, Data.broken);
      basesFrom(epoch + 1);
      world.setBaseData(epoch, Data.synced);
    }
    basesFrom(epoch + 1);
    world.setBaseData(epoch, data);
  };
  nameFrom(0);
}

/** What a recovery loads whose newest published epoch below its own is `newest`; `loadEpoch` of src/store/load-epoch.ts. */
export function recovered(world: World, rules: Rules, histories: Histories, newest: number): number {
  if (newest === 0) return 0;
  if (rules.recovers === 'the newest') return world.content(newest);
  let history = 0;
  for (let epoch = 1; epoch <= newest; epoch += 1) {
    if (world.isThere(epoch, Kind.log)) history = histories.replayed(history, world.content(epoch));
  }
  return history;
}
