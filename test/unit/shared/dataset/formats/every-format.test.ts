import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { parquetReadObjects } from 'hyparquet';
import { describe, expect, it } from 'vitest';
import type { Format } from '../../../../../shared/dataset/formats/format.ts';
import { formats } from '../../../../../shared/dataset/formats/formats.ts';
import { factsOf } from '../../../../../shared/dataset/formats/table-facts.ts';
import { audiences, type Audience } from '../../../../../shared/form/model.ts';
import type { FormDefinition } from '../../../../../shared/form/definition.ts';
import type { JsonObject, JsonValue } from '../../../../../shared/json.ts';
import { cellText, withoutGuard } from '../../../../support/dataset-tables.ts';
import { readSheets } from '../../../../support/read-workbook.ts';
import { entriesOf } from '../../../../support/texts-inside.ts';
import { shownRecords, writtenBy, type ShownRecords } from '../../../../support/written-rows.ts';

type Files = ReadonlyMap<string, Buffer>;

/** What an audience is to find in the files: an answer, or (`name` is '') that there is a row. */
interface Answer {
  readonly table: string;
  /** Of the row: `rec-1/2/1`. */
  readonly id: string;
  readonly name: string;
  readonly value: string;
}

interface Case {
  readonly shown: ShownRecords;
  readonly answers: readonly Answer[];
  /** Paths of the tables that the audience has, by their names; '' is that of the records. */
  readonly paths: ReadonlyMap<string, readonly string[]>;
  /** Tables that have a column to split, and the one with the place. */
  readonly splits: ReadonlySet<string>;
  readonly placed: string;
}

interface Asked {
  readonly name: string;
  readonly kind: 'text' | 'integer' | 'select_multiple' | 'geopoint';
  readonly visibility: Audience;
}

interface AskedScope {
  readonly name: string;
  readonly path: readonly string[];
  readonly questions: readonly Asked[];
  readonly repeats: readonly AskedScope[];
}

const codes = ['a', 'b', 'c'];
const choices = codes.map((name) => ({ list_name: 'l', name, label: name }));
/** What an audience sees, from least. */
const sees = (audience: Audience, { visibility }: Asked): boolean =>
  audiences.indexOf(visibility) <= audiences.indexOf(audience);

