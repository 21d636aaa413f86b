import { buffer } from 'node:stream/consumers';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { describe, expect, it } from 'vitest';
import type { Audience } from '../../../../../shared/form/model.ts';
import type { JsonObject } from '../../../../../shared/json.ts';
import { openDatasetFile } from '../../../../../shared/dataset/versions/read-datasets.ts';
import { DatasetWorld } from '../../../../support/dataset-world.ts';

/** Bytes of a dataset's file, in a buffer of their own. */
async function bytesOf(
  world: DatasetWorld,
  name: string,
  audience: Audience = 'coordinator',
): Promise<ArrayBuffer> {
  const { key } = await openDatasetFile(world.deps, 'f', name, audience);
  const body = await world.objects.get(key);
  if (body === undefined) throw new Error(`No object ${key}.`);
  return new Uint8Array(await buffer(body)).buffer;
}

async function rowsOf(
  world: DatasetWorld,
  name = 'f.parquet',
  audience: Audience = 'coordinator',
): Promise<Record<string, unknown>[]> {
  const rows = await parquetReadObjects({ file: await bytesOf(world, name, audience) });
  // hyparquet says undefined where a list is null.
  return rows.map((row) =>
    Object.fromEntries(Object.entries(row).map(([header, value]) => [header, value ?? null])),
  );
}

async function worldOf(
  survey: readonly JsonObject[],
  answers: readonly JsonObject[],
  settings: JsonObject = {},
): Promise<DatasetWorld> {
  const world = new DatasetWorld();
  const choices = ['x', 'y', 'z'].map((name) => ({ list_name: 'l', name, label: name }));
  await world.publishForm('f', {
    survey: survey.map((row) => ({
      label: 'A question',
      visibility: 'public',
      ...row,
    })),
    choices,
    settings: { form_title: 'F', version: '1', ...settings },
  });
  for (const [index, answer] of answers.entries()) {
    await world.put('f', `instance-${String(index).padStart(6, '0')}`, answer);
  }
  await world.compile();
  return world;
}

