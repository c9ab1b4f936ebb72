import { copyFileSync, readFileSync, renameSync } from 'node:fs';
import path from 'node:path';
import { makeTempDir, root, vsixPath } from './paths.ts';
import { runOrThrow } from './process.ts';
import { runAsProgram, say, step } from './say.ts';

/** Bytes the package may have. */
const SIZE_LIMIT = 2 * 1024 * 1024;

/** What the package may hold: bundles, static files, translations and the texts a marketplace shows. */
const ALLOWED = [
  /^extension\/(dist|media|l10n)\//,
  /^extension\/package(\.nls(\.[\w-]+)?)?\.json$/,
  /^extension\/(readme|changelog|license)(\.md|\.txt)?$/i,
  /^extension\.vsixmanifest$/,
  /^\[Content_Types\]\.xml$/,
];
const FORBIDDEN = /\.map$|\.tsx?$|node_modules/;

/** Builds for production and writes local-chat.vsix at the root; throws when it is too large or holds what does not belong there. */
export async function packageExtension(): Promise<void> {
  const fresh = path.join(makeTempDir(), 'local-chat.vsix');
  await step('Building local-chat.vsix', 'about 5 s', () =>
    // Runs the script vscode:prepublish, which builds. Everything is bundled, so no dependency goes in.
    runOrThrow(
      process.execPath,
      [
        path.join(root, 'node_modules/@vscode/vsce/vsce'),
        'package',
        '--no-dependencies',
        '--allow-missing-repository',
        // There is no public address yet that links of the README could be turned into.
        '--no-rewrite-relative-links',
        `--out=${fresh}`,
      ],
      { cwd: root },
    ),
  );
  const zip = readFileSync(fresh);
  const names = namesInZip(zip);
  const strangers = names.filter(
    (name) => FORBIDDEN.test(name) || !ALLOWED.some((pattern) => pattern.test(name)),
  );
  if (strangers.length > 0) {
    throw new Error(`These files do not belong in the package (see .vscodeignore):\n${strangers.join('\n')}`);
  }
  if (zip.length > SIZE_LIMIT) {
    throw new Error(`local-chat.vsix has ${zip.length} bytes; the limit is ${SIZE_LIMIT}.`);
  }
  // In one step, because another run may be installing the one that is there.
  copyFileSync(fresh, `${vsixPath}.new`);
  renameSync(`${vsixPath}.new`, vsixPath);
  say(`  ${names.length} files, ${Math.round(zip.length / 1024)} KB`);
}

/** Reads the central directory of a zip file that has no comment and no Zip64 records, as vsce writes it. */
function namesInZip(zip: Buffer): string[] {
  const end = zip.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]));
  const count = zip.readUInt16LE(end + 10);
  const names: string[] = [];
  for (let at = zip.readUInt32LE(end + 16); names.length < count;) {
    const nameLength = zip.readUInt16LE(at + 28);
    names.push(zip.toString('utf8', at + 46, at + 46 + nameLength));
    at += 46 + nameLength + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  return names;
}

if (process.argv[1] === import.meta.filename) await runAsProgram(packageExtension);
