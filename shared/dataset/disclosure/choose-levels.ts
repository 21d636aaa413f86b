import { tokensOf, type Cells, type QuasiIdentifiers, type Levels } from './quasi-identifiers.ts';
import type { Entry, EquivalenceClasses } from './equivalence-classes.ts';
import { publishable, type Published } from './publishable.ts';

/** Combinations that may be generalised in the search for the best levels: about a second. */
const mostWork = 100_000;
/** Levels that the search may look at, whether they are worth that work or not. */
const mostNodes = 3_000;
/** Combinations by which the way up is found. */
const mostSampled = 500;

/** What must hold of the records that are published, and how many there are. */
export interface Aim {
  readonly k: number;
  /** Public records, those that are in no entry, too. */
  readonly total: number;
  /** Global risk of re-identification, 0 to 1. */
  readonly maxRisk: number;
  /** Share of the records that may be left out, 0 to 1. */
  readonly maxSuppressed: number;
}

/**
 * How much is lost of each identifier at each of its levels, 0 to 1: the loss metric (LM) of Iyengar
 * (2002). An answer that is published as one of m that were given, of d, loses (m − 1) / (d − 1); the
 * loss of a level is the mean over the records. Levels of one identifier never lose less further up.
 */
export function lossesOf(
  { identifiers }: QuasiIdentifiers,
  entries: readonly Entry[],
): readonly (readonly number[])[] {
  return identifiers.map(({ kind, hierarchy }, index) => {
    const counts = new Map<string, number>();
    for (const { cells, count } of entries) {
      for (const token of tokensOf(cells, index)) {
        counts.set(token, (counts.get(token) ?? 0) + count);
      }
    }
    const all = [...counts.values()].reduce((sum, count) => sum + count, 0);
    if (counts.size < 2) return hierarchy.map(() => 0);
    return hierarchy.map(({ representative, published }) => {
      const classes = new Map<string, { answers: number; records: number }>();
      for (const [token, count] of counts) {
        const hidden = kind === 'rows' && published === 'hidden';
        const name = hidden || token === '' ? '' : representative(token);
        const known = classes.get(name) ?? { answers: 0, records: 0 };
        classes.set(name, { answers: known.answers + 1, records: known.records + count });
      }
      let lost = 0;
      for (const { answers, records } of classes.values()) lost += (answers - 1) * records;
      return lost / (all * (counts.size - 1));
    });
  });
}

/** The mean loss at these levels, 0 to 1, each identifier that can lose anything as important as the form says. */
export function lossAt(
  { identifiers }: QuasiIdentifiers,
  losses: readonly (readonly number[])[],
  levels: Levels,
): number {
  let [sum, weights] = [0, 0];
  for (const [index, { importance }] of identifiers.entries()) {
    const lost = losses[index] ?? [];
    if (lost.every((share) => share === 0)) continue;
    // From 1/4 to 4 times as much as usual.
    const weight = 2 ** (importance - 3);
    sum += weight * (lost[levels[index] ?? 0] ?? 0);
    weights += weight;
  }
  return weights === 0 ? 0 : sum / weights;
}

/** All that is lost, 0 to 1: of a record that is left out, everything; of the others, `loss`. */
export function wholeLoss(loss: number, suppressedShare: number): number {
  return suppressedShare + (1 - suppressedShare) * loss;
}

/**
 * The levels at which least is lost (wholeLoss) of what may be published, of those that meet what is aimed
 * at, if there are any. The best ones if the search is short enough; else the best that a step up or down
 * does not make better.
 */
export function chooseLevels(classes: EquivalenceClasses, aim: Aim): Levels {
  const { quasiIdentifiers, entries } = classes;
  const losses = lossesOf(quasiIdentifiers, entries);
  const loss = (levels: Levels): number => lossAt(quasiIdentifiers, losses, levels);
  const known = new Map<string, number>();
  let work = 0;
  const costOf = (levels: Levels): number => {
    const name = levels.join(',');
    const cost = known.get(name) ?? costAt(classes, levels, loss(levels), aim);
    if (!known.has(name)) work += entries.length;
    known.set(name, cost);
    return cost;
  };
  const hasTime = (): boolean => work < mostWork;
  let best = bestOf(wayUp(classes, losses), costOf);
  best = improved(best, classes, costOf, hasTime);
  // Leaving records out only adds to what is lost.
  const isPromising = (levels: Levels): boolean => loss(levels) < costOf(best);
  for (const levels of fromLeastLoss(classes, loss, isPromising)) {
    if (!isPromising(levels) || !hasTime()) break;
    if (costOf(levels) < costOf(best)) best = levels;
  }
  return best;
}

/** The one that costs least of levels that go up: by looking at some, then closer around the best of these. */
function bestOf(way: readonly Levels[], costOf: (levels: Levels) => number): Levels {
  let [from, to] = [0, way.length - 1];
  let best = 0;
  const cost = (index: number): number => costOf(way[index] ?? []);
  for (;;) {
    const step = Math.max(1, Math.ceil((to - from) / 8));
    for (let index = from; index <= to; index += step) if (cost(index) < cost(best)) best = index;
    if (step === 1) return way[best] ?? [];
    [from, to] = [Math.max(0, best - step), Math.min(way.length - 1, best + step)];
  }
}

