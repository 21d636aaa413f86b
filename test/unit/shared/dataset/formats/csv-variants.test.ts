import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../../../shared/json.ts';
import { fileNames, formatWorld } from '../../../../support/format-world.ts';

const table = (csv: string): string[][] => parse(csv, { bom: true, relax_column_count: false });
const answersOf = (csv: string): string[][] => table(csv).map((cells) => cells.slice(6));

const fr = 'label::Français (fr)';
const en = 'label::English (en)';
const survey: readonly JsonObject[] = [
  { type: 'text', name: 'name', [fr]: 'Nom', [en]: 'Name' },
  { type: 'select_one l', name: 'one', [fr]: 'Un choix', [en]: 'One choice' },
  { type: 'select_multiple l', name: 'many', [fr]: 'Plusieurs, au choix', [en]: 'Several' },
  { type: 'rank l', name: 'order', [fr]: 'Ordre' },
  { type: 'geopoint', name: 'place', [fr]: 'Lieu', [en]: 'Place' },
];
const choices: readonly JsonObject[] = [
  { list_name: 'l', name: 'a', [fr]: 'Eau, hygiène', [en]: 'Water' },
  { list_name: 'l', name: 'b', [fr]: 'Abri' },
  { list_name: 'l', name: 'c', [fr]: '=Santé', [en]: 'Health' },
];
const settings = { default_language: 'Français (fr)' };
const answer = {
  name: 'n',
  one: 'a',
  many: ['b', 'a'],
  order: ['c', 'a', 'b'],
  place: { lat: 1, lon: 2 },
};

