import { beforeEach, describe, expect, it } from 'vitest';
import { collect } from '../../../../../shared/dataset/segments/collect.ts';
import { readSegmentPointer } from '../../../../../shared/dataset/segments/segment-pointer.ts';
import { InstanceId } from '../../../../../shared/ids.ts';
import { attribute, headKey, registryKey, shardOf } from '../../../../../shared/store/keys.ts';
import { acceptSubmission } from '../../../../../shared/submission/accept-submission.ts';
import { editSubmission } from '../../../../../shared/submission/edit-submission.ts';
import { eraseSubmission } from '../../../../../shared/submission/erasure/erase-submission.ts';
import { listSubmissions } from '../../../../../shared/submission/read-submissions.ts';
import { reviewSubmission } from '../../../../../shared/submission/review-submission.ts';
import { withdrawSubmission } from '../../../../../shared/submission/withdraw-submission.ts';
import {
  coordinator,
  memberA,
  openWorld,
  type World,
} from '../../../../support/submission-world.ts';

const instanceId = InstanceId.parse('uuid:0a1b2c3d');
const shard = shardOf(instanceId, 4);
const target = ['survey', instanceId, 1] as const;
const sent = { instanceId, formVersion: '1', answers: { title: 'Repas' } };

let world: World;

/** As if a release had written it that knows of one more attribute. */
async function madeLater(store: World['submissions'], key: { pk: string; sk: string }) {
  const record = await store.get(key);
  if (record === undefined) throw new Error('There is nothing.');
  await store.put({ ...record, [attribute.schema]: Number(record['schema']) + 1, added: 'kept' });
}

beforeEach(async () => {
  world = await openWorld();
  await acceptSubmission(world.deps, memberA, 'survey', sent);
});

const acts: readonly (readonly [string, () => Promise<unknown>])[] = [
  ['a repetition', () => acceptSubmission(world.deps, memberA, 'survey', sent)],
  [
    'an edit',
    () => editSubmission(world.deps, memberA, ...target, { answers: { title: 'Soins' } }),
  ],
  ['a review', () => reviewSubmission(world.deps, coordinator, ...target, { decision: 'accept' })],
  ['a withdrawal', () => withdrawSubmission(world.deps, memberA, ...target)],
  ['an erasure', () => eraseSubmission(world.deps, coordinator, 'survey', instanceId)],
  ['a list', () => listSubmissions(world.deps, coordinator, 'survey', {})],
  ['a collect', () => collect(world.deps, { formId: 'survey', shard }, { full: true })],
];

describe('while two releases work side by side, the earlier one', () => {
  it.each(acts)('says that it cannot, and leaves a later head as it is: %s', async (_, act) => {
    await madeLater(world.submissions, headKey('survey', shard, instanceId));
    const before = world.submissions.all();
    await expect(act()).rejects.toMatchObject({ code: 'store-unavailable' });
    expect(world.submissions.all()).toEqual(before);
  });

  it.each(acts)('does its work on its own heads: %s', async (_, act) => {
    await expect(act()).resolves.not.toThrow();
  });

  it('takes nothing for a form of which it knows too little', async () => {
    await madeLater(world.registry, registryKey.form('survey'));
    const other = { ...sent, instanceId: 'uuid:1a1b2c3d' };
    await expect(acceptSubmission(world.deps, memberA, 'survey', other)).rejects.toMatchObject({
      code: 'store-unavailable',
    });
    expect(world.submissions.all()).toHaveLength(1);
  });

  it('does not collect over a later segment', async () => {
    await collect(world.deps, { formId: 'survey', shard });
    const pointer = await readSegmentPointer(world.registry, 'survey', shard);
    await madeLater(world.registry, registryKey.segment('survey', shard));
    const again = collect(world.deps, { formId: 'survey', shard }, { full: true });
    await expect(again).rejects.toMatchObject({ code: 'store-unavailable' });
    expect(await world.registry.get(registryKey.segment('survey', shard))).toMatchObject({
      revision: pointer?.revision,
      added: 'kept',
    });
  });
});
