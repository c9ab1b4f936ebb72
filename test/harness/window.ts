import type { BrowserContext, Frame, Locator, Page } from 'playwright-core';
import type { CodeServer } from './code-server.ts';
import { extensionId } from './paths.ts';

/** The workbench complains about the closed network and native modules nobody compiled; that is not about our code. */
const WORKBENCH = /\/static\/out\/vs\/|\/vsda\/|open-vsx\.org/;

/**
 * Milliseconds that anything may take unless a test says otherwise. Long, because a busy machine is no fault: the first webview of a
 * fresh browser alone, which installs a service worker, was seen to take more than 20 s.
 */
export const PATIENCE = 60_000;

export interface WindowOptions {
  /** A folder or `.code-workspace` file; without it the window is empty. */
  readonly folder?: string;
  readonly width?: number;
  readonly height?: number;
  /** Further payload entries of the workbench. */
  readonly payload?: readonly (readonly [string, string])[];
}

/** One window of the editor: a page of the browser with an extension host of its own. */
export class EditorWindow {
  /** Errors that webviews wrote to the console and errors of the workbench that name our extension, oldest first. */
  readonly errors: string[] = [];
  private readonly tokens: string[] = [];

  private constructor(
    readonly page: Page,
    private readonly server: CodeServer,
  ) {
    const note = (text: string, source: string): void => {
      const ours = !WORKBENCH.test(source) || text.includes(extensionId());
      if (ours) this.errors.push(`${text.slice(0, 1000)} (${source})`);
    };
    page.on('console', (message) => {
      if (message.type() === 'error') note(message.text(), message.location().url);
    });
    page.on('pageerror', (error) => note(error.message, error.stack ?? ''));
    page.on('websocket', (socket) => {
      const token = new URL(socket.url()).searchParams.get('reconnectionToken');
      if (token !== null && !this.tokens.includes(token)) this.tokens.push(token);
    });
  }

  /** Opens a window and resolves when its workbench is drawn. Extensions that start with it may still be on their way. */
  static async open(
    context: BrowserContext,
    server: CodeServer,
    options: WindowOptions = {},
  ): Promise<EditorWindow> {
    const page = await context.newPage();
    const window = new EditorWindow(page, server);
    await page.addInitScript(noteDatabases);
    await page.setViewportSize({ width: options.width ?? 1400, height: options.height ?? 900 });
    await page.goto(server.windowUrl(options.folder, options.payload));
    await window.ready();
    return window;
  }

  /** Resolves when the workbench is drawn, also after a reload. */
  async ready(): Promise<void> {
    await this.tellTheTruthAboutFocus();
    await this.page.locator('.monaco-workbench .part.statusbar').waitFor({ timeout: 60_000 });
  }

  /**
   * Playwright makes every page believe it has the focus, and does so anew whenever a navigation brings another renderer;
   * unread counts need the truth.
   */
  private async tellTheTruthAboutFocus(): Promise<void> {
    const devtools = await this.page.context().newCDPSession(this.page);
    await devtools.send('Emulation.setFocusEmulationEnabled', { enabled: false });
    await devtools.detach();
  }

  /** Gives this window the focus and takes it from all others. */
  async focus(): Promise<void> {
    await this.page.bringToFront();
    // The frame that had it may have gone meanwhile, with an extension host that was killed; then nothing in the window has it.
    await this.page.evaluate(() => {
      if (!document.hasFocus()) window.focus();
    });
  }

  /** Reloads the window as a person would: in front, with its state stored. */
  async reload(): Promise<void> {
    await this.focus();
    await this.tabsStored();
    await this.page.reload();
    await this.ready();
  }

  /**
   * Resolves when a reload would bring back all tabs that are open. VS Code in a browser stores which they are every five
   * seconds, and only while its page has the focus; and once when it loses that, without our tabs should there be no extension
   * host at that moment. A reload before the next time forgets what was not stored.
   */
  private async tabsStored(timeout = PATIENCE): Promise<void> {
    const deadline = Date.now() + timeout;
    for (;;) {
      const missing = await this.page.evaluate(tabsNotStored);
      if (missing.length === 0) return;
      if (Date.now() > deadline) throw new Error(`VS Code has not stored these tabs: ${missing.join(', ')}`);
      await this.page.waitForTimeout(100);
    }
  }

  /** Closes the window; its extension host runs `deactivate` at once. */
  async close(): Promise<void> {
    await this.page.close();
  }

  /**
   * Runs a command from the palette.
   *
   * @param title as the palette shows it, with the category: `Local Chat: New Room…`
   */
  async command(title: string): Promise<void> {
    await this.focus();
    await this.page.keyboard.press('F1');
    const input = this.quickInput();
    await input.waitFor();
    await input.fill(`>${title}`);
    await this.quickPickRow(title).click();
    await this.paletteClosed();
  }

  /**
   * The palette and what a command asks share one widget: typing before the command has taken it over would go to the palette,
   * and be lost.
   */
  private async paletteClosed(): Promise<void> {
    const palette = this.page.locator(
      '.quick-input-widget:visible input[aria-label^="Type the name of a command"]',
    );
    while ((await palette.count()) > 0) await this.page.waitForTimeout(20);
  }

  /** The text field of the open palette, pick list or input box. */
  quickInput(): Locator {
    return this.page
      .locator('.quick-input-widget:visible input[type="text"], .quick-input-widget:visible .input')
      .first();
  }

  /** A row of the open pick list whose label begins with this text. */
  quickPickRow(label: string): Locator {
    return this.page
      .locator('.quick-input-list .monaco-list-row')
      .filter({
        has: this.page.locator('.label-name', { hasText: new RegExp(`^\\s*${escapeRegExp(label)}`) }),
      })
      .first();
  }

