import type { Client, RequestOptions } from '../client/api.ts';
import type { Profile, Room } from '../model/entities.ts';
import { ChatError } from '../model/errors.ts';
import { newId } from '../model/ids.ts';
import { nameKey, parseRoomReference } from '../model/names.ts';
import { roomLabel } from '../model/output.ts';

/**
 * Looks something up in what this client knows, and once more after a round trip to the hub when it is not there: what
 * another process has just made may still be on its way. The hub sends in order, so after its answer everything that was
 * stored before the question is known.
 */
async function lookUp<T>(
  client: Client,
  find: () => T | null,
  missing: ChatError,
  options?: RequestOptions,
): Promise<T> {
  const known = find();
  if (known !== null) return known;
  await client.request('ping', {}, options);
  const found = find();
  if (found === null) throw missing;
  return found;
}

/** Waits until this client knows everything that was stored when it asked. */
export async function catchUp(client: Client): Promise<void> {
  await client.request('ping', {});
}

export function findProfile(client: Client, name: string, options?: RequestOptions): Promise<Profile> {
  const key = nameKey(name);
  const find = (): Profile | null => {
    for (const profile of client.state.profiles.values()) if (nameKey(profile.name) === key) return profile;
    return null;
  };
  return lookUp(client, find, new ChatError('NO_SUCH_PROFILE', { profile: name }), options);
}

async function findNamedRoom(client: Client, name: string, options?: RequestOptions): Promise<Room> {
  const key = nameKey(name);
  const find = (): Room | null => {
    for (const room of client.state.rooms.values()) {
      if (room.name !== null && nameKey(room.name) === key) return room;
    }
    return null;
  };
  return lookUp(client, find, new ChatError('NO_SUCH_ROOM', { room: name }), options);
}

/** `Ada` or, as a direct room of several is shown, `Ada, Grace`. */
function memberNames(names: string): string[] {
  return names.split(',').map((name) => name.trim());
}

async function findMembers(client: Client, names: string, options?: RequestOptions): Promise<string[]> {
  const ids: string[] = [];
  for (const name of memberNames(names)) ids.push((await findProfile(client, name, options)).id);
  return ids;
}

/** The direct room with a profile, named with or without `@`. */
export function directReference(profile: string): string {
  const name = profile.trim();
  return name.startsWith('@') ? name : `@${name}`;
}

/** Whether a reference can be to nothing at all: ``, `#`, `@`, `@Ada,`. */
export function namesNothing(reference: string): boolean {
  const named = parseRoomReference(reference);
  if (named.kind === 'room') return named.name.trim() === '';
  return memberNames(named.profileName).includes('');
}

function knownDirectRoom(client: Client, others: readonly string[]): Room | null {
  const members = new Set([...others, ...(client.state.me === null ? [] : [client.state.me.id])]);
  for (const room of client.state.rooms.values()) {
    if (room.kind !== 'direct' || room.members.length !== members.size) continue;
    if (room.members.every((id) => members.has(id))) return room;
  }
  return null;
}

/**
 * The id of the room a person named: `general`, `#general`, or `@Ada` for the direct room with Ada, which is opened if it
 * is not there yet. Rejects with NO_SUCH_ROOM or NO_SUCH_PROFILE.
 */
export async function openRoom(client: Client, reference: string, options?: RequestOptions): Promise<string> {
  const named = parseRoomReference(reference);
  if (named.kind === 'room') return (await findNamedRoom(client, named.name, options)).id;
  const others = await findMembers(client, named.profileName, options);
  const known = knownDirectRoom(client, others);
  if (known !== null) return known.id;
  const opened = await client.request('direct.open', { id: newId(), profileIds: others }, options);
  return opened.subject;
}

/** As {@link openRoom}, but a direct room that was never opened is null: nothing was ever said there. */
export async function findRoom(client: Client, reference: string): Promise<Room | null> {
  const named = parseRoomReference(reference);
  if (named.kind === 'room') return findNamedRoom(client, named.name);
  const others = await findMembers(client, named.profileName);
  return knownDirectRoom(client, others);
}

export function profileName(client: Client, id: string): string {
  return client.state.profiles.get(id)?.name ?? id;
}

/** What this client's profile calls a room: `general`, or `@Ada`. */
export function labelOf(client: Client, room: Pick<Room, 'kind' | 'name' | 'members'>): string {
  return roomLabel(room, client.state.me?.id ?? '', (id) => profileName(client, id));
}

/** A label as people read it: `#general`, `@Ada`. */
export function shownLabel(label: string): string {
  return label.startsWith('@') ? label : `#${label}`;
}
