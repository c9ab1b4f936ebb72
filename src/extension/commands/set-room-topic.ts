import * as vscode from 'vscode';
import type { Disposable } from '../../common/disposable.ts';
import { ChatError } from '../../model/errors.ts';
import { newId } from '../../model/ids.ts';
import { limits } from '../../model/limits.ts';
import type { ChatWindow } from '../chat-window.ts';
import { sentenceOf } from '../sentences.ts';
import { registerCommand, roomOfArgument } from './command.ts';
import { namedRooms, pickRoom } from './pick-room.ts';

export function registerSetRoomTopic(window: ChatWindow): Disposable {
  const { client, panels } = window;
  return registerCommand(window, 'setRoomTopic', async (argument) => {
    await client.whenReady();
    const title = vscode.l10n.t('Set Room Topic');
    const first = panels.activeRoom;
    const roomId =
      roomOfArgument(argument) ?? (await pickRoom(client, { title, rooms: namedRooms(client), first }));
    if (roomId === undefined) return;
    const before = client.state.rooms.get(roomId)?.topic ?? '';
    const topic = await vscode.window.showInputBox({
      title,
      prompt: vscode.l10n.t('What the room is about just now. Empty takes the topic away.'),
      value: before,
      validateInput: judge,
    });
    if (topic === undefined || topic.trim() === before) return;
    await client.request('room.change', { id: newId(), roomId, topic: topic.trim() });
  });
}

function judge(text: string): string | undefined {
  const actual = [...text.trim()].length;
  const limit = limits.topicLength;
  return actual > limit ? sentenceOf(new ChatError('TOPIC_TOO_LONG', { limit, actual })) : undefined;
}
