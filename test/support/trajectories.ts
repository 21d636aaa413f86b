import type { JsonObject, JsonValue } from '../../shared/json.ts';
import { isJsonObject } from '../../shared/json.ts';
import type { SeenVersion } from './version-series.ts';

/** What whoever has kept all public versions knows of a record, beside what its answers say. */
interface Kept {
  /** A step for each version: absent, or its quasi-identifiers, and whether other answers changed. */
  readonly trajectory: string;
  /** Its other answers, when they were last published. */
  readonly content: JsonObject | undefined;
  readonly isPresent: boolean;
}

/** Of one version: records that no version so far tells apart, and what became of the others. */
export interface Told {
  /** Of the records of this version, how many have the same trajectory. */
  readonly sizes: readonly number[];
  /** Of those alike until the version before and touched by nothing since: how many stay, how many left. */
  readonly untouched: readonly { readonly stay: number; readonly left: number }[];
}

/**
 * Reads the public versions of a dataset as an attacker does who has kept all of them. She knows the
 * quasi-identifiers of her target, and when it answered and changed its answers; `contents` are the
 * questions, at the top, whose answers she does not know.
 */
export class Trajectories {
  readonly #contents: readonly string[];
  #kept: ReadonlyMap<string, Kept> = new Map();
  #versions = 0;

  constructor(contents: readonly string[]) {
    this.#contents = contents;
  }

  /**
   * `touched`: public ids of records to which something happened since the version before. When
   * `asksOther`, other questions are published from here on: those that are left out now may change to
   * and fro before they are back, which is not looked for.
   */
  add({ records }: SeenVersion, touched: ReadonlySet<string>, asksOther = false): Told {
    const before = this.#kept;
    const never: Kept = {
      trajectory: '-'.repeat(this.#versions),
      content: undefined,
      isPresent: false,
    };
    const ids = new Set([...before.keys(), ...records.keys()]);
    this.#kept = new Map(
      [...ids].map((id) => [id, this.#next(before.get(id) ?? never, records.get(id), asksOther)]),
    );
    this.#versions += 1;
    const present = [...this.#kept.values()].filter(({ isPresent }) => isPresent);
    const alike = [...before]
      .filter(([id, { isPresent }]) => isPresent && !touched.has(id))
      .map(([id, { trajectory }]) => ({ trajectory, stays: records.has(id) }));
    return {
      sizes: [...Map.groupBy(present, ({ trajectory }) => trajectory).values()].map(
        ({ length }) => length,
      ),
      untouched: [...Map.groupBy(alike, ({ trajectory }) => trajectory).values()].map((group) => {
        const stay = group.filter(({ stays }) => stays).length;
        return { stay, left: group.length - stay };
      }),
    };
  }

  #next({ trajectory, content }: Kept, record: JsonObject | undefined, asksOther: boolean): Kept {
    if (record === undefined) {
      const kept = asksOther ? undefined : content;
      return { trajectory: `${trajectory}-`, content: kept, isPresent: false };
    }
    const answers = isJsonObject(record['answers']) ? record['answers'] : {};
    const [others, rest] = [this.#of(answers, true), this.#of(answers, false)];
    // Which of them are there is seen, too.
    const seen = JSON.stringify([{ ...record, id: null, answers: rest }, Object.keys(others)]);
    // An answer that was not there before changes a record, too, unless all begin to be asked for it.
    const changed =
      content !== undefined &&
      Object.entries(others).some(([name, value]) =>
        content[name] === undefined ? !asksOther : text(content[name]) !== text(value),
      );
    const step = `${seen}${changed ? ' changed' : ''}`;
    return {
      trajectory: `${trajectory}\n${step}`,
      content: others,
      isPresent: true,
    };
  }

  #of(answers: JsonObject, contents: boolean): JsonObject {
    const all = Object.entries(answers);
    return Object.fromEntries(all.filter(([name]) => this.#contents.includes(name) === contents));
  }
}

function text(value: JsonValue | undefined): string {
  return JSON.stringify(value ?? null);
}
