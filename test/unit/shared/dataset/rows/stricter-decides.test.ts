import { beforeEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../../../shared/json.ts';
import { acceptSubmission } from '../../../../../shared/submission/accept-submission.ts';
import type { SubmissionDeps } from '../../../../../shared/submission/records/submission-deps.ts';
import { editSubmission } from '../../../../../shared/submission/edit-submission.ts';
import { readSubmission } from '../../../../../shared/submission/read-submissions.ts';
import { reviewSubmission } from '../../../../../shared/submission/review-submission.ts';
import { DatasetWorld } from '../../../../support/dataset-world.ts';
import { coordinator, memberA } from '../../../../support/submission-world.ts';

const formId = 'f';
const instanceId = 'uuid:0a1b2c3d-0001';

interface Version {
  readonly review?: 'none' | 'required';
  readonly consent?: boolean;
  readonly members?: boolean;
  readonly named?: boolean;
}

let world: DatasetWorld;
let deps: SubmissionDeps;

/** Publishes a version of the form that says so. */
async function publish(version: string, says: Version): Promise<void> {
  const { review = 'none', consent = false, members = false, named = false } = says;
  const visibility = members ? 'members' : 'public';
  await world.publishForm(formId, {
    survey: [
      { type: 'integer', name: 'n', label: 'N', visibility },
      { type: 'integer', name: 'always', label: 'A', visibility: 'public' },
      ...(consent ? [{ type: 'acknowledge', name: 'ok', label: 'OK' }] : []),
    ],
    choices: [],
    settings: {
      form_title: 'F',
      version,
      review,
      ...(consent ? { consent: 'ok' } : {}),
      ...(named ? { public_metadata: 'organisation' } : {}),
    },
  });
}

const send = (formVersion: string, more: JsonObject = {}) =>
  acceptSubmission(deps, memberA, formId, {
    instanceId,
    formVersion,
    answers: { n: 1, always: 2, ...more },
  });
const revision = async () => (await readSubmission(deps, coordinator, formId, instanceId)).revision;
const edit = async (formVersion: string, more: JsonObject = {}) =>
  editSubmission(deps, memberA, formId, instanceId, await revision(), {
    formVersion,
    answers: { n: 3, always: 2, ...more },
  });
const accept = async () =>
  reviewSubmission(deps, coordinator, formId, instanceId, await revision(), { decision: 'accept' });
/** What the public sees of the record, once it is compiled; undefined: nothing. */
const seen = async (): Promise<JsonObject | undefined> => {
  world.wait(300);
  await world.compile();
  return (await world.records(formId, 'public'))[0];
};

beforeEach(() => {
  world = new DatasetWorld();
  let ids = 0;
  deps = { ...world.deps, newId: () => `id-${(ids += 1)}` };
});

describe('of the version that was answered and the newest one, the stricter decides', () => {
  it('whether a record is public that was accepted on arrival', async () => {
    await publish('1', {});
    await send('1');
    expect(await seen()).toBeDefined();
    await publish('2', { review: 'required' });
    expect(await seen()).toBeUndefined();
    await accept();
    expect(await seen()).toBeDefined();
  });

  it('whether it is, too, once the form asks for no review any more', async () => {
    await publish('1', {});
    await publish('2', { review: 'required' });
    await send('2');
    await publish('3', {});
    expect(await seen()).toBeUndefined();
    await accept();
    expect(await seen()).toBeDefined();
  });

  it('whether one is public that was edited after a coordinator had accepted it', async () => {
    await publish('1', {});
    await send('1');
    await accept();
    await edit('1');
    await publish('2', { review: 'required' });
    expect(await seen()).toBeUndefined();
  });

  it('whether consent is needed, that of the answers before an edit', async () => {
    await publish('1', { consent: true });
    await send('1');
    expect(await seen()).toBeUndefined();
    await publish('2', {});
    expect(await seen()).toBeUndefined();
    await edit('2');
    expect(await seen()).toBeUndefined();
    await publish('3', { consent: true });
    await edit('3', { ok: 'OK' });
    expect(await seen()).toBeDefined();
  });

  it('whether consent is needed that no version before asked for', async () => {
    await publish('1', {});
    await send('1');
    expect(await seen()).toBeDefined();
    await publish('2', { consent: true });
    expect(await seen()).toBeUndefined();
  });

  it.each<[string, Version, Version]>([
    ['wider', { members: true }, {}],
    ['narrower', {}, { members: true }],
  ])('which questions are shown, when the newest is %s', async (_, one, two) => {
    await publish('1', one);
    await send('1');
    await publish('2', two);
    expect((await seen())?.['answers']).toEqual({ always: 2 });
  });

  it.each<[string, Version, Version]>([
    ['begins to', {}, { named: true }],
    ['ceases to', { named: true }, {}],
  ])('whether the organisation is named, when the newest %s', async (_, one, two) => {
    await publish('1', one);
    await send('1');
    await publish('2', two);
    expect((await seen())?.['organisation'] ?? null).toBeNull();
  });
});
