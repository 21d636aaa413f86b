import { createHash, hash } from 'node:crypto';
import { promisify } from 'node:util';
import { constants, zstdCompress, zstdDecompress } from 'node:zlib';
import type { ObjectStore } from '../../objects/object-store.ts';
import type { SegmentPointer } from './segment-pointer.ts';
import { Spool } from '../../zip/spool.ts';
import { mergedBatches } from './sorted-lines.ts';
import type { JsonObject } from '../../json.ts';
import type { SubmissionState } from '../../submission/records/submission.ts';
import { buffer } from 'node:stream/consumers';
import * as z from 'zod';

/** Characters of a frame: few enough that all shards of a form can be read side by side. */
const frameCharacters = 256 * 1024;
const parameters = {
  // Level 1 costs a third of level 3 for about a tenth more bytes.
  [constants.ZSTD_c_compressionLevel]: 1,
  // Who begins in the middle cannot check the hash of the whole.
  [constants.ZSTD_c_checksumFlag]: 1,
};
const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);

/** What is read of a segment. */
export type SegmentPlace = Pick<
  SegmentPointer,
  'key' | 'sha256' | 'rows' | 'indexAt' | 'indexSha256'
>;

/**
 * The lines of a segment, without their line feeds, in batches of about 256 KB; with `after` those of
 * greater ids only, without reading all before. Throws SegmentError when it is missing, and
 * at the end when its hash or its number of rows is not the pointer's: nothing made from the lines
 * may be shown before the iteration has ended.
 */
export async function* segmentLines(
  objects: ObjectStore,
  segment: SegmentPlace,
  after?: string,
): AsyncGenerator<readonly string[]> {
  for await (const batch of frameLines(objects, segment, after)) {
    const [first] = batch;
    if (after === undefined || (first !== undefined && idOfLine(first) > after)) yield batch;
    else {
      const next = batch.findIndex((line) => idOfLine(line) > after);
      if (next !== -1) yield batch.slice(next);
    }
  }
}

async function* frameLines(
  objects: ObjectStore,
  segment: SegmentPlace,
  after: string | undefined,
): AsyncGenerator<readonly string[]> {
  const { key } = segment;
  const frames = await readFrames(objects, segment);
  const from = after === undefined ? 0 : frameAfter(frames, after);
  const wanted = frames.slice(from);
  const whole = createHash('sha256');
  let rows = 0;
  for await (const [frame, packed] of framesOf(objects, segment, wanted)) {
    const block = await decompress(packed).catch((cause: unknown) => {
      throw new SegmentError(`Segment ${key} cannot be read.`, { cause });
    });
    if (from === 0) whole.update(block);
    const lines = block.toString('utf8').split('\n');
    if (lines.pop() !== '' || lines.length !== frame.rows) throw differs(key);
    rows += frame.rows;
    yield lines;
  }
  if (from !== 0) return;
  if (rows !== segment.rows || whole.digest('hex') !== segment.sha256) throw differs(key);
}

/** The compressed bytes of frames that follow one another, from one request. */
async function* framesOf(
  objects: ObjectStore,
  { key, indexAt }: SegmentPlace,
  frames: readonly Frame[],
): AsyncGenerator<readonly [Frame, Buffer]> {
  const [first] = frames;
  if (first === undefined) return;
  const body = await objects.get(key, { start: first.start, end: indexAt - 1 });
  if (body === undefined) throw new SegmentError(`Segment ${key} is missing.`);
  let chunks: Uint8Array[] = [];
  let bytes = 0;
  let next = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    bytes += chunk.byteLength;
    for (let frame = frames[next]; frame !== undefined && bytes >= frame.bytes;) {
      const all = Buffer.concat(chunks);
      yield [frame, all.subarray(0, frame.bytes)];
      chunks = [all.subarray(frame.bytes)];
      bytes -= frame.bytes;
      frame = frames[(next += 1)];
    }
  }
  if (next !== frames.length || bytes !== 0) throw differs(key);
}

/** A segment that is written but not stored yet: what its pointer will say of it. */
export interface WrittenSegment extends Pick<
  SegmentPointer,
  'sha256' | 'rows' | 'bytes' | 'indexAt' | 'indexSha256'
> {
  /** The compressed bytes and the index; the caller closes it. */
  readonly spool: Spool;
}

/** Compresses lines that come in batches, in order. Memory does not grow with their number. */
export async function writeSegment(
  batches: AsyncIterable<readonly string[]>,
): Promise<WrittenSegment> {
  const spool = new Spool();
  try {
    return { ...(await writeFrames(batches, spool)), spool };
  } catch (error) {
    await spool.close();
    throw error;
  }
}

