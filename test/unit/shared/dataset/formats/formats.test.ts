import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonText } from '../../../../../shared/dataset/rows/cell-text.ts';
import type { JsonObject } from '../../../../../shared/json.ts';
import { DatasetWorld } from '../../../../support/dataset-world.ts';
import { keysInOrder } from '../../../../support/keyring.ts';

const text = (name: string) => ({
  type: 'text',
  name,
  label: name,
  visibility: 'public',
  review_text: 'yes',
});

async function worldOf(
  survey: readonly JsonObject[],
  answers: readonly JsonObject[],
  settings: JsonObject = {},
  choices: readonly JsonObject[] = [],
): Promise<DatasetWorld> {
  const world = new DatasetWorld();
  world.keys = keysInOrder('f', ['instance-0', 'instance-1', 'instance-2']);
  await world.publishForm('f', {
    survey,
    choices,
    settings: { form_title: 'F', version: '1', ...settings },
  });
  for (const [index, answer] of answers.entries()) {
    await world.put('f', `instance-${index}`, answer);
  }
  await world.compile();
  return world;
}

const rowsOf = (csv: string): Record<string, string>[] => parse(csv, { bom: true, columns: true });

describe('CSV', () => {
  it('has a byte order mark, CRLF, the columns of the design, then questions in order', async () => {
    const world = await worldOf(
      [
        text('first'),
        { type: 'begin_group', name: 'contact', label: 'C' },
        text('email'),
        { type: 'end_group' },
        { type: 'geopoint', name: 'place', label: 'P' },
        { type: 'select_multiple l', name: 'many', label: 'M' },
        { type: 'decimal', name: 'number', label: 'N' },
        { type: 'note', name: 'note', label: 'Not a question' },
        { type: 'file', name: 'doc', label: 'D' },
        text('organisation'),
      ],
      [
        {
          first: 'a',
          contact: { email: 'e' },
          place: { lat: 1.5, lon: -2, accuracy: 3 },
          many: ['x', 'y'],
          number: -1.5,
          doc: { file: 'a.pdf', sha256: '0'.repeat(64), bytes: 1, type: 'application/pdf' },
          organisation: 'mine',
        },
      ],
      {},
      [
        { list_name: 'l', name: 'x', label: 'X' },
        { list_name: 'l', name: 'y', label: 'Y' },
      ],
    );
    const csv = await world.file('f', 'coordinator', 'f.csv');
    expect(csv.split('\r\n')).toEqual([
      '\ufeffid,organisation,form_version,state,received_at,updated_at,first,contact/email,place/latitude,place/longitude,place/altitude,place/accuracy,many,number,doc,answers/organisation',
      'instance-0,ong-alpha,1,accepted,2026-01-15T09:00:00.000Z,2026-01-15T09:00:00.000Z,a,e,1.5,-2,,3,x y,-1.5,a.pdf,mine',
      '',
    ]);
  });

  it('gives a repeat a table of its own, linked to its parent', async () => {
    const world = await worldOf(
      [
        text('q'),
        { type: 'begin_repeat', name: 'outer', label: 'O' },
        text('a'),
        { type: 'begin_repeat', name: 'inner', label: 'I' },
        text('b'),
        { type: 'end_repeat' },
        { type: 'end_repeat' },
      ],
      [
        { q: '1', outer: [{ a: 'a1', inner: [{ b: 'b1' }, { b: 'b2' }] }, { a: 'a2' }] },
        { q: '2' },
      ],
    );
    const outer = rowsOf(await world.file('f', 'coordinator', 'f.outer.csv'));
    expect(outer).toEqual([
      { id: 'instance-0/1', parent_id: 'instance-0', index: '1', a: 'a1' },
      { id: 'instance-0/2', parent_id: 'instance-0', index: '2', a: 'a2' },
    ]);
    expect(rowsOf(await world.file('f', 'coordinator', 'f.inner.csv'))).toEqual([
      { id: 'instance-0/1/1', parent_id: 'instance-0/1', index: '1', b: 'b1' },
      { id: 'instance-0/1/2', parent_id: 'instance-0/1', index: '2', b: 'b2' },
    ]);
  });

  it('has the questions that a version no longer asks at the end', async () => {
    const world = new DatasetWorld();
    const version = (number: string, names: readonly string[]) => ({
      survey: names.map(text),
      choices: [],
      settings: { form_title: 'F', version: number },
    });
    await world.publishForm('f', version('1', ['old', 'kept']));
    await world.put('f', 'instance-1', { old: 'o', kept: 'k' });
    await world.publishForm('f', version('2', ['kept', 'new']));
    await world.put('f', 'instance-2', { kept: 'k2', new: 'n' }, { formVersion: '2' });
    await world.compile();
    const rows = rowsOf(await world.file('f', 'coordinator', 'f.csv'));
    expect(Object.keys(rows[0] ?? {}).slice(-3)).toEqual(['kept', 'new', 'old']);
    expect(rows.map(({ old }) => old)).toEqual(expect.arrayContaining(['o', '']));
  });
});

