import { isFor } from '../core/audience.ts';
import type { RoomRecord } from '../core/ports.ts';
import { limits } from '../model/limits.ts';
import { encodeNotificationJson } from '../ipc/connection.ts';
import type { Committed, CommittedEvent } from '../store/store.ts';

/** Where a client stands in the order of all events. */
export interface Position {
  readonly seq: number;
  readonly chain: string;
}

/**
 * A commit group as frames, for each profile what it may see of it. Every event was encoded once, when it was written; profiles
 * that see the same events share the very same frames. Who sees nothing of a group still hears where the store stands, so that
 * it can resume from there.
 *
 * A group that is too long for one frame is cut. Only the last part moves the client to the end of the group: whoever loses the
 * connection before it resumes from where the group began, which is a place the hub knows.
 */
export class GroupFrames {
  readonly #committed: Committed;
  readonly #before: Position;
  readonly #room: (roomId: string) => RoomRecord | null;
  readonly #bySelection = new Map<string, readonly Buffer[]>();
  readonly #byProfile = new Map<string, readonly Buffer[]>();

  /** `room`: as of the end of the group. `before`: where the store stood before it. */
  constructor(committed: Committed, before: Position, room: (roomId: string) => RoomRecord | null) {
    this.#committed = committed;
    this.#before = before;
    this.#room = room;
  }

  for(profileId: string): readonly Buffer[] {
    const known = this.#byProfile.get(profileId);
    if (known !== undefined) return known;
    const seen = this.#committed.events.filter(({ envelope }) =>
      isFor(envelope.audience, profileId, this.#room),
    );
    const selection = seen.map(({ envelope }) => envelope.seq).join();
    const frames = this.#bySelection.get(selection) ?? this.#encode(seen);
    this.#bySelection.set(selection, frames);
    this.#byProfile.set(profileId, frames);
    return frames;
  }

  #encode(events: readonly CommittedEvent[]): readonly Buffer[] {
    const parts = cut(events, ({ json }) => Buffer.byteLength(json));
    return parts.map((part, index) => {
      const { seq, chain } = index === parts.length - 1 ? this.#committed : this.#before;
      const list = part.map(({ json }) => json).join();
      return encodeNotificationJson(
        'events',
        `{"events":[${list}],"seq":${seq},"chain":${JSON.stringify(chain)}}`,
      );
    });
  }
}

/** Splits rows into parts of at most `limits.pageBytes`, in order; at least one part. A longer row has a part of its own. */
export function cut<T>(rows: readonly T[], bytesOf: (row: T) => number): T[][] {
  let part: T[] = [];
  const parts = [part];
  let size = 0;
  for (const row of rows) {
    const bytes = bytesOf(row) + 1;
    if (part.length > 0 && size + bytes > limits.pageBytes) {
      part = [];
      parts.push(part);
      size = 0;
    }
    part.push(row);
    size += bytes;
  }
  return parts;
}