describe('CSV with labels', () => {
  it('is there in each of the form’s languages, with the default one where a label is missing', async () => {
    const world = await formatWorld({ survey, choices, settings }, [answer]);
    expect(answersOf(await world.file('f', 'coordinator', 'f.fr.csv'))).toEqual([
      [
        'Nom',
        'Un choix',
        'Plusieurs, au choix',
        'Ordre',
        'Lieu (latitude)',
        'Lieu (longitude)',
        'Lieu (altitude)',
        'Lieu (accuracy)',
      ],
      ['n', 'Eau, hygiène', 'Abri; Eau, hygiène', "'=Santé; Eau, hygiène; Abri", '1', '2', '', ''],
    ]);
    expect(answersOf(await world.file('f', 'coordinator', 'f.en.csv'))).toEqual([
      [
        'Name',
        'One choice',
        'Several',
        'Ordre',
        'Place (latitude)',
        'Place (longitude)',
        'Place (altitude)',
        'Place (accuracy)',
      ],
      ['n', 'Water', 'Abri; Water', 'Health; Water; Abri', '1', '2', '', ''],
    ]);
  });

  it('tells questions and choices apart whose labels are the same', async () => {
    const world = await formatWorld(
      {
        survey: [
          { type: 'text', name: 'x', label: 'Nom' },
          { type: 'text', name: 'y', label: 'Nom' },
          { type: 'text', name: 'z', label: 'id' },
          { type: 'select_multiple l', name: 'many', label: 'M' },
        ],
        choices: [
          { list_name: 'l', name: 'a', label: 'Autre' },
          { list_name: 'l', name: 'b', label: 'Autre' },
        ],
      },
      [{ many: ['a', 'b'] }],
    );
    expect(answersOf(await world.file('f', 'coordinator', 'f.fr.csv'))).toEqual([
      ['Nom (x)', 'Nom (y)', 'id (z)', 'M'],
      ['', '', '', 'Autre (a); Autre (b)'],
    ]);
  });

  it('keeps what is no code of the list, and the text behind “other”', async () => {
    const world = await formatWorld(
      {
        survey: [
          { type: 'select_one l or_other', name: 'one', label: 'O' },
          { type: 'select_multiple l', name: 'many', label: 'M' },
        ],
        choices: [{ list_name: 'l', name: 'a', label: 'A!' }],
      },
      [
        { one: 'other', one_other: 'mine' },
        { one: 'gone', many: ['gone', 'a'] },
        { many: 'a' },
        { one: ['a'], many: [['a']] },
      ],
    );
    const rows = table(await world.file('f', 'coordinator', 'f.fr.csv'));
    const columns = (rows[0] ?? []).slice(6);
    expect(columns).toHaveLength(3);
    expect(rows.slice(1).map((cells) => cells.slice(6))).toEqual([
      [expect.stringMatching(/Autre|other/i), 'mine', ''],
      ['gone', '', 'gone; A!'],
      ['', '', 'A!'],
      ['A!', '', '[["a"]]'],
    ]);
  });

  it('writes headers that are formulas, or have commas, quotes and several lines, as one harmless cell', async () => {
    const world = await formatWorld(
      {
        survey: [
          { type: 'text', name: 'x', label: '=HYPERLINK("http://evil","x")' },
          { type: 'text', name: 'y', label: 'Un\n"deux",\ttrois  \u202eقطر 🎉' },
          { type: 'text', name: 'z', label: 'nul \0 et \ud800' },
        ],
      },
      [],
    );
    expect(answersOf(await world.file('f', 'coordinator', 'f.fr.csv'))).toEqual([
      ['\'=HYPERLINK("http://evil","x")', 'Un "deux", trois \u202eقطر 🎉', 'nul et \ufffd'],
    ]);
  });

  it('calls files of a language without a code by what is left of its name', async () => {
    const world = await formatWorld(
      { survey: [{ type: 'text', name: 'x', 'label::Fòn/Gbè': 'X' }] },
      [],
    );
    expect(await fileNames(world)).toContain('f.fon-gbe.csv');
  });

  it('gives a repeat that is called like a language, or a variant, another name', async () => {
    const repeat = (name: string): JsonObject[] => [
      { type: 'begin_repeat', name, label: name },
      { type: 'select_multiple l', name: `in_${name}`, label: 'M' },
      { type: 'end_repeat' },
    ];
    const world = await formatWorld(
      {
        survey: ['fr', 'split', 'flat', 'HXL', 'plain'].flatMap(repeat),
        choices: [{ list_name: 'l', name: 'a', label: 'A' }],
      },
      [{ fr: [{ in_fr: ['a'] }] }],
    );
    const names = await fileNames(world);
    expect(names).toEqual(expect.arrayContaining(['f.fr.csv', 'f.fr-2.csv', 'f.fr-2.fr.csv']));
    expect(names).toEqual(expect.arrayContaining(['f.split-2.csv', 'f.HXL-2.csv', 'f.plain.csv']));
    expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(names.length);
    const rows = table(await world.file('f', 'coordinator', 'f.fr-2.csv'));
    expect(rows[1]?.slice(1)).toEqual(['instance-0000', '1', 'a']);
  });
});