/** A random form with repeats in repeats, and records of it, as `audience` sees them. */
function randomCase(g: fc.GeneratorValue, audience: Audience): Case {
  let names = 0;
  const bool = (): boolean => g(fc.boolean);
  const count = (most: number): number => g(fc.nat, { max: most });
  const scopeOf = (name: string, path: readonly string[]): AskedScope => {
    const kinds = ['text', 'integer', 'select_multiple'] as const;
    const asked = Array.from({ length: count(2) }, (): Asked => {
      names += 1;
      const kind = kinds[count(2)] ?? 'text';
      return { name: `q${names}`, kind, visibility: audiences[count(2)] ?? 'public' };
    });
    const first: Asked = {
      name: `f${path.length}${name}`,
      kind: 'text',
      visibility: path.length === 0 ? 'public' : 'coordinator',
    };
    const repeats = Array.from({ length: path.length === 3 ? 0 : count(2) }, () => {
      names += 1;
      return scopeOf(`r${names}`, [...path, `r${names}`]);
    });
    return { name, path, questions: [first, ...asked], repeats };
  };
  const root = scopeOf('', []);
  const scopes = (scope: AskedScope): readonly AskedScope[] => [
    scope,
    ...scope.repeats.flatMap(scopes),
  ];
  const all = scopes(root);
  const placed = all[count(all.length - 1)] ?? root;
  const place: Asked = { name: 'place', kind: 'geopoint', visibility: 'public' };
  const asked = (scope: AskedScope): readonly Asked[] =>
    scope === placed ? [...scope.questions, place] : scope.questions;
  const surveyOf = (scope: AskedScope): FormDefinition['survey'] => [
    ...asked(scope).map(({ name, kind, visibility }) => ({
      type: kind === 'select_multiple' ? 'select_multiple l' : kind,
      name,
      label: name,
      visibility,
      hxl: '#x',
      ...(kind === 'text' ? { review_text: 'yes' } : {}),
      ...(kind === 'geopoint' ? { precision: 'exact' } : {}),
    })),
    ...scope.repeats.flatMap((repeat) => [
      { type: 'begin_repeat', name: repeat.name, label: repeat.name },
      ...surveyOf(repeat),
      { type: 'end_repeat' },
    ]),
  ];
  const shows = (scope: AskedScope): boolean =>
    asked(scope).some((one) => sees(audience, one)) || scope.repeats.some(shows);

  let values = 0;
  const answers: Answer[] = [];
  const answersOf = (scope: AskedScope, id: string): JsonObject => {
    const table = scope.name;
    const given: Record<string, JsonValue> = {};
    if (shows(scope)) answers.push({ table, id, name: '', value: '' });
    for (const one of asked(scope)) {
      if (one.name !== root.questions[0]?.name && count(3) === 0) continue;
      values += 1;
      const value = valueOf(one, values, count(6));
      given[one.name] = value;
      if (!sees(audience, one)) continue;
      const told = (name: string, text: JsonValue | undefined): number =>
        answers.push({ table, id, name, value: cellText(text) });
      if (one.kind !== 'geopoint') told(one.name, value);
      else {
        told('place/latitude', values / 100);
        told('place/longitude', -values / 100);
      }
    }
    for (const repeat of scope.repeats) {
      if (bool() && bool()) continue;
      given[repeat.name] = Array.from({ length: count(3) }, (_, index) =>
        answersOf(repeat, `${id}/${index + 1}`),
      );
    }
    return given;
  };
  const records = new Map(
    Array.from({ length: 1 + count(4) }, (_, index): [string, JsonObject] => {
      const id = `rec-${index + 1}`;
      return [id, answersOf(root, id)];
    }),
  );
  const form = { survey: surveyOf(root), choices };
  const shown = shownRecords(form, { geometry: 'place' }, audience, records);
  const splits = all.filter((scope) =>
    asked(scope).some((one) => one.kind === 'select_multiple' && sees(audience, one)),
  );
  return {
    shown,
    answers,
    placed: placed.name,
    paths: new Map(
      all.filter((one) => one === root || shows(one)).map(({ name, path }) => [name, path]),
    ),
    splits: new Set(splits.map(({ name }) => name)),
  };
}

function valueOf({ kind }: Asked, number: number, choice: number): JsonValue {
  switch (kind) {
    case 'text':
      return choice < 3 ? `t${number}` : `=t${number}; -1, "x"\n@y`;
    case 'integer':
      return choice < 3 ? number : -number;
    case 'select_multiple':
      return codes.slice(choice % 3);
    case 'geopoint':
      return { lat: number / 100, lon: -number / 100 };
  }
}

type Found = Pick<Answer, 'id' | 'name' | 'value'>;

const textOf = ({ id, name, value }: Found): string => `${id} ${name} ${value}`;
const texts = (found: readonly Found[]): readonly string[] =>
  [...new Set(found.map(textOf))].toSorted();

/** A heading of people's files as programs' files have it. */
const plainHeading = (heading: string): string =>
  heading.replace(/ \((latitude|longitude|altitude|accuracy)\)$/, '/$1');

/** What the rows of a table say: the first column is the row's id. */
function ofTable(headings: readonly string[], rows: readonly (readonly string[])[]): Found[] {
  return rows.flatMap(([id = '', ...cells]) => [
    { id, name: '', value: '' },
    ...cells.flatMap((value, index): Found[] => {
      const name = plainHeading(headings[index + 1] ?? '');
      const isLead = ['parent_id', 'index'].includes(name);
      if (name === 'parent_id' && value !== id.split('/').slice(0, -1).join('/'))
        throw new Error(id);
      return isLead || value === '' ? [] : [{ id, name, value }];
    }),
  ]);
}

function csvRows(bytes: Buffer): string[][] {
  const rows: string[][] = parse(bytes, { bom: true, record_delimiter: '\r\n' });
  return rows.map((row) => row.map(withoutGuard));
}

