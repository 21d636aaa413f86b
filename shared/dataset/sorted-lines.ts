import { promisify } from 'node:util';
import { constants, zstdCompress, zstdDecompress } from 'node:zlib';
import { mergedBatches } from './merged-batches.ts';
import { Spool } from './spool.ts';

/** Characters that are held and sorted at once. */
const mostHeld = 32 * 1024 * 1024;
/** Characters of a block: one of each run is held while runs are merged. */
const blockCharacters = 256 * 1024;
const params = { [constants.ZSTD_c_compressionLevel]: 1 };
const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);
const lengthBytes = 4;

/**
 * Lines that come in batches, in the order of their UTF-16 units, in batches of some 256 K characters.
 * An external merge sort: what exceeds `held` characters waits, sorted and compressed, in temporary
 * files that nobody else can open. No line holds a line feed.
 */
export async function* sortedLines(
  batches: AsyncIterable<readonly string[]>,
  held = mostHeld,
): AsyncGenerator<readonly string[]> {
  const runs: Spool[] = [];
  try {
    let lines: string[] = [];
    let characters = 0;
    for await (const batch of batches) {
      for (const line of batch) {
        lines.push(line);
        characters += line.length;
      }
      if (characters < held) continue;
      runs.push(await writeRun(lines.sort()));
      lines = [];
      characters = 0;
    }
    const rest = blocksOf(lines.sort());
    if (runs.length === 0) yield* rest;
    else yield* mergedBatches([...runs.map(readRun), asAsync(rest)], (line) => line);
  } finally {
    for (const run of runs) await run.close();
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

async function writeRun(lines: readonly string[]): Promise<Spool> {
  const spool = new Spool();
  try {
    for (const block of blocksOf(lines)) {
      const packed = await compress(Buffer.from(block.join('\n')), { params });
      const length = Buffer.alloc(lengthBytes);
      length.writeUInt32LE(packed.byteLength);
      await spool.append(Buffer.concat([length, packed]));
    }
    return spool;
  } catch (error) {
    await spool.close();
    throw error;
  }
}

async function* readRun(spool: Spool): AsyncGenerator<readonly string[]> {
  let held = Buffer.alloc(0);
  for await (const chunk of spool.read()) {
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
