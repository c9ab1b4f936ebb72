/** States per piece of memory; pieces are added as needed, so nothing is ever copied. */
const PIECE = 1 << 16;
const SMALLEST_TABLE = 1 << 16;

/**
 * Distinct states of a fixed number of bytes in the order they came, each with the number of the state it came from. They are kept
 * whole and compared byte by byte, never by a hash alone: "not seen before" is exact. A state takes its own bytes and some
 * sixteen more.
 */
export class StateSet {
  readonly #size: number;
  readonly #states: Uint8Array[] = [];
  readonly #parents: Int32Array[] = [];
  /** Pairs of number + 1 and hash, found by the hash; 0 is an empty place. */
  #table = new Int32Array(2 * SMALLEST_TABLE);
  #count = 0;

  /** `size`: bytes of a state. */
  constructor(size: number) {
    this.#size = size;
  }

  get count(): number {
    return this.#count;
  }

  /** Adds a copy of `state`, which came from number `parent` (-1: from nowhere). False when it is there already. */
  add(state: Uint8Array, parent: number): boolean {
    if (this.#count * 4 >= this.#table.length) this.#grow();
    const hash = hashOf(state);
    const mask = this.#table.length / 2 - 1;
    for (let place = hash & mask; ; place = (place + 1) & mask) {
      const found = (this.#table[2 * place] ?? 0) - 1;
      if (found === -1) {
        this.#table[2 * place] = this.#count + 1;
        this.#table[2 * place + 1] = hash;
        this.#append(state, parent);
        return true;
      }
      if (this.#table[2 * place + 1] === hash && this.#equals(found, state)) return false;
    }
  }

  /** Copies state `number` into `into`. */
  read(number: number, into: Uint8Array): void {
    const start = (number % PIECE) * this.#size;
    const piece = this.#pieceOf(number);
    for (let index = 0; index < this.#size; index += 1) into[index] = piece[start + index] ?? 0;
  }

  parent(number: number): number {
    return this.#parents[Math.floor(number / PIECE)]?.[number % PIECE] ?? -1;
  }

  #append(state: Uint8Array, parent: number): void {
    const number = this.#count;
    if (number % PIECE === 0) {
      this.#states.push(new Uint8Array(PIECE * this.#size));
      this.#parents.push(new Int32Array(PIECE));
    }
    this.#pieceOf(number).set(state, (number % PIECE) * this.#size);
    const parents = this.#parents[Math.floor(number / PIECE)];
    if (parents !== undefined) parents[number % PIECE] = parent;
    this.#count += 1;
  }

  #equals(number: number, state: Uint8Array): boolean {
    const start = (number % PIECE) * this.#size;
    const piece = this.#pieceOf(number);
    for (let index = 0; index < this.#size; index += 1) {
      if (piece[start + index] !== state[index]) return false;
    }
    return true;
  }

  #pieceOf(number: number): Uint8Array {
    const piece = this.#states[Math.floor(number / PIECE)];
    if (piece === undefined) throw new RangeError(`No state has the number ${number}.`);
    return piece;
  }

  #grow(): void {
    const old = this.#table;
    const table = new Int32Array(old.length * 2);
    const mask = table.length / 2 - 1;
    for (let index = 0; index < old.length; index += 2) {
      const number = old[index] ?? 0;
      if (number === 0) continue;
      const hash = old[index + 1] ?? 0;
      let place = hash & mask;
      while (table[2 * place] !== 0) place = (place + 1) & mask;
      table[2 * place] = number;
      table[2 * place + 1] = hash;
    }
    this.#table = table;
  }
}

/** FNV-1a, with its bits mixed once more: the table looks at the lowest. */
function hashOf(state: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < state.length; index += 1) {
    hash = Math.imul(hash ^ (state[index] ?? 0), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return (hash ^ (hash >>> 13)) | 0;
}
