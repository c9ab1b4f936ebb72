import * as v from 'valibot';
import { LOG_LEVELS } from '../common/logger.ts';

/**
 * The third wire, within one process: between the thread of an interface and the worker thread that tries to be the hub.
 */

/** Handed to the worker when it starts. */
export const workerDataSchema = v.object({
  /** Checked by the interface before. */
  directory: v.string(),
  /** The newest epoch the interface saw and found dead, 0 for an empty directory. The worker only tries the next one. */
  deadEpoch: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  /** The hub of `deadEpoch` lives and named this one its successor. */
  handedOver: v.boolean(),
  /** File of the SQLite module, beside the bundle. */
  wasmPath: v.string(),
  /** Version of this build, for status. */
  version: v.string(),
});
export type HubWorkerData = v.InferOutput<typeof workerDataSchema>;

const plain = v.union([v.string(), v.number(), v.boolean()]);

/** What the worker tells its interface. */
export const workerMessageSchema = v.variant('type', [
  v.object({
    type: v.literal('log'),
    level: v.picklist(LOG_LEVELS),
    message: v.string(),
    facts: v.record(v.string(), plain),
  }),
  /**
   * It is the hub now. `socket`: where it listens, when it could not write a claim that says so and serves what is stored; only
   * its own process can find it then. Else null.
   */
  v.object({ type: v.literal('ready'), epoch: v.number(), socket: v.nullable(v.string()) }),
  /**
   * It is not the hub, or not any more, and the thread ends. `lost`: another was first. `fenced`: another took over.
   * `stopped`: as asked. `failed`: it could not; `code` and `params` say why.
   */
  v.object({ type: v.literal('ended'), reason: v.picklist(['lost', 'fenced', 'stopped']) }),
  v.object({
    type: v.literal('ended'),
    reason: v.literal('failed'),
    code: v.string(),
    params: v.record(v.string(), plain),
  }),
]);
export type WorkerMessage = v.InferOutput<typeof workerMessageSchema>;

/** What the interface tells the worker: to hand over to somebody else, if there is anybody, and to end. */
export const workerOrderSchema = v.object({ type: v.literal('stop') });
export type WorkerOrder = v.InferOutput<typeof workerOrderSchema>;
