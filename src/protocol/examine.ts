import * as v from 'valibot';
import { examinationSchema } from '../model/findings.ts';

/** The worker thread as a doctor: it looks at a data directory, tells what it found and ends. It is no hub. */

/** Handed to the worker when it starts. */
export const examineDataSchema = v.object({
  task: v.literal('examine'),
  /** As it was named; it need not exist. */
  directory: v.string(),
  /** Whether a person or a variable named it, see `DirectoryChoice`. */
  named: v.boolean(),
  /** Makes a store that another machine leads one of this machine, when nobody answers there; only then anything is written. */
  adopt: v.boolean(),
  /** File of the SQLite module, beside the bundle. */
  wasmPath: v.string(),
  version: v.string(),
});
export type ExamineData = v.InferOutput<typeof examineDataSchema>;

/** Its one answer. */
export const examineMessageSchema = v.variant('type', [
  v.object({ type: v.literal('examined'), examination: examinationSchema }),
  /** The examination itself failed, which is a fault of ours, or nothing could be adopted. */
  v.object({
    type: v.literal('failed'),
    code: v.string(),
    params: v.record(v.string(), v.union([v.string(), v.number(), v.boolean()])),
  }),
]);
export type ExamineMessage = v.InferOutput<typeof examineMessageSchema>;
