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

const GAP = '  ';
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

/** A column of one line: its text with colours, and how wide it is. */
interface Cell {
  readonly text: string;
  readonly width: number;
}

function widest(texts: readonly string[], most: number): number {
  return Math.min(most, Math.max(4, ...texts.map(displayWidth)));
}

class Talk implements Transcript {
  readonly #client: Client;
  readonly #out: Output;
  readonly #rooms: boolean;
  readonly #style: Style;
  #day = '';
  #time = '';
  #author = '';
  #room = '';

  constructor(client: Client, out: Output, rooms: boolean) {
    this.#client = client;
    this.#out = out;
    this.#rooms = rooms;
    this.#style = styleOf(out);
  }

  async print(message: Message): Promise<void> {
    const { dim } = this.#style;
    const shown = publicMessage(this.#client, message);
    const lines = this.#dayLine(message);
    const room = this.#rooms ? [this.#roomCell(shown.room)] : [];
    const author = `${message.senderId} ${message.kind}`;
    // Who goes on talking is named once, and so is the minute.
    const again = author === this.#author;
    const cells = [this.#timeCell(message, again), ...room, this.#nameCell(message, shown.sender, again)];
    const indent = cells.reduce((sum, { width }) => sum + width + GAP.length, 0);
    const word = message.kind === 'person' || again ? '' : `${message.kind}: `;
    this.#author = author;

    const [first = '', ...rest] = this.#textLines(word + shown.content, indent);
    const head = cells.map(({ text }) => text + GAP).join('');
    lines.push(`${head}${dim(first.slice(0, word.length))}${first.slice(word.length)}`);
    for (const line of rest) lines.push(`${' '.repeat(indent)}${line}`);
    await this.#out.write(`${lines.join('\n')}\n`);
  }

  #timeCell({ timestamp }: Message, again: boolean): Cell {
    const time = formatTime(timestamp);
    const width = displayWidth(time);
    const text = again && time === this.#time ? padEnd('', width) : this.#style.dim(time);
    this.#time = time;
    return { text, width };
  }

  /** Only where the room changes; then the author is named anew. */
  #roomCell(room: string): Cell {
    const names = [...this.#client.state.rooms.values()].map(({ name }) => (name === null ? '' : `#${name}`));
    const width = widest(names, MAX_ROOM);
    const label = truncate(sanitiseLine(shownLabel(room)), width);
    const text = padEnd(label === this.#room ? '' : label, width);
    if (label !== this.#room) this.#author = '';
    this.#room = label;
    return { text, width };
  }

  #nameCell({ senderId }: Message, sender: string, again: boolean): Cell {
    const { profiles } = this.#client.state;
    const width = widest(
      [...profiles.values()].map(({ name }) => name),
      MAX_NAME,
    );
    if (again) return { text: padEnd('', width), width };
    const { bold, colour } = this.#style;
    const name = truncate(sanitiseLine(sender), width);
    const profile = profiles.get(senderId);
    const painted = bold(profile === undefined ? name : colour(SGR[profile.colour], name));
    return { text: painted + padEnd('', width - displayWidth(name)), width };
  }

  #dayLine({ timestamp }: Message): string[] {
    const day = dayFormat.format(new Date(timestamp));
    if (day === this.#day) return [];
    this.#day = day;
    this.#time = '';
    this.#author = '';
    this.#room = '';
    const width = Math.min(this.#out.columns, MAX_DAY_LINE);
    return [this.#style.dim(`── ${day} ${'─'.repeat(Math.max(2, width - day.length - 4))}`)];
  }

  #textLines(content: string, indent: number): string[] {
    const width = Math.max(MIN_TEXT, this.#out.columns - indent);
    // A tab is as wide as the terminal likes, which the wrapping could not know.
    const lines = sanitiseText(content).replaceAll('\t', '    ').split('\n');
    return lines.flatMap((line) => wrap(line, width));
  }
}
