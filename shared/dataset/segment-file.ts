import { createHash } from 'node:crypto';
import { Readable, pipeline as joinStreams } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { StringDecoder } from 'node:string_decoder';
import { constants, createZstdCompress, createZstdDecompress } from 'node:zlib';
import type { ObjectStore } from '../objects/object-store.ts';
import type { SegmentPointer } from './segment-pointer.ts';
import { Spool } from './spool.ts';

const blockBytes = 256 * 1024;
/** Of zstd: level 1 costs a third of level 3 for about a tenth more bytes. */
const compressionLevel = 1;

/** A segment is missing or is not what its pointer says. A full collect of the shard repairs it. */
export class SegmentError extends Error {
  override readonly name = 'SegmentError';
}

/**
 * The lines of a segment, without their line feeds, in batches of about 256 KB. Throws SegmentError
 * when it is missing, and at the end when its hash or its number of rows is not the pointer's:
 * nothing made from the lines may be shown before the iteration has ended.
 */
export async function* segmentLines(
  objects: ObjectStore,
  pointer: Pick<SegmentPointer, 'key' | 'sha256' | 'rows'>,
): AsyncGenerator<readonly string[]> {
  const body = await objects.get(pointer.key);
  if (body === undefined) throw new SegmentError(`Segment ${pointer.key} is missing.`);
  const hash = createHash('sha256');
  const decoder = new StringDecoder('utf8');
  const decompress = createZstdDecompress({ chunkSize: blockBytes });
  const bytes: AsyncIterable<Buffer> = joinStreams(
    Readable.from(body),
    decompress,
    () => undefined,
  );
  let rest = '';
  let rows = 0;
  try {
    for await (const chunk of bytes) {
      hash.update(chunk);
      const lines = (rest + decoder.write(chunk)).split('\n');
      rest = lines.pop() ?? '';
      rows += lines.length;
      if (lines.length > 0) yield lines;
    }
  } catch (cause) {
    if (cause instanceof Error && cause.name === 'Fault') throw cause;
    throw new SegmentError(`Segment ${pointer.key} cannot be read.`, { cause });
  }
  if (rest !== '' || rows !== pointer.rows || hash.digest('hex') !== pointer.sha256) {
    throw new SegmentError(`Segment ${pointer.key} is not what was written.`);
  }
}

export interface WrittenSegment {
  readonly sha256: string;
  readonly rows: number;
  /** The compressed bytes; the caller closes it. */
  readonly spool: Spool;
}

/** Compresses lines that come in batches, in order. Memory does not grow with their number. */
export async function writeSegment(
  batches: AsyncIterable<readonly string[]>,
): Promise<WrittenSegment> {
  const hash = createHash('sha256');
  const spool = new Spool();
  let rows = 0;
  async function* encoded(): AsyncGenerator<Buffer> {
    for await (const lines of batches) {
      if (lines.length === 0) continue;
      rows += lines.length;
      const block = Buffer.from(`${lines.join('\n')}\n`);
      hash.update(block);
      yield block;
    }
  }
  const compress = createZstdCompress({
    chunkSize: blockBytes,
    params: { [constants.ZSTD_c_compressionLevel]: compressionLevel },
  });
  try {
    await pipeline(encoded(), compress, async (compressed: AsyncIterable<Buffer>) => {
      for await (const chunk of compressed) await spool.append(chunk);
    });
  } catch (error) {
    await spool.close();
    throw error;
  }
  return { sha256: hash.digest('hex'), rows, spool };
}

const idStart = '{"id":"'.length;
const revisionStart = '","revision":'.length;

/** The instanceId of a line, read from its fixed beginning without parsing the line. */
export function idOfLine(line: string): string {
  return line.slice(idStart, line.indexOf('"', idStart));
}

/** The revision of a line whose instanceId is `id`, read as cheaply. */
export function revisionOfLine(line: string, id: string): number {
  return Number.parseInt(line.slice(idStart + id.length + revisionStart), 10);
}
