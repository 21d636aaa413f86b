import type { QuasiIdentifiers, Levels } from './quasi-identifiers.ts';
import type { Entry, EquivalenceClasses } from './equivalence-classes.ts';

/** The entries whose records are published, with the name of their equivalence class. */
export type Published = ReadonlyMap<Entry, string>;

interface Candidate {
  readonly entry: Entry;
  /** Of the class as it would be published. */
  readonly name: string;
}

/**
 * Decides which records are published at these levels. Two rules, over records that may be public now:
 *
 * 1. Of each class, those that the public has always seen alike are published only if there are k of
 *    them, and their sensitive answers differ (l-diversity). Whoever has kept all versions can tell
 *    records apart by when they came and went, and no better.
 * 2. Of those that it has always seen alike and that are published already, a change of levels leaves
 *    out none, all, or as many again: fewer would be known by what is published of the others.
 *
 * Who fails one of them waits, and is looked at again with the next version.
 */
export function publishable(classes: EquivalenceClasses, levels: Levels): Published {
  const { quasiIdentifiers } = classes;
  let left: readonly Candidate[] = classes.entries.map((entry) => ({
    entry,
    name: classOf(quasiIdentifiers, entry, levels),
  }));
  for (;;) {
    const before = left.length;
    left = [...Map.groupBy(left, ({ entry, name }) => `${name} ${entry.history}`).values()].flatMap(
      (group) => enough(classes, group),
    );
    left = withoutTorn(classes, left);
    if (left.length === before) break;
  }
  return new Map(left.map(({ entry, name }) => [entry, name]));
}

/** The name of the class in which an entry's records are at these levels. */
function classOf(quasiIdentifiers: QuasiIdentifiers, { cells }: Entry, levels: Levels): string {
  return quasiIdentifiers.nameOf(quasiIdentifiers.generalised(cells, levels), levels);
}

/** Those of a group that can be published together: some may want more companions than others. */
function enough(classes: EquivalenceClasses, group: readonly Candidate[]): readonly Candidate[] {
  let left = group;
  for (;;) {
    const size = countOf(left);
    const fits = left.filter(({ entry }) => entry.k <= size);
    if (fits.length === left.length) break;
    left = fits;
  }
  return classes.diversityOf(left.map(({ entry }) => entry)).isDiverse ? left : [];
}

/** Takes away the rest of those published alike when too few of them would be left out. */
function withoutTorn(
  classes: EquivalenceClasses,
  left: readonly Candidate[],
): readonly Candidate[] {
  const kept = new Set(left.map(({ entry }) => entry));
  const published = classes.entries.filter(({ isPublished }) => isPublished);
  const torn = new Set<string>();
  for (const [history, entries] of Map.groupBy(published, (entry) => entry.history)) {
    const out = entries.filter((entry) => !kept.has(entry));
    if (out.length > 0 && !classes.areEnough(out)) torn.add(history);
  }
  return left.filter(({ entry }) => !(entry.isPublished && torn.has(entry.history)));
}

function countOf(candidates: readonly Candidate[]): number {
  return candidates.reduce((sum, { entry }) => sum + entry.count, 0);
}
