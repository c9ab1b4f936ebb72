import { execFile } from 'node:child_process';
import { homedir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import * as vscode from 'vscode';
import { installed } from './installed.ts';

const runFile = promisify(execFile);

/** A line of the terminal interface's `--json`. */
export type Line = Readonly<Record<string, unknown>>;

/** The terminal interface that was installed with the extension, on the chat of this window. */
export class Terminal {
  private constructor(readonly directory: string) {}

  /** Show Status names the directory. */
  static async open(): Promise<Terminal> {
    await vscode.commands.executeCommand('localChat.showStatus');
    const report = vscode.window.activeTextEditor?.document.getText() ?? '';
    const directory = /^directory:\s+(.+)$/m.exec(report)?.[1];
    if (directory === undefined) throw new Error(`The report names no directory:\n${report}`);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    return new Terminal(directory.replace(/^~/, homedir()));
  }

  /** Runs one command to its end, which has to be a good one. */
  async run(...args: string[]): Promise<readonly Line[]> {
    const bundle = path.join(installed().extensionPath, 'dist', 'local-chat.cjs');
    const words = [bundle, ...args, '--json', '--data-dir', this.directory];
    // Desktop VS Code's own runtime is Electron.
    const env = { ...process.env, ELECTRON_RUN_AS_NODE: '1' };
    const { stdout } = await runFile(process.execPath, words, { env });
    return stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Line);
  }

  /** The one line of a command that prints one. */
  async one(...args: string[]): Promise<Line> {
    const [line, ...rest] = await this.run(...args);
    if (line === undefined || rest.length > 0) throw new Error(`${args.join(' ')}: not one line`);
    return line;
  }
}
