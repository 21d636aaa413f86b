import { parquetReadObjects } from 'hyparquet';
import { buffer } from 'node:stream/consumers';
import { beforeAll, describe, expect, it } from 'vitest';
import { readDatasetPointer } from '../../../../../shared/dataset/versions/dataset-pointer.ts';
import { csv } from '../../../../../shared/dataset/formats/csv-format.ts';
import type { Format } from '../../../../../shared/dataset/formats/format.ts';
import { ndjson } from '../../../../../shared/dataset/formats/ndjson.ts';
import { publish, publishPart } from '../../../../../shared/dataset/publish/publish.ts';
import { readManifest } from '../../../../../shared/dataset/versions/read-datasets.ts';
import {
  readStoredManifest,
  filesByKey,
} from '../../../../../shared/dataset/versions/version-manifest.ts';
import { sweepVersions } from '../../../../../shared/dataset/versions/retention.ts';
import { verifyDataset } from '../../../../../shared/dataset/verify/verify-dataset.ts';
import { DatasetWorld } from '../../../../support/dataset-world.ts';
import { atEveryOperation } from '../../../../support/interruptions.ts';

/** Repeats in repeats, a place, consent, quasi-identifiers, two languages, choices to split and tags. */
const rich = {
  survey: [
    { type: 'select_one yes_no', name: 'agreed', label: 'Agreed?' },
    {
      type: 'select_one ages',
      name: 'age',
      label: 'Age',
      visibility: 'public',
      quasi_identifier: 'yes',
    },
    {
      type: 'select_multiple ages',
      name: 'several',
      'label::Français (fr)': 'Plusieurs',
      'label::English (en)': 'Several',
      visibility: 'public',
    },
    { type: 'geopoint', name: 'place', label: 'Place', visibility: 'public', precision: 'exact' },
    { type: 'integer', name: 'people', label: 'People', visibility: 'public', hxl: '#affected' },
    { type: 'text', name: 'secret', label: 'Secret' },
    { type: 'begin_repeat', name: 'rows', label: 'Rows' },
    { type: 'text', name: 'r', label: 'R', visibility: 'public', review_text: 'yes' },
    { type: 'begin_repeat', name: 'inner', label: 'Inner' },
    { type: 'integer', name: 'n', label: 'N', visibility: 'members' },
    { type: 'end_repeat' },
    { type: 'end_repeat' },
  ],
  choices: ['ages/a', 'ages/b', 'ages/c', 'yes_no/yes', 'yes_no/no'].map((choice) => {
    const [list, name] = choice.split('/');
    return { list_name: list, name, label: `Is ${name}` };
  }),
  settings: {
    form_title: 'F',
    version: '1',
    consent: 'agreed',
    k: 5,
    max_suppressed: 100,
    geometry: 'place',
    default_language: 'Français (fr)',
  },
};
/** Of `rich`, as the coordinator sees it: a part has rows × columns of it. */
const partRows = 7;

/** As few files as there can be. */
const small = {
  survey: [{ type: 'text', name: 'q', label: 'Q', visibility: 'coordinator' }],
  choices: [],
  settings: { form_title: 'F', version: '1' },
};

function idOf(index: number): string {
  return `instance-${String(index).padStart(4, '0')}`;
}

async function richWorld(records = 45): Promise<DatasetWorld> {
  const world = new DatasetWorld();
  await world.publishForm('f', rich);
  for (let index = 0; index < records; index += 1) await putRich(world, index);
  await world.collectAll('f');
  return world;
}

async function putRich(world: DatasetWorld, index: number, revision = 1): Promise<void> {
  const inner = Array.from({ length: index % 3 }, (_, n) => ({ n }));
  const answers = {
    agreed: index % 5 === 0 ? 'no' : 'yes',
    age: index % 11 === 0 ? 'c' : index % 2 === 0 ? 'a' : 'b',
    several: ['a', 'b', 'c'].slice(index % 3),
    // No integer, in an early part and in a late one: what was seen of a column is told of all parts.
    people: index === 3 ? 'many' : index,
    ...(index % 4 === 0 ? {} : { place: { lat: index / 2, lon: -index, accuracy: 5 } }),
    secret: `secret é ${index} ${'x'.repeat(index * 10)} ${revision}`,
    ...(index % 2 === 0 ? {} : { rows: [{ r: `r${index}`, inner }, { r: 'second' }] }),
  };
  const state = index % 7 === 6 ? 'received' : 'accepted';
  await world.put('f', idOf(index), answers, { state, revision });
}

