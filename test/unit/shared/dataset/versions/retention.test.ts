import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readDatasetPointer } from '../../../../../shared/dataset/versions/dataset-pointer.ts';
import type { DatasetVersion } from '../../../../../shared/dataset/versions/dataset-version.ts';
import { json } from '../../../../../shared/dataset/formats/json-format.ts';
import { publish } from '../../../../../shared/dataset/publish/publish.ts';
import {
  listVersions,
  readManifest,
} from '../../../../../shared/dataset/versions/read-datasets.ts';
import { expireVersions, expiring } from '../../../../../shared/dataset/versions/retention.ts';
import { verify } from '../../../../../shared/dataset/verify/verify-all.ts';
import { DatasetWorld } from '../../../../support/dataset-world.ts';
import { faultOf } from '../../../../support/fault-of.ts';
import { atEveryOperation } from '../../../../support/interruptions.ts';

const hour = 3_600_000;
const now = Date.UTC(2026, 5, 15, 12);

/** A version of so many hours ago. */
const version = (age: number): DatasetVersion => {
  const createdAt = new Date(now - age * hour).toISOString();
  return { version: `v${age}`, cutOff: createdAt, createdAt, state: 'published' };
};

describe('the versions that are kept', () => {
  it.each([
    ['the newest ones', { versions: 2, days: 0 }, [2, 3, 4, 5], [2, 3]],
    ['of each day the last one', { versions: 0, days: 3 }, [2, 3, 30, 31, 55, 100], [2, 30, 55]],
    ['what is younger than an hour', { versions: 0, days: 0 }, [0, 0.5, 2], [0, 0.5]],
    ['the newest ones and of each day the last', { versions: 1, days: 2 }, [2, 3, 30, 31], [2, 30]],
  ])('are %s', (_, retention, ages, kept) => {
    const versions = ages.map(version);
    const gone = new Set(expiring(versions, retention, new Date(now)));
    expect(versions.filter((one) => !gone.has(one))).toEqual(kept.map(version));
  });

  it('are never more than so many, so many days, and those of an hour', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 3000 }), { maxLength: 300 }),
        fc.nat(40),
        fc.nat(40),
        (ages, newest, days) => {
          const versions = ages.sort((one, other) => one - other).map(version);
          const gone = expiring(versions, { versions: newest, days }, new Date(now));
          const young = ages.filter((age) => age < 1).length;
          expect(versions.length - gone.length).toBeLessThanOrEqual(newest + days + young);
        },
      ),
    );
  });
});

const form = {
  survey: [{ type: 'text', name: 'q', label: 'Q', visibility: 'members' }],
  choices: [],
  settings: { form_title: 'F', version: '1' },
};

/** Six versions, two hours apart, and the rule to keep two. */
async function world(compile: (made: DatasetWorld) => Promise<unknown> = (made) => made.compile()) {
  const made = new DatasetWorld();
  const deps = { ...made.deps, retention: { versions: 2, days: 0 } };
  await made.publishForm('f', form);
  for (let number = 1; number <= 6; number += 1) {
    await made.put('f', `instance-${number}`, { q: String(number) });
    await compile(made);
    made.wait(7200);
  }
  return { made, deps };
}

const states = async (made: DatasetWorld) =>
  (await listVersions(made.deps, 'f', 'coordinator')).map(({ state }) => state);

describe('versions that are kept no longer', () => {
  it('lose their files, and are listed as what they are', async () => {
    const { made, deps } = await world();
    const before = await listVersions(made.deps, 'f', 'coordinator');
    expect(await expireVersions(deps, 'f')).toBe(4);
    expect(await states(made)).toEqual([
      'published',
      'published',
      'expired',
      'expired',
      'expired',
      'expired',
    ]);
    const gone = before[4]?.version ?? '';
    expect(made.objects.keys().filter((key) => key.includes(gone))).toEqual([]);
    const fault = await faultOf(readManifest(made.deps, 'f', 'coordinator', gone));
    expect(fault.code).toBe('not-found');
    expect(await readManifest(made.deps, 'f', 'coordinator', before[1]?.version)).toBeDefined();
    expect(await verify(deps)).toMatchObject({ drift: [] });
  });

  it('go by themselves, with the first change of an hour', async () => {
    const { made, deps } = await world();
    expect(await states(made)).not.toContain('expired');
    await made.put('f', 'instance-7', { q: '7' });
    await made.collectAll('f');
    await publish(deps, 'f');
    expect((await states(made)).filter((state) => state === 'expired')).toHaveLength(5);
  });

  it('never are the current one and the one that everyone sees', async () => {
    const { made, deps } = await world();
    await expireVersions({ ...deps, retention: { versions: 0, days: 0 } }, 'f');
    expect((await states(made))[0]).toBe('published');
    const pointer = await readDatasetPointer(made.registry, 'f');
    expect(await made.read(`datasets/f/${pointer?.version ?? ''}/manifest.json`)).toContain('"f"');
  });

  it('are gone wherever that is interrupted, once what is left is swept', async () => {
    await atEveryOperation(async (at) => {
      const { made, deps } = await world((one) => one.compileForm('f', [json]));
      made.now = Date.now();
      made.interruptions.plan({ at, fail: 'after' });
      await expireVersions(deps, 'f').catch(() => undefined);
      const reached = made.interruptions.end();
      made.wait(2 * 86_400);
      await verify(deps);
      const kept = (await listVersions(made.deps, 'f', 'coordinator')).filter(
        ({ state }) => state === 'published',
      );
      const left = made.objects.keys().filter((key) => key.startsWith('datasets/f/'));
      expect(new Set(left.map((key) => key.split('/')[2]))).toEqual(
        new Set(kept.map((one) => one.version)),
      );
      return reached && at < 12;
    });
  });
});

describe('an earlier version', () => {
  it('is for the coordinator, and not for members: it shows what was taken back since', async () => {
    const { made } = await world();
    const [, earlier] = await listVersions(made.deps, 'f', 'coordinator');
    expect(await readManifest(made.deps, 'f', 'coordinator', earlier?.version)).toBeDefined();
    const fault = await faultOf(readManifest(made.deps, 'f', 'members', earlier?.version));
    expect(fault.code).toBe('not-found');
    expect(await listVersions(made.deps, 'f', 'members')).toHaveLength(1);
  });
});