function ofCsv(bytes: Buffer): Found[] {
  const [headings = [], ...rows] = csvRows(bytes);
  return ofTable(headings, rows);
}

function ofNested(answers: JsonObject, id: string): Found[] {
  const own = { id, name: '', value: '' };
  return [
    own,
    ...Object.entries(answers).flatMap(([name, value]): Found[] => {
      if (Array.isArray(value) && value.every((row) => typeof row === 'object')) {
        return (value as readonly JsonObject[]).flatMap((row, index) =>
          ofNested(row, `${id}/${index + 1}`),
        );
      }
      if (typeof value === 'object' && value !== null && 'lat' in value) {
        return [
          { id, name: `${name}/latitude`, value: cellText(value['lat']) },
          { id, name: `${name}/longitude`, value: cellText(value['lon']) },
        ];
      }
      return [{ id, name, value: cellText(value) }];
    }),
  ];
}

interface JsonRecord {
  readonly id: string;
  readonly answers: JsonObject;
}

const bytesOf = (files: Files, name: string): Buffer => {
  const bytes = files.get(name);
  if (bytes === undefined) throw new Error(`No ${name}.`);
  return bytes;
};

/** Names of a table's files: `f.csv`, `f.<repeat>.csv`. */
const tableFiles = ({ paths }: Case, ending: string): string[] =>
  [...paths.keys()].map((name) => `f.${name === '' ? '' : `${name}.`}${ending}`);

/** The id of the row at a depth around another: `rec-1/2` at 1 around `rec-1/2/3`. */
const around = (id: string, depth: number): string =>
  id
    .split('/')
    .slice(0, 1 + depth)
    .join('/');

/** What a file, or several that are one table each, has and is to have. */
interface Reading {
  readonly found: readonly Found[];
  readonly expected: readonly Found[];
}

/** How each format is read by a parser that is not ours. A format that is missing here fails. */
const readers: Readonly<
  Record<string, (files: Files, made: Case) => Promise<readonly Reading[]> | readonly Reading[]>
