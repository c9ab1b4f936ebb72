import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { cached, npmInstall } from './cache.ts';

/** code-server 4.139.1 is VS Code 1.139.1. */
const CODE_SERVER = '4.139.1';
/** code-server refuses any other major version of Node than 24; the project itself runs on 20. */
const NODE = '24.21.0';

/** Where an installed code-server is started from. */
export interface CodeServerInstall {
  /** The Node 24 that runs it. */
  readonly node: string;
  /** Its entry file. */
  readonly entry: string;
}

/** The platforms on which npm alone brings a code-server that runs. */
export function codeServerIsSupported(): boolean {
  return process.platform === 'linux' && (process.arch === 'x64' || process.arch === 'arm64');
}

/**
 * code-server from the npm registry, installed into the user's cache folder on first use (620 MB, about 40 s).
 *
 * A plain `npm install code-server` compiles native modules for minutes and needs system headers. Extensions need none of
 * them, so no install script runs; the two inner packages, which such a script would have installed, are installed here.
 */
export async function installCodeServer(): Promise<CodeServerInstall> {
  if (!codeServerIsSupported()) {
    throw new Error(
      `There is no code-server from npm for ${process.platform} ${process.arch}. Name a VS Code in LOCAL_CHAT_VSCODE.`,
    );
  }
  const nodePackage = `node-linux-${process.arch}`;
  const dir = await cached(
    `code-server-${CODE_SERVER}-node-${NODE}`,
    `Installing code-server ${CODE_SERVER} (VS Code in the browser) from npm`,
    'about 40 s and 620 MB, once',
    async (place) => {
      await writeFile(path.join(place, 'package.json'), '{ "private": true }\n');
      await npmInstall(place, [`${nodePackage}@${NODE}`]);
      const bin = path.join(place, 'node_modules', nodePackage, 'bin');
      await npmInstall(place, [`code-server@${CODE_SERVER}`], bin);
      const inner = path.join(place, 'node_modules/code-server/lib/vscode');
      await npmInstall(inner, ['--omit=dev'], bin);
      await npmInstall(path.join(inner, 'extensions'), ['--omit=dev'], bin);
    },
  );
  return {
    node: path.join(dir, 'node_modules', nodePackage, 'bin/node'),
    entry: path.join(dir, 'node_modules/code-server/out/node/entry.js'),
  };
}
