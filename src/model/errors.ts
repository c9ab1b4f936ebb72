/**
 * Every way a request can fail, by code. Hub and core speak in codes with parameters; the sentence a person reads is made
 * where it is shown (window, page, terminal), in that person's language.
 */
export const ERROR_CODES = [
  // What was asked for does not fit the state of the chat.
  'NO_SUCH_ROOM', // {room}
  'NO_SUCH_PROFILE', // {profile}
  'NO_SUCH_MESSAGE', // {id}
  'ROOM_ARCHIVED', // {room}
  'NAME_TAKEN', // {name}
  'INVALID_NAME', // {name, suggestion?}
  'TOPIC_TOO_LONG', // {limit, actual}
  'EMPTY_MESSAGE',
  'MESSAGE_TOO_LONG', // {limit, actual} in bytes
  'BAD_ID', // {id}
  'CONFLICT', // {id}: the id is taken by another body or author
  'NOT_A_DIRECT_ROOM', // {room}: the operation does not fit this kind of room
  'BAD_REQUEST', // {detail}: malformed parameters; a fault of the program that asked
  // The connection.
  'CONNECTION_CLOSED',
  'TIMEOUT', // {seconds}
  'HUB_UNREACHABLE', // {pid}
  'AUTH_FAILED',
  'PROTOCOL_MISMATCH', // {ours, theirs}
  // The data directory.
  'NO_STORE',
  'DIRECTORY_LINK', // {directory}
  'DIRECTORY_FOREIGN', // {directory, owner}
  'DIRECTORY_OPEN', // {directory, mode}
  'DIRECTORY_UNUSABLE', // {directory, detail}
  'FORMAT_NEWER', // {found, known}
  'OTHER_HOST', // {directory}
  'STORE_CORRUPT', // {file, detail}
  // Writing.
  'STORAGE_FULL',
  'STORAGE_READONLY',
  'STORAGE_ERROR', // {detail}
  // The rest.
  'OUTPUT_FAILED', // {detail}: what a command prints could not be written, a code of the system
  'USAGE', // {detail}: wrong words on the command line
  'INTERNAL', // {detail}: a fault of ours
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** Plain values only: they travel over the wire. */
export type ErrorParams = Readonly<Record<string, string | number | boolean>>;

/** The one error type of the product. `message` is for logs; people get a sentence made from `code` and `params`. */
export class ChatError extends Error {
  override readonly name = 'ChatError';
  readonly code: ErrorCode;
  readonly params: ErrorParams;

  constructor(code: ErrorCode, params: ErrorParams = {}, options?: ErrorOptions) {
    const facts = Object.entries(params).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
    super([code, ...facts].join(' '), options);
    this.code = code;
    this.params = params;
  }
}

export function isErrorCode(text: string): text is ErrorCode {
  return (ERROR_CODES as readonly string[]).includes(text);
}

/** Any thrown value as a {@link ChatError}; what is not one already becomes INTERNAL with its message as detail. */
export function toChatError(thrown: unknown): ChatError {
  if (thrown instanceof ChatError) return thrown;
  const detail = thrown instanceof Error ? thrown.message : String(thrown);
  return new ChatError('INTERNAL', { detail }, { cause: thrown });
}

/** Errors after which the same request may succeed by itself later: the sender keeps what was typed and tries again. */
export function isTransient(code: ErrorCode): boolean {
  return code === 'CONNECTION_CLOSED' || code === 'TIMEOUT' || code === 'HUB_UNREACHABLE';
}
