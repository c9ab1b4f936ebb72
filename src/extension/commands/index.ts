import { type Disposable, DisposableStore } from '../../common/disposable.ts';
import type { ChatWindow } from '../chat-window.ts';
import { registerArchiveRoom } from './archive-room.ts';
import { registerChooseProfile } from './choose-profile.ts';
import { registerCopyRoomName } from './copy-room-name.ts';
import { registerMarkAllAsRead } from './mark-all-as-read.ts';
import { registerNewDirectMessage } from './new-direct-message.ts';
import { registerNewProfile } from './new-profile.ts';
import { registerNewRoom } from './new-room.ts';
import { registerOpenChatPanel } from './open-chat-panel.ts';
import { registerOpenInEditor } from './open-in-editor.ts';
import { registerOpenInSideBar } from './open-in-side-bar.ts';
import { registerOpenRoom } from './open-room.ts';
import { registerRenameRoom } from './rename-room.ts';
import { registerRestoreRoom } from './restore-room.ts';
import { registerSetRoomTopic } from './set-room-topic.ts';
import { registerShowLog } from './show-log.ts';
import { registerShowStatus } from './show-status.ts';
import { registerWhoIsHere } from './who-is-here.ts';

const all = [
  registerOpenChatPanel,
  registerOpenRoom,
  registerNewRoom,
  registerNewDirectMessage,
  registerRenameRoom,
  registerSetRoomTopic,
  registerArchiveRoom,
  registerRestoreRoom,
  registerChooseProfile,
  registerNewProfile,
  registerWhoIsHere,
  registerMarkAllAsRead,
  registerShowLog,
  registerShowStatus,
  registerOpenInSideBar,
  registerOpenInEditor,
  registerCopyRoomName,
];

export function registerCommands(window: ChatWindow): Disposable {
  const owned = new DisposableStore();
  for (const register of all) owned.add(register(window));
  return owned;
}
