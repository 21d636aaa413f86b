import { describe, expect, it } from 'vitest';
import {
  listVersions,
  readManifest,
} from '../../../../../shared/dataset/versions/read-datasets.ts';
import type { JsonObject } from '../../../../../shared/json.ts';
import { DatasetWorld } from '../../../../support/dataset-world.ts';

const question = (name: string, hxl: string): JsonObject => ({
  type: 'text',
  name,
  label: name,
  visibility: 'public',
  review_text: 'yes',
  hxl,
});
const form = {
  survey: [
    question('q', '#org+name'),
    question('a', '#activity+name'),
    question('p', '#adm1+name'),
  ],
  choices: [],
  settings: { form_title: 'F', version: '1' },
};
const answers = (q: string): JsonObject => ({ q, a: 'a', p: 'p' });

/** Versions without a record, with it, and again without it; then it is erased. */
async function world(): Promise<{ made: DatasetWorld; versions: readonly string[] }> {
  const made = new DatasetWorld();
  made.now = Date.now();
  await made.publishForm('f', form);
  const versions: string[] = [];
  const compile = async (): Promise<void> => {
    await made.compile();
    versions.push((await readManifest(made.deps, 'f', 'coordinator')).version);
    made.wait(600);
  };
  await made.put('f', 'instance-1', answers('kept'));
  await compile();
  await made.put('f', 'instance-2', answers('erased'));
  await compile();
  await made.put('f', 'instance-2', answers('erased'), { revision: 2, state: 'withdrawn' });
  await compile();
  await made.put('f', 'instance-3', answers('later'));
  await compile();
  await made.erase('f', 'instance-2');
  await made.compile();
  return { made, versions };
}

describe('the versions that are withdrawn for an erasure', () => {
  it('are those that hold the record, and no others', async () => {
    const { made, versions } = await world();
    const listed = await listVersions(made.deps, 'f', 'coordinator');
    const states = new Map(listed.map(({ version, state }) => [version, state]));
    expect(versions.map((version) => states.get(version))).toEqual([
      'published',
      'withdrawn',
      'published',
      'published',
    ]);
    for (const version of [versions[0], versions[2]]) {
      expect(await readManifest(made.deps, 'f', 'coordinator', version)).toBeDefined();
    }
  });

  it('are, of datasets made from several forms, those made from segments that held it', async () => {
    const { made } = await world();
    const listed = await listVersions(made.deps, 'who-does-what-where', 'coordinator');
    const states = listed.map(({ state }) => state);
    expect(states.filter((state) => state === 'withdrawn')).toHaveLength(1);
    expect(states.filter((state) => state === 'published').length).toBeGreaterThan(1);
  });

  it('are listed with when, why, and the files that the reader could have copied', async () => {
    const { made, versions } = await world();
    const withdrawn = async (audience: 'members' | 'coordinator') =>
      (await listVersions(made.deps, 'f', audience)).find(({ version }) => version === versions[1]);
    const told = await withdrawn('coordinator');
    expect(told).toMatchObject({ reason: 'erasure', withdrawnAt: made.clock().toISOString() });
    expect(told?.files).toContainEqual({
      audience: 'public',
      name: 'f.csv',
      bytes: expect.any(Number) as number,
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    });
    const seen = (await withdrawn('members'))?.files ?? [];
    expect(new Set(seen.map(({ audience }) => audience))).toEqual(new Set(['public', 'members']));
  });

  it('are all of which it is not certain', async () => {
    const made = new DatasetWorld();
    made.now = Date.now();
    await made.publishForm('f', form);
    await made.put('f', 'instance-1', answers('kept'));
    await made.compile();
    const { version } = await readManifest(made.deps, 'f', 'coordinator');
    made.wait(600);
    await made.put('f', 'instance-2', answers('erased'));
    await made.compile();
    await made.objects.delete(`datasets/f/${version}/coordinator/f.ndjson`);
    await made.erase('f', 'instance-2');
    await made.compile();
    const listed = await listVersions(made.deps, 'f', 'coordinator');
    expect(listed.map(({ state }) => state)).toEqual(['published', 'withdrawn', 'withdrawn']);
  });
});
