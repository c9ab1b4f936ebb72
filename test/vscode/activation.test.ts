import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { installed } from './support/installed.ts';

interface Manifest {
  readonly publisher: string;
  readonly contributes: { readonly commands: readonly { readonly command: string }[] };
}

describe('the installed extension', () => {
  it('is active soon after the start, without anybody asking for it', async () => {
    const deadline = Date.now() + 10_000;
    while (!installed().isActive && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    assert.ok(installed().isActive);
  });

  it('keeps the extension host for a few milliseconds only while it starts', async () => {
    const { activationMilliseconds } = (await installed().activate()) as { activationMilliseconds: number };
    // Far more than was ever seen, and less than a person notices.
    assert.ok(activationMilliseconds < 100, `${activationMilliseconds} ms`);
  });

  it('registers every command of its manifest', async () => {
    await installed().activate();
    const registered = new Set(await vscode.commands.getCommands(true));
    const { contributes } = installed().packageJSON as Manifest;
    const missing = contributes.commands.filter(({ command }) => !registered.has(command));
    assert.deepEqual(missing, []);
  });

  it('runs from its package, not from the sources', () => {
    assert.match(installed().extensionPath, /[\\/]extensions[\\/]local-chat\.local-chat-/);
  });
});
