import { parentPort, workerData } from 'node:worker_threads';
import * as v from 'valibot';
import type { Logger } from '../common/logger.ts';
import { examineDataSchema } from '../protocol/examine.ts';
import { type WorkerMessage, workerDataSchema, workerOrderSchema } from '../protocol/worker.ts';
import { consult } from './doctor/consult.ts';
import type { HubEnd, HubOptions } from './hub-options.ts';
import { Hub } from './hub.ts';

/** Sockets and timers of an ended hub are gone; should anything still keep the thread, it is ended. */
const FORCED_END_MS = 2_000;

/** Does what the worker thread this is called in was told to: leads, until it is over, or looks as a doctor does. `forTests`: what tests do to the hub. */
export function runWorker(forTests: (directory: string) => Partial<HubOptions> = () => ({})): void {
  const port = parentPort;
  if (port === null) throw new Error('The hub runs in a worker thread.');
  const tell = (message: WorkerMessage): void => port.postMessage(message);
  const log: Logger = {
    log: (level, message, facts = {}) => tell({ type: 'log', level, message, facts }),
  };
  if (v.is(examineDataSchema, workerData)) {
    void consult(workerData, port, log);
    return;
  }
  const { directory, deadEpoch, handedOver, wasmPath, version } = v.parse(workerDataSchema, workerData);
  const hub = new Hub({
    directory,
    deadEpoch,
    handedOver,
    wasm: wasmPath,
    version,
    log,
    ...forTests(directory),
  });

  port.on('message', (raw: unknown) => {
    if (v.is(workerOrderSchema, raw)) void hub.leave();
  });
  hub.onDidBecomeReady((ready) => tell({ type: 'ready', ...ready }));

  const lead = async (): Promise<void> => {
    tell(endMessage(await hub.run()));
    // The thread ends by itself once nothing is left to do; the port was the last.
    port.close();
    setTimeout(() => process.exit(), FORCED_END_MS).unref();
  };
  void lead();
}

function endMessage(end: HubEnd): WorkerMessage {
  if (end.reason !== 'failed') return { type: 'ended', reason: end.reason };
  const { code, params } = end.error;
  return { type: 'ended', reason: 'failed', code, params };
}
