import { describe, expect, it } from 'vitest';
import { readManifest } from '../../../../../shared/dataset/versions/read-datasets.ts';
import type { JsonObject } from '../../../../../shared/json.ts';
import { DatasetWorld } from '../../../../support/dataset-world.ts';

const marked = { visibility: 'public', quasi_identifier: 'yes' };
const form = (survey: readonly JsonObject[], settings: JsonObject = {}) => ({
  survey: [{ type: 'integer', name: 'n', label: 'N', visibility: 'public' }, ...survey],
  choices: [
    { list_name: 'regions', name: 'R1', label: 'R1', lat: 14.7, lon: -17.4 },
    { list_name: 'regions', name: 'R2', label: 'R2', lat: 12.5, lon: -16.2 },
    ...['R1-east', 'R1-west', 'R2-east', 'R2-west'].map((name, index) => ({
      list_name: 'departements',
      name,
      label: name,
      regions: name.slice(0, 2),
      lat: 13 + index / 10,
      lon: -15,
    })),
  ],
  settings: { form_title: 'F', version: '1', k: 3, ...settings },
});

async function worldOf(
  definition: ReturnType<typeof form>,
  answers: readonly JsonObject[],
): Promise<DatasetWorld> {
  const world = new DatasetWorld();
  await world.publishForm('f', definition);
  for (const [n, answer] of answers.entries())
    await world.put('f', `instance-${n}`, { n, ...answer });
  await world.compile();
  return world;
}

const manifestOf = async (world: DatasetWorld): Promise<JsonObject> => {
  const found = Object.entries(await world.contents('datasets/f/')).filter(([key]) =>
    key.endsWith('manifest.json'),
  );
  return JSON.parse(found.at(-1)?.[1] ?? '{}') as JsonObject;
};

