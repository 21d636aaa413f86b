import { tokensOf, type Cells, type Combinations, type Levels } from './combination.ts';

/** Records that are alike in all that matters here. */
export interface Entry {
  readonly cells: Cells;
  /** Name of what the version before showed of them; '': nothing. */
  readonly shownAs: string;
  /** Name of what any version has told of them last; '': nothing. */
  readonly toldAs: string;
  count: number;
}

interface Limits {
  readonly entries: number;
  readonly characters: number;
}

/** About 64 MB. */
const usual: Limits = { entries: 100_000, characters: 16_000_000 };

/**
 * Counts records by the combination of their quasi-identifiers and by what was told of them before.
 * Memory grows with distinct combinations, up to a limit: then the identifier with most distinct
 * answers is generalised outright, and those that find no room even so are counted as one: nothing
 * will be told of them.
 */
export class CombinationTable {
  readonly combinations: Combinations;
  readonly #limits: Limits;
  #floors: number[];
  #entries = new Map<string, Entry>();
  #characters = 0;
  /** Records for which there was no room. */
  overflow = 0;

  constructor(combinations: Combinations, limits: Limits = usual) {
    this.combinations = combinations;
    this.#limits = limits;
    this.#floors = combinations.identifiers.map(() => 0);
  }

  /** The least that each identifier is generalised by. */
  get floors(): Levels {
    return this.#floors;
  }

  get entries(): readonly Entry[] {
    return [...this.#entries.values()];
  }

  /** `cells` at the floors of now: see `find`. */
  add(cells: Cells, shownAs: string, toldAs: string): void {
    if (this.#put(cells, shownAs, toldAs, 1)) return;
    while (this.#raise()) {
      const raised = this.combinations.generalised(cells, this.#floors);
      if (this.#put(raised, shownAs, toldAs, 1)) return;
    }
    this.overflow += 1;
  }

  /** The entry of a record; undefined: it found no room. */
  find(cells: Cells, shownAs: string, toldAs: string): Entry | undefined {
    return this.#entries.get(keyOf(cells, shownAs, toldAs));
  }

  #put(cells: Cells, shownAs: string, toldAs: string, count: number): boolean {
    const key = keyOf(cells, shownAs, toldAs);
    const known = this.#entries.get(key);
    if (known !== undefined) {
      known.count += count;
      return true;
    }
    const full =
      this.#entries.size >= this.#limits.entries ||
      this.#characters + key.length > this.#limits.characters;
    if (full) return false;
    this.#entries.set(key, { cells, shownAs, toldAs, count });
    this.#characters += key.length;
    return true;
  }

  /** Generalises the identifier with most distinct answers by one rung; false: none can be. */
  #raise(): boolean {
    const { combinations } = this;
    const before = this.#entries;
    const index = widest(combinations, this.entries, this.#floors);
    if (index === undefined) return false;
    this.#floors = this.#floors.with(index, (this.#floors[index] ?? 0) + 1);
    this.#entries = new Map();
    this.#characters = 0;
    for (const { cells, shownAs, toldAs, count } of before.values()) {
      this.#put(combinations.generalised(cells, this.#floors), shownAs, toldAs, count);
    }
    return true;
  }
}

function keyOf(cells: Cells, shownAs: string, toldAs: string): string {
  return `${shownAs}\n${toldAs}\n${JSON.stringify(cells)}`;
}

/** The identifier, of those that can be generalised, of which most distinct answers are left. */
export function widest(
  { identifiers }: Combinations,
  entries: Iterable<{ readonly cells: Cells }>,
  levels: Levels,
): number | undefined {
  const distinct = identifiers.map(() => new Set<string>());
  for (const { cells } of entries) {
    for (const [index, tokens] of distinct.entries()) {
      for (const token of tokensOf(cells, index)) tokens.add(token);
    }
  }
  let found: number | undefined;
  for (const [index, { ladder }] of identifiers.entries()) {
    const size = distinct[index]?.size ?? 0;
    if ((levels[index] ?? 0) >= ladder.length - 1 || size < 2) continue;
    if (found === undefined || size > (distinct[found]?.size ?? 0)) found = index;
  }
  return found;
}
