import type { Audience, Choice, FormModel } from '../../form/model.ts';
import { shownBy } from '../../form/visibility.ts';
import type { Activity } from './activity.ts';
import { tagOf } from '../rows/hxl-tags.ts';

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

  /** Counts one record: the activities that it tells of. */
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
