import { build, type Plugin } from 'esbuild';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { pageHtml } from '../../src/extension/page-html.ts';
import { launchBrowser } from '../harness/browser.ts';
import { root } from '../harness/paths.ts';
import type { ScriptedHost } from './scripted-host.ts';
import { type ThemeName, themes } from './themes.ts';

export interface OpenOptions {
  readonly theme?: ThemeName;
  readonly width?: number;
  readonly height?: number;
  readonly scale?: number;
  readonly reducedMotion?: boolean;
  /** True: time goes on as outside, for a page that is measured. Else it stands at {@link LAB_NOW}. */
  readonly realTime?: boolean;
  /** Runs in the page before any of its scripts. */
  readonly before?: () => void;
  /** Opens it beside another one: both see what the origin stores. */
  readonly beside?: LabPage;
  /** False: does not wait for the room. A silent host is never waited for. */
  readonly waits?: boolean;
}

/** A page in a real browser, played to by a {@link ScriptedHost}. */
export interface LabPage {
  readonly page: Page;
  readonly host: ScriptedHost;
  /** Violations of the policy, errors of scripts, and what the host could not understand. Empty when all is well. */
  problems(): readonly string[];
  close(): Promise<void>;
}

/** Now, for all pages of the lab: "Today" is the day of the talk. */
export const LAB_NOW = new Date(Date.UTC(2026, 10, 23, 9, 21));

interface Asset {
  readonly type: string;
  readonly body: string | Uint8Array;
}

/**
 * Serves the built page with the very document and policy that a window gives it, in a browser. Only the other end of the wire is
 * played. Theme and default styles are applied as the editor does it: variables on the root, a class on the body.
 */
export class PageLab {
  private constructor(
    private readonly browser: Browser,
    private readonly server: Server,
    private readonly origin: string,
  ) {}

