import { beforeEach, describe, expect, it } from 'vitest';
import type { Principal } from '../../../../../shared/access/principal.ts';
import { Fault } from '../../../../../shared/fault.ts';
import type { JsonObject } from '../../../../../shared/json.ts';
import { acceptSubmission } from '../../../../../shared/submission/accept-submission.ts';
import type { SubmissionDeps } from '../../../../../shared/submission/records/submission-deps.ts';
import { editSubmission } from '../../../../../shared/submission/edit-submission.ts';
import { eraseSubmission } from '../../../../../shared/submission/erasure/erase-submission.ts';
import {
  listRevisions,
  readSubmission,
} from '../../../../../shared/submission/read-submissions.ts';
import { reviewSubmission } from '../../../../../shared/submission/review-submission.ts';
import { withdrawSubmission } from '../../../../../shared/submission/withdraw-submission.ts';
import { atEveryOperation } from '../../../../support/interruptions.ts';
import {
  coordinator,
  depsOn,
  memberA,
  memberB,
  openWorld,
  surveyForm,
  type World,
} from '../../../../support/submission-world.ts';

const instanceId = 'uuid:0a1b2c3d';
const answers: JsonObject = { title: 'Maraude', people: 12, contact: { email: 'a@example.org' } };
const corrected: JsonObject = { ...answers, people: 13 };

let world: World;
let deps: SubmissionDeps;

async function begin(formId = 'survey'): Promise<void> {
  world = await openWorld();
  deps = world.deps;
  await acceptSubmission(deps, memberA, formId, { instanceId, formVersion: '1', answers });
}
beforeEach(() => begin());

const edit = (revision: number, to: JsonObject = corrected, who: Principal = memberA) =>
  editSubmission(deps, who, 'survey', instanceId, revision, { answers: to });
const withdraw = (revision: number, who: Principal = memberA) =>
  withdrawSubmission(deps, who, 'survey', instanceId, revision);
const accept = (revision: number) =>
  reviewSubmission(deps, coordinator, 'survey', instanceId, revision, { decision: 'accept' });
const sendBack = (revision: number) =>
  reviewSubmission(deps, coordinator, 'survey', instanceId, revision, {
    decision: 'needs-changes',
    note: 'Où ?',
  });
const erase = () => eraseSubmission(deps, coordinator, 'survey', instanceId);
const head = () => readSubmission(deps, coordinator, 'survey', instanceId);
const keys = () =>
  world.submissions
    .all()
    .map(({ sk }) => sk)
    .sort();

/** Every way to make a revision 2, so that what holds for one is shown for all. */
const acts = {
  edit: (revision: number) => edit(revision).then(({ submission }) => submission),
  review: accept,
  withdraw: (revision: number) => withdraw(revision),
};
const actNames = ['edit', 'review', 'withdraw'] as const;

