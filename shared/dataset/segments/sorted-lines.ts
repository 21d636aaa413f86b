import { promisify } from 'node:util';
import { constants, zstdCompress, zstdDecompress } from 'node:zlib';
import { mergedBatches } from './merged-batches.ts';
import { Spool } from '../../zip/spool.ts';

/** Characters that are held and sorted at once: few, since all that is held is promoted by the collector. */
const mostHeld = 8 * 1024 * 1024;
/** Characters of a block: one of each run is held while runs are merged. */
const blockCharacters = 64 * 1024;
const params = { [constants.ZSTD_c_compressionLevel]: 1 };
const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);
const lengthBytes = 4;

/**
 * Lines that come in batches, in the order of their UTF-16 units. An external merge sort: what exceeds
 * `held` characters waits, sorted and compressed, in a temporary file that nobody else can open. No
 * line holds a line feed.
 */
export async function* sortedLines(
  batches: AsyncIterable<readonly string[]>,
  held = mostHeld,
): AsyncGenerator<readonly string[]> {
  const spool = new Spool();
  const runs: (readonly [start: number, end: number])[] = [];
  try {
    let lines: string[] = [];
    let characters = 0;
    for await (const batch of batches) {
      for (const line of batch) {
        lines.push(line);
        characters += line.length;
      }
      if (characters < held) continue;
      const start = spool.bytes;
      await writeRun(spool, lines.sort());
      runs.push([start, spool.bytes]);
      lines = [];
      characters = 0;
    }
    const rest = blocksOf(lines.sort());
    if (runs.length === 0) yield* rest;
    else {
      const written = runs.map(([start, end]) => readRun(spool.read(start, end)));
      yield* mergedBatches([...written, asAsync(rest)], (line) => line);
    }
  } finally {
    await spool.close();
  }
}

function* blocksOf(lines: readonly string[]): Generator<readonly string[]> {
  let from = 0;
  let characters = 0;
  for (const [index, line] of lines.entries()) {
    characters += line.length;
    if (characters < blockCharacters) continue;
    yield lines.slice(from, index + 1);
    from = index + 1;
    characters = 0;
  }
  if (from < lines.length) yield lines.slice(from);
}

async function* asAsync<T>(values: Iterable<T>): AsyncGenerator<T> {
  for (const value of values) yield await Promise.resolve(value);
}

async function writeRun(spool: Spool, lines: readonly string[]): Promise<void> {
  for (const block of blocksOf(lines)) {
    const packed = await compress(Buffer.from(block.join('\n')), { params });
    const length = Buffer.alloc(lengthBytes);
    length.writeUInt32LE(packed.byteLength);
    await spool.append(Buffer.concat([length, packed]));
  }
}

async function* readRun(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<readonly string[]> {
  let held = Buffer.alloc(0);
  for await (const chunk of bytes) {
    held = Buffer.concat([held, chunk]);
    let from = 0;
    while (held.byteLength - from >= lengthBytes) {
      const end = from + lengthBytes + held.readUInt32LE(from);
      if (end > held.byteLength) break;
      const block = await decompress(held.subarray(from + lengthBytes, end));
      from = end;
      yield block.toString('utf8').split('\n');
    }
    held = held.subarray(from);
  }
}