/**
 * What is lost at these levels; more than 1 if they do not meet what is aimed at. Of two that lose the
 * same, those that leave fewer out cost less, then the lower ones.
 */
function costAt(classes: EquivalenceClasses, levels: Levels, loss: number, aim: Aim): number {
  const { quasiIdentifiers, entries } = classes;
  const alike = Map.groupBy(entries, ({ cells }) =>
    JSON.stringify(quasiIdentifiers.generalised(cells, levels)),
  );
  const fit = [...alike.values()].filter((group) => classes.areEnough(group, aim.k));
  const published = fit.flat().reduce((sum, { count }) => sum + count, 0);
  const suppressed = aim.total === 0 ? 0 : (aim.total - published) / aim.total;
  const meets = suppressed <= aim.maxSuppressed && fit.length <= aim.maxRisk * published;
  const steps = levels.reduce((sum, level) => sum + level, 0);
  const ties = suppressed * 1e-6 + steps * 1e-9;
  return wholeLoss(loss, suppressed) + ties + (meets ? 0 : 1);
}

/** From the floors to the top, each step one that brings most together for what it loses. */
function wayUp(
  { quasiIdentifiers, entries, floors }: EquivalenceClasses,
  losses: readonly (readonly number[])[],
): readonly Levels[] {
  const every = Math.ceil(entries.length / mostSampled);
  const sample = entries.filter((_, index) => index % every === 0);
  const way = [floors];
  let levels = floors;
  let alike = distinct(quasiIdentifiers, sample, levels);
  for (;;) {
    let next: { levels: Levels; alike: readonly Cells[]; gain: number } | undefined;
    for (const [index, { hierarchy }] of quasiIdentifiers.identifiers.entries()) {
      const at = levels[index] ?? 0;
      if (at >= hierarchy.length - 1) continue;
      const up = levels.with(index, at + 1);
      const merged = distinct(
        quasiIdentifiers,
        alike.map((cells) => ({ cells })),
        up,
      );
      const lost = lossAt(quasiIdentifiers, losses, up) - lossAt(quasiIdentifiers, losses, levels);
      const gain = (alike.length - merged.length) / (lost + 1e-6);
      if (next === undefined || gain > next.gain) next = { levels: up, alike: merged, gain };
    }
    if (next === undefined) return way;
    ({ levels, alike } = next);
    way.push(levels);
  }
}

function distinct(
  quasiIdentifiers: QuasiIdentifiers,
  entries: Iterable<{ readonly cells: Cells }>,
  levels: Levels,
): readonly Cells[] {
  const found = new Map<string, Cells>();
  for (const { cells } of entries) {
    const coarse = quasiIdentifiers.generalised(cells, levels);
    found.set(JSON.stringify(coarse), coarse);
  }
  return [...found.values()];
}

/** Goes a step up or down as long as less is lost then. */
function improved(
  from: Levels,
  { quasiIdentifiers: { identifiers }, floors }: EquivalenceClasses,
  costOf: (levels: Levels) => number,
  hasTime: () => boolean,
): Levels {
  let best = from;
  while (hasTime()) {
    const near = best.flatMap((level, index) => {
      const highest = (identifiers[index]?.hierarchy.length ?? 1) - 1;
      return [level - 1, level + 1]
        .filter((at) => at >= (floors[index] ?? 0) && at <= highest)
        .map((at) => best.with(index, at));
    });
    const better = near.find((levels) => costOf(levels) < costOf(best));
    if (better === undefined) return best;
    best = better;
  }
  return best;
}

/** Levels from the floors up that are promising, in the order of what is lost of published answers. */
function* fromLeastLoss(
  { quasiIdentifiers: { identifiers }, floors }: EquivalenceClasses,
  loss: (levels: Levels) => number,
  isPromising: (levels: Levels) => boolean,
): Generator<Levels> {
  const queue = [{ levels: floors, lost: loss(floors) }];
  const known = new Set([floors.join(',')]);
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    yield next.levels;
    if (known.size > mostNodes) continue;
    for (const [index, { hierarchy }] of identifiers.entries()) {
      const at = next.levels[index] ?? 0;
      const levels = next.levels.with(index, at + 1);
      if (at >= hierarchy.length - 1 || known.has(levels.join(','))) continue;
      known.add(levels.join(','));
      if (!isPromising(levels)) continue;
      const lost = loss(levels);
      // Kept sorted, what loses least last.
      let [low, high] = [0, queue.length];
      while (low < high) {
        const middle = (low + high) >> 1;
        if ((queue[middle]?.lost ?? 0) > lost) low = middle + 1;
        else high = middle;
      }
      queue.splice(low, 0, { levels, lost });
    }
  }
}

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
  const { quasiIdentifiers, entries, floors } = classes;
  const losses = lossesOf(quasiIdentifiers, entries);
  const at = (levels: Levels): Choice => {
    const published = publishable(classes, levels);
    let count = 0;
    for (const entry of published.keys()) count += entry.count;
    const loss = lossAt(quasiIdentifiers, losses, levels);
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