describe('editSubmission', () => {
  it('replaces the answers and keeps everything else', async () => {
    const first = await head();
    world.now += 1000;
    const { submission } = await edit(1);
    expect(submission).toEqual({
      ...first,
      revision: 2,
      answers: JSON.stringify(corrected),
      updatedAt: new Date(world.now).toISOString(),
      actHash: submission.actHash,
    });
    expect(submission.actHash).not.toBe(first.actHash);
    expect(await head()).toEqual(submission);
  });

  it('returns a reviewed submission to "received", without the decision on its earlier answers', async () => {
    await accept(1);
    const { submission } = await edit(2);
    expect(submission.state).toBe('received');
    expect(submission.review).toBeUndefined();
  });

  it('leaves it accepted where the form wants no review', async () => {
    await begin('open');
    const edited = await editSubmission(deps, memberA, 'open', instanceId, 1, {
      answers: corrected,
    });
    expect(edited.submission.state).toBe('accepted');
  });

  it('keeps the version that the submission has, unless another is named', async () => {
    await deps.forms.putDraft('survey', surveyForm('2'));
    await deps.forms.publish('survey');
    expect((await edit(1)).submission.formVersion).toBe('1');
    const moved = await editSubmission(deps, memberA, 'survey', instanceId, 2, {
      formVersion: '2',
      answers,
    });
    expect(moved.submission.formVersion).toBe('2');
  });

  it.each([
    ['answers that break the form', { answers: {} }, 'invalid-answers'],
    ['a version that does not exist', { formVersion: '9', answers }, 'invalid-body'],
  ])('refuses %s and changes nothing', async (_, sent, code) => {
    const before = world.submissions.all();
    const edited = editSubmission(deps, memberA, 'survey', instanceId, 1, sent);
    await expect(edited).rejects.toMatchObject({ code });
    expect(world.submissions.all()).toEqual(before);
  });

  it('is possible after the form was closed: a review may ask for a correction', async () => {
    await sendBack(1);
    await deps.forms.close('survey');
    expect((await edit(2)).submission.state).toBe('received');
  });

  it('brings back what was withdrawn', async () => {
    await withdraw(1);
    expect((await edit(2)).submission.state).toBe('received');
  });

  it('may be the coordinator’s, and stays the organisation’s', async () => {
    const { submission } = await edit(1, corrected, coordinator);
    expect(submission).toMatchObject({ organisation: 'ong-a', by: 'token-c' });
  });
});

