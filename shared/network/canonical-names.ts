import type { Alias, NamedKind } from './alias.ts';
import { foldName } from './fold-name.ts';

/** Under which name each name is grouped. Chains are followed to their end. */
export class CanonicalNames {
  readonly #next: ReadonlyMap<string, string>;

  constructor(aliases: readonly Alias[]) {
    this.#next = new Map(
      aliases
        .filter(({ verdict }) => verdict === 'same')
        .map(({ kind, name, canonical }) => [keyOf(kind, name), canonical]),
    );
  }

  /** A name that no alias has is its own. */
  of(kind: NamedKind, name: string): string {
    const path = [name];
    const seen = new Set([keyOf(kind, name)]);
    for (;;) {
      const next = this.#next.get(keyOf(kind, path.at(-1) ?? name));
      if (next === undefined) return path.at(-1) ?? name;
      const key = keyOf(kind, next);
      if (seen.has(key)) return this.#endOf(kind, path, next);
      seen.add(key);
      path.push(next);
    }
  }

  /** True if `name` is grouped under itself in a circle, should this alias be added. */
  wouldCircle(kind: NamedKind, name: string, canonical: string): boolean {
    const start = foldName(name);
    if (foldName(canonical) === start) return false;
    const seen = new Set<string>();
    let at: string | undefined = canonical;
    while (at !== undefined && !seen.has(foldName(at))) {
      if (foldName(at) === start) return true;
      seen.add(foldName(at));
      at = this.#next.get(keyOf(kind, at));
    }
    return false;
  }

  /**
   * An alias of a name to itself says how it is spelt. Of a real circle, which two who write at the same
   * time can make, every name leads to the same one.
   */
  #endOf(kind: NamedKind, path: readonly string[], next: string): string {
    const from = path.findIndex((name) => keyOf(kind, name) === keyOf(kind, next));
    const circle = [...path.slice(from + 1), next];
    return circle.reduce((one, other) => (foldName(one) <= foldName(other) ? one : other));
  }
}

function keyOf(kind: NamedKind, name: string): string {
  return `${kind}\n${foldName(name)}`;
}
