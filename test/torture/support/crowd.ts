import { until } from '../../integration/support/until.ts';
import type { ClientsConfig, ClientsMessage } from './clients-process.ts';
import { Helper } from './helper.ts';

const now = (): number => performance.timeOrigin + performance.now();

/** Many clients in a few processes, and who of them is connected. */
export class Crowd {
  readonly #helpers: Helper<ClientsMessage>[];
  readonly #size: number;
  /** When each of those that are ready became it. */
  readonly #readySince = new Map<string, number>();

  constructor(directory: string, processes: number, clientsEach: number) {
    this.#size = processes * clientsEach;
    const config: ClientsConfig = { directory, clients: clientsEach };
    this.#helpers = Array.from({ length: processes }, (_, process) => {
      const helper = new Helper<ClientsMessage>('clients-process.ts', config);
      helper.onMessage(({ client, isReady, at }) => {
        const key = `${process}/${client}`;
        if (isReady) this.#readySince.set(key, at);
        else this.#readySince.delete(key);
      });
      return helper;
    });
  }

  async allReady(timeout: number): Promise<void> {
    await until(`${this.#size} clients`, () => this.#readySince.size === this.#size, timeout);
  }

  /**
   * Does something that costs them their connections, and waits until all are ready again. Returns how long each took, in
   * milliseconds from the moment `act` resolved; 0 for one that never noticed, which `allLose` says can not be.
   */
  async comesBackAfter(act: () => Promise<unknown>, allLose: boolean, timeout: number): Promise<number[]> {
    const before = now();
    await act();
    const since = now();
    const isBack = (at: number): boolean => !allLose || at > before;
    await until(
      `${this.#size} clients to be back`,
      () => this.#readySince.size === this.#size && [...this.#readySince.values()].every(isBack),
      timeout,
    );
    return [...this.#readySince.values()].map((at) => Math.max(0, at - since));
  }

  async stop(): Promise<void> {
    await Promise.all(this.#helpers.map((helper) => helper.stop()));
  }
}
