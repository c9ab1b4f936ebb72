import { randomBytes } from 'node:crypto';
import { lstatSync, unlinkSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import path from 'node:path';
import { type DiskRoom, diskRoom } from './disk-room.ts';

const MIB = 1024 * 1024;
/** The ballast is made of pieces: a disk may lack files as well as bytes, and the hub is never held up for long by one of them. */
const PIECE_BYTES = MIB;
const MOST_PIECES = 8;
/** It never takes more than this part of a disk, so a very small one gets none. */
const SHARE_OF_DISK = 8;

/** What has to be free besides, before anything is written on a disk that was full: else it would be full again at once. */
const RESERVE_BYTES = MIB;
const SMALLEST_DISK_SHARE = 16;
/** A claim, a base and a log, two of them under two names for a moment, and a socket. */
const RESERVE_FILES = 6;

/**
 * Space that is set aside in the data directory while there is plenty, in files named `ballast.N`. On a full disk it is given up
 * so that a hub can claim an epoch and write its log: then there is one hub that all processes reach, and it serves what is
 * stored. It is not there for further messages; none is taken until the ballast could be made again.
 *
 * Nothing rests on it. Whoever wants to lead may remove it, also two at once; the worst that comes of it is a full disk without
 * ballast, where each process reads for itself.
 */
export class Ballast {
  readonly #directory: string;
  readonly #room: () => DiskRoom | null;

  /** `room`: for tests, see {@link diskRoom}. */
  constructor(directory: string, room: () => DiskRoom | null = () => diskRoom(directory)) {
    this.#directory = directory;
    this.#room = room;
  }

  /** Bytes that would be free without it; infinite when the system does not say. */
  get room(): number {
    const room = this.#room();
    if (room === null) return Infinity;
    return room.freeBytes + (pieces(room) - this.#missing(room).length) * PIECE_BYTES;
  }

  /** Removes all of it, or one piece. Whether there was anything to remove. */
  giveUp(how: 'whole' | 'one piece'): boolean {
    const numbers = [...Array(MOST_PIECES).keys()];
    if (how === 'one piece') return numbers.some((piece) => this.#remove(piece));
    return numbers.filter((piece) => this.#remove(piece)).length > 0;
  }

  /** Whether there is room for what is missing of it, and a little more. Also true when the system does not say. */
  get hasRoom(): boolean {
    const room = this.#room();
    if (room === null) return true;
    const missing = this.#missing(room).length;
    return (
      room.freeBytes >= missing * PIECE_BYTES + reserve(room) && room.freeFiles >= missing + RESERVE_FILES
    );
  }

  /**
   * Makes what is missing, piece by piece, as long as there is room and `goOn` says true. With `plenty` it begins only where as
   * much as the whole is left free besides. Never rejects: what can not be made is tried again later.
   */
  async fill(plenty: boolean, goOn: () => boolean): Promise<void> {
    for (;;) {
      const room = this.#room();
      if (room === null) return;
      const missing = this.#missing(room);
      const [piece] = missing;
      if (piece === undefined) return;
      const spare = plenty ? (missing.length - 1 + pieces(room)) * PIECE_BYTES : reserve(room);
      if (room.freeBytes < PIECE_BYTES + spare || room.freeFiles <= RESERVE_FILES || !goOn()) return;
      if (!(await this.#make(piece))) return;
    }
  }

  /** Numbers of the pieces that a disk of this size should have and that are not there in full. */
  #missing(room: DiskRoom): number[] {
    return [...Array(pieces(room)).keys()].filter(
      (piece) => lstatSync(this.#path(piece), { throwIfNoEntry: false })?.size !== PIECE_BYTES,
    );
  }

  async #make(piece: number): Promise<boolean> {
    // What is left of one whose making was broken off.
    this.#remove(piece);
    let file: FileHandle | null = null;
    try {
      file = await open(this.#path(piece), 'wx', 0o600);
      // By chance: zeros take no room where the disk compresses, nor does a hole. It is not synced, which would hold up the log: its
      // room is taken as soon as it is written, and one that a power cut shortened is made anew.
      const { bytesWritten } = await file.write(randomBytes(PIECE_BYTES));
      if (bytesWritten === PIECE_BYTES) return true;
    } catch {
      // The disk is full after all, or another hub makes the same piece.
    } finally {
      await file?.close();
    }
    if (file !== null) this.#remove(piece);
    return false;
  }

  #remove(piece: number): boolean {
    try {
      unlinkSync(this.#path(piece));
      return true;
    } catch {
      // It is not there, or the disk is read-only.
      return false;
    }
  }

  #path(piece: number): string {
    return path.join(this.#directory, `ballast.${piece}`);
  }
}

function pieces({ totalBytes }: DiskRoom): number {
  return Math.min(MOST_PIECES, Math.floor(totalBytes / SHARE_OF_DISK / PIECE_BYTES));
}

function reserve({ totalBytes }: DiskRoom): number {
  return Math.min(RESERVE_BYTES, totalBytes / SMALLEST_DISK_SHARE);
}
