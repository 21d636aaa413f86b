import { hash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import * as z from 'zod';
import type { ObjectStore } from '../../objects/object-store.ts';
import type { SegmentPointer } from './segment-pointer.ts';

/** A segment is missing or is not what its pointer says. A full collect of the shard repairs it. */
export class SegmentError extends Error {
  override readonly name = 'SegmentError';
}

export function differs(key: string): SegmentError {
  return new SegmentError(`Segment ${key} is not what was written.`);
}

/**
 * One zstd frame of a segment: some lines that can be read without those before. `id` is the
 * public id of the first one, `bytes` its compressed length.
 */
const Entry = z.tuple([z.string(), z.int().min(1), z.int().min(1)]);
const Index = z.array(Entry);

export interface Frame {
  readonly id: string;
  /** Where its bytes begin and how many there are. */
  readonly start: number;
  readonly bytes: number;
  readonly rows: number;
}

/**
 * A frame that zstd's own tools skip, so that they read a segment as it is: a magic number and a
 * length, both little-endian, before the content (RFC 8878, 3.1.2).
 */
const skippable = 0x184d2a5e;
const headerBytes = 8;

/** The index as it stands behind the frames. */
export function indexBytes(frames: readonly Omit<Frame, 'start'>[]): Buffer {
  const entries = frames.map(({ id, bytes, rows }) => [id, bytes, rows]);
  const content = Buffer.from(JSON.stringify(entries));
  const header = Buffer.alloc(headerBytes);
  header.writeUInt32LE(skippable, 0);
  header.writeUInt32LE(content.byteLength, 4);
  return Buffer.concat([header, content]);
}

/** Reads the frames of a segment from behind them. Throws SegmentError when they are not the pointer's. */
export async function readFrames(
  objects: ObjectStore,
  { key, indexAt, indexSha256 }: Pick<SegmentPointer, 'key' | 'indexAt' | 'indexSha256'>,
): Promise<readonly Frame[]> {
  const range = { start: indexAt, end: Number.MAX_SAFE_INTEGER };
  const body = await objects.get(key, range);
  if (body === undefined) throw new SegmentError(`Segment ${key} is missing.`);
  const bytes = await buffer(body);
  if (hash('sha256', bytes) !== indexSha256) {
    throw new SegmentError(`Segment ${key} cannot be read: its index is another one.`);
  }
  let start = 0;
  return Index.parse(JSON.parse(bytes.toString('utf8', headerBytes))).map(([id, length, rows]) => {
    const frame = { id, start, bytes: length, rows };
    start += length;
    return frame;
  });
}

/** The number of the frame from which to read what comes after `id`: the last that begins before it or with it. */
export function frameAfter(frames: readonly Frame[], id: string): number {
  let [low, high] = [0, frames.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((frames[middle]?.id ?? '') <= id) low = middle + 1;
    else high = middle;
  }
  return Math.max(0, low - 1);
}
