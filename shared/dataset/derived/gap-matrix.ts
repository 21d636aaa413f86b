import type { Choice, Audience, FormModel } from '../../form/model.ts';
import { coordinatesOf } from '../../form/place.ts';
import { shownBy } from '../../form/visibility.ts';
import type { Activity } from './activity.ts';
import { tagOf } from '../rows/hxl-tags.ts';

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
    k,
    themes,
    regions,
    cells,
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

/** Themes or régions, by code. */
type Named = ReadonlyMap<string, Choice>;

/** Counts records by theme and région, and who they are of, as one audience sees them. */
export class GapCounter {
  readonly cells: number[][];
  readonly rowTotals: number[];
  readonly columnTotals: number[];
  readonly themes: readonly string[];
  readonly regions: readonly string[];
  readonly themeChoices: Named;
  readonly regionChoices: Named;
  readonly #organisations: ReadonlyMap<number, Set<string>>[];
  readonly #themeIndex: ReadonlyMap<string, number>;
  readonly #regionIndex: ReadonlyMap<string, number>;

  constructor(models: readonly FormModel[], audience: Audience) {
    this.themeChoices = choicesOf(models, 'sector', audience);
    this.regionChoices = choicesOf(models, 'adm1', audience);
    this.themes = [...this.themeChoices.keys()];
    this.regions = [...this.regionChoices.keys()];
    this.#themeIndex = new Map(this.themes.map((code, index) => [code, index]));
    this.#regionIndex = new Map(this.regions.map((code, index) => [code, index]));
    this.cells = this.themes.map(() => this.regions.map(() => 0));
    this.rowTotals = this.themes.map(() => 0);
    this.columnTotals = this.regions.map(() => 0);
    this.#organisations = this.themes.map(
      () => new Map(this.regions.map((_, index) => [index, new Set<string>()])),
    );
  }

  /** Counts one record: the activities that it describes. */
  add(activities: readonly Activity[]): void {
    const themes = indices(
      activities.flatMap(({ sectorCodes }) => sectorCodes),
      this.#themeIndex,
    );
    const regions = indices(
      activities.map(({ adm1Code }) => adm1Code),
      this.#regionIndex,
    );
    if (themes.size === 0 || regions.size === 0) return;
    for (const theme of themes) {
      this.rowTotals[theme] = (this.rowTotals[theme] ?? 0) + 1;
      const row = this.cells[theme];
      for (const region of regions) if (row !== undefined) row[region] = (row[region] ?? 0) + 1;
    }
    for (const region of regions) {
      this.columnTotals[region] = (this.columnTotals[region] ?? 0) + 1;
    }
    for (const { orgName, orgAcronym } of activities) {
      const name = orgName || orgAcronym;
      if (name !== '') this.#name(name, themes, regions);
    }
  }

  #name(name: string, themes: ReadonlySet<number>, regions: ReadonlySet<number>): void {
    for (const theme of themes) {
      for (const region of regions) this.#organisations[theme]?.get(region)?.add(name);
    }
  }

  /** Names of those who work on a theme in a région, in order. */
  organisations(theme: number, region: number): readonly string[] {
    return [...(this.#organisations[theme]?.get(region) ?? [])].sort();
  }
}

function indices(codes: readonly string[], of: ReadonlyMap<string, number>): ReadonlySet<number> {
  return new Set(codes.flatMap((code) => of.get(code) ?? []));
}

/** Every choice of the questions with that tag that the audience sees, in the order of their lists. */
function choicesOf(models: readonly FormModel[], base: string, audience: Audience): Named {
  const choices = models
    .flatMap(({ questions }) => questions)
    .filter((question) => tagOf(question)?.base === base)
    .filter((question) => shownBy(question, audience) !== 'hidden')
    .flatMap(({ list }) => list?.choices ?? []);
  return new Map(choices.map((choice) => [choice.name, choice]));
}