  /** Answers an open input box (or filters a pick list) and presses Enter. */
  async answer(text: string): Promise<void> {
    const input = this.quickInput();
    await input.waitFor();
    await input.fill(text);
    await input.press('Enter');
  }

  /** Chooses a row of the open pick list. */
  async pick(label: string): Promise<void> {
    await this.quickPickRow(label).click();
  }

  /** Opens a view container from the activity bar. */
  async openViewContainer(label: string): Promise<void> {
    await this.focus();
    const item = this.page.locator(`.activitybar .action-item:has([aria-label^="${label}"])`).first();
    const title = this.page.locator('.part.sidebar .composite.title .title-label', { hasText: label });
    // A click on what a reload is just bringing back shuts it: then it takes another one.
    do {
      if (await title.isVisible()) return;
      await item.click();
    } while (!(await appears(title, 2_000)));
  }

  /** Rows of trees in the side bar. */
  treeRow(text: string | RegExp): Locator {
    return this.page.locator('.part.sidebar .monaco-list-row[role="treeitem"]').filter({ hasText: text });
  }

  /**
   * The document of a webview that holds an element, looked for again and again until it is there: webviews are made anew on
   * reloads, moves and restarts of the extension host, so never keep the frame for long.
   *
   * @param selector CSS, reaching into open shadow roots; say enough to tell this webview from others, as in
   *   `[aria-label="Messages in #general"]`
   * @param timeout in milliseconds
   */
  async webview(selector: string, timeout = PATIENCE): Promise<Frame> {
    return this.webviewWhere(async (frame) => (await frame.locator(selector).count()) > 0, timeout, selector);
  }

  /** As `webview`, for any condition. */
  async webviewWhere(
    condition: (frame: Frame) => Promise<boolean>,
    timeout = PATIENCE,
    wanted = 'the condition',
  ): Promise<Frame> {
    const deadline = Date.now() + timeout;
    for (;;) {
      for (const frame of this.webviews()) {
        // A frame that went away while it was asked is not the one.
        if (await condition(frame).catch(() => false)) return frame;
      }
      if (Date.now() > deadline) {
        const seen = await Promise.all(
          this.webviews().map((frame) => frame.locator('body').innerText({ timeout: 500 }).catch(String)),
        );
        throw new Error(
          `No webview with ${wanted} within ${timeout} ms. ${seen.length} webviews are there: ${JSON.stringify(seen)}`,
        );
      }
      await this.page.waitForTimeout(50);
    }
  }

  /** The inner documents of all webviews of this window, in no particular order. */
  webviews(): Frame[] {
    return this.page.frames().filter((frame) => {
      const parent = frame.parentFrame();
      return parent !== null && isWebviewShell(parent) && !frame.isDetached();
    });
  }

  /** Process id of the window's extension host, the newest one after a restart. */
  async extensionHostPid(timeout = PATIENCE): Promise<number> {
    const deadline = Date.now() + timeout;
    for (;;) {
      const pid = this.server.extensionHostPid(this.tokens);
      if (pid !== undefined) return pid;
      if (Date.now() > deadline) throw new Error(`This window has no extension host.\n${this.server.output}`);
      await this.page.waitForTimeout(50);
    }
  }

  /**
   * Kills the window's extension host with SIGKILL. VS Code starts another one by itself, but only twice within five
   * minutes; the third waits for a click.
   *
   * @returns the pid of the killed process
   */
  async killExtensionHost(): Promise<number> {
    const pid = await this.extensionHostPid();
    process.kill(pid, 'SIGKILL');
    return pid;
  }

  /** Writes a PNG of the whole window. */
  async screenshot(file: string): Promise<void> {
    await this.page.screenshot({ path: file, animations: 'disabled' });
  }
}

/** The outer document of a webview; the inner one is written by it into its `#active-frame`. */
function isWebviewShell(frame: Frame): boolean {
  return /\/webview\/browser\/pre\/index[^/]*\.html\?/.test(frame.url());
}

/** Runs before the workbench: remembers which databases this window opens. All windows share one browser, and so see all of them. */
function noteDatabases(): void {
  const names = new Set<string>();
  Object.assign(globalThis, { localChatDatabases: names });
  const open = IDBFactory.prototype.open;
  IDBFactory.prototype.open = function (name, version): IDBOpenDBRequest {
    names.add(name);
    return open.call(this, name, version);
  };
}

/**
 * Runs in the workbench: labels of open tabs that its database does not have. No function in it may have a name: the loader of
 * these sources marks those with a helper that the workbench lacks.
 */
async function tabsNotStored(): Promise<string[]> {
  let stored = '';
  const { localChatDatabases } = globalThis as unknown as { localChatDatabases: ReadonlySet<string> };
  for (const name of localChatDatabases) {
    if (!/^vscode-web-state-db-(?!global)/.test(name)) continue;
    stored += await new Promise<string>((resolve, reject) => {
      const opening = indexedDB.open(name);
      opening.addEventListener('error', () => reject(new Error(`${name} could not be opened.`)));
      opening.addEventListener('success', () => {
        const database = opening.result;
        const items = database.transaction('ItemTable').objectStore('ItemTable');
        const reading = items.get('memento/workbench.parts.editor');
        reading.addEventListener('error', () => reject(new Error(`${name} could not be read.`)));
        reading.addEventListener('success', () => {
          database.close();
          resolve(String(reading.result));
        });
      });
    });
  }
  const labels = [...document.querySelectorAll('.part.editor .tab .label-name')];
  return labels.map(({ textContent }) => textContent).filter((label) => !stored.includes(label));
}

/** Whether it is on screen within so many milliseconds. */
function appears(locator: Locator, timeout: number): Promise<boolean> {
  return locator.waitFor({ timeout }).then(
    () => true,
    () => false,
  );
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
