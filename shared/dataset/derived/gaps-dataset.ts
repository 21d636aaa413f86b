import { audiences, type Audience } from '../../form/model.ts';
import { foldName } from '../../deduplication/fold-name.ts';
import { marksIdentifiers } from '../disclosure/disclosure.ts';
import type { Built } from '../build/form-dataset.ts';
import { jsonMediaType } from '../formats/json-format.ts';
import type { VersionPlace, DatasetHead } from '../versions/version-place.ts';
import { PublicHead, publicVersion } from '../versions/public-head.ts';
import type { VersionWriter } from '../versions/version-writer.ts';
import { activityDataset, eachActivity, type ActivitySources } from './activity-dataset.ts';
import { GapCounter, gapMatrix, type GapCell, type GapMatrix } from './gap-matrix.ts';
import { gapsSvg, svgMediaType } from './gaps-svg.ts';
import { licenseOf, type PublishedForm } from './published-forms.ts';
import { TableFiles, type DerivedColumn } from './table-files.ts';

/**
 * How many records there are for each theme and région, and of which organisations: where nobody does
 * anything, the count is 0. A record counts once in each cell and total, if the audience sees its
 * theme and région: what the public rows of who-does-what-where say, these counts say, and no more.
 */
export const gaps = activityDataset('gaps', { membersMatter: true }, build);

async function build(
  sources: ActivitySources,
  place: VersionPlace,
  files: VersionWriter,
): Promise<Built> {
  const newest = sources.forms.flatMap(({ models: [model] }) => model ?? []);
  const counters = audiences.map(
    (audience) => [audience, new GapCounter(newest, audience)] as const,
  );
  const names = new Map<Audience, Set<string>>(audiences.map((audience) => [audience, new Set()]));
  const answered = new Set<string>();
  const byAudience = new Map(counters);
  await eachActivity(
    sources,
    (audience, activities, { row }) => {
      byAudience.get(audience)?.add(activities);
      if (audience === 'coordinator') answered.add(row.organisation);
      for (const { orgName, orgAcronym } of activities) {
        for (const name of [orgName, orgAcronym]) names.get(audience)?.add(foldName(name));
      }
    },
    () => Promise.resolve(),
  );
  const ownHead = headOf(place, sources.forms);
  const publicHead = await PublicHead.open(ownHead, place);
  const k = greatestK(sources.forms);
  const rows = new Map<Audience, number>();
  for (const [audience, counter] of counters) {
    const matrix = gapMatrix(k, counter);
    const silent =
      audience === 'public' ? {} : silentOf(sources, answered, names.get(audience) ?? new Set());
    const head = audience === 'public' ? publicHead : ownHead;
    if (audience === 'public') publicHead.sign(JSON.stringify(matrix));
    rows.set(audience, await writeFiles(head, audience, matrix, silent, files));
  }
  return { rows, withheld: {}, published: publicVersion(publicHead) };
}

/** The k of the forms that mark quasi-identifiers; 0: none does. */
function greatestK(forms: readonly PublishedForm[]): number {
  return Math.max(
    0,
    ...forms
      .filter(({ models }) => marksIdentifiers(models))
      .map(({ models: [model] }) => model?.settings.k ?? 0),
  );
}

/** Members who have sent nothing of the kind; `named`: someone else has said what they do. */
function silentOf(
  { organisations }: ActivitySources,
  answered: ReadonlySet<string>,
  named: ReadonlySet<string>,
) {
  const silent = organisations.filter(({ id, state }) => state === 'active' && !answered.has(id));
  return {
    withoutAnswer: silent.map(({ id, name, acronym = '' }) => ({
      id,
      name,
      named: [name, acronym].some((word) => word !== '' && named.has(foldName(word))),
    })),
  };
}

function headOf(
  { dataset, version, cutOff }: VersionPlace,
  forms: readonly PublishedForm[],
): DatasetHead {
  const title = { fr: 'Lacunes et recouvrements', en: 'Gaps and overlaps' };
  return { dataset, version, cutOff, title, license: licenseOf(forms) };
}

const columns: readonly DerivedColumn[] = [
  { name: 'theme', type: 'text', label: { fr: 'Thème (code)', en: 'Theme (code)' } },
  { name: 'theme_label', type: 'text', label: { fr: 'Thème', en: 'Theme' } },
  { name: 'region', type: 'text', label: { fr: 'Région (code)', en: 'Region (code)' } },
  { name: 'region_label', type: 'text', label: { fr: 'Région', en: 'Region' } },
  { name: 'count', type: 'integer', label: { fr: 'Réponses', en: 'Records' } },
  { name: 'organisations', type: 'integer', label: { fr: 'Organisations', en: 'Organisations' } },
  { name: 'names', type: 'text', label: { fr: 'Lesquelles', en: 'Which' } },
];

/** The matrix as JSON, as a picture, and in long form, a row for each cell, in every other format. */
async function writeFiles(
  head: DatasetHead,
  audience: Audience,
  matrix: GapMatrix,
  silent: object,
  files: VersionWriter,
): Promise<number> {
  const json = files.open(audience, 'gaps.json', jsonMediaType);
  const svg = files.open(audience, 'gaps.svg', svgMediaType);
  json.rows = svg.rows = matrix.cells.length;
  const own = new Set(['json', 'geojson', 'hxl']);
  const table = new TableFiles(files, { head, audience, about: ['id'], columns, own });
  const labels = labelsOf(matrix);
  for (const cell of matrix.cells) table.row(rowOf(cell, labels));
  const { dataset, version, cutOff } = head;
  json.write(`${JSON.stringify({ dataset, version, cutOff, ...matrix, ...silent })}\n`);
  svg.write(gapsSvg(matrix, cutOff));
  await table.drained();
  return table.end();
}

function labelsOf({ themes, regions }: GapMatrix): ReadonlyMap<string, string> {
  const french = ([kind, { code, label }]: readonly [string, GapMatrix['themes'][number]]) =>
    [`${kind}/${code}`, label['fr'] ?? Object.values(label)[0] ?? code] as const;
  return new Map([
    ...themes.map((line) => french(['theme', line])),
    ...regions.map((line) => french(['region', line])),
  ]);
}

function rowOf(
  { theme, region, count, organisations }: GapCell,
  labels: ReturnType<typeof labelsOf>,
) {
  return {
    id: `${theme}/${region}`,
    about: {},
    cells: {
      theme,
      region,
      count,
      theme_label: labels.get(`theme/${theme}`) ?? theme,
      region_label: labels.get(`region/${region}`) ?? region,
      organisations: organisations.length,
      ...(organisations.length > 0 && { names: organisations.join(' | ') }),
    },
  };
}
