import { beforeEach, describe, expect, it } from 'vitest';
import { InstanceId } from '../../../../../shared/ids.ts';
import { headKey, shardOf } from '../../../../../shared/store/keys.ts';
import type { RecordStore } from '../../../../../shared/store/record-store.ts';
import { acceptSubmission } from '../../../../../shared/submission/accept-submission.ts';
import { attachmentsPrefix } from '../../../../../shared/submission/records/attachment-keys.ts';
import { sha256 } from '../../../../../shared/submission/records/content-hash.ts';
import type { SubmissionDeps } from '../../../../../shared/submission/records/submission-deps.ts';
import { editSubmission } from '../../../../../shared/submission/edit-submission.ts';
import {
  eraseSubmission,
  finishErasures,
} from '../../../../../shared/submission/erasure/erase-submission.ts';
import { readLedger } from '../../../../../shared/submission/erasure/erasure-ledger.ts';
import { erasureName } from '../../../../../shared/submission/erasure/erasure-name.ts';
import { pendingErasures } from '../../../../../shared/submission/erasure/erasure-record.ts';
import {
  listSubmissions,
  readSubmission,
} from '../../../../../shared/submission/read-submissions.ts';
import { reviewSubmission } from '../../../../../shared/submission/review-submission.ts';
import { withdrawSubmission } from '../../../../../shared/submission/withdraw-submission.ts';
import { atEveryOperation } from '../../../../support/interruptions.ts';
import { testKeys } from '../../../../support/keyring.ts';
import { readBytes } from '../../../../support/object-store-contract.ts';
import {
  coordinator,
  depsOn,
  memberA,
  memberB,
  openWorld,
  startOfTests,
  type World,
} from '../../../../support/submission-world.ts';

const instanceId = InstanceId.parse('uuid:0a1b2c3d');
const neighbour = 'uuid:0a1b2c3d-2';
const place = headKey('survey', shardOf(instanceId, 4), instanceId);
const secret = 'canary-of-someone';
const name = erasureName(testKeys, 'survey', instanceId);
const headers = { contentType: 'image/jpeg' };

let world: World;
let deps: SubmissionDeps;

const send = (id: string, title: string) =>
  acceptSubmission(deps, memberA, 'survey', { instanceId: id, answers: { title } });
const erase = () => eraseSubmission(deps, coordinator, 'survey', instanceId);

/** A submission with all that can hang on it, and one beside it whose id begins alike. */
async function begin(): Promise<void> {
  world = await openWorld();
  deps = world.deps;
  for (const id of [instanceId, neighbour]) {
    await send(id, secret);
    await expect(send(id, `${secret} bis`)).rejects.toMatchObject({ code: 'conflict' });
    await editSubmission(deps, memberA, 'survey', id, 1, { answers: { title: `${secret} ter` } });
    await reviewSubmission(deps, coordinator, 'survey', id, 2, {
      decision: 'reject',
      note: secret,
    });
    const key = `${attachmentsPrefix('survey', id)}photo.jpg`;
    await world.objects.put(key, Buffer.from(secret), headers);
  }
}
beforeEach(begin);

/** Everything in the stores that has to do with one of the two. */
function traces(id: string): string[] {
  const records = [...world.submissions.all(), ...world.registry.all()]
    .filter(({ sk }) => sk === id || sk.startsWith(`${id}#`))
    .map(({ pk, sk }) => `${pk} ${sk}`);
  const objects = world.objects
    .keys()
    .filter((key) => key.includes(sha256(id)) && !key.startsWith('erasures/'));
  return [...records, ...objects].sort();
}

const ledgerKeys = (): string[] => world.objects.keys().filter((key) => /^erasures/.test(key));

