import { assertNever } from '../common/assert-never.ts';
import { type ChatEvent, knownEvent } from '../model/events.ts';
import { applyEvent } from './apply.ts';
import type { LoggedEvent } from './log.ts';
import { idToBytes, type Sql } from './sql.ts';

/** What `unknown_events.understood` says of an event: nothing of it is in the tables, some of it is, or it did not fit them. */
const NOT_UNDERSTOOD = 0;
const PARTLY_UNDERSTOOD = 1;
export const KEPT_ASIDE = 2;

/** Takes events into the database, one by one, within a transaction of the caller. */
export class EventWriter {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** An event of this version. All or nothing: what throws leaves no trace in the transaction. */
  add(event: ChatEvent, intent: string | null): void {
    this.#atomically(() => {
      applyEvent(this.#sql, event);
      this.#remember(event.id, event.seq, event.timestamp, intent, subjectOf(event));
    });
  }

  /**
   * An event out of a log, of any version. What this version does not know, or not in full, is kept word for word besides.
   */
  replay({ envelope, json, intent }: LoggedEvent): void {
    const event = knownEvent(envelope);
    if (event === null) {
      this.#keep(envelope.seq, json, NOT_UNDERSTOOD);
      this.#remember(envelope.id, envelope.seq, envelope.timestamp, intent, envelope.id);
      return;
    }
    this.add(event, intent);
    // Reading left out what it did not know: then the text has become shorter.
    if (JSON.stringify(event).length !== json.length) this.#keep(envelope.seq, json, PARTLY_UNDERSTOOD);
  }

  /** An event that could not be applied: kept word for word, and marked. */
  skip({ envelope, json, intent }: LoggedEvent): void {
    this.#keep(envelope.seq, json, KEPT_ASIDE);
    // Whoever sends it again is not told that it is new. The id may be what does not fit.
    if (this.#sql.one('SELECT seq FROM ids WHERE id = ?', [idToBytes(envelope.id)]) !== null) return;
    const event = knownEvent(envelope);
    const subject = event === null ? envelope.id : subjectOf(event);
    this.#remember(envelope.id, envelope.seq, envelope.timestamp, intent, subject);
  }

  #keep(seq: number, json: string, understood: number): void {
    this.#sql.run('INSERT INTO unknown_events (seq, event, understood) VALUES (?, ?, ?)', [
      seq,
      json,
      understood,
    ]);
  }

  #remember(id: string, seq: number, timestamp: string, intent: string | null, subject: string): void {
    if (intent === null) return;
    this.#sql.run('INSERT INTO ids (id, seq, created, intent, subject) VALUES (?, ?, ?, ?, ?)', [
      idToBytes(id),
      seq,
      Date.parse(timestamp),
      intent,
      subject === id ? null : idToBytes(subject),
    ]);
  }

  #atomically(work: () => void): void {
    this.#sql.run('SAVEPOINT event');
    try {
      work();
    } catch (error) {
      this.#sql.run('ROLLBACK TO event');
      this.#sql.run('RELEASE event');
      throw error;
    }
    this.#sql.run('RELEASE event');
  }
}

/** What the acknowledgement of the event names; the same as the `subject` of its draft. */
function subjectOf(event: ChatEvent): string {
  switch (event.type) {
    case 'profile.created':
    case 'profile.changed':
    case 'profile.used':
      return event.body.profileId;
    case 'room.created':
    case 'room.changed':
    case 'read.marked':
    case 'draft.saved':
      return event.body.roomId;
    case 'message.posted':
      return event.id;
    default:
      return assertNever(event);
  }
}
