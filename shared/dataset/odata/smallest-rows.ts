import type { Position } from './row-source.ts';

/** By what a row is ordered, and its place, which decides between equals. */
export interface RowKey {
  readonly ranks: readonly (string | number | boolean | null)[];
  readonly at: Position;
}

/** Negative: `one` comes first. Null comes before all else (OData 4.0 part 1, 11.2.5.2). */
export type CompareKeys = (one: RowKey, other: RowKey) => number;

export function keyOrder(descending: readonly boolean[]): CompareKeys {
  return (one, other) => {
    for (const [term, down] of descending.entries()) {
      const order = compareRanks(one.ranks[term] ?? null, other.ranks[term] ?? null);
      if (order !== 0) return down ? -order : order;
    }
    const { at } = other;
    return one.at.offset - at.offset || one.at.inRecord - at.inRecord;
  };
}

type Rank = RowKey['ranks'][number];

function compareRanks(one: Rank, other: Rank): number {
  if (one === other) return 0;
  if (one === null) return -1;
  if (other === null) return 1;
  return one < other ? -1 : 1;
}

interface Kept {
  readonly key: RowKey;
  readonly text: string;
  readonly bytes: number;
}

/**
 * Of all rows that it is offered, the first ones in their order: as many as fit into so many rows and
 * bytes, one at least, without a gap. Holds no more than those.
 */
export class SmallestRows {
  readonly #compare: CompareKeys;
  readonly #most: { readonly rows: number; readonly bytes: number };
  readonly #kept: Kept[] = [];
  #bytes = 0;
  /** The first row, in their order, that has found no place: none after it may have one. */
  #left: RowKey | undefined;
  /** It was for its bytes, not for the number of rows, that a row found no place. */
  #short = false;

  constructor(compare: CompareKeys, most: { readonly rows: number; readonly bytes: number }) {
    this.#compare = compare;
    this.#most = most;
  }

  offer(key: RowKey, write: () => string): void {
    const left = this.#left;
    if (left !== undefined && this.#compare(key, left) >= 0) return;
    const last = this.#kept.at(-1);
    if (
      this.#kept.length >= this.#most.rows &&
      last !== undefined &&
      this.#compare(key, last.key) > 0
    ) {
      this.#left = key;
      return;
    }
    const text = write();
    const bytes = Buffer.byteLength(text) + 1 + sizeOf(key);
    this.#kept.splice(this.#placeOf(key), 0, { key, text, bytes });
    this.#bytes += bytes;
    while (this.#kept.length > 1) {
      const short = this.#bytes > this.#most.bytes;
      if (!short && this.#kept.length <= this.#most.rows) break;
      const out = this.#kept.pop();
      this.#bytes -= out?.bytes ?? 0;
      this.#left = out?.key;
      this.#short ||= short;
    }
  }

  get texts(): readonly string[] {
    return this.#kept.map(({ text }) => text);
  }

  get last(): RowKey | undefined {
    return this.#kept.at(-1)?.key;
  }

  get length(): number {
    return this.#kept.length;
  }

  /** There were more rows than were kept. */
  get more(): boolean {
    return this.#left !== undefined;
  }

  get ranShort(): boolean {
    return this.#short;
  }

  #placeOf(key: RowKey): number {
    let [low, high] = [0, this.#kept.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const found = this.#kept[middle];
      if (found !== undefined && this.#compare(found.key, key) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function sizeOf({ ranks }: RowKey): number {
  let bytes = 0;
  for (const rank of ranks) bytes += typeof rank === 'string' ? 2 * rank.length : 8;
  return bytes;
}
