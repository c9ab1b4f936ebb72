/** What the launcher starts, and for which chat. All paths are absolute. */
export interface LauncherOptions {
  /** The editor's own runtime: the person needs no Node. */
  readonly runtime: string;
  /** The bundle of the terminal interface. */
  readonly script: string;
  /** Data directory of this window; a LOCAL_CHAT_DIR that is set already stays. */
  readonly directory: string;
}

export interface Launcher {
  readonly fileName: string;
  readonly content: string;
}

/**
 * The program `local-chat` that integrated terminals find on their PATH. Two, where a shell of the other kind may be used: on
 * Windows Git Bash takes the one without an extension.
 */
export function launchers(options: LauncherOptions, platform: NodeJS.Platform): readonly Launcher[] {
  const sh = { fileName: 'local-chat', content: shellScript(options) };
  return platform === 'win32' ? [sh, { fileName: 'local-chat.cmd', content: commandScript(options) }] : [sh];
}

function shellScript({ runtime, script, directory }: LauncherOptions): string {
  return [
    '#!/bin/sh',
    '# Made by the Local Chat extension, and made anew when it is updated.',
    `LOCAL_CHAT_DIR="\${LOCAL_CHAT_DIR:-}"`,
    `if [ -z "$LOCAL_CHAT_DIR" ]; then LOCAL_CHAT_DIR=${shellWord(directory)}; fi`,
    'export LOCAL_CHAT_DIR',
    `ELECTRON_RUN_AS_NODE=1 exec ${shellWord(runtime)} ${shellWord(script)} "$@"`,
    '',
  ].join('\n');
}

function commandScript({ runtime, script, directory }: LauncherOptions): string {
  return [
    '@echo off',
    'rem Made by the Local Chat extension, and made anew when it is updated.',
    'setlocal',
    `if not defined LOCAL_CHAT_DIR set "LOCAL_CHAT_DIR=${batchText(directory)}"`,
    'set "ELECTRON_RUN_AS_NODE=1"',
    `"${batchText(runtime)}" "${batchText(script)}" %*`,
    '',
  ].join('\r\n');
}

/** One word for a POSIX shell, whatever is in it. */
function shellWord(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Inside double quotes of a batch file only `%` means something; a path on Windows holds no double quote. */
function batchText(text: string): string {
  return text.replaceAll('%', '%%');
}