/**
 * The frames depend on the lines alone, not on how they come, and each is compressed by itself: Node's
 * decompressing stream ends, without a word, at the end of the first frame.
 */
async function writeFrames(
  batches: AsyncIterable<readonly string[]>,
  spool: Spool,
): Promise<Omit<WrittenSegment, 'spool'>> {
  const whole = createHash('sha256');
  const frames: Omit<Frame, 'start'>[] = [];
  let rows = 0;
  let bytes = 0;
  let lines: string[] = [];
  let characters = 0;
  let packing: Promise<void> = Promise.resolve();
  const pack = async (block: Buffer, id: string, count: number): Promise<void> => {
    const packed = await compress(block, { params: parameters });
    frames.push({ id, bytes: packed.byteLength, rows: count });
    await spool.append(packed);
  };
  const flush = async (): Promise<void> => {
    const [first] = lines;
    if (first === undefined) return;
    const block = Buffer.from(`${lines.join('\n')}\n`);
    whole.update(block);
    rows += lines.length;
    bytes += block.byteLength;
    await packing;
    packing = pack(block, idOfLine(first), lines.length);
    // Awaited before the next one; what fails until then is no unhandled failure.
    packing.catch(() => undefined);
    lines = [];
    characters = 0;
  };
  try {
    for await (const batch of batches) {
      for (const line of batch) {
        lines.push(line);
        characters += line.length;
        if (characters >= frameCharacters) await flush();
      }
    }
    await flush();
    await packing;
  } finally {
    await packing.catch(() => undefined);
  }
  const indexAt = spool.bytes;
  const index = indexBytes(frames);
  await spool.append(index);
  const indexSha256 = hash('sha256', index);
  return { sha256: whole.digest('hex'), rows, bytes, indexAt, indexSha256 };
}

const idStart = '{"id":"'.length;
const instanceIdStart = '","instanceId":"'.length;
const revisionStart = '","revision":'.length;

/** The public id of a line, read from its fixed beginning without parsing the line. */
export function idOfLine(line: string): string {
  return line.slice(idStart, line.indexOf('"', idStart));
}

/** The instanceId of a line, read as cheaply. */
export function instanceIdOfLine(line: string): string {
  const start = line.indexOf('"', idStart) + instanceIdStart;
  return line.slice(start, line.indexOf('"', start));
}

/** The revision of a line whose id and instanceId are these, read as cheaply. */
export function revisionOfLine(line: string, id: string, instanceId: string): number {
  const start = idStart + id.length + instanceIdStart + instanceId.length + revisionStart;
  return Number.parseInt(line.slice(start), 10);
}

/**
 * The lines of all shards of a form in the order of public ids, or of those after one. Throws
 * SegmentError, at the end at the latest, when a segment is not what its pointer says.
 */
export function mergedLines(
  objects: ObjectStore,
  segments: readonly SegmentPointer[],
  after?: string,
): AsyncGenerator<readonly string[]> {
  const shards = segments.map((segment) => segmentLines(objects, segment, after));
  return mergedBatches(shards, idOfLine);
}

/**
 * One line of a segment: the current revision of one live submission. Segments are written by
 * collect alone and verified by hash when read, so that rows need no second validation.
 */
export interface SegmentRow {
  /** The public id, by which lines are sorted: see `publicIdOf`. */
  readonly id: string;
  /** Its name in the API, for its own organisation and the coordinator alone. */
  readonly instanceId: string;
  readonly revision: number;
  readonly state: SubmissionState;
  readonly organisation: string;
  readonly formVersion: string;
  readonly receivedAt: string;
  readonly updatedAt: string;
  /** It stands accepted by a coordinator's review, not on arrival. */
  readonly reviewed: boolean;
  /** Its consent was refused, and no version of the form that asks has had a yes since. */
  readonly refused: boolean;
  readonly answers: JsonObject;
}

/** A segment is missing or is not what its pointer says. A full collect of the shard repairs it. */
export class SegmentError extends Error {
  override readonly name = 'SegmentError';
}

function differs(key: string): SegmentError {
  return new SegmentError(`Segment ${key} is not what was written.`);
}

/**
 * One zstd frame of a segment: some lines that can be read without those before. `id` is the
 * public id of the first one, `bytes` its compressed length.
 */
const Entry = z.tuple([z.string(), z.int().min(1), z.int().min(1)]);
const Index = z.array(Entry);

interface Frame {
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
function indexBytes(frames: readonly Omit<Frame, 'start'>[]): Buffer {
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
function frameAfter(frames: readonly Frame[], id: string): number {
  let [low, high] = [0, frames.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((frames[middle]?.id ?? '') <= id) low = middle + 1;
    else high = middle;
  }
  return Math.max(0, low - 1);
}
