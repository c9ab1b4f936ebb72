import { assertNever } from '../common/assert-never.ts';
import type { ChatError, ErrorParams } from '../model/errors.ts';
import { limits } from '../model/limits.ts';
import { checkRoomName } from '../model/names.ts';
import { shellWord } from './shell.ts';

function param(params: ErrorParams, name: string, otherwise: string): string {
  const value = params[name];
  return value === undefined || value === '' ? otherwise : String(value);
}

function count(params: ErrorParams, name: string): number | null {
  const value = params[name];
  return typeof value === 'number' ? value : null;
}

const number = new Intl.NumberFormat('en');

/** The one sentence a person at a terminal reads for an error: what is wrong, and what to do where something can be done. */
export function sentence({ code, params }: Pick<ChatError, 'code' | 'params'>): string {
  switch (code) {
    case 'NO_SUCH_ROOM':
      return noSuchRoom(param(params, 'room', ''));
    case 'NO_SUCH_PROFILE':
      return `There is no profile named "${String(params['profile'] ?? '')}". See "local-chat profile list".`;
    case 'NO_SUCH_MESSAGE':
      return `There is no message ${param(params, 'id', 'with this id')}.`;
    case 'ROOM_ARCHIVED':
      return roomArchived(param(params, 'room', ''));
    case 'NAME_TAKEN':
      return `The name "${param(params, 'name', '?')}" is taken.`;
    case 'INVALID_NAME':
      return invalidName(params);
    case 'TOPIC_TOO_LONG':
      return `The topic is too long: at most ${number.format(count(params, 'limit') ?? limits.topicLength)} characters fit.`;
    case 'EMPTY_MESSAGE':
      return 'The message is empty.';
    case 'MESSAGE_TOO_LONG':
      return messageTooLong(params);
    case 'BAD_ID':
      return `"${param(params, 'id', '')}" is not a UUID.`;
    case 'CONFLICT':
      return `The id ${param(params, 'id', '')} already belongs to something else; use a new one.`;
    case 'NOT_A_DIRECT_ROOM':
      return 'This does not work with direct messages.';
    case 'BAD_REQUEST':
      return param(params, 'detail', 'The request was malformed.');
    case 'CONNECTION_CLOSED':
      return 'The connection ended before an answer came.';
    case 'TIMEOUT':
      return timeout(params);
    case 'HUB_UNREACHABLE':
      return `The chat is held by process ${param(params, 'pid', '?')}, which cannot be reached from here (another container or sandbox?).`;
    case 'AUTH_FAILED':
      return 'The other side does not know the secret of this data directory; is the directory the right one?';
    case 'PROTOCOL_MISMATCH':
      return 'The running chat is of a version this program cannot talk to. What is stored is safe; update the older of the two.';
    case 'NO_STORE':
      return 'No chat was found: open an editor window with Local Chat once, or name a directory with --data-dir or LOCAL_CHAT_DIR.';
    case 'DIRECTORY_LINK':
      return `The data directory ${param(params, 'directory', '')} is a link; name the directory itself.`;
    case 'DIRECTORY_FOREIGN':
      return `The data directory ${param(params, 'directory', '')} belongs to somebody else.`;
    case 'DIRECTORY_OPEN':
      return `The data directory ${param(params, 'directory', '')} is open to others; name another one, or close it with "chmod 700" if it is for the chat alone.`;
    case 'DIRECTORY_UNUSABLE':
      return `The data directory ${param(params, 'directory', '')} cannot be used: ${systemReason(param(params, 'detail', 'unknown reason'))}.`;
    case 'FORMAT_NEWER':
      return `The chat was written by a newer version of Local Chat (format ${param(params, 'found', '?')}; this one knows up to ${param(params, 'known', '?')}). What is stored is safe; update this one.`;
    case 'OTHER_HOST':
      return otherHost(param(params, 'directory', ''));
    case 'STORE_CORRUPT':
      return `The store is damaged (${param(params, 'file', 'a file')}: ${param(params, 'detail', 'unreadable')}). Nothing was changed; "local-chat doctor" says what can be read and what to do.`;
    case 'STORAGE_FULL':
      return 'The disk is full, so this was not stored; everything stored before is safe and can be read. Make room (10 MB or more) and send it again.';
    case 'STORAGE_READONLY':
      return 'The data directory cannot be written to, so this was not stored; everything stored before is safe and can be read.';
    case 'STORAGE_ERROR':
      return `The disk reports an error (${param(params, 'detail', 'unknown reason')}), so this was not stored; what was stored before can be read as far as the disk goes along.`;
    case 'OUTPUT_FAILED':
      return `The output cannot be written: ${systemReason(param(params, 'detail', 'unknown reason'))}.`;
    case 'USAGE':
      return param(params, 'detail', 'The words on the command line are wrong.');
    case 'INTERNAL':
      return `Something went wrong inside Local Chat: ${param(params, 'detail', 'unknown reason')}.`;
    default:
      return assertNever(code);
  }
}

/** Whether the other machine still lives cannot be found out from here for sure, so it is the person who has to say so. */
function otherHost(directory: string): string {
  const what = directory === '' ? 'The chat' : `The chat in ${directory}`;
  return `${what} is held by another machine. Once nothing there uses it any more, "local-chat doctor --adopt" makes it one of this machine, with all that is stored.`;
}

/** What a code of the system means; the code itself where it is a rare one. */
function systemReason(code: string): string {
  switch (code) {
    case 'ENOTDIR':
      return 'it, or a part of its path, is a file';
    case 'EACCES':
    case 'EPERM':
      return 'there is no permission';
    case 'EROFS':
      return 'the disk is read-only';
    case 'ENOSPC':
    case 'EDQUOT':
      return 'the disk is full';
    case 'ENOENT':
      return 'it is gone; put it back, or begin a new chat there with any command';
    case 'ENAMETOOLONG':
      return 'its name is too long';
    default:
      return code;
  }
}

function noSuchRoom(room: string): string {
  const found = `There is no room named "${room}".`;
  const name = checkRoomName(room);
  return name.ok ? `${found} Make it with "local-chat room create ${name.name}".` : found;
}

function roomArchived(room: string): string {
  if (room === '') return 'The room is archived.';
  return `The room "${room}" is archived. Bring it back with "local-chat room restore ${shellWord(room)}".`;
}

function invalidName(params: ErrorParams): string {
  const suggestion = params['suggestion'];
  const refused = `"${param(params, 'name', '')}" is not possible as a name`;
  return typeof suggestion === 'string' && suggestion !== ''
    ? `${refused}; "${suggestion}" would be.`
    : `${refused}: letters and digits, with "-", "_" and "." inside.`;
}

function messageTooLong(params: ErrorParams): string {
  const limit = `at most ${number.format(count(params, 'limit') ?? limits.contentBytes)} bytes fit in one`;
  const actual = count(params, 'actual');
  return actual === null
    ? `The message is too long: ${limit}.`
    : `The message is too long: it has ${number.format(actual)} bytes and ${limit}.`;
}

function timeout(params: ErrorParams): string {
  const seconds = count(params, 'seconds');
  return seconds === null
    ? 'There was no answer in time.'
    : `There was no answer within ${number.format(seconds)} seconds.`;
}
