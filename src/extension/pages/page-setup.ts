import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { PRODUCT } from '../ids.ts';
import { pageHtml } from '../page-html.ts';

const PAGE_FOLDER = ['dist', 'webview'] as const;

/** What a page may do. A panel that the editor brings back comes with the options of the version that made it: set them again. */
export function pageOptions(extensionUri: vscode.Uri): vscode.WebviewOptions {
  return {
    enableScripts: true,
    enableForms: false,
    enableCommandUris: false,
    localResourceRoots: [vscode.Uri.joinPath(extensionUri, ...PAGE_FOLDER)],
  };
}

/** Loads the page into a webview. */
export function setUpPage(webview: vscode.Webview, extensionUri: vscode.Uri, title: string): void {
  webview.options = pageOptions(extensionUri);
  const uriOf = (file: string): string =>
    webview.asWebviewUri(vscode.Uri.joinPath(extensionUri, ...PAGE_FOLDER, file)).toString();
  webview.html = pageHtml({
    cspSource: webview.cspSource,
    nonce: randomBytes(24).toString('hex'),
    scriptUri: uriOf('page.js'),
    styleUris: [uriOf('codicon.css'), uriOf('page.css')],
    lang: vscode.env.language,
    title: `${title} · ${PRODUCT}`,
  });
}
