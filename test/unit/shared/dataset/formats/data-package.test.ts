import { readFile } from 'node:fs/promises';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { readManifest } from '../../../../../shared/dataset/versions/read-datasets.ts';
import { audiences, type Audience } from '../../../../../shared/form/model.ts';
import type { DatasetWorld } from '../../../../support/dataset-world.ts';
import { formatWorld } from '../../../../support/format-world.ts';

const Field = z.looseObject({ name: z.string(), type: z.string() });
const Package = z.looseObject({
  resources: z.array(
    z.looseObject({
      name: z.string(),
      path: z.string(),
      bytes: z.int(),
      hash: z.string(),
      schema: z.looseObject({ fields: z.array(Field) }).optional(),
    }),
  ),
});
const read = async (world: DatasetWorld, audience: Audience) =>
  Package.parse(JSON.parse(await world.file('f', audience, 'f.datapackage.json')));

const fr = 'label::Français (fr)';
const en = 'label::English (en)';
const world = formatWorld(
  {
    survey: [
      {
        type: 'select_one l',
        name: 'one',
        [fr]: 'Un',
        [en]: 'One',
        required: 'true',
        visibility: 'public',
        hxl: '#sector',
      },
      { type: 'select_multiple l', name: 'many', [fr]: 'M', [en]: 'M' },
      { type: 'integer', name: 'whole', [fr]: 'N', [en]: 'N', 'hint::Français (fr)': 'Combien' },
      { type: 'integer', name: 'broken', [fr]: '=N', [en]: 'N', required: 'true' },
      { type: 'date', name: 'day', [fr]: 'J', [en]: 'D' },
      { type: 'begin_repeat', name: 'Outer', [fr]: 'O', [en]: 'O' },
      { type: 'text', name: 'a', [fr]: 'A', [en]: 'A' },
      { type: 'begin_repeat', name: 'inner', [fr]: 'I', [en]: 'I' },
      { type: 'text', name: 'b', [fr]: 'B', [en]: 'B' },
      { type: 'end_repeat' },
      { type: 'end_repeat' },
    ],
    choices: [
      { list_name: 'l', name: 'a', [fr]: 'Eau', [en]: 'Water' },
      { list_name: 'l', name: 'b', [fr]: 'Abri', [en]: 'Shelter' },
    ],
    settings: { default_language: 'Français (fr)', license: 'CC-BY-4.0' },
  },
  [
    { one: 'a', many: ['a'], whole: 1, broken: 'many', day: '2026-01-15' },
    { one: 'b', broken: 2, Outer: [{ a: '1', inner: [{ b: '2' }] }] },
  ],
);

describe('a data package', () => {
  it.each(audiences)('is what the standard says, for %s', async (audience) => {
    const schema: unknown = JSON.parse(
      await readFile(
        new URL('../../../../fixtures/schemas/datapackage-2.0.json', import.meta.url),
        'utf8',
      ),
    );
    const validate = new Ajv2020({ allErrors: true }).compile(z.looseObject({}).parse(schema));
    validate(await read(await world, audience));
    expect(validate.errors).toBeNull();
  });

  it.each(audiences)('names every other file of %s with its bytes and hash', async (audience) => {
    const { resources } = await read(await world, audience);
    const manifest = await readManifest((await world).deps, 'f', audience);
    const files = manifest.audiences[audience]?.files ?? [];
    expect(resources.map(({ path, bytes, hash }) => ({ path, bytes, hash }))).toEqual(
      files
        .filter(({ name }) => name !== 'f.datapackage.json')
        .map(({ name, bytes, sha256 }) => ({ path: name, bytes, hash: `sha256:${sha256}` })),
    );
    expect(new Set(resources.map(({ name }) => name)).size).toBe(resources.length);
  });

  it.each(audiences)('has the fields of each CSV file as %s finds them', async (audience) => {
    const { resources } = await read(await world, audience);
    const tables = resources.filter(({ path }) => path.endsWith('.csv') && path !== 'f.hxl.csv');
    expect(tables.length).toBeGreaterThan(2);
    for (const { path, schema } of tables) {
      const [headers]: string[][] = parse(await (await world).file('f', audience, path), {
        bom: true,
      });
      expect(schema?.fields.map(({ name }) => name)).toEqual(headers);
    }
  });

  it('promises of a column what holds for its rows, and no more', async () => {
    const { resources } = await read(await world, 'coordinator');
    const fields = resources.find(({ path }) => path === 'f.csv')?.schema?.fields.slice(6);
    expect(fields).toMatchObject([
      {
        name: 'one',
        title: 'Un',
        titles: { fr: 'Un', en: 'One' },
        type: 'string',
        categories: [
          { value: 'a', label: 'Eau' },
          { value: 'b', label: 'Abri' },
        ],
        constraints: { required: true },
      },
      { name: 'many', type: 'list', delimiter: ' ' },
      { name: 'whole', type: 'integer', description: 'Combien' },
      { name: 'broken', type: 'string' },
      { name: 'day', type: 'date' },
    ]);
    expect(fields?.[2]).not.toHaveProperty('constraints');
    expect(fields?.[3]).not.toHaveProperty('constraints');
    const labels = resources.find(({ path }) => path === 'f.en.csv')?.schema?.fields[6];
    expect(labels).toMatchObject({ name: 'One', categories: ['Water', 'Shelter'] });
  });

  it('links the rows of repeats to those that they belong to', async () => {
    const { resources } = await read(await world, 'coordinator');
    const keyOf = (path: string) => resources.find((one) => one.path === path)?.schema;
    const link = (resource: string) => ({
      primaryKey: ['id'],
      foreignKeys: [{ fields: ['parent_id'], reference: { resource, fields: ['id'] } }],
    });
    expect(keyOf('f.Outer.csv')).toMatchObject(link('f.csv'));
    expect(keyOf('f.inner.csv')).toMatchObject(link('f.outer.csv'));
    expect(keyOf('f.inner.fr.csv')).toMatchObject(link('f.outer.csv'));
  });
});
