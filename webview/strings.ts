/**
 * Every sentence of the page, in one table. A plural is a record by the categories of `Intl.PluralRules`; `count` picks the form.
 * Parameters stand in braces. A translation is another table with the same keys.
 */
const english = {
  'app.name': 'Local Chat',

  'header.openRoom': 'Open another room',
  'header.people': { one: '{count} here', other: '{count} here' },
  'header.peopleLabel': { one: 'Who is here: {count} session', other: 'Who is here: {count} sessions' },
  'header.more': 'More actions',
  'header.topic': 'Topic: {topic}',
  'menu.openRoom': 'Open Room…',
  'menu.setTopic': 'Set Topic…',
  'menu.whoIsHere': 'Who Is Here',
  'menu.openInSideBar': 'Open in Side Bar',
  'menu.openInEditor': 'Open in Editor',
  'menu.showLog': 'Show Log',

  'list.label': 'Messages in {label}',
  'list.loading': 'Loading messages',
  'list.loadingOlder': 'Loading older messages',
  'list.loadingNewer': 'Loading newer messages',
  'list.unread': 'New',
  'list.unreadLabel': 'New messages from here',
  'list.jump': 'Jump to newest',
  'list.jumpCount': { one: '{count} new message', other: '{count} new messages' },
  'list.olderFailed': 'Older messages could not be loaded.',
  'list.newerFailed': 'Newer messages could not be loaded.',

  'day.today': 'Today',
  'day.yesterday': 'Yesterday',

  'message.label': '{name}, {time}',
  'message.labelKind': '{name}, {kind}, {time}',
  'message.labelText': '{who}: {text}',
  'message.labelDelivery': '{message} ({delivery})',
  'message.actions': 'Actions for this message',
  'message.copyText': 'Copy text',
  'message.copyLink': 'Copy link',
  'message.copied': 'Copied',
  'message.unknownSender': 'Unknown',
  'message.sending': 'Sending',
  'message.notSent': 'Not sent. {reason}',
  'message.retry': 'Retry',
  'message.takeBack': 'Edit again',
  'kind.script': 'script',
  'kind.agent': 'agent',
  'kind.system': 'system',

  'code.copy': 'Copy code',
  'code.plain': 'Text',
  'code.lines': { one: '{count} line', other: '{count} lines' },
  'code.unfold': { one: 'Show {count} more line', other: 'Show {count} more lines' },
  'code.fold': 'Show less',

  'composer.label': 'Message {label}',
  'composer.send': 'Send',
  'composer.code': 'Code block',
  'composer.hintEnter': 'Enter sends',
  'composer.hintModEnter': '{key}+Enter sends',
  'composer.tooLong': 'Too long: {actual} of {limit} bytes',
  'composer.nearLimit': '{actual} of {limit} bytes',

  'room.archived': 'This room is archived: it can be read, not written to.',
  'room.restore': 'Restore',
  'empty.room': 'This is the start of {label}',
  'empty.roomText':
    'What is written here reaches every window, terminal and script of this machine, and stays on it.',
  'empty.direct': 'This is the start of your talk with {label}',
  'empty.directText': 'Only those who take part are shown what is written here.',
  'empty.write': 'Write the first message',

  'connection.connecting': 'Connecting…',
  'connection.reconnecting': 'Reconnecting…',
  'connection.ready': 'Connected.',
  'connection.readonly': 'Read only. {reason}',
  'connection.readonlyPlain':
    'Read only: nothing can be stored just now. What is stored is safe, and what you write waits here.',
  'connection.unreachable': 'Not connected. {reason}',
  'connection.unreachablePlain': 'Not connected.',
  'connection.showLog': 'Show Log',

  'announce.message': '{name}: {text}',
  'announce.many': { one: '{count} new message in {label}', other: '{count} new messages in {label}' },

  'fault.NO_SUCH_ROOM': 'This room does not exist any more.',
  'fault.NO_SUCH_PROFILE': 'The profile of this window does not exist any more.',
  'fault.NO_SUCH_MESSAGE': 'This message does not exist.',
  'fault.ROOM_ARCHIVED': 'This room is archived.',
  'fault.EMPTY_MESSAGE': 'An empty message cannot be sent.',
  'fault.MESSAGE_TOO_LONG': 'The message has {actual} bytes; {limit} are possible.',
  'fault.CONFLICT': 'Another message has taken its place.',
  'fault.CONNECTION_CLOSED': 'The connection was lost.',
  'fault.TIMEOUT': 'No answer came in time.',
  'fault.HUB_UNREACHABLE': 'The chat runs in a place this window cannot reach.',
  'fault.AUTH_FAILED': 'The chat of this machine did not accept this window.',
  'fault.PROTOCOL_MISMATCH':
    'Another version of Local Chat holds the chat. Your messages are safe: update the older editor and reload its windows.',
  'fault.NO_STORE': 'The chat has no place on this machine yet.',
  'fault.DIRECTORY_LINK': 'The data directory is a link.',
  'fault.DIRECTORY_FOREIGN': 'The data directory belongs to another user.',
  'fault.DIRECTORY_OPEN': 'The data directory is open to other users.',
  'fault.DIRECTORY_UNUSABLE': 'The data directory cannot be used.',
  'fault.FORMAT_NEWER':
    'A newer version of Local Chat wrote this chat. Your messages are safe: update Local Chat in this editor.',
  'fault.OTHER_HOST': 'Another machine holds the chat in this data directory.',
  'fault.STORE_CORRUPT': 'A file of the chat is damaged. Nothing was changed; Show Status says what to do.',
  'fault.STORAGE_FULL': 'The disk is full.',
  'fault.STORAGE_READONLY': 'The disk cannot be written to.',
  'fault.STORAGE_ERROR': 'The disk reports an error.',
  'fault.other': 'Something went wrong. The log says more.',
} as const;

type Table = typeof english;
export type StringKey = keyof Table;
export type StringParams = Readonly<Record<string, string | number>>;

const plurals = new Intl.PluralRules('en');

function formOf(entry: Table[StringKey], params: StringParams): string {
  if (typeof entry === 'string') return entry;
  const count = Number(params['count'] ?? 0);
  return plurals.select(count) === 'one' ? entry.one : entry.other;
}

/** The sentence of `key` with its parameters filled in. A parameter that is missing stays visible in its braces. */
export function t(key: StringKey, params: StringParams = {}): string {
  return formOf(english[key], params).replace(/\{(\w+)\}/g, (whole, name: string) =>
    Object.hasOwn(params, name) ? String(params[name]) : whole,
  );
}

export function hasString(key: string): key is StringKey {
  return Object.hasOwn(english, key);
}