describe('JSON', () => {
  it('has the head of the design, and answers as they were sent', async () => {
    const answers = { q: 'é "x" \u2028', constructor: undefined };
    const world = await worldOf([text('q'), text('toString')], [{ q: answers.q }], {
      license: 'CC-BY-4.0',
      'form_title::Français (fr)': 'Titre',
      'form_title::English (en)': 'Title',
      default_language: 'Français (fr)',
    });
    const document = JSON.parse(await world.file('f', 'coordinator', 'f.json')) as JsonObject;
    expect(document).toEqual({
      dataset: 'f',
      version: expect.stringMatching(/^20260115T090000000Z-[0-9a-f]{12}$/) as string,
      cutOff: '2026-01-15T09:00:00.000Z',
      title: expect.objectContaining({ fr: 'Titre', en: 'Title' }) as JsonObject,
      license: 'CC-BY-4.0',
      count: 1,
      records: [
        {
          id: 'instance-0',
          organisation: 'ong-alpha',
          formVersion: '1',
          state: 'accepted',
          receivedAt: '2026-01-15T09:00:00.000Z',
          updatedAt: '2026-01-15T09:00:00.000Z',
          answers: { q: 'é "x" \u2028' },
        },
      ],
    });
  });

  it('makes lone surrogates and NUL harmless in every format', async () => {
    const world = await worldOf([text('q')], [{ q: 'a\ud800b\0c' }]);
    for (const name of ['f.csv', 'f.json']) {
      const file = await world.file('f', 'coordinator', name);
      expect(file).toContain('a\ufffdb\ufffdc');
      expect(file).not.toMatch(/\\ud800|\\u0000|\0/);
    }
  });

  it('quotes any text as JSON does', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        expect(JSON.parse(jsonText(value.toWellFormed()))).toBe(value.toWellFormed());
      }),
    );
  });
});

