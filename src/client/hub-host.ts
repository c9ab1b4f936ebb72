import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import * as v from 'valibot';
import type { Disposable } from '../common/disposable.ts';
import { type Deferred, deferred } from '../common/deferred.ts';
import type { Logger } from '../common/logger.ts';
import { ChatError, isErrorCode, toChatError } from '../model/errors.ts';
import {
  type HubWorkerData,
  type WorkerMessage,
  type WorkerOrder,
  workerMessageSchema,
} from '../protocol/worker.ts';

/**
 * For what is short-lived in the hub's thread; the store is not among it. With the 48 that Node gives, whoever sends much fills
 * 40 MB of them with frames that are long done with.
 */
const YOUNG_MB = 12;

export interface HubHostOptions {
  readonly directory: string;
  /** Folder of `hub.cjs` and `sql-wasm.wasm`. */
  readonly bundleFolder: string;
  readonly version: string;
  readonly log: Logger;
  /** Called when the thread has ended, whatever the reason. */
  readonly onDidEnd: () => void;
}

/** So long a thread may take to hand the hub over and end before it is ended by force, in milliseconds. */
const LEAVE_MS = 2_000;
/** The same for one that is not the hub yet, or not any more. */
const END_MS = 300;

/** How an attempt to become the hub ended. */
export type StartResult = { kind: 'ready' } | { kind: 'lost' } | { kind: 'failed'; error: ChatError };

/**
 * Runs the hub in a worker thread of this process, so that no work of the chat ever blocks the thread of the interface. The
 * thread dies with the process; nothing needs to be cleaned up for another process to take over.
 */
export class HubHost implements Disposable {
  readonly #options: HubHostOptions;
  #worker: Worker | null = null;
  #unclaimed: { readonly after: number; readonly socket: string } | null = null;
  #starting: { readonly after: number; readonly result: Promise<StartResult> } | null = null;
  /** Settles when the hub is over; its thread ends a moment later. */
  #stopping: Deferred<void> | null = null;
  #force: NodeJS.Timeout | undefined;
  #disposed = false;

  constructor(options: HubHostOptions) {
    this.#options = options;
  }

  /** Whether a thread of this process is the hub, or tries to be. */
  get running(): boolean {
    return this.#worker !== null;
  }

  /**
   * Where the thread of this process listens, when it could write no claim after `epoch`, which is the newest: on a full or
   * read-only disk each process reads for itself.
   */
  unclaimedSocket(epoch: number): string | null {
    return this.#unclaimed?.after === epoch ? this.#unclaimed.socket : null;
  }

  /**
   * Tries to become the hub after `deadEpoch`. A thread of this process that still runs is the one that was found dead, and
   * is ended first; unless it is on its way to just that. `handedOver`: that hub lives, and named this process its successor.
   */
  async start(deadEpoch: number, handedOver = false): Promise<StartResult> {
    if (this.#starting?.after === deadEpoch) return this.#starting.result;
    const starting = { after: deadEpoch, result: this.#start(deadEpoch, handedOver) };
    this.#starting = starting;
    try {
      return await starting.result;
    } finally {
      if (this.#starting === starting) this.#starting = null;
    }
  }

  async #start(deadEpoch: number, handedOver: boolean): Promise<StartResult> {
    await this.#worker?.terminate();
    // Meanwhile: nobody would end a thread that is started now.
    if (this.#disposed) return { kind: 'lost' };
    const { directory, bundleFolder, version, log } = this.#options;
    const workerData: HubWorkerData = {
      directory,
      deadEpoch,
      handedOver,
      wasmPath: join(bundleFolder, 'sql-wasm.wasm'),
      version,
    };
    const result = deferred<StartResult>();
    // Flags of the host (a debugger's port, a loader) are not for this thread.
    const worker = new Worker(join(bundleFolder, 'hub.cjs'), {
      workerData,
      execArgv: [],
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
      name: 'local-chat hub',
    });
    this.#worker = worker;
    worker.on('message', (raw: unknown) => {
      const message = v.safeParse(workerMessageSchema, raw);
      if (message.success) this.#onMessage(message.output, (outcome) => result.resolve(outcome));
      else log.log('error', 'unknown message of the hub thread');
    });
    worker.on('error', (error: unknown) => {
      log.log('error', 'the hub thread failed', {
        error: error instanceof Error ? error.message : String(error),
      });
      result.resolve({ kind: 'failed', error: toChatError(error) });
    });
    worker.on('exit', () => {
      if (this.#worker === worker) {
        this.#worker = null;
        this.#unclaimed = null;
        this.#stopping?.resolve();
        this.#stopping = null;
        clearTimeout(this.#force);
      }
      result.resolve({ kind: 'lost' });
      this.#options.onDidEnd();
    });
    return result.promise;
  }

  /**
   * Asks the thread to hand the hub over, let go of its socket and end. Resolves when it has: after two seconds at the latest, and
   * at once when nobody else is connected to it.
   */
  stop(): Promise<void> {
    const worker = this.#worker;
    if (worker === null) return Promise.resolve();
    if (this.#stopping === null) {
      this.#stopping = deferred();
      const order: WorkerOrder = { type: 'stop' };
      worker.postMessage(order);
      this.#endWithin(this.#starting === null ? LEAVE_MS : END_MS);
    }
    return this.#stopping.promise;
  }

  dispose(): void {
    this.#disposed = true;
    void this.stop();
  }

  #endWithin(ms: number): void {
    clearTimeout(this.#force);
    const worker = this.#worker;
    this.#force = setTimeout(() => void worker?.terminate(), ms);
  }

  #onMessage(message: WorkerMessage, settle: (result: StartResult) => void): void {
    const { log } = this.#options;
    if (message.type === 'log') {
      log.log(message.level, message.message, message.facts);
    } else if (message.type === 'ready') {
      const { epoch: after, socket } = message;
      if (socket !== null) this.#unclaimed = { after, socket };
      settle({ kind: 'ready' });
    } else if (message.reason === 'failed') {
      const code = isErrorCode(message.code) ? message.code : 'INTERNAL';
      settle({ kind: 'failed', error: new ChatError(code, message.params) });
    } else {
      log.log('info', 'the hub thread ended', { reason: message.reason });
      settle({ kind: 'lost' });
    }
    if (message.type === 'ended') this.#stopping?.resolve();
  }
}
