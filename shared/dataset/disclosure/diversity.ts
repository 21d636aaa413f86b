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
