import { tokensOf, type Cells, type QuasiIdentifiers, type Levels } from './quasi-identifiers.ts';

/** Records that are alike in all that matters here. */
export interface Entry {
  readonly cells: Cells;
  /** Which records the public has always seen alike: see disclosed-file.ts. '': it has never seen them. */
  readonly history: string;
  /** The version before published them, and they would look the same but for their class. */
  readonly isPublished: boolean;
  /** How many must be alike for these to be published. */
  readonly k: number;
  readonly diversity: Diversity;
  count: number;
}

/** What distinguishes an entry from others. */
export type EntryKey = Pick<Entry, 'cells' | 'history' | 'isPublished' | 'k'>;

interface Limits {
  readonly entries: number;
  readonly characters: number;
}

/** About 64 MB. */
const usual: Limits = { entries: 100_000, characters: 16_000_000 };

/**
 * Counts records by the combination of their quasi-identifiers and by what the public has seen of them
 * before. Memory grows with distinct combinations, up to a limit: then the identifier with most
 * distinct answers is generalised outright, and those that find no room even so are counted as one:
 * they are not published.
 */
export class EquivalenceClasses {
  readonly quasiIdentifiers: QuasiIdentifiers;
  readonly #wanted: readonly number[];
  readonly #limits: Limits;
  #floors: number[];
  #entries = new Map<string, Entry>();
  #characters = 0;
  /** Records for which there was no room. */
  overflow = 0;

  /** `wanted`: l of each sensitive question. */
  constructor(
    quasiIdentifiers: QuasiIdentifiers,
    wanted: readonly number[] = [],
    limits: Limits = usual,
  ) {
    this.quasiIdentifiers = quasiIdentifiers;
    this.#wanted = wanted;
    this.#limits = limits;
    this.#floors = quasiIdentifiers.identifiers.map(() => 0);
  }

  /** The least that each identifier is generalised by. */
  get floors(): Levels {
    return this.#floors;
  }

  get entries(): readonly Entry[] {
    return [...this.#entries.values()];
  }

  /** `key.cells` at the floors of now: see `find`. */
  add(key: EntryKey, sensitive: readonly (readonly string[])[]): void {
    const diversity = new Diversity(this.#wanted);
    diversity.add(sensitive);
    if (this.#put({ ...key, diversity, count: 1 })) return;
    while (this.#raise()) {
      const cells = this.quasiIdentifiers.generalised(key.cells, this.#floors);
      if (this.#put({ ...key, cells, diversity, count: 1 })) return;
    }
    this.overflow += 1;
  }

  /** The entry of a record; undefined: it found no room. */
  find(key: EntryKey): Entry | undefined {
    return this.#entries.get(textOf(key));
  }

  /** Whether entries can be published as one class: enough records, whose sensitive answers differ. */
  areEnough(entries: readonly Entry[], least = 1): boolean {
    const size = entries.reduce((sum, { count }) => sum + count, 0);
    return (
      size >= Math.max(least, ...entries.map(({ k }) => k)) && this.diversityOf(entries).isDiverse
    );
  }

  diversityOf(entries: readonly Entry[]): Diversity {
    const all = new Diversity(this.#wanted);
    for (const { diversity } of entries) all.addAll(diversity);
    return all;
  }

  #put(entry: Entry): boolean {
    const text = textOf(entry);
    const known = this.#entries.get(text);
    if (known !== undefined) {
      known.count += entry.count;
      known.diversity.addAll(entry.diversity);
      return true;
    }
    const isFull =
      this.#entries.size >= this.#limits.entries ||
      this.#characters + text.length > this.#limits.characters;
    if (isFull) return false;
    this.#entries.set(text, entry);
    this.#characters += text.length;
    return true;
  }

  /** Generalises the identifier with most distinct answers by one level; false: none can be. */
  #raise(): boolean {
    const { quasiIdentifiers } = this;
    const before = this.#entries;
    const index = widest(quasiIdentifiers, this.entries, this.#floors);
    if (index === undefined) return false;
    this.#floors = this.#floors.with(index, (this.#floors[index] ?? 0) + 1);
    this.#entries = new Map();
    this.#characters = 0;
    for (const entry of before.values()) {
      this.#put({ ...entry, cells: quasiIdentifiers.generalised(entry.cells, this.#floors) });
    }
    return true;
  }
}

function textOf({ cells, history, isPublished, k }: EntryKey): string {
  return `${history}\n${isPublished ? 1 : 0}\n${k}\n${JSON.stringify(cells)}`;
}

/** The identifier, of those that can be generalised, of which most distinct answers are left. */
function widest(
  { identifiers }: QuasiIdentifiers,
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
  for (const [index, { hierarchy }] of identifiers.entries()) {
    const size = distinct[index]?.size ?? 0;
    if ((levels[index] ?? 0) >= hierarchy.length - 1 || size < 2) continue;
    if (found === undefined || size > (distinct[found]?.size ?? 0)) found = index;
  }
  return found;
}

/**
 * How different the sensitive answers of some records are (l-diversity, Machanavajjhala et al. 2007).
 * Records are added one by one; memory does not grow with them.
 */
export class Diversity {
  readonly #wanted: readonly number[];
  readonly #answers: Answers[];

  /** `wanted`: for each sensitive question, how many different answers there must be. */
  constructor(wanted: readonly number[]) {
    this.#wanted = wanted;
    this.#answers = wanted.map(() => ({
      answered: false,
      different: new Set(),
      common: undefined,
    }));
  }

  /** What a record answers to each question: codes and values, sorted; empty: nothing. */
  add(answers: readonly (readonly string[])[]): void {
    for (const [index, into] of this.#answers.entries()) {
      const said = answers[index] ?? [];
      into.answered ||= said.length > 0;
      if (into.different.size < (this.#wanted[index] ?? 0))
        into.different.add(JSON.stringify(said));
      into.common = both(into.common, new Set(said));
    }
  }

  addAll(other: Diversity): void {
    for (const [index, into] of this.#answers.entries()) {
      const from = other.#answers[index];
      if (from?.common === undefined) continue;
      into.answered ||= from.answered;
      for (const said of from.different) into.different.add(said);
      into.common = both(into.common, from.common);
    }
  }

  /**
   * Whether nobody's answer is known from knowing that she is among these records: no code is in every
   * record's answer, and there are as many different ones as wanted. No answer counts as one, unless
   * nobody has answered: then there is nothing to know.
   */
  get isDiverse(): boolean {
    return this.#answers.every((_, question) => this.isDiverseIn(question));
  }

  /** The same of one question. */
  isDiverseIn(question: number): boolean {
    const { answered = false, different, common } = this.#answers[question] ?? {};
    if (!answered) return true;
    return (different?.size ?? 0) >= (this.#wanted[question] ?? 0) && common?.size === 0;
  }
}

interface Answers {
  answered: boolean;
  /** As many as are wanted, at most. */
  readonly different: Set<string>;
  /** Codes that every record's answer has; undefined: there is no record yet. */
  common: ReadonlySet<string> | undefined;
}

function both(
  one: ReadonlySet<string> | undefined,
  other: ReadonlySet<string>,
): ReadonlySet<string> {
  return one === undefined ? other : new Set([...one].filter((code) => other.has(code)));
}
