import type { Combinations, Levels } from './combination.ts';
import type { Entry } from './combination-table.ts';

/** Levels at which an earlier version told of records, none of them older than the identifiers of now. */
export type History = readonly Levels[];

/** The entries of whose records the combination is shown, with its name, and whether that is news. */
export type Revealed = ReadonlyMap<Entry, { readonly name: string; readonly isNews: boolean }>;

interface Candidate {
  readonly entry: Entry;
  /** The combination as it would be shown. */
  readonly name: string;
  /** An earlier version has told as much. */
  readonly known: boolean;
}

/**
 * Decides of whom the combination is shown at these levels. Three rules, each over records that are
 * public now:
 *
 * 1. A combination is shown of at least k records, or of none.
 * 2. Records of which it was not shown in the version before come to be shown in groups of at least k
 *    of which that version showed the same (another combination, or nothing): what two successive
 *    versions differ in is never fewer than k records.
 * 3. Neither are those fewer than k that are told something new after the same was told of them before,
 *    in whatever version: nor does it help to compare any other two.
 *
 * Who fails one of them waits, and is looked at again with the next version.
 */
export function reveal(
  combinations: Combinations,
  entries: readonly Entry[],
  levels: Levels,
  { k, history }: { readonly k: number; readonly history: History },
): Revealed {
  const byName = new Map<string, Candidate[]>();
  for (const entry of entries) {
    const name = combinations.nameOf(combinations.generalised(entry.cells, levels), levels);
    const known = isKnown(combinations, entry, name, levels, history);
    const others = byName.get(name) ?? [];
    byName.set(name, [...others, { entry, name, known }]);
  }
  const revealed = new Map<Entry, { name: string; isNews: boolean }>();
  for (const candidates of byName.values()) {
    for (const { entry, name, known } of leftOf(candidates, k)) {
      revealed.set(entry, { name, isNews: !known });
    }
  }
  return revealed;
}

/** Removes groups that are too small until none is. */
function leftOf(candidates: readonly Candidate[], k: number): readonly Candidate[] {
  let left = candidates;
  for (;;) {
    const groups: readonly ((candidate: Candidate) => string | undefined)[] = [
      () => '',
      ({ entry, name }) => (entry.shownAs === name ? undefined : entry.shownAs),
      ({ entry, known }) => (known ? undefined : entry.toldAs),
    ];
    const before = left;
    for (const groupOf of groups) left = withoutSmall(left, groupOf, k);
    if (left.length === before.length) return left;
  }
}

function withoutSmall(
  candidates: readonly Candidate[],
  groupOf: (candidate: Candidate) => string | undefined,
  k: number,
): readonly Candidate[] {
  const sizes = new Map<string, number>();
  for (const candidate of candidates) {
    const group = groupOf(candidate);
    if (group !== undefined) sizes.set(group, (sizes.get(group) ?? 0) + candidate.entry.count);
  }
  return candidates.filter((candidate) => {
    const group = groupOf(candidate);
    return group === undefined || (sizes.get(group) ?? 0) >= k;
  });
}

/** What was told at finer levels, or at these, says it already: if the answers are still the same. */
function isKnown(
  combinations: Combinations,
  { cells, toldAs }: Entry,
  name: string,
  levels: Levels,
  history: History,
): boolean {
  if (toldAs === '') return false;
  if (toldAs === name) return true;
  return history.some(
    (earlier) =>
      isFiner(earlier, levels) &&
      combinations.nameOf(combinations.generalised(cells, earlier), earlier) === toldAs,
  );
}

function isFiner(one: Levels, other: Levels): boolean {
  return one.every((level, index) => level <= (other[index] ?? 0));
}

/**
 * Whether going from the levels of the version before to others hides nobody by name: of those shown
 * alike before and answered the same since, it hides none, all, or at least k. Fewer would be known by
 * what is shown of the others: they must be what these are not.
 */
export function hidesNobodyByName(
  combinations: Combinations,
  entries: readonly Entry[],
  before: Levels,
  revealed: Revealed,
  k: number,
): boolean {
  const groups = new Map<string, { total: number; hidden: number }>();
  for (const entry of entries) {
    const { shownAs, cells, count } = entry;
    if (shownAs === '') continue;
    const as = combinations.nameOf(combinations.generalised(cells, before), before);
    if (as !== shownAs) continue;
    const group = groups.get(shownAs) ?? { total: 0, hidden: 0 };
    groups.set(shownAs, group);
    group.total += count;
    if (!revealed.has(entry)) group.hidden += count;
  }
  return [...groups.values()].every(
    ({ total, hidden }) => hidden === 0 || hidden >= k || hidden === total,
  );
}
