/** From the rarest to the most talkative. */
export const LOG_LEVELS = ['error', 'warn', 'info', 'debug', 'trace'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/**
 * Where a layer reports what it does. Never the text of a message, a draft or the secret: a log is made to be pasted into a
 * bug report. `facts` are appended as `key=value`.
 */
export interface Logger {
  log(level: LogLevel, message: string, facts?: Readonly<Record<string, string | number | boolean>>): void;
}

/** One line of text out of a message and its facts; values with spaces are quoted. */
export function formatLogLine(
  message: string,
  facts: Readonly<Record<string, string | number | boolean>> = {},
): string {
  const tail = Object.entries(facts).map(([key, value]) => {
    const text = String(value);
    return `${key}=${/[\s"=]/.test(text) ? JSON.stringify(text) : text}`;
  });
  return [message, ...tail].join(' ');
}

/** A logger that forgets everything, for tests and for callers that have no place to log to. */
export const silentLogger: Logger = { log: () => undefined };