async function smallWorld(records = 5): Promise<DatasetWorld> {
  const world = new DatasetWorld();
  await world.publishForm('f', small);
  for (let index = 0; index < records; index += 1) {
    await world.put('f', idOf(index), { q: `${index}` });
  }
  await world.collectAll('f');
  return world;
}

/** What the form's version and its public copies are, by key without the version's name, less what parts change. */
async function appended(world: DatasetWorld): Promise<Record<string, string>> {
  const all = { ...(await world.contents('datasets/f/')), ...(await world.contents('public/')) };
  const comparable = Object.entries(all).filter(
    ([key]) => !/\.(?:parquet|xlsx|zip|datapackage\.json)$|manifest\.json$/.test(key),
  );
  return Object.fromEntries(comparable);
}

async function inParts(
  world: DatasetWorld,
  cells: number,
  formats?: readonly Format[],
): Promise<number> {
  world.partCells = cells;
  let report = await publishPart(world.deps, 'f', { formats });
  let parts = 1;
  while (report.more !== undefined) {
    expect(report.more.done).toBe(parts);
    report = await publishPart(world.deps, 'f', { formats, more: report.more });
    parts += 1;
  }
  return parts;
}

describe('a dataset that is published in parts', () => {
  let whole: DatasetWorld;
  let parted: DatasetWorld;
  beforeAll(async () => {
    [whole, parted] = [await richWorld(), await richWorld()];
    for (const round of [1, 2]) {
      await publish(whole.deps, 'f');
      const cells = await columnsOf(whole);
      expect(await inParts(parted, cells * partRows)).toBe(Math.ceil(45 / partRows));
      if (round === 2) break;
      for (const world of [whole, parted]) {
        world.wait(60);
        for (const index of [1, 12, 40]) await putRich(world, index, 2);
        await world.collectAll('f');
      }
    }
  });

  async function columnsOf(world: DatasetWorld): Promise<number> {
    const { version } = (await readDatasetPointer(world.registry, 'f')) ?? { version: '' };
    const index = JSON.parse(
      await world.read(`datasets/f/${version}/internal/coordinator.ndjson.index`),
    ) as { tables: { columns: unknown[] }[] };
    return index.tables.reduce((sum, { columns }) => sum + columns.length, 0);
  }

  it('has the same bytes, for every audience, as one that is made in one pass', async () => {
    const expected = await appended(whole);
    const names = Object.keys(expected).map((key) => key.split('/').slice(-2).join('/'));
    expect(names).toEqual(
      expect.arrayContaining([
        'public/f.csv',
        'members/f.csv',
        'coordinator/f.csv',
        'public/f.geojson',
        'coordinator/f.rows.csv',
        'members/f.inner.csv',
        'public/f.flat.csv',
        'public/f.hxl.csv',
        'public/f.json',
        'public/f.ndjson',
        'internal/disclosed.tsv',
        'coordinator/f.fr.split.csv',
        'internal/coordinator.ndjson.index',
      ]),
    );
    expect(await appended(parted)).toEqual(expected);
  });

  it('says of each file how long it is and what its SHA-256 is', async () => {
    const { version } = await readManifest(parted.deps, 'f', 'coordinator');
    const manifest = await readStoredManifest(parted.objects, 'f', version);
    const one = filesByKey(await readStoredManifest(whole.objects, 'f', version));
    for (const [key, entry] of filesByKey(manifest)) {
      if (/parquet|datapackage/.test(key)) continue;
      expect(entry).toEqual(one.get(key));
    }
    const { audiences, withheld, risk } = await readManifest(whole.deps, 'f', 'coordinator');
    expect(manifest).toMatchObject({ withheld, risk });
    expect(risk?.suppressed).toBeGreaterThan(0);
    for (const audience of ['public', 'members', 'coordinator'] as const) {
      expect(manifest.audiences[audience]?.rows).toBe(audiences[audience]?.rows);
    }
  });

  it('promises the same of its columns', async () => {
    const schemas = async (world: DatasetWorld): Promise<unknown> => {
      const text = await world.file('f', 'coordinator', 'f.datapackage.json');
      const { resources } = JSON.parse(text) as { resources: { path: string; schema?: unknown }[] };
      return resources.flatMap(({ path, schema }) =>
        schema === undefined ? [] : [[path, schema]],
      );
    };
    expect(await schemas(parted)).toEqual(await schemas(whole));
  });

  it.each(['public', 'members', 'coordinator'] as const)(
    'has Parquet files that hold all rows in order, for %s',
    async (audience) => {
      const read = async (world: DatasetWorld, table: string): Promise<unknown[]> => {
        const manifest = await readManifest(world.deps, 'f', audience);
        const rows: unknown[] = [];
        for (const { name } of manifest.audiences[audience]?.files ?? []) {
          if (!new RegExp(`^f${table}(?:-\\d{5})?\\.parquet$`).test(name)) continue;
          const body = await world.objects.get(
            `datasets/f/${manifest.version}/${audience}/${name}`,
          );
          const { buffer: bytes } = new Uint8Array(body === undefined ? [] : await buffer(body));
          rows.push(...(await parquetReadObjects({ file: bytes })));
        }
        return rows;
      };
      for (const table of ['', '.rows']) {
        const rows = await read(whole, table);
        expect(rows.length).toBeGreaterThan(2 * partRows);
        expect(await read(parted, table)).toEqual(rows);
      }
    },
  );

  it('says which files it is too large for, to those who would have had them', async () => {
    const omitted = async (audience: 'public' | 'coordinator'): Promise<string[]> =>
      (await readManifest(parted.deps, 'f', audience)).omitted.map(
        (file) => `${file.audience}/${file.file}`,
      );
    const forPublic = ['public/f.xlsx', 'public/f.en.xlsx', 'public/f.csv.zip'];
    expect(await omitted('public')).toEqual(forPublic);
    expect(await omitted('coordinator')).toEqual(
      expect.arrayContaining([...forPublic, 'members/f.xlsx', 'coordinator/f.csv.zip']),
    );
    expect((await readManifest(whole.deps, 'f', 'coordinator')).omitted).toEqual([]);
    const { version } = await readManifest(parted.deps, 'f', 'public');
    const keys = parted.objects.keys().filter((key) => key.includes(version));
    expect(keys.filter((key) => /xlsx|zip/.test(key))).toEqual([]);
  });

  it('leaves no parts behind, and is found in order when it is verified', async () => {
    expect(parted.objects.keys().filter((key) => key.includes('/parts/'))).toEqual([]);
    const { drift, files } = await verifyDataset(parted.deps, 'f', { repair: false });
    expect(drift).toEqual([]);
    expect(files).toBeGreaterThan(50);
  });

  it('is written again, in parts, where a file of it is damaged', async () => {
    const world = await richWorld(20);
    world.partCells = 100;
    await publish(world.deps, 'f');
    const before = await world.contents('datasets/f/');
    const damaged = Object.keys(before).filter((key) => /coordinator\/f\.csv|-00002/.test(key));
    for (const key of damaged) await world.objects.put(key, Buffer.from(''), { contentType: '' });
    expect((await verifyDataset(world.deps, 'f', { repair: true })).drift).not.toEqual([]);
    expect(await world.contents('datasets/f/')).toEqual(before);
  });
});