describe('answers that would single someone out', () => {
  it('are told in bands, in every file, and the label says so', async () => {
    const age = { type: 'integer', name: 'age', 'label::Français (fr)': 'Âge', ...marked };
    const world = await worldOf(
      form([age]),
      [20, 21, 22, 31, 32, 33].map((age) => ({ age })),
    );
    const records = await world.records('f', 'public');
    const told = records.map(({ answers }) => (answers as JsonObject)['age']);
    expect(told.toSorted()).toEqual(['20–24', '20–24', '20–24', '30–34', '30–34', '30–34']);
    const files = await world.contents('public/f.');
    expect(files['public/f.csv']).toContain(',20–24\r\n');
    expect(files['public/f.fr.csv']).toContain('Âge (tranches de 5)');
    expect(await world.file('f', 'members', 'f.csv')).toContain(',21\r\n');
    expect(await world.file('f', 'members', 'f.fr.csv')).not.toContain('tranches');
    expect(await manifestOf(world)).toMatchObject({
      withheld: { belowK: 0 },
      risk: {
        k: 3,
        rows: 6,
        quasiIdentifiers: ['form_version', 'age'],
        sampleUniques: 6,
        suppressed: 0,
        levels: { age: { fr: 'tranches de 5' } },
        before: { '1': 6, '3-4': 0 },
        after: { '1': 0, '3-4': 6 },
        drivers: [
          { question: 'age', uniques: 6 },
          { question: 'form_version', uniques: 0 },
        ],
        blocked: null,
      },
    });
  });

  it('are told by the région, and the point and the map with them', async () => {
    const zone = { type: 'select_one departements', name: 'zone', label: 'Z', ...marked };
    const point = {
      type: 'geopoint',
      name: 'at',
      label: 'P',
      visibility: 'public',
      precision: 'adm2',
    };
    const world = await worldOf(
      form([zone, point], { geometry: 'at' }),
      ['R1-east', 'R1-east', 'R1-west', 'R2-east', 'R2-west', 'R2-west'].map((zone) => ({
        zone,
        at: { lat: 14.123456, lon: -17.654321 },
      })),
    );
    const files = Object.entries(await world.contents('public/f'));
    for (const [, text] of files)
      expect(text).not.toMatch(/R1-east|R1-west|R2-east|R2-west|14\.123456|13\.[0123]/);
    const records = await world.records('f', 'public');
    // Rows stand in the order of public ids.
    const answers = records.map(({ answers: one }) => one as JsonObject);
    expect(answers.toSorted((one, other) => Number(one['n']) - Number(other['n']))).toEqual(
      [0, 1, 2, 3, 4, 5].map((n) => ({
        n,
        zone: n < 3 ? 'R1' : 'R2',
        at:
          n < 3
            ? { lat: 14.7, lon: -17.4, precision: 'adm1' }
            : { lat: 12.5, lon: -16.2, precision: 'adm1' },
      })),
    );
    expect(Object.fromEntries(files)['public/f.geojson']).toContain('"coordinates":[-17.4,14.7]');
  });

  it('move the map where the place is a choice', async () => {
    const zone = { type: 'select_one departements', name: 'zone', label: 'Z', ...marked };
    const world = await worldOf(
      form([zone], { geometry: 'zone' }),
      ['R1-east', 'R1-east', 'R1-west'].map((zone) => ({ zone })),
    );
    const map = (await world.contents('public/f.'))['public/f.geojson'] ?? '';
    const { features } = JSON.parse(map) as { features: JsonObject[] };
    expect(features).toHaveLength(3);
    for (const { geometry, properties } of features) {
      expect(geometry).toEqual({ type: 'Point', coordinates: [-17.4, 14.7] });
      expect(properties).toMatchObject({ zone: 'R1', precision: 'adm1' });
    }
  });

  it('are withheld where even that does not hide them, in repeats too', async () => {
    const repeat = (row: JsonObject) => [
      { type: 'begin_repeat', name: 'r', label: 'R' },
      { type: 'select_one departements', name: 'zone', label: 'Z', ...row },
      { type: 'end_repeat' },
    ];
    const answers = [
      ...Array.from({ length: 40 }, () => ({ r: [{ zone: 'R1-east' }] })),
      { r: [{ zone: 'R1-east' }, { zone: 'R2-east' }] },
    ];
    const world = await worldOf(form(repeat(marked)), answers);
    const records = await world.records('f', 'public');
    expect(
      records.filter(({ answers: told }) => JSON.stringify(told).includes('R1-east')),
    ).toHaveLength(40);
    // A Data Package lists every choice that there is, whoever chose it.
    const files = Object.entries(await world.contents('public/f'));
    const told = files.filter(([key]) => !key.endsWith('.datapackage.json'));
    expect(JSON.stringify(told)).not.toContain('R2-east');
    expect(await manifestOf(world)).toMatchObject({ risk: { suppressed: 1, sampleUniques: 1 } });
  });

  it('are no secret of the risk report to anyone but the coordinator', async () => {
    const age = { type: 'integer', name: 'age', label: 'A', ...marked };
    const world = await worldOf(form([age]), [{ age: 20 }]);
    expect((await readManifest(world.deps, 'f', 'members')).risk).toBeNull();
    expect((await readManifest(world.deps, 'f', 'coordinator')).risk?.rows).toBe(1);
  });

  it('are not told by who does what where, either', async () => {
    const tagged = [
      { type: 'select_one departements', name: 'zone', label: 'Z', hxl: '#adm2+code', ...marked },
      {
        type: 'text',
        name: 'org',
        label: 'O',
        hxl: '#org+name',
        visibility: 'public',
        review_text: 'yes',
      },
      {
        type: 'text',
        name: 'act',
        label: 'A',
        hxl: '#activity+name',
        visibility: 'public',
        review_text: 'yes',
      },
    ];
    const world = await worldOf(
      form(tagged),
      ['R1-east', 'R1-east', 'R1-west'].map((zone) => ({ zone, org: 'o', act: 'a' })),
    );
    const files = await world.contents('public/who-does-what-where');
    expect(JSON.stringify(files)).not.toMatch(/R1-east|R1-west/);
    expect(await world.records('who-does-what-where', 'public')).toHaveLength(3);
  });
});