> = {
  csv: (files, made) => [
    {
      found: tableFiles(made, 'csv').flatMap((name) => ofCsv(bytesOf(files, name))),
      expected: made.answers,
    },
  ],
  'csv-variants': (files, made) => {
    const variants = [
      'fr',
      'en',
      ...(made.splits.size > 0 ? ['split', 'fr.split', 'en.split'] : []),
    ];
    const names = variants.flatMap((variant) => tableFiles(made, `${variant}.csv`));
    expect(names).toEqual(expect.arrayContaining([...files.keys()]));
    return variants.map((variant): Reading => {
      const isSplit = variant.endsWith('split');
      const expected = made.answers.filter(({ table }) => !isSplit || made.splits.has(table));
      const parts = expected.flatMap(({ id, name, value }): Found[] =>
        isSplit && /^[abc]( [abc])*$/.test(value)
          ? codes.map((code) => ({
              id,
              name: `${name}/${code}`,
              value: value.includes(code) ? '1' : '0',
            }))
          : [],
      );
      const found = tableFiles(made, `${variant}.csv`).flatMap((name) => {
        const bytes = files.get(name);
        return bytes === undefined ? [] : ofCsv(bytes);
      });
      return { found: found.map(unlabelled), expected: [...expected, ...parts] };
    });
  },
  'csv-flat': (files, { paths, answers }) => {
    const [headings = [], ...rows] = csvRows(bytesOf(files, 'f.flat.csv'));
    const found = rows.flatMap((row) => {
      const cell = (heading: string): string => row[headings.indexOf(heading)] ?? '';
      return [...paths.values()].flatMap((path): Found[] => {
        const before = path.length === 0 ? '' : `${path.join('/')}/`;
        const steps = path.map((_, step) => cell(`${path.slice(0, step + 1).join('/')}/index`));
        if (steps.includes('')) return [];
        const id = [cell('id'), ...steps].join('/');
        const own = headings.filter(
          (heading) =>
            heading.startsWith(before) &&
            !['id', 'index'].includes(heading.slice(before.length)) &&
            /^(?:place\/\w+|[^/]+)$/.test(heading.slice(before.length)),
        );
        return [
          { id, name: '', value: '' },
          ...own.map((name) => ({ id, name: name.slice(before.length), value: cell(name) })),
        ].filter(({ name, value }) => name === '' || value !== '');
      });
    });
    return [{ found, expected: answers }];
  },
  hxl: (files, { answers, paths }) => {
    const [headings = [], , ...rows] = csvRows(bytesOf(files, 'f.hxl.csv'));
    const depths = new Map(
      answers.map(({ table, name }) => [name, paths.get(table)?.length ?? 0] as const),
    );
    const found = ofTable(headings, rows).filter(({ name }) => name !== '');
    return [
      {
        found: found.map((one) =>
          unlabelled({ ...one, id: around(one.id, depths.get(one.name) ?? 0) }),
        ),
        expected: answers.filter(({ name }) => name !== ''),
      },
    ];
  },
  json: (files, { answers }) => {
    const { records } = JSON.parse(bytesOf(files, 'f.json').toString()) as {
      records: JsonRecord[];
    };
    return [{ found: records.flatMap((one) => ofNested(one.answers, one.id)), expected: answers }];
  },
  ndjson: (files, { answers }) => {
    const lines = bytesOf(files, 'f.ndjson')
      .toString()
      .split('\n')
      .filter((line) => line !== '');
    const records = lines.map((line) => JSON.parse(line) as JsonRecord);
    return [{ found: records.flatMap((one) => ofNested(one.answers, one.id)), expected: answers }];
  },
  geojson: (files, { answers, placed, paths }) => {
    interface Feature {
      readonly id: string;
      readonly geometry: { readonly coordinates: readonly number[] } | null;
      readonly properties: JsonObject;
    }
    const collection = JSON.parse(bytesOf(files, 'f.geojson').toString()) as {
      features: Feature[];
    };
    const before = placed === '' ? '' : `${(paths.get(placed) ?? []).join('/')}/`;
    const found = collection.features.flatMap(({ id, geometry, properties }): Found[] => {
      const [longitude, latitude] = geometry?.coordinates ?? [];
      const place = [
        { id, name: 'place/latitude', value: cellText(latitude) },
        { id, name: 'place/longitude', value: cellText(longitude) },
      ];
      const named = Object.entries(properties).flatMap(([name, value]): Found[] => {
        const isPlaced = before !== '' && name.startsWith(before);
        const own = isPlaced ? name.slice(before.length) : name;
        if (own === 'id' || own.startsWith('place/')) return [];
        return [{ id: isPlaced ? id : around(id, 0), name: own, value: cellText(value) }];
      });
      return [
        { id, name: '', value: '' },
        ...[...place, ...named].filter(({ value }) => value !== ''),
      ];
    });
    const ids = new Set(collection.features.map(({ id }) => around(id, 0)));
    const expected = answers.filter(
      ({ table, id, name }) => table === placed || (table === '' && name !== '' && ids.has(id)),
    );
    return [{ found, expected }];
  },
  parquet: async (files, made) => {
    const tables = tableFiles(made, 'parquet').map(async (name) => {
      const rows = await parquetReadObjects({ file: new Uint8Array(bytesOf(files, name)).buffer });
      const headings = Object.keys(rows[0] ?? {});
      return ofTable(
        headings,
        rows.map((row) => headings.map((heading) => cellText(row[heading]))),
      );
    });
    return [{ found: (await Promise.all(tables)).flat(), expected: made.answers }];
  },
  xlsx: (files, made) =>
    Promise.all(
      ['f.xlsx', 'f.en.xlsx'].map(async (name): Promise<Reading> => {
        const sheets = [...(await readSheets(bytesOf(files, name))).values()];
        const found = [...made.paths.keys()].flatMap((table, place) => {
          const [headings = [], ...rows] = sheets[place] ?? [];
          const leads = table === '' ? ['id'] : ['id', 'parent_id', 'index'];
          return ofTable(
            headings.map((heading, index) => leads[index] ?? cellText(heading)),
            rows.map((row) => headings.map((_, index) => cellText(row[index]))),
          );
        });
        return { found: found.map(unlabelled), expected: made.answers };
      }),
    ),
  'csv.zip': (files, { answers }) => [
    { found: [...entriesOf(bytesOf(files, 'f.csv.zip'))].flatMap(ofCsv), expected: answers },
  ],
  /** Has no file: what it says of columns must be so of the rows. */
  facts: (_, { shown: { tables }, answers }) => {
    const known = factsOf(tables);
    const all = [tables.main, ...tables.repeats];
    expect(known?.unfit.size).toBe(0);
    const lacking = all.flatMap(({ scope, columns }): Found[] => {
      const rows = answers.filter(({ table, name }) => table === scope.name && name === '');
      return columns.flatMap(({ header }) => {
        const given = answers.filter(({ table, name }) => table === scope.name && name === header);
        return given.length < rows.length ? [{ id: scope.name, name: header, value: '' }] : [];
      });
    });
    const found = all.flatMap(({ scope, columns }) =>
      columns
        .filter((column) => known?.missing.has(column))
        .map(({ header }) => ({ id: scope.name, name: header, value: '' })),
    );
    return [{ found, expected: lacking }];
  },
};

