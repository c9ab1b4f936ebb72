import {
  chmodSync,
  chownSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import type { ErrorCode } from '../../../src/model/errors.ts';
import { makeTempDir } from '../../harness/paths.ts';
import { onProcessEnd } from '../../harness/process.ts';

/** "nobody" of most systems: a user who owns nothing. */
export const STRANGER = 65_534;

/** Starts a program as another user of this machine. */
export const AS_STRANGER = [
  'setpriv',
  `--reuid=${STRANGER}`,
  `--regid=${STRANGER}`,
  '--clear-groups',
] as const;

/** A chat that is to be refused. */
export interface Refusal {
  readonly who: string;
  readonly code: ErrorCode;
  /** Named as the data directory. */
  readonly dir: string;
  /** All that must stay as it is. */
  readonly watched: string;
  readonly asStranger?: boolean;
}

/**
 * A fresh folder that everybody may walk through: the usual place for temporary files may be below a folder of ours, the checkout below a
 * home. Removed when the tests end.
 */
export function publicFolder(): string {
  const folder = mkdtempSync('/tmp/lc-');
  onProcessEnd(() => rmSync(folder, { recursive: true, force: true }));
  chmodSync(folder, 0o755);
  return folder;
}

/** A directory in a public folder, which `owner` alone may look into. */
export function privateFolder(owner = 0): string {
  const folder = path.join(publicFolder(), 'of one');
  mkdirSync(folder, { mode: 0o700 });
  chownSync(folder, owner, owner);
  return folder;
}

/** A directory with a chat in it, which nobody holds, for `owner` alone. */
function chatOf(owner: number, original: string): string {
  const folder = privateFolder();
  cpSync(original, folder, { recursive: true });
  for (const name of readdirSync(folder)) chownSync(path.join(folder, name), owner, owner);
  chownSync(folder, owner, owner);
  chmodSync(folder, 0o700);
  return folder;
}

/** `held`: the directory of a chat that is running. */
export function refusals(held: string, original: string): Refusal[] {
  const ours = chatOf(0, original);
  const theirs = chatOf(STRANGER, original);
  const theirsAndEmpty = privateFolder(STRANGER);

  const foreignSecret = chatOf(0, original);
  chownSync(path.join(foreignSecret, 'secret'), STRANGER, STRANGER);

  const behindLink = makeTempDir();
  const link = path.join(behindLink, 'link');
  symlinkSync(chatOf(0, original), link);

  const open = chatOf(0, original);
  chmodSync(open, 0o777);
  const readable = chatOf(0, original);
  chmodSync(readable, 0o750);
  const openAndEmpty = makeTempDir();
  chmodSync(openAndEmpty, 0o777);

  const otherHost = chatOf(0, original);
  moveToOtherHost(otherHost);

  const file = path.join(makeTempDir(), 'file');
  writeFileSync(file, 'a file\n');

  return [
    { who: 'another user', code: 'DIRECTORY_FOREIGN', dir: ours, watched: ours, asStranger: true },
    {
      who: 'another user, while it runs',
      code: 'DIRECTORY_FOREIGN',
      dir: held,
      watched: held,
      asStranger: true,
    },
    {
      who: 'another user, who names a directory that can not be looked into',
      code: 'DIRECTORY_UNUSABLE',
      dir: path.join(ours, 'below'),
      watched: ours,
      asStranger: true,
    },
    {
      who: "root in a user's directory, as with sudo",
      code: 'DIRECTORY_FOREIGN',
      dir: theirs,
      watched: theirs,
    },
    {
      who: "root in a user's empty directory",
      code: 'DIRECTORY_FOREIGN',
      dir: theirsAndEmpty,
      watched: theirsAndEmpty,
    },
    {
      who: "a user with somebody else's secret",
      code: 'DIRECTORY_FOREIGN',
      dir: foreignSecret,
      watched: foreignSecret,
    },
    { who: 'a link', code: 'DIRECTORY_LINK', dir: link, watched: behindLink },
    { who: 'a link with a slash behind it', code: 'DIRECTORY_LINK', dir: `${link}/`, watched: behindLink },
    { who: 'a directory open to all', code: 'DIRECTORY_OPEN', dir: open, watched: open },
    { who: 'a directory open to a group', code: 'DIRECTORY_OPEN', dir: readable, watched: readable },
    {
      who: 'an empty directory open to all',
      code: 'DIRECTORY_OPEN',
      dir: openAndEmpty,
      watched: openAndEmpty,
    },
    { who: 'a claim of another host', code: 'OTHER_HOST', dir: otherHost, watched: otherHost },
    { who: 'a file', code: 'DIRECTORY_UNUSABLE', dir: file, watched: path.dirname(file) },
    {
      who: 'a path through a file',
      code: 'DIRECTORY_UNUSABLE',
      dir: path.join(file, 'chat'),
      watched: path.dirname(file),
    },
  ];
}

/** As if the directory lay on a network disk and another machine had written in it. */
function moveToOtherHost(dir: string): void {
  for (const name of readdirSync(dir).filter((one) => one.endsWith('.claim'))) {
    const file = path.join(dir, name);
    const claim = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    writeFileSync(file, `${JSON.stringify({ ...claim, hostId: 'f'.repeat(32), check: undefined })}\n`);
  }
}
