import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { crc32, createDeflateRaw, deflateRawSync } from 'node:zlib';
import type { EntrySizes } from './archive-records.ts';

/**
 * Of what level 6 makes of a sheet, level 3 makes 15 % more in little over half the time (92 MB of
 * SpreadsheetML: 13.4 MB at 72 MB/s, 15.4 MB at 131 MB/s).
 */
const level = 3;
/** Bytes that come out at once: zlib's own 16 KB cost a turn of the event loop each. */
const chunkSize = 64 * 1024;

/** Counts bytes on their way. */
export class Measure {
  #crc = 0;
  #bytes = 0;
  packed = 0;

  get sizes(): EntrySizes {
    return { crc: this.#crc, bytes: this.#bytes, packed: this.packed };
  }

  async *of(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of body) {
      this.#crc = crc32(chunk, this.#crc);
      this.#bytes += chunk.byteLength;
      yield chunk;
    }
  }
}

/** The bytes deflated, in the thread pool. Throws what the body throws. */
export async function* deflated(
  body: AsyncIterable<Uint8Array>,
  measure: Measure,
): AsyncGenerator<Uint8Array> {
  const deflate = createDeflateRaw({ level, chunkSize });
  const fed = pipeline(measure.of(body), deflate);
  // Whoever reads gets the same error; left unread, it is nobody's.
  fed.catch(() => undefined);
  for await (const chunk of deflate as AsyncIterable<Uint8Array>) {
    measure.packed += chunk.byteLength;
    yield chunk;
  }
  await fed;
}

/** A few kilobytes deflated at once, and their sizes. */
export function deflatedWhole(bytes: Uint8Array): {
  readonly body: AsyncIterable<Uint8Array>;
  readonly packed: EntrySizes;
} {
  const packed = deflateRawSync(bytes, { level });
  return {
    body: Readable.from([packed]),
    packed: { crc: crc32(bytes), bytes: bytes.byteLength, packed: packed.byteLength },
  };
}