describe('CSV with split choices', () => {
  it('has a column of 0 and 1 for each choice after the answer, empty without an answer', async () => {
    const world = await formatWorld({ survey, choices, settings }, [answer, {}]);
    expect(answersOf(await world.file('f', 'coordinator', 'f.split.csv'))).toEqual([
      [
        'name',
        'one',
        'many',
        'many/a',
        'many/b',
        'many/c',
        'order',
        'place/latitude',
        'place/longitude',
        'place/altitude',
        'place/accuracy',
      ],
      ['n', 'a', 'b a', '1', '1', '0', 'c a b', '1', '2', '', ''],
      ['', '', '', '', '', '', '', '', '', '', ''],
    ]);
    const [headers, first] = answersOf(await world.file('f', 'coordinator', 'f.en.split.csv'));
    expect(headers?.slice(2, 6)).toEqual([
      'Several',
      'Several/Water',
      'Several/Abri',
      'Several/Health',
    ]);
    expect(first?.slice(2, 6)).toEqual(['Abri; Water', '1', '1', '0']);
  });

  it('has the same for the tables of repeats, and no file for a table with nothing to split', async () => {
    const world = await formatWorld(
      {
        survey: [
          { type: 'text', name: 'q', label: 'Q' },
          { type: 'begin_repeat', name: 'r', label: 'R' },
          { type: 'select_multiple l', name: 'many', label: 'M' },
          { type: 'end_repeat' },
        ],
        choices,
      },
      [{ r: [{ many: ['c'] }, {}] }],
    );
    const names = await fileNames(world);
    expect(names).toContain('f.r.fr.split.csv');
    expect(names).not.toContain('f.split.csv');
    expect(table(await world.file('f', 'coordinator', 'f.r.split.csv'))).toEqual([
      ['id', 'parent_id', 'index', 'many', 'many/a', 'many/b', 'many/c'],
      ['instance-0000/1', 'instance-0000', '1', 'c', '0', '0', '1'],
      ['instance-0000/2', 'instance-0000', '2', '', '', '', ''],
    ]);
  });

  it('tells each audience of no other columns than it sees, though lines are shared', async () => {
    const world = await formatWorld(
      {
        survey: [
          { type: 'select_multiple l', name: 'open', label: 'O', visibility: 'public' },
          { type: 'select_multiple k', name: 'closed', label: 'C' },
        ],
        choices: [
          { list_name: 'l', name: 'a', label: 'A' },
          { list_name: 'k', name: 'secret', label: 'Secret' },
        ],
      },
      [{ open: ['a'], closed: ['secret'] }],
    );
    for (const audience of ['public', 'members'] as const) {
      const rows = table(await world.file('f', audience, 'f.split.csv'));
      expect(rows.map((cells) => cells.slice(-2))).toEqual([
        ['open', 'open/a'],
        ['a', '1'],
      ]);
    }
    const whole = answersOf(await world.file('f', 'coordinator', 'f.split.csv'));
    expect(whole).toEqual([
      ['open', 'open/a', 'closed', 'closed/secret'],
      ['a', '1', 'secret', '1'],
    ]);
  });

  it('does not spread a very long list', async () => {
    const world = await formatWorld(
      {
        survey: [{ type: 'select_multiple l', name: 'many', label: 'M' }],
        choices: Array.from({ length: 1_001 }, (_, number) => ({
          list_name: 'l',
          name: `c${number}`,
          label: `C${number}`,
        })),
      },
      [],
    );
    expect(await fileNames(world)).not.toContain('f.split.csv');
  });
});