  /** @param plugins change the sources of the page that is built, for a page with a fault */
  static async start(plugins: readonly Plugin[] = []): Promise<PageLab> {
    const assets = await buildAssets(plugins);
    const server = createServer((request, response) => {
      const name = new URL(request.url ?? '/', 'http://lab').pathname;
      if (name === '/favicon.ico') {
        response.writeHead(204).end();
        return;
      }
      const asset = name === '/' ? documentAt(`http://${request.headers.host ?? ''}`) : assets.get(name);
      if (asset === undefined) response.writeHead(404).end();
      else response.writeHead(200, { 'content-type': asset.type }).end(asset.body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    return new PageLab(await launchBrowser(), server, `http://127.0.0.1:${port}`);
  }

  /** Opens a page and waits until it shows its room, unless the host is silent from the start. */
  async open(host: ScriptedHost, options: OpenOptions = {}): Promise<LabPage> {
    const context = options.beside?.page.context() ?? (await this.#context(options));
    const page = await context.newPage();
    const problems = await listen(page);
    if (options.realTime !== true) await page.clock.setFixedTime(LAB_NOW);
    await page.exposeBinding('toHost', (_source, message: unknown) => host.receive(message));
    await page.exposeBinding('saveState', (_source, state: unknown) => {
      host.saved = state;
    });
    // The test runner's bundler keeps the names of functions with a helper that has to exist in the page, too.
    await page.addInitScript('globalThis.__name = (value) => value');
    await page.addInitScript(playEditor, themes[options.theme ?? 'dark']);
    if (options.before !== undefined) await page.addInitScript(options.before);
    host.connect(async (packet) => {
      await page.evaluate((data) => window.postMessage(data, '*'), packet);
    });
    await page.goto(this.origin);
    if (!host.silent && host.wait === null && options.waits !== false) {
      await page.waitForSelector('lc-page[data-ready]').catch((error: unknown) => {
        throw new Error(`The page did not start.\n${[...problems, ...host.faults].join('\n')}`, {
          cause: error,
        });
      });
    }
    return {
      page,
      host,
      problems: () => [...problems, ...host.faults],
      close: async () => {
        host.connect(() => Promise.resolve());
        await page.close();
        if (context.pages().length === 0) await context.close();
      },
    };
  }

  async #context(options: OpenOptions): Promise<BrowserContext> {
    const context = await this.browser.newContext({
      viewport: { width: options.width ?? 700, height: options.height ?? 800 },
      deviceScaleFactor: options.scale ?? 1,
      reducedMotion: options.reducedMotion === true ? 'reduce' : 'no-preference',
      timezoneId: 'UTC',
      locale: 'en-GB',
    });
    context.setDefaultTimeout(10_000);
    return context;
  }

  async close(): Promise<void> {
    await this.browser.close();
    await new Promise<void>((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }
}

function documentAt(origin: string): Asset {
  const body = pageHtml({
    cspSource: origin,
    nonce: 'L4bN0nce',
    scriptUri: `${origin}/page.js`,
    styleUris: [`${origin}/page.css`],
    lang: 'en',
    title: 'Local Chat',
  });
  return { type: 'text/html', body };
}

/** The files of the page as they ship, by their path on the server. */
export async function buildAssets(plugins: readonly Plugin[] = []): Promise<ReadonlyMap<string, Asset>> {
  const result = await build({
    plugins: [...plugins],
    absWorkingDir: root,
    entryPoints: ['webview/page.ts', 'webview/page.css'],
    bundle: true,
    minify: true,
    write: false,
    outdir: '/',
    format: 'esm',
    target: 'es2022',
    platform: 'browser',
    external: ['*.ttf'],
    define: { 'process.env.NODE_ENV': '"production"' },
  });
  const types: Readonly<Record<string, string>> = { '.js': 'text/javascript', '.css': 'text/css' };
  const built = result.outputFiles.map((file): [string, Asset] => [
    `/${path.basename(file.path)}`,
    { type: types[path.extname(file.path)] ?? '', body: file.text },
  ]);
  const font = readFileSync(path.join(root, 'node_modules/@vscode/codicons/dist/codicon.ttf'));
  return new Map([...built, ['/codicon.ttf', { type: 'font/ttf', body: font }]]);
}

async function listen(page: Page): Promise<string[]> {
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(`error: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning')
      problems.push(`console: ${message.text()}`);
  });
  await page.exposeBinding('reportViolation', (_source, what: string) => problems.push(`policy: ${what}`));
  return problems;
}

declare global {
  interface Window {
    toHost(message: unknown): Promise<void>;
    saveState(state: unknown): Promise<void>;
    reportViolation(what: string): Promise<void>;
    acquireVsCodeApi(): unknown;
  }
}

/** Runs in the page before anything else: what the editor does around a webview's document. */
function playEditor(theme: (typeof themes)[ThemeName]): void {
  window.acquireVsCodeApi = () => ({
    postMessage: (message: unknown) => void window.toHost(message),
    setState: (state: unknown) => void window.saveState(state),
    getState: () => undefined,
  });
  document.addEventListener('securitypolicyviolation', (event) => {
    void window.reportViolation(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
  });
  document.addEventListener(
    'DOMContentLoaded',
    () => {
      const { style } = document.documentElement;
      for (const [name, value] of Object.entries(theme.colours)) style.setProperty(`--vscode-${name}`, value);
      style.setProperty('--vscode-font-family', 'system-ui, "Noto Sans", "DejaVu Sans", sans-serif');
      style.setProperty('--vscode-font-size', '13px');
      style.setProperty('--vscode-font-weight', 'normal');
      style.setProperty('--vscode-editor-font-family', '"DejaVu Sans Mono", monospace');
      style.setProperty('--vscode-editor-font-size', '14px');
      const defaults = new CSSStyleSheet();
      defaults.replaceSync(`@layer vscode-default {
      body { background: transparent; color: var(--vscode-editor-foreground); padding: 0 20px; }
      code { color: var(--vscode-textPreformat-foreground); padding: 1px 3px; }
      a:focus, textarea:focus { outline: 1px solid -webkit-focus-ring-color; outline-offset: -1px; }
    }
    html { background: var(--lab-background, var(--vscode-editor-background)); }`);
      document.adoptedStyleSheets = [...document.adoptedStyleSheets, defaults];
      document.body.classList.add(theme.kind);
      if (theme.kind === 'vscode-high-contrast-light') document.body.classList.add('vscode-high-contrast');
      document.body.dataset['vscodeThemeKind'] = theme.kind;
    },
    { once: true },
  );
}
