import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Browser, BrowserContext } from 'playwright-core';
import { launchBrowser } from './browser.ts';
import { CodeServer, type CodeServerOptions, type Settings } from './code-server.ts';
import { buildDir, root } from './paths.ts';
import { say } from './say.ts';
import { EditorWindow, PATIENCE, type WindowOptions } from './window.ts';

/** Names of the themes that VS Code ships and we look at. */
export type Theme = 'Dark Modern' | 'Light Modern' | 'Default High Contrast' | 'Default High Contrast Light';

/** A code-server and a browser on it: what a browser test starts in `before` and closes in `after`. */
export class Editor {
  readonly windows: EditorWindow[] = [];

  private constructor(
    readonly server: CodeServer,
    readonly browser: Browser,
    private readonly context: BrowserContext,
  ) {}

  /** About 5 s, and a minute more when code-server has to be installed first. */
  static async start(options: CodeServerOptions = {}): Promise<Editor> {
    const server = await CodeServer.start(options);
    try {
      const browser = await launchBrowser();
      const context = await browser.newContext({ permissions: ['clipboard-read', 'clipboard-write'] });
      context.setDefaultTimeout(PATIENCE);
      return new Editor(server, browser, context);
    } catch (error) {
      await server.stop();
      throw error;
    }
  }

  /** Opens a window; it has the focus. All windows share one profile, as the windows of one desktop VS Code do. */
  async openWindow(options: WindowOptions = {}): Promise<EditorWindow> {
    const window = await EditorWindow.open(this.context, this.server, options);
    this.windows.push(window);
    return window;
  }

  /**
   * Lets windows opened from now on obey `extensionTestsPath`. The workbench in a browser reads it only when its configuration
   * names a smoke test driver; the page is served without, so the attribute is amended as the workbench reads it.
   */
  async allowTestsInHost(): Promise<void> {
    await this.context.addInitScript(() => {
      const getAttribute: (this: Element, name: string) => string | null = Reflect.get(
        Element.prototype,
        'getAttribute',
      );
      Element.prototype.getAttribute = function (name: string): string | null {
        const value = getAttribute.call(this, name);
        if (value === null || name !== 'data-settings' || this.id !== 'vscode-workbench-web-configuration') {
          return value;
        }
        const configuration = JSON.parse(value) as { developmentOptions?: object };
        configuration.developmentOptions = {
          ...configuration.developmentOptions,
          enableSmokeTestDriver: true,
        };
        return JSON.stringify(configuration);
      };
    });
  }

  /**
   * Changes user settings and reloads all open windows; `undefined` removes one. The reload is needed because this server's
   * file watcher, whose native part is not compiled, misses changes.
   */
  async settings(changes: Settings): Promise<void> {
    await this.server.writeSettings(changes);
    for (const window of this.windows) if (!window.page.isClosed()) await window.reload();
  }

  /** Sets the colour theme and reloads all open windows. */
  async theme(theme: Theme): Promise<void> {
    await this.settings({ 'workbench.colorTheme': theme });
  }

  /** After a test that failed: pictures of all open windows, in `.build/failures`. */
  async keepPictures(of: string): Promise<void> {
    const folder = path.join(buildDir, 'failures');
    await mkdir(folder, { recursive: true });
    for (const [index, window] of this.windows.entries()) {
      if (window.page.isClosed()) continue;
      const file = path.join(folder, `${of.replaceAll(/\W+/g, '-')}-${index + 1}.png`);
      await window.screenshot(file);
      say(`      picture: ${path.relative(root, file)}`);
    }
  }

  /** Closes all windows, ends the server with all its processes and removes the profile. */
  async close(): Promise<void> {
    await this.browser.close();
    await this.server.stop();
  }
}
