import {
  dataDescriptor,
  directoryRecord,
  endOfArchive,
  localHeader,
  needsZip64,
  type Compression,
  type EntrySizes,
} from './archive-records.ts';
import { Measure, deflated } from './deflated.ts';
import { Spool } from './spool.ts';

/** A file of an archive. */
export interface ArchiveEntry {
  /** Its path, parted by `/`. */
  readonly name: string;
  readonly compression: Compression;
  readonly body: AsyncIterable<Uint8Array>;
  /** Its sizes, if `body` has been packed before: then it is passed on as it is. */
  readonly packed?: EntrySizes;
}

/**
 * A ZIP archive as a stream: an entry's body is read when the one before is done, so that the entries
 * may be thought of on the way. The same entries give the same bytes. Memory grows with nothing: the
 * directory, which comes last, is spooled.
 */
export async function* archive(entries: AsyncIterable<ArchiveEntry>): AsyncGenerator<Uint8Array> {
  const directory = new Spool();
  let offset = 0;
  let count = 0;
  try {
    for await (const { name, compression, body, packed } of entries) {
      const known = packed !== undefined && !needsZip64(packed, 0) ? packed : undefined;
      const place = { name, compression, offset, described: known === undefined };
      const header = localHeader(place, known);
      yield header;
      const measure = new Measure();
      yield* packed !== undefined ? body : packing(compression, body, measure);
      const sizes = packed ?? measure.sizes;
      const tail = known === undefined ? dataDescriptor(sizes) : Buffer.alloc(0);
      if (tail.length > 0) yield tail;
      await directory.append(directoryRecord(place, sizes));
      offset += header.length + sizes.packed + tail.length;
      count += 1;
    }
    yield* directory.read();
    yield endOfArchive({ entries: count, bytes: directory.bytes, offset });
  } finally {
    await directory.close();
  }
}

async function* packing(
  compression: Compression,
  body: AsyncIterable<Uint8Array>,
  measure: Measure,
): AsyncGenerator<Uint8Array> {
  if (compression === 'deflated') {
    yield* deflated(body, measure);
    return;
  }
  for await (const chunk of measure.of(body)) {
    measure.packed += chunk.byteLength;
    yield chunk;
  }
}
