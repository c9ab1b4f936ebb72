/** A message as it was given to a writer; `at` by `performance.now()`, the first time. */
export interface Sent {
  readonly id: string;
  readonly room: string;
  readonly content: string;
  readonly at: number;
}

/** An acknowledgement as it was read from a writer. */
export interface Acked {
  readonly id: string;
  readonly seq: number;
  readonly at: number;
}

/** A message as a script sees it. */
export interface Stored {
  readonly id: string;
  readonly seq: number;
  readonly room: string;
  readonly content: string;
}

/** What one `tail` printed over all its lives, from `since` on. */
export interface Followed {
  readonly name: string;
  readonly since: number;
  readonly messages: readonly Stored[];
}

export interface Observation {
  readonly sent: readonly Sent[];
  readonly acked: readonly Acked[];
  readonly followed: readonly Followed[];
  /** All messages, read from the disk by a fresh process after everything had ended. */
  readonly history: readonly Stored[];
}

/** Of each kind of violation so many are told; the first ones say it all. */
const TOLD = 5;

/**
 * What must hold whatever was killed or stopped:
 *
 * - every acknowledged message is in the history, once, at the place (seq) it was acknowledged with, as it was sent;
 * - nothing is there twice and nothing that nobody sent;
 * - a message that was sent after another was acknowledged comes after it;
 * - every follower saw all of it from its start to the last one it saw, once, in this order.
 *
 * Returns the violations in words; empty when all is well.
 */
export function violations({ sent, acked, followed, history }: Observation): string[] {
  const told = new Map<string, number>();
  const found: string[] = [];
  const report = (kind: string, detail: string): void => {
    const count = (told.get(kind) ?? 0) + 1;
    told.set(kind, count);
    if (count <= TOLD) found.push(`${kind}: ${detail}`);
  };

  const sentById = new Map(sent.map((message) => [message.id, message]));
  const byId = checkHistory(history, sentById, report);
  checkAcks(acked, byId, report);
  checkRealTime(sent, acked, byId, report);
  for (const follower of followed) checkFollower(follower, history, report);

  for (const [kind, count] of told) if (count > TOLD) found.push(`${kind}: ${count} in all`);
  return found;
}

type Report = (kind: string, detail: string) => void;

function checkHistory(
  history: readonly Stored[],
  sent: ReadonlyMap<string, Sent>,
  report: Report,
): Map<string, Stored> {
  const byId = new Map<string, Stored>();
  const seqs = new Set<number>();
  let last = 0;
  for (const message of history) {
    if (byId.has(message.id)) report('id twice in the history', message.id);
    if (seqs.has(message.seq)) report('seq twice in the history', String(message.seq));
    if (message.seq < last) report('history out of order', `${message.seq} after ${last}`);
    last = message.seq;
    byId.set(message.id, message);
    seqs.add(message.seq);
    const original = sent.get(message.id);
    if (original === undefined) report('message that nobody sent', `${message.id} at ${message.seq}`);
    else if (original.content !== message.content || original.room !== message.room) {
      report('message changed', `${message.id} at ${message.seq}`);
    }
  }
  return byId;
}

function checkAcks(acked: readonly Acked[], byId: ReadonlyMap<string, Stored>, report: Report): void {
  const bySeq = new Map<number, string>();
  for (const { id, seq } of acked) {
    const stored = byId.get(id);
    if (stored === undefined) report('acknowledged message lost', `${id}, acknowledged as ${seq}`);
    else if (stored.seq !== seq)
      report('acknowledged at another place', `${id}: ${seq}, stored at ${stored.seq}`);
    const other = bySeq.get(seq);
    if (other !== undefined && other !== id)
      report('one seq acknowledged for two', `${seq}: ${other} and ${id}`);
    bySeq.set(seq, id);
  }
}

/** Sending and acknowledging are put in one row by the clock of the test; no clock of a child is needed. */
function checkRealTime(
  sent: readonly Sent[],
  acked: readonly Acked[],
  byId: ReadonlyMap<string, Stored>,
  report: Report,
): void {
  const acks = [...acked].sort((a, b) => a.at - b.at);
  let next = 0;
  let highest = 0;
  for (const { id, at } of [...sent].sort((a, b) => a.at - b.at)) {
    for (let ack = acks[next]; ack !== undefined && ack.at < at; ack = acks[next]) {
      highest = Math.max(highest, ack.seq);
      next += 1;
    }
    const stored = byId.get(id);
    if (stored !== undefined && stored.seq <= highest) {
      report(
        'later message stored earlier',
        `${id} at ${stored.seq}, sent after ${highest} was acknowledged`,
      );
    }
  }
}

function checkFollower(
  { name, since, messages }: Followed,
  history: readonly Stored[],
  report: Report,
): void {
  const last = messages.at(-1)?.seq ?? since;
  const expected = history.filter(({ seq }) => seq > since && seq <= last);
  const length = Math.max(expected.length, messages.length);
  for (let index = 0; index < length; index += 1) {
    const want = expected[index];
    const have = messages[index];
    if (want?.id === have?.id && want?.seq === have?.seq && want?.content === have?.content) continue;
    const place = (message: Stored | undefined): string =>
      message ? `${message.id} at ${message.seq}` : 'nothing';
    // After the first difference everything else would differ, too.
    report(
      `follower ${name} saw another order`,
      `line ${index + 1}: ${place(have)} in place of ${place(want)}`,
    );
    return;
  }
}