describe('reviewSubmission', () => {
  it.each([
    ['accept', undefined, 'accepted'],
    ['accept', 'Merci', 'accepted'],
    ['needs-changes', 'Où ?', 'needs-changes'],
    ['reject', 'Doublon', 'rejected'],
  ] as const)('%s, with the note %j, makes it %s', async (decision, note, state) => {
    world.now += 5000;
    const reviewed = await reviewSubmission(deps, coordinator, 'survey', instanceId, 1, {
      decision,
      note,
    });
    const at = new Date(world.now).toISOString();
    expect(reviewed).toMatchObject({ state, revision: 2, updatedAt: at });
    expect(reviewed.review).toEqual({ decision, ...(note === undefined ? {} : { note }), at });
    expect((await head()).answers).toBe(JSON.stringify(answers));
  });

  it.each(['needs-changes', 'reject'] as const)('%s needs a note', async (decision) => {
    for (const note of [undefined, '', '  \n']) {
      const reviewed = reviewSubmission(deps, coordinator, 'survey', instanceId, 1, {
        decision,
        note,
      });
      await expect(reviewed).rejects.toMatchObject({
        code: 'invalid-body',
        errors: [{ pointer: '/note', code: 'required' }],
      });
    }
    expect((await head()).revision).toBe(1);
  });

  it('is for the coordinator', async () => {
    const reviewed = reviewSubmission(deps, memberA, 'survey', instanceId, 1, {
      decision: 'accept',
    });
    await expect(reviewed).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('is refused for what was withdrawn', async () => {
    await withdraw(1);
    await expect(accept(2)).rejects.toMatchObject({ code: 'conflict' });
    expect((await head()).state).toBe('withdrawn');
  });
});

describe('withdrawSubmission', () => {
  it('makes it withdrawn, answers and all', async () => {
    expect(await withdraw(1)).toMatchObject({ state: 'withdrawn', revision: 2 });
    expect((await head()).answers).toBe(JSON.stringify(answers));
  });

  it('changes nothing a second time', async () => {
    const once = await withdraw(1);
    expect(await withdraw(2)).toEqual(once);
  });
});

describe.each(actNames)('any revision (%s)', (name) => {
  const act = acts[name];

  it('is not found by another organisation, nor in another form, nor under another id', async () => {
    const notFound = { code: 'not-found' };
    await expect(edit(1, corrected, memberB)).rejects.toMatchObject(notFound);
    await expect(withdraw(1, memberB)).rejects.toMatchObject(notFound);
    for (const [formId, id] of [
      ['open', instanceId],
      ['unknown', instanceId],
      ['survey', 'uuid:ffffffff'],
      ['survey', `${instanceId}#000001`],
    ] as const) {
      const edited = editSubmission(deps, coordinator, formId, id, 1, { answers });
      await expect(edited).rejects.toMatchObject(notFound);
    }
  });

  it('keeps the revision before, without the attributes of the indexes', async () => {
    const before = new Map(Object.entries(world.submissions.all()[0] ?? {}));
    await act(1);
    const history = world.submissions.all().find(({ sk }) => sk === `${instanceId}#000001`);
    before.set('sk', `${instanceId}#000001`).set('updatedAt', before.get('at') ?? '');
    for (const name of ['at', 'orgKey', 'inboxKey']) before.delete(name);
    expect(history).toEqual(Object.fromEntries(before));
    expect(keys()).toEqual([instanceId, `${instanceId}#000001`]);
  });

  it('is answered as done when it is repeated', async () => {
    const done = await act(1);
    world.now += 60_000;
    expect(await act(1)).toEqual(done);
    expect((await head()).revision).toBe(2);
  });

  it('is answered as done when it is repeated after others have followed', async () => {
    const done = await act(1);
    await edit(2, { title: 'Encore autre chose' });
    await withdraw(3);
    expect(await act(1)).toEqual(done);
    expect((await head()).revision).toBe(4);
  });

  it('is refused on a stale revision, with the current one and what differs', async () => {
    const other = { ...answers, contact: { email: 'b@example.org' }, sites: [{ place: 'Thiès' }] };
    await edit(1, other);
    await edit(2, { ...other, title: 'Titre' });
    const stale = await act(1).catch((fault: unknown) => fault);
    expect(stale).toMatchObject({ code: 'stale-revision', extra: { currentRevision: 3 } });
    const differs = ['/answers/title', '/answers/contact/email', '/answers/sites/0/place'];
    if (name === 'edit') differs.push('/answers/people');
    const told = stale instanceof Fault ? stale.extra['differs'] : undefined;
    expect(told).toHaveLength(differs.length);
    expect(told).toEqual(expect.arrayContaining(differs));
  });

  it.each([0, 2, 7, -1])('is refused on revision %d, which is not there yet', async (revision) => {
    await expect(act(revision)).rejects.toMatchObject({
      code: 'stale-revision',
      extra: { currentRevision: 1 },
    });
    expect(keys()).toEqual([instanceId]);
  });

  it.each([0, -1, -86_400_000])(
    'has a later time than the one before, though the clock moved by %d ms',
    async (moved) => {
      const before = await head();
      world.now += moved;
      const after = await act(1);
      expect(after.updatedAt > before.updatedAt).toBe(true);
      expect(Date.parse(after.updatedAt)).toBe(Date.parse(before.updatedAt) + 1);
      expect(after.receivedAt).toBe(before.receivedAt);
    },
  );

  it.each(['before', 'after'] as const)(
    'is there once if a store fails once, %s doing it, at any operation, and it is repeated',
    (fail) =>
      atEveryOperation(async (at) => {
        await begin();
        const first = await head();
        deps = depsOn(world.deps);
        world.interruptions.plan({ at, fail });
        const tried: unknown = await act(1).catch((fault: unknown) => fault);
        const reached = world.interruptions.end();
        if (reached) expect(tried).toMatchObject({ code: 'store-unavailable' });
        const done = await act(1);
        expect(done.revision).toBe(2);
        expect(await head()).toEqual(done);
        expect(keys()).toEqual([instanceId, `${instanceId}#000001`]);
        const { items } = await listRevisions(deps, coordinator, 'survey', instanceId);
        expect(items.map(({ revision }) => revision)).toEqual([1, 2]);
        expect(items[0]).toMatchObject({ updatedAt: first.updatedAt, state: 'received' });
        return reached;
      }),
  );

  it('loses against an edit that comes in between, at whatever moment, and loses nothing of it', () =>
    atEveryOperation(async (at) => {
      await begin();
      const between = { ...answers, title: 'Entre-temps' };
      world.interruptions.plan({ at, meanwhile: () => edit(1, between).then(() => undefined) });
      const tried: unknown = await act(1).catch((fault: unknown) => fault);
      const reached = world.interruptions.end();
      if (reached) {
        expect(tried).toMatchObject({ code: 'stale-revision', extra: { currentRevision: 2 } });
        expect(JSON.stringify(tried)).toContain('"/answers/title"');
        expect((await head()).answers).toBe(JSON.stringify(between));
      }
      expect(keys()).toEqual([instanceId, `${instanceId}#000001`]);
      return reached;
    }));

  it('leaves nothing behind when the submission is erased in between, at whatever moment', () =>
    atEveryOperation(async (at) => {
      await begin();
      world.interruptions.plan({ at, meanwhile: erase });
      const tried: unknown = await act(1).catch((fault: unknown) => fault);
      const reached = world.interruptions.end();
      if (reached) expect(tried).toMatchObject({ code: 'erased' });
      else await erase();
      expect(keys()).toEqual([instanceId]);
      return reached;
    }));

  it('loses nothing and leaves nothing when it comes in the midst of erasing', () =>
    atEveryOperation(async (at) => {
      await begin();
      await edit(1, { title: 'Avant' });
      world.interruptions.plan({ at, meanwhile: () => act(2).then(undefined, () => undefined) });
      await erase();
      const reached = world.interruptions.end();
      expect(keys()).toEqual([instanceId]);
      expect(world.submissions.all()[0]).toMatchObject({ state: 'erased' });
      return reached;
    }));

  it.each(['before', 'after'] as const)(
    'leaves nothing behind when it is repeated after a store failed, %s doing it, while all was erased',
    (fail) =>
      atEveryOperation(async (at) => {
        await begin();
        const put = world.submissions.put.bind(world.submissions);
        // Erased just before the piece of history is put, and then the store fails somewhere later.
        world.submissions.put = async (record) => {
          world.submissions.put = put;
          await erase();
          world.interruptions.plan({ at, fail });
          await put(record);
        };
        await act(1).catch(() => undefined);
        const reached = world.interruptions.end();
        await expect(act(1)).rejects.toMatchObject({ code: 'erased' });
        expect(keys()).toEqual([instanceId]);
        return reached;
      }),
  );
});

describe('many at once', () => {
  it('let one of 20 different edits win, tell the others, and keep every revision once', async () => {
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, (_, people) => edit(1, { ...answers, people: people + 100 })),
    );
    const lost = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(lost).toHaveLength(19);
    for (const { reason } of lost) expect(reason).toMatchObject({ code: 'stale-revision' });
    expect(keys()).toEqual([instanceId, `${instanceId}#000001`]);
  });

  it('answer 20 same edits as one', async () => {
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => edit(1)));
    for (const outcome of outcomes) expect(outcome).toEqual(outcomes[0]);
    expect((await head()).revision).toBe(2);
  });

  it('lose no revision when 10 clients each read, edit and try again until they have won', async () => {
    const editor = async (people: number): Promise<void> => {
      for (;;) {
        const { revision } = await head();
        const outcome = await edit(revision, { ...answers, people }).catch(
          (fault: unknown) => fault,
        );
        if (!(outcome instanceof Fault)) return;
        expect(outcome.code).toBe('stale-revision');
      }
    };
    await Promise.all(Array.from({ length: 10 }, (_, people) => editor(people + 100)));
    const { items } = await listRevisions(deps, coordinator, 'survey', instanceId);
    expect(items.map(({ revision }) => revision)).toEqual(
      Array.from({ length: 11 }, (_, index) => index + 1),
    );
    const times = items.map(({ updatedAt }) => updatedAt);
    expect(new Set(times).size).toBe(11);
    expect([...times].sort()).toEqual(times);
  });
});
