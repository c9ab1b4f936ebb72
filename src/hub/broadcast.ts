import { isFor } from '../core/audience.ts';
import type { RoomRecord } from '../core/ports.ts';
import { limits } from '../model/limits.ts';
import { encodeNotificationJson } from '../ipc/connection.ts';
import type { Committed, CommittedEvent } from '../store/store.ts';

/**
 * A commit group as frames, for each profile what it may see of it. Every event was encoded once, when it was written; profiles
 * that see the same events share the very same frames. Who sees nothing of a group still hears where the store stands, so that
 * it can resume from there.
 *
 * A group that is too long for one frame is cut. Only the last part carries the chain: in the middle of a group there is no
 * place to resume from, so who loses the connection just there is sent everything anew.
 */
export class GroupFrames {
  readonly #committed: Committed;
  readonly #room: (roomId: string) => RoomRecord | null;
  readonly #bySelection = new Map<string, readonly Buffer[]>();
  readonly #byProfile = new Map<string, readonly Buffer[]>();

  /** `room`: as of the end of the group. */
  constructor(committed: Committed, room: (roomId: string) => RoomRecord | null) {
    this.#committed = committed;
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
      const isLast = index === parts.length - 1;
      const seq = isLast ? this.#committed.seq : (part.at(-1)?.envelope.seq ?? 0);
      const chain = isLast ? this.#committed.chain : '';
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