describe('eraseSubmission', () => {
  it('leaves a tombstone without answers, hashes, names or times of before', async () => {
    world.now += 5000;
    await erase();
    const at = new Date(world.now).toISOString();
    expect(traces(instanceId)).toHaveLength(1);
    expect(world.submissions.all().find(({ sk }) => sk === instanceId)).toEqual({
      ...place,

      at,
      revision: 4,
      state: 'erased',
      org: 'ong-a',
      instanceHash: sha256(instanceId),
      schema: 3,
    });
  });

  it('touches no other submission, however alike its id', async () => {
    const before = traces(neighbour);
    expect(before).toHaveLength(5);
    await erase();
    expect(traces(neighbour)).toEqual(before);
  });

  it('notes for compile what was erased and when, by hash', async () => {
    world.now += 5000;
    await erase();
    expect(await pendingErasures(deps.registry, 'survey')).toEqual([
      {
        instanceHash: name,
        state: 'erased',
        at: new Date(startOfTests + 5000).toISOString(),
        shard: shardOf(instanceId, 4),
      },
    ]);
    expect(await pendingErasures(deps.registry, 'open')).toEqual([]);
  });

  it('is remembered apart from the tables, by hash, and as it was first noted', async () => {
    world.now += 5000;
    await erase();
    const erasedAt = new Date(world.now).toISOString();
    world.now += 5000;
    await erase();
    const [page] = await Array.fromAsync(readLedger(world.objects));
    expect(page).toEqual([{ formId: 'survey', instanceHash: name, erasedAt }]);
    const text = (await readBytes(await world.objects.get(ledgerKeys()[0] ?? '')))?.toString();
    expect(text).not.toContain(instanceId);
    for (const seen of [text ?? '', ...ledgerKeys()])
      expect(seen).not.toContain(sha256(instanceId));
  });

  it('is remembered before a file is deleted and before it is noted as done', () =>
    atEveryOperation(async (at) => {
      await begin();
      const files = world.objects.keys().length;
      world.interruptions.plan({ at, fail: 'after' });
      await erase().catch(() => undefined);
      const reached = world.interruptions.end();
      const [noted] = await pendingErasures(deps.registry, 'survey');
      const others = world.objects.keys().length - ledgerKeys().length;
      if (others < files || noted?.state === 'erased') expect(ledgerKeys()).toHaveLength(1);
      return reached;
    }));

  it('is noted before anything is gone', () =>
    atEveryOperation(async (at) => {
      await begin();
      world.interruptions.plan({ at, fail: 'after' });
      await erase().catch(() => undefined);
      const reached = world.interruptions.end();
      const head = world.submissions.all().find(({ sk }) => sk === instanceId);
      const noted = await pendingErasures(deps.registry, 'survey');
      if (head?.['state'] === 'erased') expect(noted).toHaveLength(1);
      if (traces(instanceId).length > 1) expect(noted[0]?.state).not.toBe('erased');
      return reached;
    }));

  it.each(['before', 'after'] as const)(
    'ends right when a store fails once, %s doing it, at any operation, and it is repeated',
    (fail) =>
      atEveryOperation(async (at) => {
        await begin();
        deps = depsOn(world.deps);
        world.interruptions.plan({ at, fail });
        await erase().catch(() => undefined);
        const reached = world.interruptions.end();
        await erase();
        expect(traces(instanceId)).toEqual([`${place.pk} ${place.sk}`]);
        const [noted] = await pendingErasures(deps.registry, 'survey');
        expect(noted?.state).toBe('erased');
        return reached;
      }),
  );

  it('has the stores forget what was deleted at its end, and says whether they have', async () => {
    const asked: string[] = [];
    const forgetting = (name: string, store: RecordStore, forgotten: boolean): RecordStore => ({
      get: (key) => store.get(key),
      put: (record) => store.put(record),
      putIfAbsent: (record) => store.putIfAbsent(record),
      putIfRevision: (record, revision) => store.putIfRevision(record, revision),
      query: (range, options) => store.query(range, options),
      delete: (key) => store.delete(key),
      forget: () => {
        asked.push(`${name} ${traces(instanceId).length}`);
        return Promise.resolve(forgotten);
      },
    });
    const { submissions, registry } = world.deps;
    for (const [one, other] of [
      [true, true],
      [false, true],
      [true, false],
    ] as const) {
      asked.length = 0;
      deps = {
        ...world.deps,
        submissions: forgetting('submissions', submissions, one),
        registry: forgetting('registry', registry, other),
      };
      expect(await erase()).toBe(one && other);
      expect(asked).toEqual(['submissions 1', 'registry 1']);
      expect((await finishErasures(deps, coordinator)).forgotten).toBe(one && other);
    }
  });

  it('may be repeated, and the tombstone stays the same', async () => {
    await erase();
    const before = world.submissions.all();
    world.now += 1000;
    await erase();
    expect(world.submissions.all()).toEqual(before);
  });

  it('has a later time than the revision before, though the clock went back', async () => {
    const { updatedAt } = await readSubmission(deps, memberA, 'survey', instanceId);
    world.now -= 86_400_000;
    await erase();
    const tombstone = world.submissions.all().find(({ sk }) => sk === instanceId);
    expect(String(tombstone?.['at']) > updatedAt).toBe(true);
  });

  it('is for the coordinator, of what there is', async () => {
    const byMember = eraseSubmission(deps, memberA, 'survey', instanceId);
    await expect(byMember).rejects.toMatchObject({ code: 'forbidden' });
    const unknown = eraseSubmission(deps, coordinator, 'survey', 'uuid:ffffffff');
    await expect(unknown).rejects.toMatchObject({ code: 'not-found' });
    expect(await pendingErasures(deps.registry, 'survey')).toEqual([]);
  });
});

describe('what was erased', () => {
  beforeEach(erase);

  it.each([
    ['read', () => readSubmission(deps, memberA, 'survey', instanceId)],
    ['read by the coordinator', () => readSubmission(deps, coordinator, 'survey', instanceId)],
    [
      'edited',
      () => editSubmission(deps, memberA, 'survey', instanceId, 4, { answers: { title: 'x' } }),
    ],
    ['withdrawn', () => withdrawSubmission(deps, memberA, 'survey', instanceId, 4)],
    [
      'reviewed',
      () => reviewSubmission(deps, coordinator, 'survey', instanceId, 4, { decision: 'accept' }),
    ],
    ['sent again', () => send(instanceId, 'x')],
  ])('cannot be %s', async (_, act) => {
    await expect(act()).rejects.toMatchObject({ code: 'erased' });
  });

  it('is not found by another organisation', async () => {
    const read = readSubmission(deps, memberB, 'survey', instanceId);
    await expect(read).rejects.toMatchObject({ code: 'not-found' });
  });

  it('is in no list but that of erased ones, for the coordinator', async () => {
    for (const [who, state, expected] of [
      [memberA, undefined, [neighbour]],
      [memberA, 'erased', []],
      [coordinator, undefined, [neighbour]],
      [coordinator, 'erased', [instanceId]],
    ] as const) {
      const { items } = await listSubmissions(deps, who, 'survey', { state });
      expect(items.map((item) => item.instanceId)).toEqual(expected);
    }
  });
});
