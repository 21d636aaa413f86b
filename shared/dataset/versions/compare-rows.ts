import { idOfRow, type RowLine } from './row-lines.ts';

export type RowChange = 'added' | 'changed' | 'removed' | 'unchanged';

export interface ComparedRow {
  readonly id: string;
  readonly change: RowChange;
  /** Of a changed row: the columns whose cells differ. */
  readonly questions: readonly string[];
  /** Where to go on after it, in bytes: in the older file and in the newer one. */
  readonly next: readonly [number, number];
}

type Lines = AsyncIterable<readonly RowLine[]>;

/** By what of a row's id the files are sorted. */
export type OrderOf = (id: string) => string;

class Side {
  readonly #batches: AsyncIterator<readonly RowLine[]>;
  #batch: readonly RowLine[] = [];
  #index = 0;
  #id: string | undefined;
  /** Where the line at hand begins. */
  at: number;

  constructor(lines: Lines, at: number) {
    this.#batches = lines[Symbol.asyncIterator]();
    this.at = at;
  }

  /** The line at hand; undefined, once `fill` was asked: the end. */
  get line(): RowLine | undefined {
    return this.#batch[this.#index];
  }

  get id(): string | undefined {
    const line = this.line;
    return line === undefined ? undefined : (this.#id ??= idOfRow(line));
  }

  step(): void {
    this.at = this.line?.next ?? this.at;
    this.#index += 1;
    this.#id = undefined;
  }

  async fill(): Promise<void> {
    while (this.line === undefined) {
      const result: IteratorResult<readonly RowLine[], unknown> = await this.#batches.next();
      if (result.done === true) return;
      this.#batch = result.value;
      this.#index = 0;
    }
  }

  async close(): Promise<void> {
    await this.#batches.return?.();
  }
}

/**
 * Compares two files of rows, both in the order of what `orderOf` makes of their ids, row by row. Equal
 * bytes are equal rows, the others go to `differing`, which names the columns that differ: none, and
 * the row is unchanged.
 */
export async function* compareRows(
  [older, newer]: readonly [Lines, Lines],
  [from, to]: readonly [number, number],
  differing: (before: Buffer, after: Buffer) => readonly string[],
  orderOf: OrderOf,
): AsyncGenerator<ComparedRow> {
  const before = new Side(older, from);
  const after = new Side(newer, to);
  try {
    for (;;) {
      if (before.line === undefined) await before.fill();
      if (after.line === undefined) await after.fill();
      const row = compareNext(before, after, differing, orderOf);
      if (row === undefined) return;
      yield { ...row, next: [before.at, after.at] };
    }
  } finally {
    await before.close();
    await after.close();
  }
}

function compareNext(
  before: Side,
  after: Side,
  differing: (before: Buffer, after: Buffer) => readonly string[],
  orderOf: OrderOf,
): Omit<ComparedRow, 'next'> | undefined {
  const [one, other] = [before.line, after.line];
  const [oneId, otherId] = [before.id, after.id];
  if (oneId === undefined && otherId === undefined) return undefined;
  const isBefore = oneId !== otherId && comesBefore(oneId, otherId, orderOf);
  if (oneId !== undefined && isBefore) {
    before.step();
    return { id: oneId, change: 'removed', questions: [] };
  }
  if (otherId === undefined) return undefined;
  if (oneId !== otherId) {
    after.step();
    return { id: otherId, change: 'added', questions: [] };
  }
  before.step();
  after.step();
  const same = one === undefined || other === undefined || one.bytes.equals(other.bytes);
  const questions = same ? [] : differing(one.bytes, other.bytes);
  return { id: otherId, change: questions.length === 0 ? 'unchanged' : 'changed', questions };
}

/** Undefined: the end. */
function comesBefore(
  one: string | undefined,
  other: string | undefined,
  orderOf: OrderOf,
): boolean {
  if (one === undefined || other === undefined) return other === undefined;
  return orderOf(one) < orderOf(other);
}
