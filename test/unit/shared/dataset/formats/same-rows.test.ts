import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readManifest } from '../../../../../shared/dataset/versions/read-datasets.ts';
import { audiences, type Audience } from '../../../../../shared/form/model.ts';
import type { JsonObject, JsonValue } from '../../../../../shared/json.ts';
import { cellText, DatasetFiles, type ReadTable } from '../../../../support/dataset-tables.ts';
import { DatasetWorld } from '../../../../support/dataset-world.ts';
import {
  brokenTexts,
  hostileAnswers,
  hostileForm,
  hostileTexts,
} from '../../../../support/hostile-dataset.ts';

/** One line of the file that all others are compared with. */
interface Line {
  readonly id: string;
  readonly answers: JsonObject;
  readonly [member: string]: JsonValue;
}

const members: Readonly<Record<string, string>> = {
  id: 'id',
  organisation: 'organisation',
  form_version: 'formVersion',
  state: 'state',
  received_at: 'receivedAt',
  updated_at: 'updatedAt',
};

const pointMembers: Readonly<Record<string, string>> = { latitude: 'lat', longitude: 'lon' };

const memberOf = (value: JsonValue | undefined, name: string): JsonValue | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as JsonObject)[name]
    : undefined;

/** The answer that a header names, in nested answers. */
function answerAt(answers: JsonValue | undefined, header: string): JsonValue | undefined {
  const names = header.replace(/^answers\//, '').split('/');
  let value = answers;
  for (const name of names) {
    const inner: JsonValue | undefined = memberOf(value, name);
    value = inner ?? memberOf(value, pointMembers[name] ?? name);
  }
  return value;
}

/** The rows of a table as nested answers have them; `path` has a step for each repeat. */
function expectedRows(
  lines: readonly Line[],
  path: readonly string[],
  headers: readonly string[],
): string[][] {
  if (path.length === 0) {
    return lines.map((line) =>
      headers.map((header) =>
        cellText(
          members[header] === undefined ? answerAt(line.answers, header) : line[members[header]],
        ),
      ),
    );
  }
  let level = lines.map<{ id: string; parent: string; index: number; answers: JsonValue }>(
    ({ id, answers }) => ({
      id,
      parent: '',
      index: 0,
      answers,
    }),
  );
  for (const step of path) {
    level = level.flatMap(({ id, answers }) => {
      const rows = memberOf(answers, step);
      if (!Array.isArray(rows)) return [];
      return (rows as readonly JsonValue[]).map((row, index) => ({
        id: `${id}/${index + 1}`,
        parent: id,
        index: index + 1,
        answers: row,
      }));
    });
  }
  const fixed = ['id', 'parent_id', 'index'];
  return level.map(({ id, parent, index, answers }) =>
    headers.map((header) => {
      if (fixed.includes(header))
        return { id, parent_id: parent, index: String(index) }[header] ?? '';
      return cellText(answerAt(answers, header));
    }),
  );
}

/** Moments in any zone as one, decimals as JavaScript writes them, line ends as one. */
function plain(header: string, cell: string): string {
  const moment = /^\d{4}-\d\d-\d\dT/.test(cell) ? Date.parse(cell) : Number.NaN;
  if (!Number.isNaN(moment) && header !== 'title') return new Date(moment).toISOString();
  return cell.replaceAll(/\r\n?/g, '\n');
}

function plainRows({ headers, rows }: ReadTable): string[][] {
  return rows.map((row) => row.map((cell, index) => plain(headers[index] ?? '', cell)));
}

/** Dates come from Parquet and Excel as moments at midnight, times from Excel as moments of its first day. */
function asDates({ headers, rows }: ReadTable, dates: ReadonlySet<string>): ReadTable {
  return {
    headers,
    rows: rows.map((row) =>
      row.map((cell, index) =>
        dates.has(headers[index] ?? '')
          ? cell.replace(/T00:00:00\.000Z$/, '')
          : cell.replace(/^1899-12-3[01]T(.*)Z$/, '$1'),
      ),
    ),
  };
}

const tables: readonly { readonly name: string; readonly path: readonly string[] }[] = [
  { name: '', path: [] },
  { name: '.site', path: ['site'] },
  { name: '.visit', path: ['site', 'visit'] },
];
const dates = new Set(['day', 'on', 'Jour', 'Le']);

async function compare(world: DatasetWorld, audience: Audience): Promise<void> {
  const manifest = await readManifest(world.deps, 'hostile', 'coordinator');
  const files = new DatasetFiles(world.objects, manifest, audience);
  const lines = (await files.text('hostile.ndjson'))
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);
  const whole = JSON.parse(await files.text('hostile.json')) as { records: Line[]; count: number };
  expect(whole.records).toEqual(lines);
  expect(whole.count).toBe(lines.length);
  const labelled = await files.sheets('hostile.xlsx');
  const sheets = [...labelled.values()];

  for (const [place, { name, path }] of tables.entries()) {
    const csv = await files.csv(`hostile${name}.csv`);
    const rows = plainRows(csv);
    const expected = expectedRows(lines, path, csv.headers);
    expect(rows).toEqual(plainRows({ headers: csv.headers, rows: expected }));
    const parquet = asDates(await files.parquet(`hostile${name}.parquet`), dates);
    if (rows.length > 0) expect(parquet.headers).toEqual(csv.headers);
    expect(plainRows(parquet)).toEqual(rows);
    const inFrench = plainRows(await files.csv(`hostile${name}.fr.csv`));
    const sheet = sheets[place];
    expect(sheet === undefined ? [] : workbookRows(sheet)).toEqual(inFrench.map(inWorkbook));
  }

  const collection = JSON.parse(await files.text('hostile.geojson')) as {
    features: { id: string; properties: JsonObject }[];
  };
  const { headers, rows } = await files.csv('hostile.csv');
  expect(
    collection.features.map(({ properties }) =>
      headers.map((header) => cellText(properties[header])),
    ),
  ).toEqual(rows.map((row) => [...row]));
}

