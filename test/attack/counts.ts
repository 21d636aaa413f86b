import { askedQuestions, cell } from './asked-questions.ts';
import type { Finding } from './attack-view.ts';
import { csvRows, type OpenFiles, type OpenView, type SeenRecord } from './open-files.ts';

/** Every public count is that of public rows: a number that they do not explain tells of somebody else. */
export function* findCounts(view: OpenView): Generator<Finding> {
  for (const [at, { public: seen }] of view.snapshots.entries()) {
    const found = [...gapsAgainstRows(view, seen), ...whereaboutsAgainstRows(view, seen)];
    found.push(...catalogueAgainstRows(seen), ...formatsAgainstRows(seen));
    for (const name of seen.files.keys()) {
      if (/^(?:coverage|duplicates)\./.test(name)) found.push(`${name} is public`);
    }
    for (const what of found) yield { attack: 'counts', at, what };
  }
}

/** Records by theme and région, counted again. */
function* gapsAgainstRows(view: OpenView, seen: OpenFiles): Generator<string> {
  const rows = csvRows(seen.files.get('gaps.csv'));
  if (rows.length === 0) return;
  const counts = new Map<string, number>();
  for (const { formId, versions } of view.forms) {
    const tagged = versions.flatMap(askedQuestions);
    const pathOf = (tag: string) =>
      tagged.find(({ row }) => cell(row, 'hxl').split('+')[0] === tag)?.path ?? '';
    const places = tagged.find(({ row }) => cell(row, 'hxl').startsWith('#adm1'))?.path ?? '';
    const themes = pathOf('#sector');
    for (const { cells } of seen.records.get(formId) ?? []) {
      const region = cells.get(places) ?? '';
      for (const theme of new Set((cells.get(themes) ?? '').split(' '))) {
        if (theme === '' || region === '') continue;
        counts.set(`${theme}/${region}`, (counts.get(`${theme}/${region}`) ?? 0) + 1);
      }
    }
  }
  for (const row of rows) {
    const id = row.get('id') ?? '';
    const [told, counted] = [row.get('count') ?? '', String(counts.get(id) ?? 0)];
    if (told !== counted) yield `gaps.csv: ${told || 'nothing'} in ${id}, rows say ${counted}`;
  }
}

const whereabouts = ['adm1_code', 'adm2_code', 'latitude', 'longitude', 'start', 'end'];

/** Who does what where has the rows of the forms, and is no finer than they are. */
function* whereaboutsAgainstRows(view: OpenView, seen: OpenFiles): Generator<string> {
  const name = 'who-does-what-where.csv';
  const records = new Map<string, SeenRecord>(
    view.forms.flatMap(({ formId }) =>
      (seen.records.get(formId) ?? []).map((record) => [`${formId} ${record.id}`, record] as const),
    ),
  );
  for (const row of csvRows(seen.files.get(name))) {
    const id = row.get('id') ?? '';
    const record = records.get(`${row.get('form') ?? ''} ${/^[^/#.-]+/.exec(id)?.[0] ?? ''}`);
    if (record === undefined) {
      yield `${name}: ${id} is in no form's rows`;
      continue;
    }
    const said = new Set([
      ...record.cells.values(),
      ...[...record.repeats.values()].flat().flatMap((cells) => [...cells.values()]),
    ]);
    for (const column of whereabouts) {
      const text = row.get(column) ?? '';
      // A département that is shown gives its région, and where its capital is.
      if (text === '' || said.has(text) || said.has(row.get('adm2_code') || '\0')) continue;
      if (row.get('precision') === 'adm1' && said.has(row.get('adm1_code') || '\0')) continue;
      yield `${name}: ${id} has ${column} ${text}, which its form's row does not`;
    }
  }
}

/** What the catalogue says of how many rows there are. */
function* catalogueAgainstRows(seen: OpenFiles): Generator<string> {
  const text = seen.texts.get('catalog.json');
  if (text === undefined) return;
  for (const [formId, records] of seen.records) {
    const at = text.indexOf(`"dct:identifier":"${formId}"`);
    const [, told] = /public rows[^"]*?: (\d+),/.exec(text.slice(Math.max(at, 0))) ?? [];
    if (told === undefined || Number(told) === records.length) continue;
    yield `catalog.json: ${told} rows of ${formId}, where there are ${records.length}`;
  }
}

/** No format has a record that another one keeps back. */
function* formatsAgainstRows(seen: OpenFiles): Generator<string> {
  for (const [formId, others] of seen.others) {
    const ids = new Set((seen.records.get(formId) ?? []).map(({ id }) => id));
    for (const [format, records] of others) {
      const found = records.find(({ id }) => !ids.has(id));
      if (found !== undefined) yield `${formId}.${format}: ${found.id} is in no row`;
    }
    const count = /"count":(\d+)\}\s*$/.exec(seen.texts.get(`${formId}.json`) ?? '')?.[1];
    if (count !== undefined && Number(count) !== ids.size) {
      yield `${formId}.json: counts ${count}, rows say ${ids.size}`;
    }
  }
}
