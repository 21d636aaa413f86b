import { describe, expect, it } from 'vitest';
import { readDatasetPointer } from '../../../../../shared/dataset/versions/dataset-pointer.ts';
import {
  columnValue,
  readRows,
  RowsGoneError,
} from '../../../../../shared/dataset/versions/read-rows.ts';
import {
  markBefore,
  readRowIndex,
  type RowIndex,
} from '../../../../../shared/dataset/versions/row-index.ts';
import type { Audience } from '../../../../../shared/form/model.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../../../shared/json.ts';
import type { DatasetWorld } from '../../../../support/dataset-world.ts';
import { formatWorld } from '../../../../support/format-world.ts';

const survey = [
  {
    type: 'text',
    name: 'q',
    'label::Français (fr)': 'Nom',
    'label::English (en)': 'Name',
    visibility: 'public',
  },
  {
    type: 'select_one l',
    name: 'kind',
    'label::Français (fr)': 'Sorte',
    visibility: 'public',
  },
  { type: 'text', name: 'secret', 'label::Français (fr)': 'S' },
  { type: 'begin_group', name: 'g', 'label::Français (fr)': 'G' },
  { type: 'geopoint', name: 'place', 'label::Français (fr)': 'Lieu' },
  { type: 'begin_repeat', name: 'people', 'label::Français (fr)': 'P' },
  { type: 'select_one l', name: 'role', 'label::Français (fr)': 'Rôle', visibility: 'members' },
  { type: 'begin_repeat', name: 'skills', 'label::Français (fr)': 'C' },
  { type: 'integer', name: 'years', 'label::Français (fr)': 'Années' },
  { type: 'end_repeat' },
  { type: 'end_repeat' },
  { type: 'end_group' },
];
const choices = [
  { list_name: 'l', name: 'a', 'label::Français (fr)': 'Un', 'label::English (en)': 'One' },
  { list_name: 'l', name: 'b', 'label::Français (fr)': 'Deux' },
];
const listed = [
  { code: 'a', label: { fr: 'Un', en: 'One' } },
  { code: 'b', label: { fr: 'Deux' } },
];
const long = 'é'.repeat(30_000);
const answers = Array.from({ length: 40 }, (_, number): JsonObject => ({
  q: `${number} 🎉\n`,
  secret: long,
  g: {
    place: { lat: 1, lon: 2 },
    people: Array.from({ length: number % 3 }, (): JsonObject => ({
      role: 'a',
      skills: [{ years: 1 }, {}],
    })),
  },
}));

const world = formatWorld({ survey, choices }, answers);

async function indexOf(from: DatasetWorld, audience: Audience): Promise<RowIndex> {
  const pointer = await readDatasetPointer(from.registry, 'f');
  const index = await readRowIndex(from.objects, 'f', pointer?.version ?? '', audience);
  if (index === undefined) throw new Error('There is no index.');
  return index;
}

async function records(
  from: DatasetWorld,
  index: RowIndex,
  range?: Parameters<typeof readRows>[2],
): Promise<JsonObject[]> {
  const found: JsonObject[] = [];
  for await (const { record } of readRows(from.objects, index, range)) found.push(record);
  return found;
}

function rowsAt(record: JsonObject, path: readonly string[]): readonly JsonObject[] {
  let rows: readonly (JsonValue | undefined)[] = [record['answers']];
  for (const name of path) {
    rows = rows.flatMap((row): (JsonValue | undefined)[] => {
      const inner = isJsonObject(row) ? row[name] : undefined;
      return Array.isArray(inner) ? [...(inner as readonly JsonValue[])] : [inner];
    });
  }
  return rows.filter(isJsonObject);
}

describe('NDJSON', () => {
  it.each(['public', 'members', 'coordinator'] as const)(
    'has the records of the JSON file for %s, one a line',
    async (audience) => {
      const from = await world;
      const lines = (await from.file('f', audience, 'f.ndjson')).trimEnd().split('\n');
      expect(lines.map((line): unknown => JSON.parse(line))).toEqual(
        await from.records('f', audience),
      );
      expect(lines).toHaveLength(40);
    },
  );

  it('shows an audience nothing that its JSON file does not', async () => {
    const text = await (await world).file('f', 'members', 'f.ndjson');
    expect(text).not.toContain('é');
    expect(text).not.toContain('years');
  });
});