/** Labels of several choices stand apart by `; ` in people's files. */
function unlabelled(found: Found): Found {
  return /^[abc](?:; [abc])*$/.test(found.value)
    ? { ...found, value: found.value.replaceAll('; ', ' ') }
    : found;
}

async function readingsOf(format: Format, made: Case): Promise<readonly Reading[]> {
  const read = readers[format.name];
  if (read === undefined) throw new Error(`Nothing reads ${format.name}.`);
  const files = await writtenBy(format, made.shown);
  return files === undefined ? [] : read(files, made);
}

/** A format of the same name whose writers drop all rows, or all but the first one. */
function dropping(format: Format, kept: number): Format {
  return {
    ...format,
    open: (context) => {
      const writer = format.open(context);
      if (writer === undefined) return undefined;
      let rows = 0;
      return {
        ...(writer.drained === undefined
          ? {}
          : { drained: () => writer.drained?.() ?? Promise.resolve() }),
        row: (row) => {
          if (rows < kept) writer.row(row);
          rows += 1;
        },
        end: () => writer.end(),
      };
    },
  };
}

describe.each(formats)('the format $name', (format) => {
  it.each(audiences)('has every row and answer that %s may see, and no other', async (audience) => {
    let made = 0;
    await fc.assert(
      fc.asyncProperty(fc.gen(), async (g) => {
        for (const { found, expected } of await readingsOf(format, randomCase(g, audience))) {
          expect(texts(found)).toEqual(texts(expected));
          made += 1;
        }
      }),
      { numRuns: 15 },
    );
    expect(made).toBeGreaterThan(0);
  });

  it.each([0, 1])('is seen to drop rows where it has but %i of them', async (kept) => {
    const broken = dropping(format, kept);
    let caught = 0;
    await fc.assert(
      fc.asyncProperty(fc.gen(), async (g) => {
        const readings = await readingsOf(broken, randomCase(g, 'coordinator'));
        const isWhole = readings.every(
          ({ found, expected }) => texts(found).join('\n') === texts(expected).join('\n'),
        );
        if (!isWhole) caught += 1;
      }),
      { numRuns: 15, seed: 11 },
    );
    expect(caught).toBeGreaterThan(0);
  });
});

describe('a format that nothing reads', () => {
  it('fails', async () => {
    const [csv] = formats;
    if (csv === undefined) throw new Error('No formats.');
    const [g] = fc.sample(fc.gen(), 1);
    if (g === undefined) throw new Error('No sample.');
    const unread = { ...csv, name: 'unread' };
    await expect(readingsOf(unread, randomCase(g, 'public'))).rejects.toThrow(
      'Nothing reads unread.',
    );
    expect(Object.keys(readers).toSorted()).toEqual(formats.map(({ name }) => name).toSorted());
  });
});
