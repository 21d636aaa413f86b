import { chooseLevels, lossAt, lossesOf, wholeLoss, type Aim } from './choose-levels.ts';
import type { Levels } from './combination.ts';
import type { EquivalenceClasses } from './equivalence-classes.ts';
import { publishable, type Published } from './publishable.ts';

/** What must be gained before levels change: every change leaves someone out. */
const worthwhile = 0.05;

/** The levels of a version, and who is published at them. */
export interface Choice {
  readonly levels: Levels;
  readonly published: Published;
  /** Public records that are left out. */
  readonly suppressed: number;
  /** What is lost of the answers of the others, 0 to 1: see lossAt. */
  readonly loss: number;
}

/**
 * The levels of the next version. Without one before, those that lose least. Else the same again, for
 * what was published at two levels is known at both; others only if a good deal less is lost by them.
 */
export function nextLevels(
  classes: EquivalenceClasses,
  // `before` undefined: no version has published anything, or other questions.
  { before, ...aim }: Aim & { readonly before: Levels | undefined },
): Choice {
  const { combinations, entries, floors } = classes;
  const losses = lossesOf(combinations, entries);
  const at = (levels: Levels): Choice => {
    const published = publishable(classes, levels);
    let count = 0;
    for (const entry of published.keys()) count += entry.count;
    const loss = lossAt(combinations, losses, levels);
    return { levels, published, suppressed: aim.total - count, loss };
  };
  const free = chooseLevels(classes, aim);
  if (before === undefined) return at(free);
  const whole = ({ loss, suppressed }: Choice): number =>
    wholeLoss(loss, aim.total === 0 ? 0 : suppressed / aim.total);
  // Memory may have forced some of them up.
  const stay = at(join(before, floors));
  let best = stay;
  for (const levels of [free, join(free, before)]) {
    if (same(levels, stay.levels)) continue;
    const other = at(levels);
    if (whole(other) <= whole(best) - (best === stay ? worthwhile : 0)) best = other;
  }
  return best;
}

function join(one: Levels, other: Levels): Levels {
  return one.map((level, index) => Math.max(level, other[index] ?? 0));
}

function same(one: Levels, other: Levels): boolean {
  return one.every((level, index) => level === other[index]);
}
