import { assertNever } from '../common/assert-never.ts';
import type { Finding } from '../model/findings.ts';
import { missing } from './salvage-words.ts';
import { count, size } from '../common/amounts.ts';

/** One row of the doctor's report: what it is about, what was found, and for a problem what to do. */
interface FindingWords {
  readonly about: string;
  readonly text: string;
  /** One sentence, for problems and for notes that somebody may want to act on. */
  readonly advice?: string;
}

const SAFE_TO_START = 'The next program that needs the chat mends what can be mended and keeps a copy.';

/**
 * The one place where a finding becomes words for a person. In English, at a terminal and in a window alike: a report is made to be
 * copied to whoever is asked for help.
 */
export function describeFinding({ code, params }: Finding): FindingWords {
  const text = (name: string): string => String(params[name] ?? '?');
  const number = (name: string): number => Number(params[name] ?? 0);
  const bytes = (name: string): string => (typeof params[name] === 'number' ? size(params[name]) : '?');
  switch (code) {
    case 'DIRECTORY':
      return { about: 'Directory', text: directoryFacts(params) };
    case 'NO_DIRECTORY':
      return {
        about: 'Directory',
        text: `${text('directory')} does not exist`,
        advice: 'Check the name; the first window or command that uses it makes it.',
      };
    case 'DIRECTORY_LINK':
      return {
        about: 'Directory',
        text: 'it is a link, which programs refuse',
        advice: 'Name the directory itself.',
      };
    case 'DIRECTORY_FOREIGN':
      return {
        about: 'Directory',
        text: `${text('directory')} belongs to user ${text('owner')}`,
        advice: 'Run this as that user, or name a directory of your own.',
      };
    case 'DIRECTORY_OPEN':
      return {
        about: 'Directory',
        text: `it is open to others (mode ${text('mode')}), which programs refuse`,
        advice: 'Close it with "chmod 700" if it is for the chat alone, else name another one.',
      };
    case 'DIRECTORY_UNUSABLE':
      return {
        about: 'Directory',
        text: `${text('directory')} cannot be looked into (${text('detail')})`,
        advice: 'Check the name and its permissions.',
      };
    case 'DISK_FULL':
      return {
        about: 'Disk',
        text: `it is full (${bytes('freeBytes')} free)`,
        advice: 'Make some room: what is stored is safe and can be read, and what waits is stored then.',
      };
    case 'DISK_LOW':
      return { about: 'Disk', text: `${bytes('freeBytes')} free, which is little` };
    case 'DISK_READONLY':
      return {
        about: 'Disk',
        text: `nothing can be written (${text('detail')})`,
        advice: 'Make the directory writable: what is stored is safe and can be read until then.',
      };
    case 'DISK_NETWORK':
      return {
        about: 'Disk',
        text: `a network file system (${text('fileSystem')})`,
        advice: 'Keep the chat on a disk of this machine: network folders are not for it.',
      };
    case 'SECRET':
      return { about: 'Secret', text: 'there, closed to others' };
    case 'SECRET_MISSING':
      return { about: 'Secret', text: 'none yet; the next program makes one' };
    case 'SECRET_OPEN':
      return { about: 'Secret', text: `open to others (mode ${text('mode')}); the next program closes it` };
    case 'SECRET_UNUSABLE':
      return {
        about: 'Secret',
        text: `the file "secret" cannot be used (${text('detail')})`,
        advice: 'Close all windows and remove it: a new one is made, and no message is lost.',
      };
    case 'CLAIMS':
      return { about: 'Claims', text: `${text('count')}, epochs ${text('first')} to ${text('last')}` };
    case 'CLAIM_UNREADABLE':
      return { about: 'Claims', text: `${text('file')} cannot be read; the next program passes over it` };
    case 'HUB':
      return {
        about: 'Hub',
        text: `process ${text('pid')} leads epoch ${text('epoch')}, ${text('state')}`,
      };
    case 'NO_HUB':
      return {
        about: 'Hub',
        text: `none just now (epoch ${text('epoch')} is over); the next program becomes it`,
      };
    case 'HUB_SILENT':
      return {
        about: 'Hub',
        text: `process ${text('pid')} does not answer; the next program takes over from it`,
      };
    case 'HUB_UNREACHABLE':
      return {
        about: 'Hub',
        text: `process ${text('pid')} lives, but its socket cannot be seen from here`,
        advice: 'Use the chat from where that process runs (another container or sandbox?), or end it.',
      };
    case 'HUB_REFUSED':
      return {
        about: 'Hub',
        text: `process ${text('pid')} refuses to talk (${text('reason')})`,
        advice: 'Your messages are safe: update the older editor or program, and reload its windows.',
      };
    case 'OTHER_HOST':
      return {
        about: 'Machine',
        text: `another machine leads epoch ${text('epoch')}; last written ${text('written')}`,
        advice:
          'If nothing there uses this directory any more, "local-chat doctor --adopt" makes it one of this machine, with all that is stored.',
      };
    case 'OTHER_HOST_ALIVE':
      return {
        about: 'Machine',
        text: 'another machine wrote while this one was looking; nothing was adopted',
        advice: 'End the windows and terminals of the other machine first.',
      };
    case 'FORMAT_NEWER':
      return {
        about: 'Format',
        text: `a newer version wrote ${text('file')} (format ${text('found')}; this one knows ${text('known')})`,
        advice: 'Your messages are safe: update this Local Chat to read them.',
      };
    case 'ADOPTED':
      return {
        about: 'Machine',
        text: `this one leads from epoch ${text('epoch')} on; what the other one still writes does not count any more`,
      };
    case 'NOTHING_TO_ADOPT':
      return { about: 'Machine', text: 'no other one leads here: there is nothing to adopt' };
    case 'EMPTY':
      return { about: 'Store', text: 'nothing is stored here yet' };
    case 'BASE':
      return {
        about: 'Base',
        text: [
          `${text('file')} ${bytes('bytes')}`,
          count(number('messages'), 'message'),
          count(number('rooms'), 'room'),
          count(number('profiles'), 'profile'),
          `up to ${text('seq')}`,
        ].join(', '),
      };
    case 'BASE_DAMAGED':
      return {
        about: 'Base',
        text: `${text('file')} is damaged (${text('detail')})`,
        advice: SAFE_TO_START,
      };
    case 'LOG':
      return {
        about: 'Log',
        text: [
          `${text('file')} ${bytes('bytes')}`,
          `${count(number('messages'), 'message')} since the base`,
          `up to ${text('seq')}`,
        ].join(', '),
      };
    case 'LOG_DAMAGED':
      return {
        about: 'Log',
        text: `${text('file')} is damaged (${text('detail')}${number('lines') > 0 ? `, ${count(number('lines'), 'line')}` : ''})`,
        advice: SAFE_TO_START,
      };
    case 'TORN_TAIL':
      return {
        about: 'Log',
        text: `${text('file')} ends within a line (${bytes('bytes')} at ${text('at')}): a write that was cut off, which nobody was told of`,
      };
    case 'OLDER_DAMAGED':
      return {
        about: 'Reserve',
        text: `${text('file')} of the generation before is damaged (${text('detail')})`,
      };
    case 'UNPUBLISHED':
      return {
        about: 'Epochs',
        text: `${text('first')} to ${text('last')} were begun and came to nothing`,
      };
    case 'SKIPPED':
      return {
        about: 'Safe mode',
        text: `kept ${count(number('count'), 'event')} aside, between ${text('first')} and ${text('last')}`,
      };
    case 'BALLAST':
      return { about: 'Ballast', text: `${bytes('bytes')}, given up when the disk is full` };
    case 'NO_BALLAST':
      return { about: 'Ballast', text: 'none; a hub makes it when there is room' };
    case 'QUARANTINE':
      return {
        about: 'Quarantine',
        text: `${count(number('folders'), 'folder')} with copies of damaged files, ${bytes('bytes')}`,
      };
    case 'SALVAGE':
      return {
        about: 'Quarantine',
        text: `${text('folder')}: ${text('outcome')}, ${missing(number('lost'), params['lostAfter'])}`,
      };
    case 'UNSENT':
      return {
        about: 'Unsent',
        text: `${count(number('count'), 'text')} on the way from windows, ${bytes('bytes')}`,
      };
    case 'LEFTOVERS':
      return {
        about: 'Leftovers',
        text: `${count(number('count'), 'temporary file')}, ${bytes('bytes')}; a hub takes its own away`,
      };
    case 'REGISTRY':
      return { about: 'Known to', text: text('products') };
    case 'NOT_REGISTERED':
      return { about: 'Known to', text: 'no editor: terminals find it by --data-dir or LOCAL_CHAT_DIR only' };
    case 'LAUNCHER':
      return { about: 'Command', text: text('path') };
    default:
      return assertNever(code);
  }
}

function directoryFacts({ directory, mode, owner, link, fileSystem, freeBytes }: Finding['params']): string {
  return [
    String(directory ?? '?'),
    ...(mode === undefined ? [] : [`mode ${String(mode)}`]),
    ...(owner === undefined ? [] : [`owner ${String(owner)}`]),
    ...(link === true ? ['a link'] : []),
    ...(fileSystem === undefined ? [] : [String(fileSystem)]),
    ...(typeof freeBytes === 'number' ? [`${size(freeBytes)} free`] : []),
  ].join(', ');
}
