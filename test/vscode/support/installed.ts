import assert from 'node:assert/strict';
import * as vscode from 'vscode';

/** The extension under test, as VS Code installed it. */
export function installed(): vscode.Extension<unknown> {
  const extension = vscode.extensions.getExtension('local-chat.local-chat');
  assert.ok(extension, 'it is not installed');
  return extension;
}
