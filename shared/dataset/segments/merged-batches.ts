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
