/**
 * Every name that the manifest (package.json) and this code share. A test holds the two together, so that neither can change
 * alone.
 */

/** The product as people read it: category of the commands, name of the log. Never translated. */
export const PRODUCT = 'Local Chat';

export const commandIds = {
  openChatPanel: 'localChat.openChatPanel',
  openRoom: 'localChat.openRoom',
  newRoom: 'localChat.newRoom',
  newDirectMessage: 'localChat.newDirectMessage',
  renameRoom: 'localChat.renameRoom',
  setRoomTopic: 'localChat.setRoomTopic',
  archiveRoom: 'localChat.archiveRoom',
  restoreRoom: 'localChat.restoreRoom',
  chooseProfile: 'localChat.chooseProfile',
  newProfile: 'localChat.newProfile',
  whoIsHere: 'localChat.whoIsHere',
  markAllAsRead: 'localChat.markAllAsRead',
  showLog: 'localChat.showLog',
  showStatus: 'localChat.showStatus',
  copyStatus: 'localChat.copyStatus',
  /** Of a room in the tree or of the active panel. */
  openInSideBar: 'localChat.openInSideBar',
  /** Of the room that the Chat view shows. */
  openInEditor: 'localChat.openInEditor',
  copyRoomName: 'localChat.copyRoomName',
} as const;
export type CommandName = keyof typeof commandIds;

/** Commands that only our own views run; the manifest does not know them. */
export const innerCommandIds = {
  /** Opens the room that is selected in the tree. */
  openSelectedRoom: '_localChat.openSelectedRoom',
} as const;

export const viewIds = {
  container: 'localChat',
  /** The tree. */
  rooms: 'localChat.rooms',
  /** The page in the side bar. */
  chat: 'localChat.chat',
  /** Type of the panels in the editor area; the editor stores it to bring them back. */
  panel: 'localChat.room',
  statusBar: 'localChat.status',
} as const;

export const settingIds = {
  dataDirectory: 'localChat.dataDirectory',
  enterSends: 'localChat.enterSends',
  terminalPath: 'localChat.terminal.addToPath',
} as const;

export const contextKeys = {
  /** A session is open, or was and is coming back. */
  connected: 'localChat.connected',
  /** `connecting`, `ready`, `reconnecting`, `readonly` or `unreachable`. */
  connection: 'localChat.connection',
  hasArchivedRooms: 'localChat.hasArchivedRooms',
  hasUnread: 'localChat.hasUnread',
} as const;

/** Values of `viewItem` in the tree. */
export const treeContexts = {
  section: 'section',
  room: 'room',
  archivedRoom: 'archivedRoom',
  direct: 'direct',
  /** Somebody else's session: a direct message can be started. */
  person: 'person',
  /** A session of this very profile. */
  self: 'self',
} as const;

export const uriSchemes = {
  /** Addresses of tree items, for their decorations. */
  room: 'local-chat-room',
  /** The read-only report of Show Status. */
  status: 'local-chat-status',
} as const;

/** Keys of what this window, or this editor, remembers. */
export const memoryKeys = {
  profile: 'localChat.profile',
  viewRoom: 'localChat.viewRoom',
  toldSalvages: 'localChat.toldSalvages',
} as const;