describe('the flat table', () => {
  const repeats: readonly JsonObject[] = [
    { type: 'text', name: 'q', label: 'Q' },
    { type: 'begin_group', name: 'g', label: 'G' },
    { type: 'begin_repeat', name: 'outer', label: 'O' },
    { type: 'text', name: 'a', label: 'A' },
    { type: 'begin_repeat', name: 'inner', label: 'I' },
    { type: 'text', name: 'b', label: 'B' },
    { type: 'end_repeat' },
    { type: 'end_repeat' },
    { type: 'end_group' },
    { type: 'begin_repeat', name: 'side', label: 'S' },
    { type: 'text', name: 'c', label: 'C' },
    { type: 'end_repeat' },
  ];

  it('has a line for each innermost row, with what is around it; side by side they follow', async () => {
    const world = await formatWorld({ survey: repeats }, [
      {
        q: '1',
        g: { outer: [{ a: 'a1', inner: [{ b: 'b1' }, { b: 'b2' }] }, { a: 'a2' }] },
        side: [{ c: 'c1' }],
      },
      { q: '2' },
    ]);
    const rows = table(await world.file('f', 'coordinator', 'f.flat.csv'));
    expect(rows[0]?.slice(6)).toEqual([
      'q',
      'g/outer/index',
      'g/outer/a',
      'g/outer/inner/index',
      'g/outer/inner/b',
      'side/index',
      'side/c',
    ]);
    expect(rows.slice(1).map(([id, , , , , , ...cells]) => [id, ...cells])).toEqual([
      ['instance-0000', '1', '1', 'a1', '1', 'b1', '', ''],
      ['instance-0000', '1', '1', 'a1', '2', 'b2', '', ''],
      ['instance-0000', '1', '2', 'a2', '', '', '', ''],
      ['instance-0000', '1', '', '', '', '', '1', 'c1'],
      ['instance-0001', '2', '', '', '', '', '', ''],
    ]);
  });

  it('is not made where there are no repeats to see', async () => {
    const world = await formatWorld(
      {
        survey: [
          { type: 'select_one l', name: 'one', label: 'O', visibility: 'public' },
          ...repeats,
        ],
        choices,
      },
      [{ g: { outer: [{ a: 'a' }] } }],
    );
    expect(await fileNames(world, 'public')).not.toContain('f.flat.csv');
    expect(await fileNames(world, 'public')).toContain('f.fr.csv');
  });

  it('has as many lines for a record as it has innermost rows, and one at least', async () => {
    const row = fc.record({ inner: fc.array(fc.constant({ b: 'x' }), { maxLength: 3 }) });
    const record = fc.record({
      g: fc.record({ outer: fc.array(row, { maxLength: 3 }) }),
      side: fc.array(fc.constant({ c: 'x' }), { maxLength: 2 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(record, { maxLength: 5 }), async (records) => {
        const world = await formatWorld({ survey: repeats }, records);
        const rows = table(await world.file('f', 'coordinator', 'f.flat.csv')).slice(1);
        const lines = records.map(({ g: { outer }, side }) => {
          const inner = outer.map(({ inner: { length } }) => Math.max(length, 1));
          return Math.max(1, side.length + inner.reduce((sum, count) => sum + count, 0));
        });
        expect(rows.map(([id]) => id)).toEqual(
          lines.flatMap((count, index) =>
            Array.from({ length: count }, () => `instance-${String(index).padStart(4, '0')}`),
          ),
        );
      }),
      { numRuns: 30 },
    );
  });
});

describe('every CSV file', () => {
  const nasty = ['=1+1', 'a\nb', '"q",', '🎉', '\u202eقطر', 'x\0y', 'x\ud800y', "'", '\t', ' '];

  it('keeps what people wrote in one cell, harmless to a spreadsheet', async () => {
    const world = await formatWorld(
      {
        survey: [
          { type: 'text', name: 'q', [fr]: 'Q' },
          { type: 'begin_repeat', name: 'r', [fr]: 'R' },
          { type: 'text', name: 'q', [fr]: 'Q' },
          { type: 'end_repeat' },
          { type: 'select_multiple l', name: 'many', [fr]: 'M' },
        ],
        choices,
      },
      nasty.map((q): JsonObject => ({ q, r: [{ q }] })),
    );
    const expected = nasty
      .map((text) => text.toWellFormed().replaceAll('\0', '\ufffd'))
      .map((text) => (/^[=\t]/.test(text) ? `'${text}` : text));
    const names = (await fileNames(world)).filter((name) => name.endsWith('.csv'));
    expect(names).toHaveLength(10);
    for (const name of names) {
      const [headers = [], ...rows] = table(await world.file('f', 'coordinator', name));
      const at = headers.findIndex((header) => ['q', 'Q', 'r/q'].includes(header));
      expect(rows.map((cells) => cells[at])).toEqual(expected);
    }
  });

  it('holds 5,000 columns', async () => {
    const names = Array.from({ length: 5_000 }, (_, number) => `q${number}`);
    const world = await formatWorld(
      { survey: names.map((name) => ({ type: 'integer', name, label: `L ${name}` })) },
      [Object.fromEntries(names.map((name, index) => [name, index]))],
    );
    const rows = answersOf(await world.file('f', 'coordinator', 'f.fr.csv'));
    expect(rows[0]).toEqual(names.map((name) => `L ${name}`));
    expect(rows[1]).toEqual(names.map((_, index) => String(index)));
  });
});
