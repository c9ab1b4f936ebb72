import * as vscode from 'vscode';
import * as v from 'valibot';
import type { Disposable } from '../../common/disposable.ts';
import { toChatError } from '../../model/errors.ts';
import { idSchema } from '../../model/ids.ts';
import type { ChatWindow } from '../chat-window.ts';
import { type CommandName, commandIds } from '../ids.ts';
import { reportFault } from '../report-fault.ts';

/**
 * Registers a command. What it throws is told to the person in one sentence; a command that was asked for by another one fails
 * for that one, too.
 */
export function registerCommand(
  { log }: Pick<ChatWindow, 'log'>,
  name: CommandName,
  run: (argument: unknown) => Promise<void> | void,
): Disposable {
  return vscode.commands.registerCommand(commandIds[name], async (argument: unknown) => {
    try {
      await run(argument);
    } catch (thrown) {
      const error = toChatError(thrown);
      log.log(error.code === 'INTERNAL' ? 'error' : 'info', 'a command failed', {
        name,
        error: error.message,
      });
      // Not awaited: the notification stays for as long as the person leaves it there.
      void reportFault(error);
    }
  });
}

const roomArgument = v.union([
  v.object({ roomId: idSchema }),
  v.pipe(
    v.object({ type: v.literal('room'), room: v.object({ id: idSchema }) }),
    v.transform(({ room }) => ({ roomId: room.id })),
  ),
]);

/** The room a command was called for, from the tree or by another command; undefined when it was called without. */
export function roomOfArgument(argument: unknown): string | undefined {
  const parsed = v.safeParse(roomArgument, argument);
  return parsed.success ? parsed.output.roomId : undefined;
}

const profileArgument = v.pipe(
  v.object({ type: v.literal('session'), session: v.object({ profileId: idSchema }) }),
  v.transform(({ session }) => session.profileId),
);

/** The profile behind a session in the tree. */
export function profileOfArgument(argument: unknown): string | undefined {
  const parsed = v.safeParse(profileArgument, argument);
  return parsed.success ? parsed.output : undefined;
}