/** Characters that XML has no way to say. */
const isUnspeakable = (character: string): boolean =>
  (character < ' ' && !'\t\n\r'.includes(character)) || '\ufffe\uffff'.includes(character);

/** What a workbook says instead of what it cannot; states are labelled there. */
function inWorkbook(row: readonly string[]): string[] {
  return row.map((cell) => {
    // Excel cuts what its cells cannot hold, and says so.
    if (cell.length > 32_767) return 'cut';
    if (cell === 'accepted') return 'acceptée';
    return Array.from(cell)
      .map((character) => (isUnspeakable(character) ? '\ufffd' : character))
      .join('');
  });
}

function workbookRows(sheet: ReadTable): string[][] {
  return plainRows(asDates(sheet, dates)).map((row) =>
    row.map((cell) => (/… \[\+\d+\]$/.test(cell) ? 'cut' : cell)),
  );
}

async function worldOf(answers: readonly JsonObject[]): Promise<DatasetWorld> {
  const world = new DatasetWorld();
  await world.publishForm('hostile', hostileForm);
  for (const [index, answer] of answers.entries()) {
    world.wait(60);
    await world.put('hostile', `hostile-${String(index).padStart(4, '0')}`, answer);
  }
  await world.compile();
  return world;
}

describe('a version', () => {
  it.each(audiences)(
    'has the same rows, in the same order, with equal values, in every format for %s',
    async (audience) => {
      const broken = brokenTexts.map((title): JsonObject => ({ title, contact: { note: title } }));
      const world = await worldOf([
        ...Array.from({ length: 2 * hostileTexts.length }, (_, index) => hostileAnswers(index)),
        ...broken,
      ]);
      await compare(world, audience);
    },
  );

  it('has them whatever was answered', async () => {
    const text = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.string({ unit: 'binary' }),
      fc.constantFrom(...hostileTexts.slice(0, -1), ...brokenTexts),
    );
    const answer: fc.Arbitrary<JsonValue> = fc.oneof(
      text,
      fc.integer(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.boolean(),
      fc.array(fc.constantFrom('water', 'legal', 'unheard-of')),
    );
    const answers: fc.Arbitrary<JsonObject> = fc.record(
      {
        title: text,
        people: answer,
        amount: answer,
        day: answer,
        hour: answer,
        moment: answer,
        town: answer,
        services: answer,
        order: answer,
        twice: answer,
        contact: fc.record({ note: text }),
        site: fc.array(fc.record({ name: text, beds: answer }, { requiredKeys: [] })),
      },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(answers, { maxLength: 6 }), async (sent) => {
        const world = await worldOf(sent);
        await compare(world, 'coordinator');
      }),
      { numRuns: 25 },
    );
  });
});
