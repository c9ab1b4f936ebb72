import type { MessagePort } from 'node:worker_threads';
import type { Logger } from '../../common/logger.ts';
import { toChatError } from '../../model/errors.ts';
import type { Examination } from '../../model/findings.ts';
import type { ExamineData, ExamineMessage } from '../../protocol/examine.ts';
import { loadWasm } from '../../store/engine.ts';
import { adopt } from './adopt.ts';
import { examine } from './examine.ts';

/** What a worker thread does that was started as a doctor: one examination, one answer, and its end. */
export async function consult(data: ExamineData, port: MessagePort, log: Logger): Promise<void> {
  port.postMessage(await answer(data, log));
  port.close();
}

async function answer(data: ExamineData, log: Logger): Promise<ExamineMessage> {
  try {
    return { type: 'examined', examination: await perform(data, log) };
  } catch (error) {
    const { code, params } = toChatError(error);
    return { type: 'failed', code, params };
  }
}

async function perform(
  { directory, named, wasmPath, version, ...data }: ExamineData,
  log: Logger,
): Promise<Examination> {
  const engine = await loadWasm(wasmPath);
  const before = await examine({ directory, named, engine });
  if (!data.adopt) return before;
  const outcome = await adopt({ directory: before.directory, wasm: wasmPath, version, log }, before);
  if (outcome === null) return before;
  // What lies there now is what the person wants to read about.
  const after = outcome.code === 'ADOPTED' ? await examine({ directory, named, engine }) : before;
  return { ...after, findings: [...after.findings, outcome] };
}
