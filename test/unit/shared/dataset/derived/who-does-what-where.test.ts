import { parse } from 'csv-parse/sync';
import { parquetReadObjects } from 'hyparquet';
import { describe, expect, it } from 'vitest';
import type { Audience } from '../../../../../shared/form/model.ts';
import { own } from '../../../../../shared/json.ts';
import { deleteAlias, putAlias } from '../../../../../shared/deduplication/same-as.ts';
import {
  openDatasetFile,
  readManifest,
} from '../../../../../shared/dataset/versions/read-datasets.ts';
import { keysInOrder } from '../../../../support/keyring.ts';
import { publicIdOf } from '../../../../../shared/access/keyring.ts';
import { buffer } from 'node:stream/consumers';
import { activityWorld } from '../../../../support/activity-world.ts';
import type { DatasetWorld } from '../../../../support/dataset-world.ts';

const id = 'who-does-what-where';
const contract =
  'form,organisation,acronym,organisation_type,sector,activity,status,country,adm1,adm1_code,adm2,adm2_code,latitude,longitude,start,end,id';

const csv = async (world: DatasetWorld, audience: Audience) =>
  parse<Record<string, string>>(await world.file(id, audience, `${id}.csv`), {
    bom: true,
    columns: true,
  });

describe('who does what where', () => {
  it.each(['public', 'members', 'coordinator'] as const)(
    'keeps its columns and their order, whatever is added after them: %s',
    async (audience) => {
      const world = await activityWorld([{ org: 'One' }]);
      await world.compile();
      const [header = ''] = (await world.file(id, audience, `${id}.csv`)).slice(1).split('\r\n');
      expect(header.startsWith(`${contract},precision`)).toBe(true);
      const [record] = await world.records(id, audience);
      expect(
        Object.keys(record ?? {})
          .join(',')
          .startsWith(contract),
      ).toBe(true);
      const [row] = await csv(world, audience);
      for (const name of contract.split(',')) {
        const value = own(record ?? {}, name) ?? '';
        expect(row?.[name]).toBe(typeof value === 'string' ? value : JSON.stringify(value));
      }
    },
  );

  it('has the same rows in every format, typed where the format has types', async () => {
    const start = { start: '2025-03-01' };
    const world = await activityWorld([
      { org: 'One', more: start },
      { org: '=Two', more: { start: '=1+1' } },
    ]);
    world.keys = keysInOrder('f', ['instance-0', 'instance-1']);
    await world.compile();
    const { audiences } = await readManifest(world.deps, id, 'members');
    for (const { name, rows } of audiences.members?.files ?? []) {
      if (!name.endsWith('.datapackage.json')) expect([name, rows]).toEqual([name, 2]);
    }
    const { key } = await openDatasetFile(world.deps, id, `${id}.parquet`, 'members');
    const stored = await world.objects.get(key);
    if (stored === undefined) throw new Error('It is not there.');
    const bytes = await buffer(stored);
    const file = new Uint8Array(bytes).buffer;
    const [one, two] = await parquetReadObjects({ file });
    expect(one).toMatchObject({
      id: publicIdOf(world.keys, 'f', 'instance-0'),
      form: 'f',
      organisation: 'One',
    });
    expect(one?.['start']).toEqual(new Date('2025-03-01'));
    // Nothing is lost: what is no date stands apart.
    expect(two).toMatchObject({ organisation: '=Two', start: null });
    expect(JSON.stringify(two?.['_unfit'])).toContain('=1+1');
    const [, inCsv] = await csv(world, 'members');
    expect(inCsv).toMatchObject({ organisation: "'=Two", start: "'=1+1" });
  });

  it('groups under the canonical name, and tells as what it was said to the network only', async () => {
    const world = await activityWorld([{ org: 'Assoc. A', more: { title: 'Projet x' } }]);
    await world.compile();
    const alias = { name: 'assoc. a', canonical: 'Association A', verdict: 'same' } as const;
    await putAlias(world.registry, 'a', { kind: 'organisation', ...alias });
    await putAlias(world.registry, 'p', {
      kind: 'initiative',
      name: 'projet X',
      canonical: 'Projet X',
      verdict: 'same',
    });
    await world.compile();
    const [seen] = await csv(world, 'public');
    expect(seen).toMatchObject({ organisation: 'Association A', activity: 'Projet X' });
    expect(await world.file(id, 'public', `${id}.csv`)).not.toContain('Assoc. A');
    expect(await world.file(id, 'public', `${id}.json`)).not.toContain('Assoc. A');
    const [told] = await csv(world, 'members');
    expect(told).toMatchObject({
      organisation: 'Association A',
      organisation_as_given: 'Assoc. A',
      activity_as_given: 'Projet x',
    });
    // What was said stands as it was.
    expect(await world.file('f', 'public', 'f.csv')).toContain('Assoc. A');
    await deleteAlias(world.registry, 'a');
    await world.compile();
    expect((await csv(world, 'public'))[0]).toMatchObject({ organisation: 'Assoc. A' });
  });

  it('never shows a contact', async () => {
    const world = await activityWorld([{ org: 'One', more: { mail: 'canary@example.org' } }]);
    await world.compile();
    const files = await world.contents(`datasets/${id}/`);
    expect(JSON.stringify(files)).not.toContain('canary');
  });
});