describe('GeoJSON', () => {
  const regions = [
    { list_name: 'regions', name: 'SN01', label: 'Dakar', lat: 14.69, lon: -17.44 },
    { list_name: 'regions', name: 'XX', label: 'Nowhere' },
  ];

  interface Collection {
    readonly type: string;
    readonly features: {
      id: string;
      type: string;
      geometry: JsonObject | null;
      properties: JsonObject;
    }[];
  }
  const mapOf = async (world: DatasetWorld): Promise<Collection> =>
    JSON.parse(await world.file('f', 'coordinator', 'f.geojson')) as Collection;

  it('has a feature for each record, longitude first, with the columns as properties', async () => {
    const world = await worldOf(
      [text('q'), { type: 'geopoint', name: 'at', label: 'P' }, text('precision')],
      [{ q: 'x', at: { lat: 14.5, lon: -17.25 }, precision: 'fine' }, { q: 'y' }],
      { geometry: 'at' },
    );
    const { type, features } = await mapOf(world);
    expect(type).toBe('FeatureCollection');
    expect(features).toHaveLength(2);
    expect(features[0]).toEqual({
      type: 'Feature',
      id: 'instance-0',
      geometry: { type: 'Point', coordinates: [-17.25, 14.5] },
      properties: {
        id: 'instance-0',
        organisation: 'ong-alpha',
        form_version: '1',
        state: 'accepted',
        received_at: '2026-01-15T09:00:00.000Z',
        updated_at: '2026-01-15T09:00:00.000Z',
        q: 'x',
        'at/latitude': 14.5,
        'at/longitude': -17.25,
        'at/altitude': null,
        'at/accuracy': null,
        'answers/precision': 'fine',
      },
    });
    expect(features[1]).toMatchObject({ geometry: null, properties: { q: 'y' } });
  });

  it('has a feature for each row of the repeat that the place stands in', async () => {
    const world = await worldOf(
      [
        text('q'),
        { type: 'begin_repeat', name: 'places', label: 'P' },
        { type: 'select_one regions', name: 'region', label: 'R' },
        { type: 'end_repeat' },
      ],
      [{ q: 'x', places: [{ region: 'SN01' }, { region: 'XX' }] }, { q: 'none' }],
      { geometry: 'region' },
      regions,
    );
    const { features } = await mapOf(world);
    expect(features.map(({ id }) => id)).toEqual(['instance-0/1', 'instance-0/2']);
    expect(features[0]).toMatchObject({
      geometry: { type: 'Point', coordinates: [-17.44, 14.69] },
      properties: { q: 'x', 'places/region': 'SN01', precision: 'adm1' },
    });
    expect(features[1]?.geometry).toBeNull();
  });

  it('closes areas and turns them anticlockwise', async () => {
    const point = (lat: number, lon: number) => ({ lat, lon });
    const world = await worldOf(
      [{ type: 'geoshape', name: 'area', label: 'A' }],
      [{ area: [point(0, 0), point(1, 0), point(1, 1), point(0, 0)] }],
      { geometry: 'area' },
    );
    const { features } = await mapOf(world);
    expect(features[0]?.geometry).toEqual({
      type: 'Polygon',
      coordinates: [
        [
          [0, 0],
          [1, 1],
          [0, 1],
          [0, 0],
        ],
      ],
    });
  });

  it('is not made of forms that have no place', async () => {
    const world = await worldOf([text('q')], [{ q: 'x' }]);
    expect(world.objects.keys().filter((key) => key.endsWith('f.geojson'))).toEqual([]);
  });
});

describe('all formats', () => {
  it('have the same rows in the same order, over many rows and shards', async () => {
    const answers = Array.from({ length: 1500 }, (_, index) => ({
      q: `row ${index}`,
      at: { lat: index / 100, lon: 1 },
    }));
    const world = await worldOf(
      [
        text('q'),
        { type: 'geopoint', name: 'at', label: 'P', visibility: 'public', precision: 'exact' },
      ],
      answers,
      { geometry: 'at' },
    );
    for (const audience of ['public', 'members', 'coordinator'] as const) {
      const records = await world.records('f', audience);
      const ids = records.map(({ id }) => id);
      const csv = rowsOf(await world.file('f', audience, 'f.csv'));
      const { features } = JSON.parse(await world.file('f', audience, 'f.geojson')) as {
        features: { id: string }[];
      };
      expect(ids).toHaveLength(1500);
      expect(csv.map(({ id }) => id)).toEqual(ids);
      expect(features.map(({ id }) => id)).toEqual(ids);
      const told = records.map((record) => (record['answers'] as JsonObject)['q']);
      expect(csv.map(({ q }) => q)).toEqual(told);
    }
  });
});
