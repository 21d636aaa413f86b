import { beforeEach, describe, expect, it } from 'vitest';
import { readManifest } from '../../../../../shared/dataset/versions/read-datasets.ts';
import type { JsonObject } from '../../../../../shared/json.ts';
import { verify } from '../../../../../shared/dataset/verify/verify-all.ts';
import { publish } from '../../../../../shared/dataset/publish/publish.ts';
import { DatasetWorld } from '../../../../support/dataset-world.ts';

const marked = { visibility: 'public', quasi_identifier: 'yes', review_text: 'yes' };
const form = (version: string, more: JsonObject = {}) => ({
  survey: [
    { type: 'select_one l', name: 'kind', label: 'K', ...marked },
    { type: 'integer', name: 'n', label: 'N', visibility: 'public', ...more },
  ],
  choices: ['a', 'b', 'c'].map((name) => ({ list_name: 'l', name, label: name })),
  settings: { form_title: 'F', version, k: 3, max_suppressed: 30 },
});

describe('a version of which too much would be withheld', () => {
  let world: DatasetWorld;
  let shown: Record<string, string>;

  beforeEach(async () => {
    world = new DatasetWorld();
    await world.publishForm('f', form('1'));
    for (let n = 0; n < 4; n += 1) await world.put('f', `instance-${n}`, { kind: 'a', n });
    await world.compile();
    shown = await world.contents('public/f.');
    world.wait(300);
    for (let n = 4; n < 8; n += 1)
      await world.put('f', `instance-${n}`, { kind: n < 6 ? 'b' : 'c', n });
  });

  const riskOf = async (): Promise<JsonObject> => {
    return (await readManifest(world.deps, 'f', 'coordinator')).risk as unknown as JsonObject;
  };

  it('leaves the public files as they were; members and coordinator have it', async () => {
    expect(Object.keys(shown)).toContain('public/f.csv');
    await world.compile();
    expect(await world.contents('public/f.')).toEqual(shown);
    expect(await world.records('f', 'members')).toHaveLength(8);
    expect(await world.records('f', 'public')).toHaveLength(4);
    const risk = await riskOf();
    expect(risk).toMatchObject({ rows: 8, suppressed: 4, suppressedShare: 0.5 });
    expect(risk['blocked']).toMatchObject({ maxSuppressed: 30 });
    expect((risk['blocked'] as JsonObject)['shows']).toEqual(expect.any(String));
  });

  it('has nothing that verify would repair, and is the same when it is repaired', async () => {
    await world.compile();
    const before = await world.contents('');
    expect((await verify(world.deps)).drift).toEqual([]);
    await publish(world.deps, 'f', { again: true });
    const unlike = ([key]: readonly [string, string]): boolean => !key.endsWith('manifest.json');
    const after = await world.contents('');
    expect(Object.entries(after).filter(unlike)).toEqual(Object.entries(before).filter(unlike));
  });

  it('becomes public once enough of them are alike', async () => {
    await world.compile();
    world.wait(300);
    await world.put('f', 'instance-8', { kind: 'b', n: 8 });
    await world.put('f', 'instance-9', { kind: 'c', n: 9 });
    await world.compile();
    expect(await world.records('f', 'public')).toHaveLength(10);
    expect(await riskOf()).toMatchObject({ suppressed: 0, blocked: null });
  });

  it.each<[string, () => Promise<void>]>([
    ['withdrawn', () => world.put('f', 'instance-0', {}, { state: 'withdrawn', revision: 2 })],
    ['rejected', () => world.put('f', 'instance-0', {}, { state: 'rejected', revision: 2 })],
    ['edited', () => world.put('f', 'instance-0', { kind: 'a', n: 100 }, { revision: 2 })],
    ['erased', () => world.erase('f', 'instance-0')],
    [
      'answered to what is shown no more',
      () => world.publishForm('f', form('2', { visibility: 'members' })),
    ],
  ])('takes the old files down when one of their records is %s', async (_, takeBack) => {
    await world.compile();
    world.wait(300);
    await takeBack();
    await world.compile();
    expect(Object.keys(await world.contents('public/f.'))).toEqual([]);
    expect(await riskOf()).toMatchObject({ blocked: { shows: null } });
    expect((await verify(world.deps)).drift).toEqual([]);
  });

  it('does not keep what is erased in any file', async () => {
    await world.compile();
    world.wait(300);
    await world.put('f', 'instance-4', { kind: 'b', n: 424_242 }, { revision: 2 });
    await world.compile();
    world.wait(300);
    await world.erase('f', 'instance-4');
    await world.compile();
    expect(Object.values(await world.contents('')).join('\n')).not.toMatch(/424242|instance-4"/);
    expect(await world.contents('public/f.')).toEqual(shown);
  });
});
