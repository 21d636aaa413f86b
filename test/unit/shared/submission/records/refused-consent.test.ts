import { beforeEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../../../shared/json.ts';
import { attribute, headKey, shardOf } from '../../../../../shared/store/keys.ts';
import { acceptSubmission } from '../../../../../shared/submission/accept-submission.ts';
import { editSubmission } from '../../../../../shared/submission/edit-submission.ts';
import {
  listRevisions,
  readSubmission,
} from '../../../../../shared/submission/read-submissions.ts';
import { reviewSubmission } from '../../../../../shared/submission/review-submission.ts';
import { withdrawSubmission } from '../../../../../shared/submission/withdraw-submission.ts';
import { phoneXml, sendXml } from '../../../../support/phone-world.ts';
import {
  coordinator,
  memberA,
  openWorld,
  type World,
} from '../../../../support/submission-world.ts';

const formId = 'asked';
const instanceId = 'uuid:0a1b2c3d-0001';

let world: World;

/** Version 1 and 3 ask for consent, 2 does not. */
const versions = { '1': true, '2': false, '3': true } as const;
type Version = keyof typeof versions;

async function publish(version: Version): Promise<void> {
  await world.deps.forms.putDraft(formId, {
    survey: [
      { type: 'text', name: 'title', label: 'Titre' },
      ...(versions[version] ? [{ type: 'acknowledge', name: 'ok', label: 'D’accord' }] : []),
    ],
    choices: [],
    settings: { version, ...(versions[version] ? { consent: 'ok' } : {}) },
  });
  await world.deps.forms.publish(formId);
}

beforeEach(async () => {
  world = await openWorld();
  for (const version of ['1', '2', '3'] as const) await publish(version);
});

const answersTo = (yes: boolean | undefined, title = 'a'): JsonObject => ({
  title,
  ...(yes === true ? { ok: 'OK' } : {}),
});
const send = (formVersion: Version, yes?: boolean) =>
  acceptSubmission(world.deps, memberA, formId, {
    instanceId,
    formVersion,
    answers: answersTo(yes),
  });
const head = () => readSubmission(world.deps, coordinator, formId, instanceId);
const edit = async (formVersion: Version, yes?: boolean) => {
  const { revision } = await head();
  const answers = answersTo(yes, `edit ${revision}`);
  const sent = { formVersion, answers };
  await editSubmission(world.deps, memberA, formId, instanceId, revision, sent);
};
const key = headKey(formId, shardOf(instanceId, 4), instanceId);

describe('a refusal of consent', () => {
  it.each<[string, [Version, boolean?][], boolean | undefined]>([
    ['is noted when the form asks', [['1', false]], true],
    ['is not there after a yes', [['1', true]], false],
    ['is not there where the form never asked', [['2']], undefined],
    [
      'holds when the answers are edited under a version that does not ask',
      [['1', false], ['2']],
      true,
    ],
    ['holds through many such edits', [['1', false], ['2'], ['2'], ['2']], true],
    ['ends with a yes under a version that asks', [['1', false], ['2'], ['3', true]], false],
    ['holds without one', [['1', false], ['2'], ['3', false]], true],
    ['comes when a later version asks', [['2'], ['3', false]], true],
    ['comes after a yes, too', [['1', true], ['2'], ['3', false]], true],
    ['does not come where nobody asks any more', [['1', true], ['2']], false],
  ])('%s', async (_, steps, expected) => {
    const [first, ...edits] = steps;
    if (first === undefined) throw new Error('No steps.');
    await send(...first);
    for (const [next, said] of edits) await edit(next, said);
    expect((await head()).refused).toBe(expected);
    expect((await world.submissions.get(key))?.['refused']).toBe(expected);
  });

  it('of which an earlier release took no note holds all the same', async () => {
    await send('1', false);
    const stored = await world.submissions.get(key);
    if (stored === undefined) throw new Error('There is nothing.');
    const kept = Object.entries(stored).filter(([name]) => name !== 'refused');
    const { pk, sk } = stored;
    const before = { ...Object.fromEntries(kept), pk, sk, [attribute.schema]: 2 };
    // The store takes no earlier version over a later one.
    await world.submissions.delete(key);
    await world.submissions.put(before);
    expect((await head()).refused).toBeUndefined();
    await edit('2');
    expect((await head()).refused).toBe(true);
  });

  it('stays through reviews and withdrawals, and in the history', async () => {
    await send('1', false);
    await edit('2');
    await reviewSubmission(world.deps, coordinator, formId, instanceId, 2, { decision: 'accept' });
    await withdrawSubmission(world.deps, memberA, formId, instanceId, 3);
    expect((await head()).refused).toBe(true);
    await edit('3', true);
    const revisions = await listRevisions(world.deps, coordinator, formId, instanceId);
    expect(revisions.items.map(({ revision }) => revision)).toHaveLength(5);
    expect((await head()).refused).toBe(false);
  });

  it('holds when a phone edits', async () => {
    const xml = (id: string, version: Version, more: object = {}) =>
      phoneXml({ formId, version, instanceId: id, answers: { title: id }, ...more });
    await sendXml(world.deps, xml(instanceId, '1'), [], memberA);
    expect((await head()).refused).toBe(true);
    const second = 'uuid:0a1b2c3d-0002';
    await sendXml(world.deps, xml(second, '2', { deprecatedId: instanceId }), [], memberA);
    expect(await head()).toMatchObject({ revision: 2, formVersion: '2', refused: true });
  });
});
