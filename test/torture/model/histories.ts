/** The letter of a message in a trace. */
export function letter(message: number): string {
  return String.fromCharCode(97 + message);
}

/**
 * All orders in which messages can be stored, numbered, so that a whole history fits into one byte. A history holds no message
 * twice: the ledger knows each by its id. The seq of a message is its place, counted from 1. Number 0 is the empty history.
 */
export class Histories {
  readonly #all: (readonly number[])[] = [[]];
  readonly #longer: number[][] = [];
  readonly #shorter: number[] = [0];

  /** `messages`: how many there are in all, numbered from 0. */
  constructor(messages: number) {
    for (let number = 0; number < this.#all.length; number += 1) {
      const history = this.#all[number] ?? [];
      const longer: number[] = [];
      for (let message = 0; message < messages; message += 1) {
        if (history.includes(message)) {
          longer.push(number);
        } else {
          longer.push(this.#all.length);
          this.#all.push([...history, message]);
          this.#shorter.push(number);
        }
      }
      this.#longer.push(longer);
    }
  }

  length(history: number): number {
    return this.#all[history]?.length ?? 0;
  }

  /** The seq of a message, 0 when it is not there. */
  seqOf(history: number, message: number): number {
    return (this.#all[history]?.indexOf(message) ?? -1) + 1;
  }

  /** With `message` at its end, unless it is there already. */
  append(history: number, message: number): number {
    return this.#longer[history]?.[message] ?? history;
  }

  /** Without its last `count` messages. */
  without(history: number, count: number): number {
    let shorter = history;
    for (let index = 0; index < count; index += 1) shorter = this.#shorter[shorter] ?? 0;
    return shorter;
  }

  /** What a replay of `next` after `first` comes to: seqs that are there already are passed over. */
  replayed(first: number, next: number): number {
    const tail = (this.#all[next] ?? []).slice(this.length(first));
    return tail.reduce((history, message) => this.append(history, message), first);
  }

  text(history: number): string {
    return `[${(this.#all[history] ?? []).map(letter).join(' ')}]`;
  }
}
