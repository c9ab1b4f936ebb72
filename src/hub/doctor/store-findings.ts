import { epochFileName } from '../../model/epoch-files.ts';
import { ChatError, toChatError } from '../../model/errors.ts';
import { type Finding, finding } from '../../model/findings.ts';
import { claimedEpochs } from '../../rendezvous/claim.ts';
import type { SqliteEngine } from '../../store/engine.ts';
import { systemCode } from '../../store/errors.ts';
import { epochPath, publishedEpochs } from '../../store/generations.ts';
import { inspectBase, inspectLog } from '../../store/inspect-epoch.ts';

/** What is stored: base and log of the newest epoch, and whether the generation before it is whole, should it be needed. */
export function storeFindings(directory: string, engine: SqliteEngine): Finding[] {
  const published = publishedEpochs(directory);
  const newest = published.at(-1);
  if (newest === undefined) return [finding('EMPTY')];
  const reserve = published.slice(0, -1).flatMap((epoch) => {
    const damaged = epochFindings(directory, engine, epoch).find(({ level }) => level === 'problem');
    return damaged === undefined ? [] : [olderDamaged(damaged)];
  });
  return [...epochFindings(directory, engine, newest), ...reserve, ...unpublishedFindings(directory, newest)];
}

function olderDamaged({ code, params }: Finding): Finding {
  return finding('OLDER_DAMAGED', {
    file: params['file'] ?? '',
    detail: String(params['detail'] ?? code),
  });
}

function epochFindings(directory: string, engine: SqliteEngine, epoch: number): Finding[] {
  const findings: Finding[] = [];
  const file = epochFileName(epoch, 'log');
  try {
    const log = inspectLog(epochPath(directory, epoch, 'log'));
    const { header, damage, tornTail, bytes, groups, messages, seq } = log;
    if (header !== null) findings.push(...baseFindings(directory, engine, epoch, header));
    if (damage === null) findings.push(finding('LOG', { file, bytes, groups, messages, seq }));
    else
      findings.push(
        finding('LOG_DAMAGED', {
          file,
          detail: damage.detail,
          lines: damage.lines,
          ...(damage.at === null ? {} : { at: damage.at }),
        }),
      );
    if (tornTail !== null) findings.push(finding('TORN_TAIL', { file, ...tornTail }));
  } catch (error) {
    const { code, params } = toChatError(error);
    if (code === 'FORMAT_NEWER') findings.push(finding('FORMAT_NEWER', { ...params, file }));
    else findings.push(finding('LOG_DAMAGED', { file, detail: reason(error), lines: 0 }));
  }
  return findings;
}

function baseFindings(
  directory: string,
  engine: SqliteEngine,
  epoch: number,
  header: Parameters<typeof inspectBase>[2],
): Finding[] {
  const file = epochFileName(epoch, 'base');
  try {
    const { skipped, ...facts } = inspectBase(engine, epochPath(directory, epoch, 'base'), header);
    const first = skipped[0];
    const last = skipped.at(-1);
    return [
      finding('BASE', { file, ...facts }),
      ...(first === undefined || last === undefined
        ? []
        : [finding('SKIPPED', { count: skipped.length, first, last })]),
    ];
  } catch (error) {
    return [finding('BASE_DAMAGED', { file, detail: reason(error) })];
  }
}

/** What is wrong, without the words of a parser, which may quote what it read. */
function reason(error: unknown): string {
  if (error instanceof ChatError) return String(error.params['detail'] ?? error.code);
  const code = systemCode(error);
  return code === 'ENOENT' ? 'missing' : (code ?? 'unreadable');
}

function unpublishedFindings(directory: string, newest: number): Finding[] {
  const above = claimedEpochs(directory).filter((epoch) => epoch > newest);
  const first = above[0];
  const last = above.at(-1);
  return first === undefined || last === undefined ? [] : [finding('UNPUBLISHED', { first, last })];
}
