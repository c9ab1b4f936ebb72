import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { QUARANTINE, type Salvage } from '../../../src/model/salvage.ts';
import { readSalvages } from '../../../src/store/quarantine.ts';
import type { Random } from '../../integration/support/random.ts';
import { type Acked, type Stored, violations } from '../../integration/support/history.ts';
import { Chat } from '../../unit/store/support.ts';
import { unsyncedFiles } from '../../unit/store/unsynced-files.ts';
import { type Disk, type Files, filesIn, type Open } from './store-states.ts';
import { historyOf, Truth } from './truth.ts';

/** A store to be damaged, and all that is in it. */
export interface DamagedStore {
  readonly name: string;
  readonly files: Files;
  readonly epoch: number;
  readonly truth: Truth;
  readonly profileIds: readonly string[];
  /** As each of the profiles sees it. */
  readonly everything: readonly object[];
  readonly history: readonly Stored[];
  readonly seq: number;
}

export interface Verdict {
  /** Of the report, or `unnoticed`. */
  readonly outcome: string;
  readonly violations: readonly string[];
}

/** Stores in which different things can help against damage. */
export async function damagedStores(random: Random): Promise<DamagedStore[]> {
  const make = async (
    name: string,
    work: (chat: Chat, talk: (groups: number) => void) => Promise<void>,
  ): Promise<DamagedStore> => {
    const chat = new Chat();
    try {
      await chat.open({ files: unsyncedFiles });
      const truth = new Truth(chat, random);
      truth.talk(10);
      await work(chat, (groups) => truth.talk(groups));
      const profileIds = truth.members.map(({ profileId }) => profileId);
      const everything = await Promise.all(profileIds.map((id) => chat.everything(id)));
      const history = await historyOf(chat, profileIds[0] ?? '');
      const { seq } = chat.store;
      const { epoch } = chat;
      const files = new Map(
        [...filesIn(chat.directory)].filter(([file]) => Number.parseInt(file, 10) > epoch - 2),
      );
      return { name, files, epoch, truth, profileIds, everything, history, seq };
    } finally {
      chat.dispose();
    }
  };
  const exported = { files: unsyncedFiles, export: true };
  return [
    await make('a first epoch', async (_chat, talk) => talk(40)),
    await make('just exported', async (chat, talk) => {
      talk(60);
      await chat.open(exported);
      talk(10);
    }),
    await make('with one base for both generations', async (chat, talk) => {
      talk(90);
      await chat.open(exported);
      talk(10);
      await chat.open({ files: unsyncedFiles });
      talk(10);
    }),
  ];
}

/** Opens the store with one file damaged, as the next hub would, and compares what it serves with the truth. */
export async function verdictOn(
  store: DamagedStore,
  name: string,
  damaged: Buffer,
  disk: Disk,
  open?: Open,
): Promise<Verdict> {
  const original = store.files.get(name);
  // A base that two generations share is one file with two names.
  const changed = [...store.files].map(([file, bytes]): [string, Buffer] => [
    file,
    original?.equals(bytes) === true ? damaged : bytes,
  ]);
  disk.put(new Map(changed));
  let chat: Chat | null = null;
  try {
    chat = await disk.open(store.epoch + 1, open);
    const salvage = chat.store.facts.salvage;
    const found = [
      ...reportFaults(disk.directory, name, damaged, salvage),
      ...(await differences(store, chat, salvage)),
      ...(await newSeqFaults(store, chat)),
    ];
    return { outcome: salvage?.outcome ?? 'unnoticed', violations: found };
  } catch (error) {
    return { outcome: 'refused', violations: [`could not be opened: ${String(error)}`] };
  } finally {
    chat?.close();
  }
}

function reportFaults(directory: string, name: string, damaged: Buffer, salvage: Salvage | null): string[] {
  if (salvage === null) return ['not reported'];
  const [folder = ''] = readdirSync(path.join(directory, QUARANTINE));
  const copy = readFileSync(path.join(directory, QUARANTINE, folder, name));
  return [
    ...(copy.equals(damaged) ? [] : ['the copy is not what was damaged']),
    ...(isDeepStrictEqual(readSalvages(directory), [salvage]) ? [] : ['the report is not what was said']),
  ];
}

async function differences(store: DamagedStore, chat: Chat, salvage: Salvage | null): Promise<string[]> {
  const reader = store.profileIds.find((id) => chat.store.ledger.profile(id) !== null) ?? '';
  const history = await historyOf(chat, reader);
  const named = ({ seq }: { readonly seq: number }): boolean =>
    salvage !== null &&
    (salvage.lost.some(([first, last]) => first <= seq && seq <= last) ||
      (salvage.lostAfter !== undefined && seq > salvage.lostAfter));
  const kept = (acks: readonly Acked[]): readonly Acked[] => acks.filter((ack) => !named(ack));
  // A room whose row is lost has another name than it had.
  const roomsAreLost = salvage?.files.some(({ detail }) => detail.includes('rooms')) === true;
  const wrong = violations({
    sent: roomsAreLost
      ? store.truth.sent.map((sent) => ({ ...sent, room: roomIn(history, sent) }))
      : store.truth.sent,
    acked: kept(store.truth.acked),
    followed: [],
    history,
  });
  const everything = await Promise.all(store.profileIds.map(async (id) => everythingOf(chat, id)));
  const isSame = isDeepStrictEqual(everything, store.everything);
  // What is no message has no place of its own in a report: it says that something of it is missing.
  const saysSo =
    salvage?.outcome === 'salvaged' || salvage?.outcome === 'begun anew' || salvage?.outcome === 'cut off';
  if (!isSame && !saysSo) wrong.push(`differs, and the report says ${salvage?.outcome ?? 'nothing'}`);
  if (!isSame && salvage !== null && !saysWhat(salvage))
    wrong.push('differs, and the report does not say where');
  return wrong;
}

/** Null for a profile that is lost, with nothing left that speaks of it. */
async function everythingOf(chat: Chat, profileId: string): Promise<object | null> {
  return chat.store.ledger.profile(profileId) === null ? null : chat.everything(profileId);
}

const roomIn = (history: readonly Stored[], { id, room }: { id: string; room: string }): string =>
  history.find((message) => message.id === id)?.room ?? room;

const saysWhat = ({ lost, lostAfter, files }: Salvage): boolean =>
  lost.length > 0 || lostAfter !== undefined || files.some(({ detail }) => detail.includes('not whole'));

/** A seq that was acknowledged once is never given to anything else. */
async function newSeqFaults(store: DamagedStore, chat: Chat): Promise<string[]> {
  const profile = chat.store.ledger.profile(store.profileIds[0] ?? '');
  const room = chat.store.ledger.roomByName('general');
  if (profile === null || room === null) return [];
  const { seq } = chat.say({ sessionId: null, profileId: profile.id, kind: 'person' }, room.id, 'goes on');
  return seq > store.seq ? [] : [`${seq} was given away again`];
}
