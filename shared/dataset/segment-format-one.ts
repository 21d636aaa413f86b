import { createHash } from 'node:crypto';
import { Readable, pipeline as joinStreams } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { createZstdDecompress } from 'node:zlib';
import type { ObjectStore } from '../objects/object-store.ts';
import { differs, SegmentError } from './segment-index.ts';
import type { SegmentPointer } from './segment-pointer.ts';

const blockBytes = 256 * 1024;

/**
 * The lines of a segment of one frame, as they were written before there was an index; the next
 * collect of the shard writes it anew. Throws SegmentError as `segmentLines` does.
 */
export async function* formatOneLines(
  objects: ObjectStore,
  { key, rows: expected, sha256 }: Pick<SegmentPointer, 'key' | 'rows' | 'sha256'>,
): AsyncGenerator<readonly string[]> {
  const body = await objects.get(key);
  if (body === undefined) throw new SegmentError(`Segment ${key} is missing.`);
  const hash = createHash('sha256');
  const decoder = new StringDecoder('utf8');
  const bytes: AsyncIterable<Buffer> = joinStreams(
    Readable.from(body),
    createZstdDecompress({ chunkSize: blockBytes }),
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
    throw new SegmentError(`Segment ${key} cannot be read.`, { cause });
  }
  if (rest !== '' || rows !== expected || hash.digest('hex') !== sha256) throw differs(key);
}
