import { promisify } from 'node:util';
import { constants, zstdCompress, zstdDecompress } from 'node:zlib';
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

/** Lines passed on at once: few enough to be held by every writer, enough to make waiting cheap. */
const batchLines = 512;

interface Cursor {
  readonly lines: AsyncIterator<readonly string[]>;
  batch: readonly string[];
  next: number;
  /** That of the next line; undefined: the batch is used up. */
  key: string | undefined;
}

/** Lines of several sources, each in the order of what `keyOf` makes of them, in one such order. */
export async function* mergedBatches(
  sources: readonly AsyncIterable<readonly string[]>[],
  keyOf: (line: string) => string,
): AsyncGenerator<readonly string[]> {
  const all = sources.map((source): Cursor => {
    return { lines: source[Symbol.asyncIterator](), batch: [], next: 0, key: undefined };
  });
  const step = (cursor: Cursor): void => {
    const line = cursor.batch[cursor.next];
    cursor.key = line === undefined ? undefined : keyOf(line);
  };
  let open = all;
  try {
    for (;;) {
      for (const cursor of open) if (cursor.key === undefined) await refill(cursor, step);
      open = open.filter(({ key }) => key !== undefined);
      if (open.length === 0) return;
      yield takeUntilUsedUp(open, step);
    }
  } finally {
    for (const { lines } of all) await lines.return?.();
  }
}

async function refill(cursor: Cursor, step: (cursor: Cursor) => void): Promise<void> {
  for (;;) {
    const result: IteratorResult<readonly string[], unknown> = await cursor.lines.next();
    if (result.done === true) return;
    if (result.value.length === 0) continue;
    cursor.batch = result.value;
    cursor.next = 0;
    step(cursor);
    return;
  }
}

function takeUntilUsedUp(
  open: readonly Cursor[],
  step: (cursor: Cursor) => void,
): readonly string[] {
  const lines: string[] = [];
  while (lines.length < batchLines) {
    let least: Cursor | undefined;
    for (const cursor of open) {
      if (cursor.key === undefined) return lines;
      if (least?.key === undefined || cursor.key < least.key) least = cursor;
    }
    if (least === undefined) return lines;
    lines.push(least.batch[least.next] ?? '');
    least.next += 1;
    step(least);
  }
  return lines;
}
