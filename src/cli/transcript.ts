import type { Client } from '../client/api.ts';
import type { Message, ProfileColour } from '../model/entities.ts';
import { shownLabel } from './find-room.ts';
import { displayWidth, padEnd, truncate, wrap } from './layout.ts';
import { type Output, type Style, styleOf } from './output.ts';
import { publicMessage } from './public.ts';
import { sanitiseLine, sanitiseText } from './sanitise.ts';

const SGR: Readonly<Record<ProfileColour, number>> = {
  violet: 35,
  green: 32,
  orange: 33,
  blue: 34,
  pink: 95,
  teal: 36,
  red: 31,
  olive: 93,
};

/** The program speaks English, so do its dates, whatever the locale of the terminal. */
const dayFormat = new Intl.DateTimeFormat('en-GB', {
  weekday: 'long',
  day: 'numeric',
  month: 'long',
  year: 'numeric',
});
const timeFormat = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });

export const formatTime = (timestamp: string): string => timeFormat.format(new Date(timestamp));

const MAX_NAME = 20;
const MAX_ROOM = 16;
const MAX_DAY_LINE = 80;
const MIN_TEXT = 20;

/** Prints messages one after the other: JSON lines for scripts, a talk for people, plain lines for other programs. */
export interface Transcript {
  print(message: Message): Promise<void>;
}

/** `rooms`: the messages are of several rooms, so each says which. */
export function transcript(client: Client, out: Output, json: boolean, rooms: boolean): Transcript {
  if (json) return { print: (message) => out.json(publicMessage(client, message)) };
  if (!out.isTerminal) return { print: (message) => out.write(plainLines(client, message)) };
  return new Talk(client, out, rooms);
}

/**
 * `2026-11-23T09:30:00.000Z #general Ada: text`. Further lines of a message are indented, so that no text can pass for the
 * start of a message.
 */
function plainLines(client: Client, message: Message): string {
  const { timestamp, room, sender, content } = publicMessage(client, message);
  const head = sanitiseLine(`${timestamp} ${shownLabel(room)} ${sender}: `);
  return `${head}${sanitiseText(content).replaceAll('\n', '\n    ')}\n`;
}

class Talk implements Transcript {
  readonly #client: Client;
  readonly #out: Output;
  readonly #rooms: boolean;
  readonly #style: Style;
  #day = '';
  #author = '';
  #room = '';

  constructor(client: Client, out: Output, rooms: boolean) {
    this.#client = client;
    this.#out = out;
    this.#rooms = rooms;
    this.#style = styleOf(out);
  }

  async print(message: Message): Promise<void> {
    const { dim, bold, colour } = this.#style;
    const shown = publicMessage(this.#client, message);
    const lines = this.#dayLine(message);

    const columns = [dim(formatTime(message.timestamp))];
    let indent = 5;
    if (this.#rooms) {
      const width = this.#widest(
        [...this.#client.state.rooms.values()].map((room) => (room.name === null ? '' : `#${room.name}`)),
        MAX_ROOM,
      );
      const label = truncate(sanitiseLine(shownLabel(shown.room)), width);
      columns.push(padEnd(label === this.#room ? '' : label, width));
      if (label !== this.#room) this.#author = '';
      this.#room = label;
      indent += 2 + width;
    }
    const width = this.#widest(
      [...this.#client.state.profiles.values()].map(({ name }) => name),
      MAX_NAME,
    );
    const name = truncate(sanitiseLine(shown.sender), width);
    const padding = padEnd('', width - displayWidth(name));
    const sender = this.#client.state.profiles.get(message.senderId);
    const painted = bold(sender === undefined ? name : colour(SGR[sender.colour], name));
    const author = `${message.senderId} ${message.kind}`;
    columns.push(author === this.#author ? padEnd('', width) : painted + padding);
    indent += 2 + width;

    const word = message.kind === 'person' || author === this.#author ? '' : `${message.kind}: `;
    this.#author = author;
    const text = this.#textLines(word + shown.content, indent);
    const first = text[0] ?? '';
    lines.push(`${columns.join('  ')}  ${dim(first.slice(0, word.length))}${first.slice(word.length)}`);
    for (const line of text.slice(1)) lines.push(`${' '.repeat(indent + 2)}${line}`);
    await this.#out.write(`${lines.join('\n')}\n`);
  }

  #dayLine({ timestamp }: Message): string[] {
    const day = dayFormat.format(new Date(timestamp));
    if (day === this.#day) return [];
    this.#day = day;
    this.#author = '';
    this.#room = '';
    const width = Math.min(this.#out.columns, MAX_DAY_LINE);
    return [this.#style.dim(`── ${day} ${'─'.repeat(Math.max(2, width - day.length - 4))}`)];
  }

  #textLines(content: string, indent: number): string[] {
    const width = Math.max(MIN_TEXT, this.#out.columns - indent - 2);
    // A tab is as wide as the terminal likes, which the wrapping could not know.
    const lines = sanitiseText(content).replaceAll('\t', '    ').split('\n');
    return lines.flatMap((line) => wrap(line, width));
  }

  #widest(texts: readonly string[], most: number): number {
    return Math.min(most, Math.max(4, ...texts.map(displayWidth)));
  }
}
