import * as vscode from 'vscode';
import { assertNever } from '../common/assert-never.ts';
import type { ChatError, ErrorParams } from '../model/errors.ts';
import { lostCount, type Salvage } from '../model/salvage.ts';
import { plainText } from './plain-text.ts';

const { t } = vscode.l10n;

/** The one place where an error becomes a sentence for the person at this window, in the language of the editor. */
export function sentenceOf({ code, params }: Pick<ChatError, 'code' | 'params'>): string {
  switch (code) {
    case 'NO_SUCH_ROOM':
      return t('This room does not exist, or not for this profile.');
    case 'NO_SUCH_PROFILE':
      return t('This profile does not exist.');
    case 'NO_SUCH_MESSAGE':
      return t('This message does not exist, or not for this profile.');
    case 'ROOM_ARCHIVED':
      return t('This room is archived; restore it to write in it.');
    case 'NAME_TAKEN':
      return t('The name “{0}” is taken.', text(params, 'name'));
    case 'INVALID_NAME':
      return invalidName(params);
    case 'TOPIC_TOO_LONG':
      return t(
        'A topic can have {0} characters; this one has {1}.',
        number(params, 'limit'),
        number(params, 'actual'),
      );
    case 'EMPTY_MESSAGE':
      return t('An empty message cannot be sent.');
    case 'MESSAGE_TOO_LONG':
      return t(
        'A message can have {0} bytes; this one has {1}.',
        number(params, 'limit'),
        number(params, 'actual'),
      );
    case 'BAD_ID':
      return t('“{0}” is not a valid id.', text(params, 'id'));
    case 'CONFLICT':
      return t('This id already belongs to something else.');
    case 'NOT_A_DIRECT_ROOM':
      return t('This does not work with direct messages.');
    case 'BAD_REQUEST':
      return t('The chat did not understand this window. The log says more.');
    case 'CONNECTION_CLOSED':
      return t('The connection was lost before an answer came.');
    case 'TIMEOUT':
      return t('No answer came in time.');
    case 'HUB_UNREACHABLE':
      return t('The chat is held by process {0}, which this window cannot reach.', text(params, 'pid'));
    case 'AUTH_FAILED':
      return t('The chat of this data directory did not accept this window.');
    case 'PROTOCOL_MISMATCH':
      return t(
        'The chat is held by another version of Local Chat. Your messages are safe: update the older editor and reload its windows.',
      );
    case 'NO_STORE':
      return t('There is no chat on this machine yet.');
    case 'DIRECTORY_LINK':
      return t('The data directory {0} is a link; name the directory itself.', directory(params));
    case 'DIRECTORY_FOREIGN':
      return t('The data directory {0} belongs to another user.', directory(params));
    case 'DIRECTORY_OPEN':
      return t(
        'The data directory {0} is open to other users; close it to all but yourself.',
        directory(params),
      );
    case 'DIRECTORY_UNUSABLE':
      if (params['detail'] === 'ENOENT')
        return t(
          'The data directory {0} is gone. Put it back, or reload the window to begin a new chat.',
          directory(params),
        );
      return t('The data directory {0} cannot be used ({1}).', directory(params), text(params, 'detail'));
    case 'FORMAT_NEWER':
      return t(
        'A newer version of Local Chat wrote this chat. Your messages are safe: update Local Chat in this editor to go on.',
      );
    case 'OTHER_HOST':
      return t(
        'Another machine holds the chat in this data directory. Once nothing there uses it any more, “local-chat doctor --adopt” in a terminal makes it one of this machine.',
      );
    case 'STORE_CORRUPT':
      return t(
        'A file of the chat is damaged: {0}. Nothing was changed; Local Chat: Show Status says what can be read and what to do.',
        text(params, 'file'),
      );
    case 'STORAGE_FULL':
      return t(
        'The disk is full, so this was not stored; everything stored before is safe and can be read. Make room (10 MB or more) and try again.',
      );
    case 'STORAGE_READONLY':
      return t(
        'The data directory cannot be written to, so this was not stored; everything stored before is safe and can be read.',
      );
    case 'STORAGE_ERROR':
      return t(
        'The disk reports an error, so this was not stored; what was stored before can be read as far as the disk goes along.',
      );
    case 'OUTPUT_FAILED':
    case 'USAGE':
    case 'INTERNAL':
      return t('Something went wrong inside Local Chat. The log says more.');
    default:
      return assertNever(code);
  }
}

/** What became of a store that was found damaged. It is told once, in one window. */
export function salvageSentence(salvage: Salvage): string {
  const { outcome, lost, lostAfter } = salvage;
  const first = lost[0]?.[0];
  const last = lost.at(-1)?.[1];
  if (outcome === 'begun anew') {
    return t(
      'Nothing in the store of Local Chat could be read any more, so an empty one was begun. Copies of the damaged files are kept; Show Details says where.',
    );
  }
  if (outcome !== 'salvaged') {
    return t(
      'Local Chat found a damaged file in its store and put it right. Nothing is missing. A copy of the damaged file is kept.',
    );
  }
  if (lostAfter !== undefined) {
    return t(
      'Local Chat found its store damaged: what came after number {0} could not be read. What could is there, and copies of the damaged files are kept.',
      amount(lostAfter),
    );
  }
  const all = lostCount(salvage);
  if (first === undefined || last === undefined) {
    return t(
      'Local Chat found its store damaged. Everything that could be read is there, and copies of the damaged files are kept.',
    );
  }
  return all === 1
    ? t(
        'Local Chat found its store damaged: one entry, number {0}, could not be read. Everything else is there, and copies of the damaged files are kept.',
        amount(first),
      )
    : t(
        'Local Chat found its store damaged: {0} entries, between the numbers {1} and {2}, could not be read. Everything else is there, and copies of the damaged files are kept.',
        amount(all),
        amount(first),
        amount(last),
      );
}

function invalidName(params: ErrorParams): string {
  const suggestion = params['suggestion'];
  return typeof suggestion === 'string' && suggestion !== ''
    ? t('“{0}” cannot be a name; “{1}” could.', text(params, 'name'), plainText(suggestion))
    : t('“{0}” cannot be a name: letters and digits, with “-”, “_” and “.” inside.', text(params, 'name'));
}

const directory = (params: ErrorParams): string => text(params, 'directory');

/** A parameter may come from another process: never raw into a notification. */
function text(params: ErrorParams, name: string): string {
  const value = params[name];
  return value === undefined || value === '' ? '?' : plainText(String(value));
}

function number(params: ErrorParams, name: string): string {
  const value = Number(params[name]);
  return Number.isFinite(value) ? amount(value) : '?';
}

function amount(value: number): string {
  return new Intl.NumberFormat(vscode.env.language).format(value);
}
