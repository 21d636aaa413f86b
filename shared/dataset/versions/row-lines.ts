import type { ObjectStore } from '../../objects/object-store.ts';

/** One line of an NDJSON file, unread. */
export interface RowLine {
  /** Byte at which the next one begins: where to go on. */
  readonly next: number;
  /** Without its line feed. */
  readonly bytes: Buffer;
}

const newline = 0x0a;

/**
 * The lines of an NDJSON file from byte `from` on, in batches, none of them parsed: for those who
 * compare bytes or look for an id. Memory holds one line and one chunk. Undefined: there is no such
 * file.
 */
export async function rowLines(
  objects: ObjectStore,
  key: string,
  bytes: number,
  from = 0,
): Promise<AsyncIterable<readonly RowLine[]> | undefined> {
  if (from >= bytes) return noLines();
  const body = await objects.get(key, { start: from, end: bytes - 1 });
  return body === undefined ? undefined : linesOf(body, from);
}

async function* noLines(): AsyncGenerator<readonly RowLine[]> {
  // Nothing to yield: an empty file, or the end of one.
}

async function* linesOf(
  body: AsyncIterable<Uint8Array>,
  from: number,
): AsyncGenerator<readonly RowLine[]> {
  let next = from;
  const held: Buffer[] = [];
  for await (const chunk of body) {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const lines: RowLine[] = [];
    let start = 0;
    for (let end = bytes.indexOf(newline); end !== -1; end = bytes.indexOf(newline, start)) {
      held.push(bytes.subarray(start, end));
      const line = held.length === 1 ? bytes.subarray(start, end) : Buffer.concat(held);
      held.length = 0;
      next += line.length + 1;
      lines.push({ next, bytes: line });
      start = end + 1;
    }
    if (start < bytes.length) held.push(bytes.subarray(start));
    if (lines.length > 0) yield lines;
  }
}

const idStart = '{"id":"'.length;
const quote = 0x22;

/** The id of a line, which begins with it; ids hold nothing that JSON would have to escape. */
export function idOfRow({ bytes }: RowLine): string {
  return bytes.toString('latin1', idStart, bytes.indexOf(quote, idStart));
}
