import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import * as v from 'valibot';
import { ChatError, isErrorCode, toChatError } from '../model/errors.ts';
import type { Examination } from '../model/findings.ts';
import { type ExamineData, type ExamineMessage, examineMessageSchema } from '../protocol/examine.ts';

export interface ExamineRequest {
  /** As it was named; it need not exist, nor be one that programs take. */
  readonly directory: string;
  readonly named: boolean;
  /** Makes a store of another machine one of this one, when nobody answers there. Else nothing is written. */
  readonly adopt: boolean;
  /** Folder of `hub.cjs` and `sql-wasm.wasm`. */
  readonly bundleFolder: string;
  readonly version: string;
}

/**
 * Looks at a data directory in a thread of its own, beside a hub or without one.
 *
 * @throws ChatError when the examination itself failed, or nothing could be adopted.
 */
export async function examineDirectory({ bundleFolder, ...request }: ExamineRequest): Promise<Examination> {
  const workerData: ExamineData = {
    task: 'examine',
    wasmPath: join(bundleFolder, 'sql-wasm.wasm'),
    ...request,
  };
  const worker = new Worker(join(bundleFolder, 'hub.cjs'), {
    workerData,
    execArgv: [],
    name: 'local-chat doctor',
  });
  try {
    return read(await answerOf(worker));
  } catch (error) {
    throw toChatError(error);
  } finally {
    void worker.terminate();
  }
}

function answerOf(worker: Worker): Promise<ExamineMessage> {
  return new Promise((resolve, reject) => {
    worker.on('message', (raw: unknown) => {
      // Lines for the log come too, when a hub is begun.
      if (v.is(examineMessageSchema, raw)) resolve(raw);
    });
    worker.on('error', reject);
    worker.on('exit', () => reject(new ChatError('INTERNAL', { detail: 'the examination ended early' })));
  });
}

function read(answer: ExamineMessage): Examination {
  if (answer.type === 'examined') return answer.examination;
  const code = isErrorCode(answer.code) ? answer.code : 'INTERNAL';
  throw new ChatError(code, answer.params);
}
