import { chooseLevels, lossOf } from './choose-levels.ts';
import type { CombinationTable } from './combination-table.ts';
import type { Levels } from './combination.ts';
import { hidesNobodyByName, reveal, type History, type Revealed } from './reveal.ts';

/** What must be gained before levels change: every change withholds something from someone. */
const worthwhile = 0.05;

/** The levels of a version, and of whom what is shown at them. */
export interface Choice {
  readonly levels: Levels;
  readonly revealed: Revealed;
  readonly withheld: number;
}

/**
 * The levels of the next version. Without one before, those that lose least. Else the same again: what
 * is shown at two levels is known at both. Others only if a good deal less is lost by them, and if nobody
 * can be told by what the two versions show and hide.
 */
export function nextLevels(
  table: CombinationTable,
  {
    k,
    total,
    before,
    history,
  }: {
    readonly k: number;
    /** Public records. */
    readonly total: number;
    /** Undefined: no version has told anything, or of other questions. */
    readonly before: Levels | undefined;
    readonly history: History;
  },
): Choice {
  const { combinations, entries, floors } = table;
  const at = (levels: Levels): Choice => {
    const revealed = reveal(combinations, entries, levels, { k, history });
    let shown = 0;
    for (const { count } of revealed.keys()) shown += count;
    return { levels, revealed, withheld: total - shown };
  };
  const free = chooseLevels(combinations, entries, floors, { k, total });
  if (before === undefined) return at(free);
  const loss = ({ levels, withheld }: Choice): number =>
    lossOf(combinations, levels, total === 0 ? 0 : withheld / total);
  // Memory may have forced some of them up.
  const stay = at(join(before, floors));
  let best = stay;
  for (const levels of [free, join(free, before)]) {
    if (same(levels, stay.levels)) continue;
    const other = at(levels);
    if (loss(other) > loss(best) - (best === stay ? worthwhile : 0)) continue;
    if (hidesNobodyByName(combinations, entries, before, other.revealed, k)) best = other;
  }
  return best;
}

function join(one: Levels, other: Levels): Levels {
  return one.map((level, index) => Math.max(level, other[index] ?? 0));
}

function same(one: Levels, other: Levels): boolean {
  return one.every((level, index) => level === other[index]);
}
