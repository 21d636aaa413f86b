import type { KeptCell, KeptCounts } from './kept-counts.ts';
import type { CountTable } from './count-table.ts';
import { suppressCounts } from './suppress-counts.ts';
import { Secrets } from './secrets.ts';

/** Counts by theme and région. */
export interface NamedCounts extends CountTable {
  readonly themes: readonly string[];
  readonly regions: readonly string[];
}

/**
 * What the public may see of counts, given what it saw before: who keeps both versions and subtracts
 * learns no change of fewer than k records, and no count from 1 to k − 1.
 *
 * A count moves when it has changed by k or more, and a total by what its cells have moved; what is
 * held back is in no number, so that no sum gives it away. A hidden count that has become 0 moves, too
 * (how many went is not told). A cell where there is someone though it shows 0 is hidden. A total is told
 * only if it makes no hidden count follow from all totals that were ever told. k is 3 at least: with 2,
 * "hidden" would say "one".
 */
export function moveCounts(
  counts: NamedCounts,
  k: number,
  before: KeptCounts | undefined,
): KeptCounts {
  return before === undefined ? firstCounts(counts, k) : nextCounts(counts, k, before);
}

function firstCounts(counts: NamedCounts, k: number): KeptCounts {
  const shown = suppressCounts(counts, k);
  const secrets = new Secrets(k);
  const moves = counts.cells.map((row, theme) =>
    row.map((count, region): Move => {
      const seen = shown.cells[theme]?.[region] ?? null;
      const secret = seen === null ? secrets.hide(count, null) : 0;
      return { cell: { value: count, shown: seen, secret }, by: count, count };
    }),
  );
  return keptCounts(counts, k, moves, secrets, undefined);
}

function nextCounts(counts: NamedCounts, k: number, before: KeptCounts): KeptCounts {
  const secrets = new Secrets(k, before.secrets, before.ids);
  const kept = lookUp(before);
  const moves = counts.cells.map((row, theme) =>
    row.map((count, region): Move => {
      const old = kept.cell(counts.themes[theme] ?? '', counts.regions[region] ?? '');
      return moveCell(old, count, k, secrets);
    }),
  );
  return keptCounts(counts, k, moves, secrets, kept);
}

function keptCounts(
  counts: NamedCounts,
  k: number,
  moves: readonly (readonly Move[])[],
  secrets: Secrets,
  old: ReturnType<typeof lookUp> | undefined,
): KeptCounts {
  const { themes, regions, rowTotals, columnTotals } = counts;
  const total = (before: number | undefined, now: number, index: number, direction: Direction) => {
    const line = lines[direction](moves, index);
    const value = before === undefined ? now : movedTotal(before, now, line, k);
    return { value, shown: mayTell(value, line, k, secrets, direction) ? value : null };
  };
  return {
    ...{ format: 1, k, themes: [...themes], regions: [...regions] },
    cells: moves.map((row) => row.map(({ cell }) => cell)),
    themeTotals: themes.map((code, index) =>
      total(old?.theme(code), rowTotals[index] ?? 0, index, 'themeSum'),
    ),
    regionTotals: regions.map((code, index) =>
      total(old?.region(code), columnTotals[index] ?? 0, index, 'regionSum'),
    ),
    ...secrets.kept,
  };
}

/** A cell as it is now, by how much it moved, and how many there really are. */
interface Move {
  readonly cell: KeptCell;
  readonly by: number;
  readonly count: number;
}

function moveCell(old: KeptCell, count: number, k: number, secrets: Secrets): Move {
  const small = (value: number): boolean => value > 0 && value < k;
  const hidden = old.shown === null && old.value > 0;
  const moves = (count === 0 && hidden) || mayMove(old.value, count, hidden, k);
  const next = small(count) ? null : count;
  if (moves && secrets.leave(old.secret, next)) {
    const secret = next === null ? secrets.hide(count, old.shown) : 0;
    return { cell: { value: count, shown: next, secret }, by: count - old.value, count };
  }
  const { value, secret } = old;
  const someone = value === 0 && count > 0;
  const shown = hidden || small(value) || someone ? null : value;
  return { cell: { value, shown, secret }, by: 0, count };
}

/**
 * By k at least. That it moved must not tell what is hidden: 6, with k = 5, can only have been 1, and
 * what left 6 can only be 1 now. From 2k − 1 on, every hidden count will do.
 */
function mayMove(old: number, count: number, hidden: boolean, k: number): boolean {
  if (Math.abs(count - old) < k) return false;
  const hides = count > 0 && count < k;
  if (hidden) return hides || count >= 2 * k - 1;
  return !hides || old >= 2 * k - 1;
}

/**
 * A record of several themes counts once in a total, so that a total is not always the sum of its cells:
 * it drifts, and is set right when that takes k or more, of several cells that did not move.
 */
function movedTotal(old: number, now: number, line: readonly Move[], k: number): number {
  const told = line.map(({ cell }) => (cell.secret === 0 ? cell.value : 0));
  const moved = line.reduce((sum, { by }) => sum + by, old);
  const value = Math.max(moved, ...told);
  const right = Math.max(now, ...told);
  const still = line.filter(({ cell, by, count }) => by === 0 && (cell.value > 0 || count > 0));
  return Math.abs(right - value) >= k && still.length > 1 ? right : value;
}

function mayTell(
  value: number,
  line: readonly Move[],
  k: number,
  secrets: Secrets,
  direction: Direction,
): boolean {
  if (value > 0 && value < k) return false;
  if (value === 0) return line.every(({ cell }) => cell.shown === 0);
  const hidden = line.map(({ cell }) => cell).filter(({ secret }) => secret !== 0);
  const rest = line.reduce((sum, { cell }) => sum - (cell.secret === 0 ? cell.value : 0), value);
  // Hidden counts are 1 at least: as many as there are would be one each.
  return hidden.length === 0 || (rest > hidden.length && secrets.tell(hidden, direction));
}

type Direction = 'themeSum' | 'regionSum';

/** The cells of a theme, and those of a région. */
const lines = {
  themeSum: <T>(table: readonly (readonly T[])[], index: number): readonly T[] =>
    table[index] ?? [],
  regionSum: <T>(table: readonly (readonly T[])[], index: number): readonly T[] =>
    table.flatMap((row) => row.slice(index, index + 1)),
};

/** What was shown before, by code; of what was not there, 0. */
function lookUp({ themes, regions, cells, themeTotals, regionTotals }: KeptCounts): {
  readonly cell: (theme: string, region: string) => KeptCell;
  readonly theme: (code: string) => number;
  readonly region: (code: string) => number;
} {
  const indexOf = (codes: readonly string[]): ReadonlyMap<string, number> =>
    new Map(codes.map((code, index) => [code, index]));
  const [byTheme, byRegion] = [indexOf(themes), indexOf(regions)];
  return {
    cell: (theme, region) =>
      cells[byTheme.get(theme) ?? -1]?.[byRegion.get(region) ?? -1] ?? {
        ...{ value: 0, shown: 0, secret: 0 },
      },
    theme: (code) => themeTotals[byTheme.get(code) ?? -1]?.value ?? 0,
    region: (code) => regionTotals[byRegion.get(code) ?? -1]?.value ?? 0,
  };
}
