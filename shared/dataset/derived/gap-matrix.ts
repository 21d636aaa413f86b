import type { Choice } from '../../form/model.ts';
import { coordinatesOf } from '../../form/place.ts';
import type { GapCounter } from './gap-counter.ts';

/** A theme or a région, and how many records there are of it. */
interface Line {
  readonly code: string;
  readonly label: Readonly<Record<string, string>>;
  readonly lat?: number;
  readonly lon?: number;
  readonly count: number;
}

export interface GapCell {
  readonly theme: string;
  readonly region: string;
  readonly count: number;
  /** Who, in order. */
  readonly organisations: readonly string[];
}

/** The matrix of themes and régions as one audience sees it. */
export interface GapMatrix {
  /** Where forms mark quasi-identifiers, the greatest k of theirs: what is counted are their published rows. 0: none does. */
  readonly k: number;
  readonly themes: readonly Line[];
  readonly regions: readonly Line[];
  /** Every theme, and for each every région. */
  readonly cells: readonly GapCell[];
  /** Where several organisations do the same. */
  readonly overlaps: readonly Omit<GapCell, 'count'>[];
  /** Codes of the themes and régions for which nobody does anything. */
  readonly uncovered: { readonly themes: readonly string[]; readonly regions: readonly string[] };
}

export function gapMatrix(k: number, counter: GapCounter): GapMatrix {
  const themes = linesOf(counter.themeChoices, counter.rowTotals);
  const regions = linesOf(counter.regionChoices, counter.columnTotals).map((line) => ({
    ...line,
    ...coordinates(counter.regionChoices.get(line.code)),
  }));
  const cells = themes.flatMap(({ code: theme }, row) =>
    regions.map(({ code: region }, column): GapCell => {
      const count = counter.cells[row]?.[column] ?? 0;
      const organisations = counter.organisations(row, column);
      return { theme, region, count, organisations };
    }),
  );
  const empty = (of: 'theme' | 'region', { code, count }: Line): boolean =>
    count === 0 && cells.every((cell) => cell[of] !== code || cell.count === 0);
  return {
    ...{ k, themes, regions, cells },
    overlaps: cells
      .filter(({ organisations }) => organisations.length > 1)
      .map(({ theme, region, organisations }) => ({ theme, region, organisations })),
    uncovered: {
      themes: themes.filter((line) => empty('theme', line)).map(({ code }) => code),
      regions: regions.filter((line) => empty('region', line)).map(({ code }) => code),
    },
  };
}

function linesOf(choices: ReadonlyMap<string, Choice>, totals: readonly number[]): readonly Line[] {
  return [...choices.values()].map(({ name, label }, index) => ({
    code: name,
    label: Object.fromEntries(label),
    count: totals[index] ?? 0,
  }));
}

function coordinates(choice: Choice | undefined): { lat?: number; lon?: number } {
  return choice === undefined ? {} : (coordinatesOf(choice) ?? {});
}
