import type { ObjectStore } from '../objects/object-store.ts';
import { idOfLine, segmentLines } from './segment-file.ts';
import type { SegmentPointer } from './segment-pointer.ts';

/** Rows passed on at once: few enough to be held by every writer, enough to make waiting cheap. */
const batchRows = 512;

interface Cursor {
  readonly lines: AsyncIterator<readonly string[]>;
  batch: readonly string[];
  next: number;
  /** The instanceId of the next line; undefined: the batch is used up. */
  id: string | undefined;
}

/**
 * The lines of all shards of a form in the order of instanceIds, or of those after one. Throws SegmentError, at the end at
 * the latest, when a segment is not what its pointer says.
 */
export async function* mergedLines(
  objects: ObjectStore,
  segments: readonly SegmentPointer[],
  after?: string,
): AsyncGenerator<readonly string[]> {
  const all = segments.map((segment): Cursor => {
    const lines = segmentLines(objects, segment, after)[Symbol.asyncIterator]();
    return { lines, batch: [], next: 0, id: undefined };
  });
  let open = all;
  try {
    for (;;) {
      for (const cursor of open) if (cursor.id === undefined) await refill(cursor);
      open = open.filter(({ id }) => id !== undefined);
      if (open.length === 0) return;
      yield takeUntilUsedUp(open);
    }
  } finally {
    for (const { lines } of all) await lines.return?.();
  }
}

async function refill(cursor: Cursor): Promise<void> {
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

function step(cursor: Cursor): void {
  const line = cursor.batch[cursor.next];
  cursor.id = line === undefined ? undefined : idOfLine(line);
}

function takeUntilUsedUp(open: readonly Cursor[]): readonly string[] {
  const lines: string[] = [];
  while (lines.length < batchRows) {
    let least: Cursor | undefined;
    for (const cursor of open) {
      if (cursor.id === undefined) return lines;
      if (least?.id === undefined || cursor.id < least.id) least = cursor;
    }
    if (least === undefined) return lines;
    lines.push(least.batch[least.next] ?? '');
    least.next += 1;
    step(least);
  }
  return lines;
}
