import { audiences, type Audience, type Choice, type FormModel } from '../../form/model.ts';
import type { VersionPlace } from '../version-place.ts';
import type { Built } from '../form-dataset.ts';
import { jsonMediaType } from '../formats/json.ts';
import { coordinatesOf } from '../place.ts';
import type { VersionWriter } from '../version-writer.ts';
import { shownBy } from '../visibility.ts';
import type { Activity } from './activity.ts';
import { activityDataset, eachActivity, type ActivitySources } from './activity-dataset.ts';
import { tagOf } from './hxl.ts';
import { suppressCounts, type SuppressedTable } from './suppress-counts.ts';

/**
 * How many records there are for each theme and région: where nobody does anything, the count is 0.
 * A record counts once in each cell and total, if the audience sees its theme and région. In public,
 * counts below k are hidden where a form marks quasi-identifiers.
 */
export const gaps = activityDataset('gaps', {}, build);

/** A theme or a région. */
type Named = ReadonlyMap<string, Choice>;

async function build(
  sources: ActivitySources,
  place: VersionPlace,
  files: VersionWriter,
): Promise<Built> {
  const { forms } = sources;
  const newest = forms.flatMap(({ models: [model] }) => model ?? []);
  const counters = new Map(
    audiences.map((audience) => {
      const themes = choicesOf(newest, 'sector', audience);
      return [audience, new Counter(themes, choicesOf(newest, 'adm1', audience))];
    }),
  );
  // A région that is withheld from a record is not counted, either: where the theme's other cells
  // are 0, even a hidden count would tell it.
  await eachActivity(
    sources,
    (audience, activities) => counters.get(audience)?.add(activities),
    () => Promise.resolve(),
  );
  const sensitive = forms.filter(({ models }) =>
    models.some(({ questions }) => questions.some(({ quasiIdentifier }) => quasiIdentifier)),
  );
  const k = Math.max(0, ...sensitive.map(({ models: [model] }) => model?.settings.k ?? 0));
  const rows: Partial<Record<Audience, number>> = {};
  for (const [audience, counter] of counters) {
    const { themes, regions } = counter;
    const table = audience === 'public' ? suppressCounts(counter, k) : counter;
    const file = files.open(audience, 'gaps.json', jsonMediaType);
    file.write(`${JSON.stringify(document(place, k, themes, regions, table))}\n`);
    file.rows = themes.size * regions.size;
    rows[audience] = file.rows;
  }
  return { rows, withheld: {} };
}

class Counter {
  readonly cells: number[][];
  readonly rowTotals: number[];
  readonly columnTotals: number[];
  readonly themes: Named;
  readonly regions: Named;
  readonly #themes: ReadonlyMap<string, number>;
  readonly #regions: ReadonlyMap<string, number>;

  constructor(themes: Named, regions: Named) {
    this.themes = themes;
    this.regions = regions;
    const [rows, columns] = [[...themes.keys()], [...regions.keys()]];
    this.#themes = new Map(rows.map((code, index) => [code, index]));
    this.#regions = new Map(columns.map((code, index) => [code, index]));
    this.cells = rows.map(() => columns.map(() => 0));
    this.rowTotals = rows.map(() => 0);
    this.columnTotals = columns.map(() => 0);
  }

  /** Counts one record: the activities that it tells of. */
  add(activities: readonly Activity[]): void {
    const indices = (codes: readonly string[], of: ReadonlyMap<string, number>): Set<number> =>
      new Set(codes.flatMap((code) => of.get(code) ?? []));
    const themes = indices(
      activities.flatMap(({ sectorCodes }) => sectorCodes),
      this.#themes,
    );
    const regions = indices(
      activities.map(({ adm1Code }) => adm1Code),
      this.#regions,
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
  }
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

function document(
  place: VersionPlace,
  k: number,
  themes: Named,
  regions: Named,
  { cells, rowTotals, columnTotals }: SuppressedTable,
) {
  const named = (choice: Choice) => ({
    code: choice.name,
    label: Object.fromEntries(choice.label),
  });
  const codes = [...regions.keys()];
  return {
    dataset: place.dataset,
    version: place.version,
    cutOff: place.cutOff,
    /** Counts from 1 to k − 1 are null, and others from which they could be derived; 0: none are. */
    k,
    themes: [...themes.values()].map((choice, index) => ({
      ...named(choice),
      count: rowTotals[index] ?? null,
    })),
    regions: [...regions.values()].map((choice, index) => ({
      ...named(choice),
      ...coordinatesOf(choice),
      count: columnTotals[index] ?? null,
    })),
    cells: [...themes.keys()].flatMap((theme, row) =>
      codes.map((region, column) => ({ theme, region, count: cells[row]?.[column] ?? null })),
    ),
  };
}