describe('Parquet', () => {
  it.each<[string, string, JsonObject[string], unknown]>([
    ['text', 'a text', 'é "x"\n\u{1F600} \u2067עברית', 'é "x"\n\u{1F600} \u2067עברית'],
    ['text', 'one that looks like a formula', '=1+1', '=1+1'],
    ['text', 'NUL as a sign of what cannot be', 'a\0b', 'a\ufffdb'],
    ['text', 'a lone surrogate likewise', 'a\ud800b', 'a\ufffdb'],
    ['text', 'an empty text', '', ''],
    ['integer', 'a whole number', -42, -42n],
    ['integer', 'the largest that is safe', Number.MAX_SAFE_INTEGER, 9007199254740991n],
    ['integer', 'the smallest', Number.MIN_SAFE_INTEGER, -9007199254740991n],
    ['integer', 'one beyond 32 bits', 4294967296, 4294967296n],
    ['decimal', 'a number', -1.5, -1.5],
    ['decimal', 'a whole one', 3, 3],
    ['select_one l', 'a code', 'x', 'x'],
    ['select_multiple l', 'codes as a list', ['x', 'y'], ['x', 'y']],
    ['select_multiple l', 'an empty list', [], []],
    ['rank l', 'a ranking in its order', ['z', 'x'], ['z', 'x']],
    ['acknowledge', 'what was acknowledged', 'OK', 'OK'],
    ['date', 'a date', '2026-02-28', new Date('2026-02-28T00:00Z')],
    ['date', 'one before 1970', '1969-12-31', new Date('1969-12-31T00:00Z')],
    ['date', 'one of long ago', '0050-03-01', new Date('0050-03-01T00:00Z')],
    ['time', 'a time with its zone, as a text', '10:30:00.000+01:00', '10:30:00.000+01:00'],
    [
      'dateTime',
      'a moment, whatever its zone',
      '2026-01-15T10:30:00.125+01:00',
      new Date('2026-01-15T09:30:00.125Z'),
    ],
    ['geotrace', 'a line as JSON', [{ lat: 1, lon: 2 }], [{ lat: 1, lon: 2 }]],
    ['file', 'the name of a file', { file: 'a.pdf', sha256: 's', bytes: 1 }, 'a.pdf'],
  ])('has of %s %s', async (type, _, answer, value) => {
    const world = await worldOf([{ type, name: 'q' }], [{ q: answer }, {}]);
    expect(await rowsOf(world)).toMatchObject([
      { q: value, _unfit: null },
      { q: null, _unfit: null },
    ]);
  });

  it.each<[string, JsonObject[string]]>([
    ['integer', 1.5],
    ['integer', '12'],
    ['integer', 1e300],
    ['decimal', 'many'],
    ['date', '2026-02-30'],
    ['date', 20260230],
    ['dateTime', '2026-01-15T10:30:00'],
    ['dateTime', '2026-01-15T10:30:00.0001Z'],
    ['dateTime', '2026-02-30T10:30:00Z'],
    ['select_multiple l', 'x y'],
    ['select_multiple l', ['x', 1]],
  ])('has null where a %s is %j, and the answer in the last column', async (type, answer) => {
    const world = await worldOf([{ type, name: 'q' }], [{ q: answer }]);
    const [row] = await rowsOf(world);
    expect(row).toMatchObject({ q: null });
    expect(JSON.parse(String(row?.['_unfit']))).toEqual({ q: answer });
  });

  it('has the parts of points, and other columns of the design', async () => {
    const world = await worldOf(
      [{ type: 'geopoint', name: 'place', precision: 'exact' }],
      [{ place: { lat: 1.5, lon: -2, accuracy: 3 } }],
    );
    const at = new Date('2026-01-15T09:00Z');
    expect(await rowsOf(world)).toEqual([
      {
        id: 'instance-000000',
        organisation: 'ong-alpha',
        form_version: '1',
        state: 'accepted',
        received_at: at,
        updated_at: at,
        'place/latitude': 1.5,
        'place/longitude': -2,
        'place/altitude': null,
        'place/accuracy': 3,
        _unfit: null,
      },
    ]);
  });

  it('gives a repeat a table of its own, linked to its parent', async () => {
    const world = await worldOf(
      [
        { type: 'begin_repeat', name: 'outer' },
        { type: 'integer', name: 'a' },
        { type: 'begin_repeat', name: 'inner' },
        { type: 'text', name: 'b' },
        { type: 'end_repeat' },
        { type: 'end_repeat' },
      ],
      [{ outer: [{ a: 1, inner: [{ b: 'b1' }, { b: 'b2' }] }, { a: 'many' }] }],
    );
    const id = 'instance-000000';
    expect(await rowsOf(world, 'f.outer.parquet')).toEqual([
      { id: `${id}/1`, parent_id: id, index: 1n, a: 1n, _unfit: null },
      { id: `${id}/2`, parent_id: id, index: 2n, a: null, _unfit: '{"a":"many"}' },
    ]);
    expect(await rowsOf(world, 'f.inner.parquet')).toMatchObject([
      { id: `${id}/1/1`, parent_id: `${id}/1`, index: 1n, b: 'b1' },
      { id: `${id}/1/2`, parent_id: `${id}/1`, index: 2n, b: 'b2' },
    ]);
  });

  it('shows an audience its own columns and records only', async () => {
    const world = await worldOf(
      [
        { type: 'integer', name: 'open' },
        { type: 'text', name: 'secret', visibility: 'coordinator' },
      ],
      [{ open: 1, secret: 'canary' }],
    );
    await world.put('f', 'instance-refused', { open: 2 }, { state: 'rejected' });
    world.wait(600);
    await world.compile();
    const [row, ...others] = await rowsOf(world, 'f.parquet', 'public');
    expect(others).toEqual([]);
    expect(Object.keys(row ?? {})).toEqual(['id', 'form_version', 'open', '_unfit']);
    expect(Buffer.from(await bytesOf(world, 'f.parquet', 'public')).includes('canary')).toBe(false);
  });

  it('tells of no rows of a repeat that the version answered to hides', async () => {
    const form = (version: string, visibility: string): JsonObject => ({
      survey: [
        { type: 'begin_repeat', name: 'rows', label: 'R' },
        { type: 'integer', name: 'q', label: 'Q', visibility },
        { type: 'end_repeat' },
      ],
      choices: [],
      settings: { form_title: 'F', version },
    });
    const world = new DatasetWorld();
    await world.publishForm('f', form('1', 'coordinator'));
    await world.put('f', 'instance-old', { rows: [{ q: 1 }] });
    await world.publishForm('f', form('2', 'public'));
    await world.put('f', 'instance-new', { rows: [{ q: 2 }] }, { formVersion: '2' });
    await world.compile();
    const rows = await rowsOf(world, 'f.rows.parquet', 'public');
    expect(rows.map(({ q }) => q)).toEqual([2n]);
  });

  it('says of itself what it is, and what its columns are called', async () => {
    const world = await worldOf(
      [{ type: 'text', name: 'q', 'label::Français (fr)': 'Où ?' }],
      [{ q: 'a' }],
      { license: 'CC-BY-4.0', default_language: 'Français (fr)' },
    );
    const { key_value_metadata: about = [] } = parquetMetadata(await bytesOf(world, 'f.parquet'));
    const byKey = new Map(about.map(({ key, value }) => [key, value]));
    expect(byKey.get('dataset')).toBe('f');
    expect(byKey.get('license')).toBe('CC-BY-4.0');
    expect(byKey.get('cutOff')).toBe('2026-01-15T09:00:00.000Z');
    expect(JSON.parse(byKey.get('labels') ?? '')).toMatchObject({ q: { fr: 'Où ?' } });
  });

  it('leaves another name to a question that is called as the last column', async () => {
    const world = await worldOf([{ type: 'integer', name: '_unfit' }], [{ _unfit: 'x' }]);
    expect(await rowsOf(world)).toMatchObject([{ _unfit: null, __unfit: '{"_unfit":"x"}' }]);
  });

  it('of no records has the columns, and no row', async () => {
    const world = await worldOf([{ type: 'integer', name: 'q' }], []);
    expect(await rowsOf(world)).toEqual([]);
    const { schema } = parquetMetadata(await bytesOf(world, 'f.parquet'));
    expect(schema.map(({ name }) => name)).toContain('q');
  });

  it('holds thousands of columns', async () => {
    const names = Array.from({ length: 5_000 }, (_, index) => `q${index}`);
    const world = await worldOf(
      names.map((name) => ({ type: 'integer', name })),
      [Object.fromEntries(names.map((name, index) => [name, index]))],
    );
    const [row] = await rowsOf(world);
    expect(Object.keys(row ?? {})).toHaveLength(6 + 5_000 + 1);
    expect(row).toMatchObject({ q0: 0n, q4999: 4999n });
  });
});
