import { limits } from './limits.ts';

/**
 * A longer text, in UTF-16 units, is no name whatever it holds, and is not worked on: putting the combining marks of 250 KB in
 * their order takes seconds. No name that is allowed, and none that is the same as one, comes near it.
 */
const MOST_UNITS = 8 * limits.roomNameLength;

/**
 * Two names are the same name when their keys are equal: compatibility forms (full-width letters, ligatures) and case do not
 * tell names apart. Lower-casing the upper-cased text folds what plain lower-casing leaves apart (ß and SS, final sigma).
 */
export function nameKey(name: string): string {
  if (name.length > MOST_UNITS) return name;
  return name.normalize('NFKC').toUpperCase().toLowerCase().normalize('NFKC');
}

/** `ok` carries the name as it will be kept (NFC, trimmed). `suggestion` is a valid name near the refused one, or null. */
export type NameCheck = { ok: true; name: string } | { ok: false; suggestion: string | null };

const lengthOf = (text: string): number => [...text].length;

/** Letters, marks and digits of any script, with `-`, `_` and `.` inside; so `#name` ends where the name ends. */
const ROOM_NAME = /^[\p{L}\p{N}][\p{L}\p{M}\p{N}_.-]*$/u;

/** As it would be kept; of what is too long to be a name, its beginning, which is too long as well. */
const tidied = (raw: string): string => raw.trim().slice(0, MOST_UNITS).normalize('NFC').trim();

export function checkRoomName(raw: string): NameCheck {
  const name = tidied(raw);
  if (ROOM_NAME.test(name) && lengthOf(name) <= limits.roomNameLength) return { ok: true, name };
  const suggestion = [
    ...name
      .replace(/[^\p{L}\p{M}\p{N}_.-]+/gu, '-')
      .replace(/^[^\p{L}\p{N}]+/u, '')
      .replace(/-{2,}/g, '-'),
  ]
    .slice(0, limits.roomNameLength)
    .join('')
    .replace(/[-.]+$/, '');
  return { ok: false, suggestion: ROOM_NAME.test(suggestion) ? suggestion : null };
}

/** As a room's name, and single spaces, apostrophes and `+` inside: "Ada Lovelace", "make test", "O'Hara". */
const PROFILE_NAME = /^[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}_.+'’-]| (?! ))*$/u;

export function checkProfileName(raw: string): NameCheck {
  const name = tidied(raw);
  if (PROFILE_NAME.test(name) && lengthOf(name) <= limits.profileNameLength) return { ok: true, name };
  const suggestion = [
    ...name
      .replace(/[^\p{L}\p{M}\p{N}_.+'’-]+/gu, ' ')
      .trim()
      .replace(/^[^\p{L}\p{N}]+/u, ''),
  ]
    .slice(0, limits.profileNameLength)
    .join('')
    .trim();
  return { ok: false, suggestion: PROFILE_NAME.test(suggestion) ? suggestion : null };
}

/** How a person names a room: `general` or `#general`; `@Ada` is the direct room with Ada. */
export type RoomReference = { kind: 'room'; name: string } | { kind: 'direct'; profileName: string };

export function parseRoomReference(text: string): RoomReference {
  const trimmed = text.trim();
  if (trimmed.startsWith('@')) return { kind: 'direct', profileName: trimmed.slice(1) };
  return { kind: 'room', name: trimmed.startsWith('#') ? trimmed.slice(1) : trimmed };
}