describe('the index of an NDJSON file', () => {
  it('is handed to nobody', async () => {
    const from = await world;
    await expect(from.file('f', 'coordinator', 'coordinator.ndjson.index')).rejects.toMatchObject({
      code: 'not-found',
    });
  });

  it('says what columns its tables have as the audience sees them', async () => {
    const index = await indexOf(await world, 'members');
    expect(index.meta.map(({ member }) => member)).toEqual([
      'id',
      'organisation',
      'formVersion',
      'state',
      'receivedAt',
      'updatedAt',
    ]);
    expect(index.languages).toEqual(['fr', 'en']);
    expect(index.tables).toEqual([
      {
        name: '',
        path: [],
        rows: 40,
        columns: [
          { header: 'q', path: ['q'], kind: 'text', label: { fr: 'Nom', en: 'Name' } },
          { header: 'kind', path: ['kind'], kind: 'code', label: { fr: 'Sorte' }, choices: listed },
        ],
      },
      {
        name: 'people',
        path: ['g', 'people'],
        rows: 39,
        columns: [
          {
            header: 'role',
            path: ['role'],
            kind: 'code',
            label: { fr: 'Rôle' },
            choices: listed,
          },
        ],
      },
    ]);
  });

  it('finds the value of every column in the rows that its path leads to', async () => {
    const from = await world;
    const index = await indexOf(from, 'coordinator');
    const [, , last] = await records(from, index);
    expect(index.tables.map(({ name, path, rows }) => [name, path, rows])).toEqual([
      ['', [], 40],
      ['people', ['g', 'people'], 39],
      ['skills', ['g', 'people', 'skills'], 78],
    ]);
    const values = index.tables.map(({ path, columns }) =>
      rowsAt(last ?? {}, path).map((row) => columns.map((column) => columnValue(column, row))),
    );
    expect(values).toEqual([
      [['2 🎉\n', undefined, long, 1, 2, undefined, undefined]],
      [['a'], ['a']],
      [[1], [undefined], [1], [undefined]],
    ]);
  });

  it('marks where lines begin, so that reading from any of them goes on with the right row', async () => {
    const from = await world;
    const index = await indexOf(from, 'coordinator');
    const all = await records(from, index);
    expect(index.marks.length).toBeGreaterThan(4);
    expect(index.marks[0]).toEqual({ offset: 0, rows: [0, 0, 0] });
    for (const { offset, rows } of index.marks) {
      const [record = 0, ...inRepeats] = rows;
      expect(await records(from, index, { from: offset })).toEqual(all.slice(record));
      const before = all.slice(0, record);
      expect(inRepeats).toEqual(
        index.tables.slice(1).map(({ path }) => before.flatMap((row) => rowsAt(row, path)).length),
      );
    }
  });

  it('finds the mark before a row of any table', async () => {
    const index = await indexOf(await world, 'coordinator');
    for (const [table, { rows }] of index.tables.entries()) {
      for (let row = 0; row < rows; row += 1) {
        const found = markBefore(index, table, row);
        const next = index.marks[index.marks.indexOf(found) + 1];
        expect(found.rows[table]).toBeLessThanOrEqual(row);
        expect(next?.rows[table] ?? Infinity).toBeGreaterThan(row);
      }
    }
  });

  it('has no marks for no rows', async () => {
    const empty = await formatWorld({ survey, choices }, []);
    const index = await indexOf(empty, 'coordinator');
    expect(index).toMatchObject({ rows: 0, bytes: 0, marks: [] });
    expect(await records(empty, index)).toEqual([]);
  });
});

describe('reading rows', () => {
  it('goes on where it stopped, and stops before the byte that it is told', async () => {
    const from = await world;
    const index = await indexOf(from, 'members');
    const all = await records(from, index);
    const pieces: JsonObject[] = [];
    let at = 0;
    while (at < index.bytes) {
      for await (const { next, record } of readRows(from.objects, index, {
        from: at,
        to: at + 500,
      })) {
        pieces.push(record);
        at = next;
      }
    }
    expect(pieces).toEqual(all);
  });

  it('says so when the file has gone or is shorter than its index says', async () => {
    const from = await world;
    const index = await indexOf(from, 'members');
    const gone = { ...index, version: 'other' };
    await expect(records(from, gone)).rejects.toThrow(RowsGoneError);
    await expect(records(from, { ...index, bytes: index.bytes + 1 })).rejects.toThrow(
      RowsGoneError,
    );
  });
});
