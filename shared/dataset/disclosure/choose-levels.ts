import type { Entry } from './combination-table.ts';
import { widest } from './combination-table.ts';
import type { Cells, Combinations, Levels } from './combination.ts';

/** Share of the records that may be left below k for the sake of more exact answers of the others. */
const tolerance = 0.05;

interface Class {
  readonly cells: Cells;
  count: number;
}

/**
 * How far each quasi-identifier is generalised, as Datafly does it (Sweeney 2002): the one with most
 * distinct answers left, by one rung, until at most `tolerance` of the records are in classes of fewer
 * than k. If that is never reached, the levels on the way that lose least. `total` counts records that
 * are in no entry, too.
 */
export function chooseLevels(
  combinations: Combinations,
  entries: readonly Entry[],
  floors: Levels,
  { k, total }: { readonly k: number; readonly total: number },
): Levels {
  const counted = entries.reduce((sum, { count }) => sum + count, 0);
  let classes = classesOf(combinations, entries, floors);
  let levels = floors;
  let best = { levels, loss: Infinity };
  for (;;) {
    const below = [...classes].reduce((sum, { count }) => sum + (count < k ? count : 0), 0);
    const withheld = below + (total - counted);
    if (withheld <= tolerance * total) return levels;
    const loss = lossOf(combinations, levels, withheld / total);
    if (loss < best.loss) best = { levels, loss };
    const index = widest(combinations, classes, levels);
    if (index === undefined) return best.levels;
    levels = levels.with(index, (levels[index] ?? 0) + 1);
    classes = classesOf(combinations, classes, levels);
  }
}

/** What is lost of all that could be told, 0 to 1: rungs of those told, everything of those withheld. */
export function lossOf(
  { identifiers }: Combinations,
  levels: Levels,
  withheldShare: number,
): number {
  const lost = identifiers.map(({ ladder }, index) =>
    ladder.length < 2 ? 0 : (levels[index] ?? 0) / (ladder.length - 1),
  );
  const mean = lost.reduce((sum, share) => sum + share, 0) / Math.max(1, lost.length);
  return withheldShare + (1 - withheldShare) * mean;
}

function classesOf(
  combinations: Combinations,
  entries: Iterable<{ readonly cells: Cells; readonly count: number }>,
  levels: Levels,
): readonly Class[] {
  const classes = new Map<string, Class>();
  for (const { cells, count } of entries) {
    const coarse = combinations.generalised(cells, levels);
    const key = JSON.stringify(coarse);
    const known = classes.get(key);
    if (known === undefined) classes.set(key, { cells: coarse, count });
    else known.count += count;
  }
  return [...classes.values()];
}