describe('publishing in parts', () => {
  const cells = 2;

  it('leaves the old version until the last part, whatever is interrupted, and then goes on', async () => {
    // All formats are written by the same writer.
    const formats = [csv, ndjson];
    const finished = await smallWorld();
    await inParts(finished, cells, formats);
    finished.wait(60);
    await finished.put('f', idOf(2), { q: 'new' }, { revision: 2 });
    await finished.collectAll('f');
    expect(await inParts(finished, cells, formats)).toBe(3);
    const done = await finished.contents('');
    for (const fail of ['before', 'after'] as const) {
      await atEveryOperation(async (at) => {
        const world = await smallWorld();
        await inParts(world, cells, formats);
        world.wait(60);
        await world.put('f', idOf(2), { q: 'new' }, { revision: 2 });
        await world.collectAll('f');
        world.interruptions.plan({ at, fail });
        await publish(world.deps, 'f', { formats }).catch(() => undefined);
        const reached = world.interruptions.end();
        const { version } = await readManifest(world.deps, 'f', 'coordinator');
        const manifest = await readStoredManifest(world.objects, 'f', version);
        for (const [key, { bytes }] of filesByKey(manifest)) {
          expect((await world.objects.info(key))?.bytes, key).toBe(bytes);
        }
        await publish(world.deps, 'f', { formats });
        await sweepVersions(world.deps, 'f', new Date(Date.now() + 1000));
        expect(await world.contents('')).toEqual(done);
        return reached;
      });
    }
  });

  it('goes on after the last part that was done, not from the beginning', async () => {
    const world = await smallWorld();
    world.partCells = cells;
    await publishPart(world.deps, 'f');
    await publishPart(world.deps, 'f');
    const report = await publishPart(world.deps, 'f');
    expect(report.more).toBeUndefined();
    expect(report).toMatchObject({ changed: true, rows: 5 });
  });

  it('makes all parts from the inputs of the first one', async () => {
    const world = await smallWorld();
    world.partCells = cells;
    const { more } = await publishPart(world.deps, 'f');
    world.wait(60);
    await world.put('f', idOf(0), { q: 'changed' }, { revision: 2 });
    await world.put('f', idOf(9), { q: 'late' });
    await world.collectAll('f');
    if (more === undefined) throw new Error('It was made in one part.');
    const second = await publishPart(world.deps, 'f', { more });
    const third = await publishPart(world.deps, 'f', { more: second.more ?? more });
    expect(third).toMatchObject({ changed: true, version: more.version, rows: 5 });
    await publish(world.deps, 'f');
    expect(await world.records('f')).toHaveLength(6);
  });

  it('starts again, and takes away what it had, when another version became current', async () => {
    const world = await smallWorld();
    world.partCells = cells;
    const { more } = await publishPart(world.deps, 'f');
    if (more === undefined) throw new Error('It was made in one part.');
    world.wait(60);
    await world.put('f', idOf(9), { q: 'late' });
    await world.collectAll('f');
    const faster = await publish(world.deps, 'f');
    expect(faster).toMatchObject({ changed: true, rows: 6 });
    const late = await publishPart(world.deps, 'f', { more });
    expect(late).toMatchObject({ changed: false, version: faster.version });
    expect(world.objects.keys().filter((key) => key.includes(more.version))).toEqual([]);
  });

  it('starts again when a part has gone', async () => {
    const world = await smallWorld();
    world.partCells = cells;
    const { more } = await publishPart(world.deps, 'f');
    for (const key of world.objects.keys()) {
      if (/parts\/1\/coordinator\/f\.csv$/.test(key)) await world.objects.delete(key);
    }
    const next = await publishPart(world.deps, 'f', { more: more ?? { version: '' } });
    await expect(
      publishPart(world.deps, 'f', { more: next.more ?? { version: '' } }),
    ).rejects.toThrow('A part of');
    expect(await publish(world.deps, 'f')).toMatchObject({ changed: true, rows: 5 });
    expect(await world.records('f')).toHaveLength(5);
  });

  it('sweeps the parts of a version that is made, and of one that never was', async () => {
    const world = await smallWorld();
    await publish(world.deps, 'f');
    const { version } = await readManifest(world.deps, 'f', 'coordinator');
    const left = [`datasets/f/${version}/parts/plan.json`, 'datasets/f/never/parts/1/public/f.csv'];
    for (const key of left) await world.objects.put(key, Buffer.from('x'), { contentType: 'x' });
    const before = world.objects.keys();
    expect(await sweepVersions(world.deps, 'f', new Date(Date.now() + 1000))).toBe(left.length);
    expect(world.objects.keys()).toEqual(before.filter((key) => !left.includes(key)));
  });
});
