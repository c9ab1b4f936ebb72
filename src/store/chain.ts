import { shortHash } from './digest.ts';
import { asInteger, asText, type Sql } from './sql.ts';
import { CHAIN_LENGTH } from './store.ts';

/**
 * One hash over everything that was ever committed, and what it was after each of the last groups. It is made of what the
 * groups say, not of how a log writes them, so it goes on unchanged from epoch to epoch: a client that returns (seq, hash)
 * proves that it knows this very history.
 */
export class Chain {
  readonly #ends = new Map<number, string>();
  #head: string;

  constructor(storeId: string) {
    this.#head = shortHash(storeId);
    this.#ends.set(0, this.#head);
  }

  get head(): string {
    return this.#head;
  }

  at(seq: number): string | null {
    return this.#ends.get(seq) ?? null;
  }

  /** @param body The group as it is encoded in the log. */
  append(seq: number, body: string | Uint8Array): void {
    this.#push(seq, shortHash(this.#head, body));
  }

  /** Another history from here on: events are missing, so nobody may go on from what this chain was before. */
  breakOff(seq: number, nonce: string): void {
    this.#ends.clear();
    this.#push(seq, shortHash(this.#head, nonce));
  }

  restore(sql: Sql): void {
    for (const [seq, hash] of sql.each('SELECT seq, hash FROM chain ORDER BY seq')) {
      this.#push(asInteger(seq), asText(hash));
    }
  }

  save(sql: Sql): void {
    sql.run('DELETE FROM chain');
    for (const [seq, hash] of this.#ends) sql.run('INSERT INTO chain (seq, hash) VALUES (?, ?)', [seq, hash]);
  }

  #push(seq: number, hash: string): void {
    this.#head = hash;
    this.#ends.set(seq, hash);
    if (this.#ends.size <= CHAIN_LENGTH) return;
    for (const oldest of this.#ends.keys()) {
      this.#ends.delete(oldest);
      return;
    }
  }
}
