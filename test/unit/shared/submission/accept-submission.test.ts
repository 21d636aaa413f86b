import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Principal } from '../../../../shared/access/principal.ts';
import { Fault } from '../../../../shared/fault.ts';
import { openSqlite } from '../../../../shared/store/sqlite-record-store.ts';
import { acceptSubmission } from '../../../../shared/submission/accept-submission.ts';
import type { SubmissionDeps } from '../../../../shared/submission/records/submission-deps.ts';
import { editSubmission } from '../../../../shared/submission/edit-submission.ts';
import { eraseSubmission } from '../../../../shared/submission/erasure/erase-submission.ts';
import { listQuarantine, readSubmission } from '../../../../shared/submission/read-submissions.ts';
import { reviewSubmission } from '../../../../shared/submission/review-submission.ts';
import { withdrawSubmission } from '../../../../shared/submission/withdraw-submission.ts';
import { atEveryOperation } from '../../../support/interruptions.ts';
import { MemoryObjectStore } from '../../../support/memory-object-store.ts';
import {
  coordinator,
  depsOn,
  memberA,
  memberB,
  openWorld,
  publishForms,
  startOfTests,
  surveyForm,
  type World,
} from '../../../support/submission-world.ts';

const instanceId = 'uuid:0a1b2c3d';
const sent = { instanceId, formVersion: '1', answers: { title: 'Maraude', people: 12 } };
const other = { ...sent, answers: { title: 'Autre', people: 12 } };

let world: World;
let deps: SubmissionDeps;
beforeEach(async () => {
  world = await openWorld();
  deps = world.deps;
});

/** Right answers whose JSON text has so many bytes. */
function answersOf(bytes: number) {
  const empty = { title: 'x', sites: Array.from({ length: 100 }, () => ({ place: '' })) };
  const place = 'x'.repeat(Math.floor((bytes - JSON.stringify(empty).length) / 100));
  const title = 'x'.repeat(1 + ((bytes - JSON.stringify(empty).length) % 100));
  return { title, sites: empty.sites.map(() => ({ place })) };
}

const accept = (body: typeof sent = sent, principal: Principal | undefined = memberA) =>
  acceptSubmission(deps, principal, 'survey', body);

describe('acceptSubmission', () => {
  it('keeps what was sent, as the organisation’s, received now', async () => {
    const { created, submission, warnings } = await accept();
    expect(created).toBe(true);
    expect(warnings).toEqual([]);
    const time = new Date(startOfTests).toISOString();
    expect(submission).toMatchObject({
      formId: 'survey',
      instanceId,
      revision: 1,
      state: 'received',
      organisation: 'ong-a',
      formVersion: '1',
      receivedAt: time,
      updatedAt: time,
      by: 'token-a',
    });
    expect(JSON.parse(submission.answers)).toEqual(sent.answers);
    expect(await readSubmission(deps, memberA, 'survey', instanceId)).toEqual(submission);
  });

  it('commits with one write', async () => {
    const before = world.submissions.all().length + world.registry.all().length;
    await accept();
    expect(world.submissions.all().length + world.registry.all().length).toBe(before + 1);
  });

  it('takes the current version of the form if none is named', async () => {
    await deps.forms.putDraft('survey', surveyForm('2'));
    await deps.forms.publish('survey');
    const { instanceId, answers } = sent;
    const accepted = await acceptSubmission(deps, memberA, 'survey', { instanceId, answers });
    expect(accepted.submission.formVersion).toBe('2');
  });

  it('takes answers to an older version', async () => {
    await deps.forms.putDraft('survey', surveyForm('2'));
    await deps.forms.publish('survey');
    expect((await accept()).submission.formVersion).toBe('1');
  });

  it('accepts on arrival where the form wants no review', async () => {
    const { submission } = await acceptSubmission(deps, memberA, 'open', sent);
    expect(submission.state).toBe('accepted');
  });

  it('has reviewed what is sent to a version that wanted no review, once the form does', async () => {
    const review = { audience: 'anyone', review: 'required' };
    await deps.forms.putDraft('open', surveyForm('2', review));
    await deps.forms.publish('open');
    const old = { ...sent, formVersion: '1' };
    const { submission } = await acceptSubmission(deps, undefined, 'open', old);
    expect(submission).toMatchObject({ formVersion: '1', state: 'received' });
  });

  it('gives what comes without a token to the organisation "public"', async () => {
    const { submission } = await acceptSubmission(deps, undefined, 'open', sent);
    expect(submission).toMatchObject({ organisation: 'public', by: 'anyone' });
    await expect(readSubmission(deps, memberA, 'open', instanceId)).rejects.toMatchObject({
      code: 'not-found',
    });
    expect((await acceptSubmission(deps, undefined, 'open', sent)).created).toBe(false);
  });

  it.each([
    ['no such form', 'unknown', memberA, sent, 'not-found'],
    ['nobody, to a form for members', 'survey', undefined, sent, 'unauthenticated'],
    ['a member, to a form for the coordinator', 'desk', memberA, sent, 'forbidden'],
    ['a short instanceId', 'survey', memberA, { ...sent, instanceId: 'x' }, 'invalid-body'],
    [
      'an instanceId with #',
      'survey',
      memberA,
      { ...sent, instanceId: 'abcdefg#1' },
      'invalid-body',
    ],
    ['an unknown version', 'survey', memberA, { ...sent, formVersion: '9' }, 'invalid-body'],
    ['answers that are none', 'survey', memberA, { ...sent, answers: [] }, 'invalid-answers'],
    [
      'too much, though nearly all of it would be dropped',
      'survey',
      memberA,
      { ...sent, answers: { title: 'x', unknown: 'é'.repeat(180_000) } },
      'record-too-large',
    ],
    ['too much', 'survey', memberA, { ...sent, answers: answersOf(358_200) }, 'record-too-large'],
  ] as const)('refuses %s and keeps nothing', async (_, formId, principal, body, code) => {
    const accepted = acceptSubmission(deps, principal, formId, body);
    await expect(accepted).rejects.toMatchObject({ code });
    expect(world.submissions.all()).toEqual([]);
  });

  it('says of every wrong answer where it stands in the body', async () => {
    const accepted = acceptSubmission(deps, memberA, 'survey', { ...sent, answers: {} });
    await expect(accepted).rejects.toMatchObject({
      code: 'invalid-answers',
      errors: [{ pointer: '/answers/title' }],
    });
  });

  it.each(['draft', 'closed'])('refuses a form that is %s', async (state) => {
    if (state === 'draft') await deps.forms.putDraft('later', surveyForm('1'));
    else await deps.forms.close('survey');
    const formId = state === 'draft' ? 'later' : 'survey';
    const accepted = acceptSubmission(deps, memberA, formId, sent);
    await expect(accepted).rejects.toMatchObject({ code: 'form-not-open' });
  });
});

describe('a replay', () => {
  const later: Record<string, () => Promise<unknown>> = {
    'nothing else happened': () => Promise.resolve(),
    'an edit': () =>
      editSubmission(deps, memberA, 'survey', instanceId, 1, { answers: { title: 'Corrigée' } }),
    'a review': () =>
      reviewSubmission(deps, coordinator, 'survey', instanceId, 1, { decision: 'accept' }),
    'a withdrawal': () => withdrawSubmission(deps, memberA, 'survey', instanceId, 1),
    'an edit back to other answers, reviewed': async () => {
      await editSubmission(deps, memberA, 'survey', instanceId, 1, { answers: other.answers });
      await reviewSubmission(deps, coordinator, 'survey', instanceId, 2, { decision: 'accept' });
    },
    'the form was closed': () => deps.forms.close('survey'),
    'the form was closed after an edit': async () => {
      await editSubmission(deps, memberA, 'survey', instanceId, 1, { answers: { title: 'B' } });
      await deps.forms.close('survey');
    },
    'a new version was published': async () => {
      await deps.forms.putDraft('survey', surveyForm('2'));
      await deps.forms.publish('survey');
    },
  };

  it.each(Object.keys(later))('is answered as the first time after %s', async (what) => {
    const first = await accept();
    world.now += 3_600_000;
    await later[what]?.();
    world.now += 3_600_000;
    const head = world.submissions.all();
    expect(await accept()).toEqual({ ...first, created: false });
    expect(world.submissions.all()).toEqual(head);
  });

  it('needs no version: what counts is what was sent, not what it meant then', async () => {
    const bare = { instanceId, answers: sent.answers };
    const first = await acceptSubmission(deps, memberA, 'survey', bare);
    await later['a new version was published']?.();
    const again = await acceptSubmission(deps, memberA, 'survey', bare);
    expect(again).toEqual({ ...first, created: false });
  });

  it('brings back the warnings of the first time', async () => {
    await deps.forms.putVocabulary('glossary', [
      {
        name: 'irregular',
        'preferred::Français (fr)': 'migration irrégulière',
        'deprecated::Français (fr)': 'migration clandestine',
      },
    ]);
    world.now += 120_000;
    const body = { ...sent, answers: { title: 'La migration clandestine', people: 1 } };
    const first = await accept(body);
    expect(first.warnings).toMatchObject([{ pointer: '/answers/title', code: 'deprecated-term' }]);
    await editSubmission(deps, memberA, 'survey', instanceId, 1, { answers: other.answers });
    expect((await accept(body)).warnings).toEqual(first.warnings);
  });

  it('may have its members in another order', async () => {
    await accept();
    const reordered = { ...sent, answers: { people: 12, title: 'Maraude' } };
    expect((await accept(reordered)).created).toBe(false);
  });

  it('of what was erased is refused for ever', async () => {
    await accept();
    await eraseSubmission(deps, coordinator, 'survey', instanceId);
    for (const body of [sent, other, { ...sent, answers: { title: '', people: 0 } }]) {
      await expect(accept(body)).rejects.toMatchObject({ code: 'erased' });
    }
    await deps.forms.close('survey');
    await expect(accept()).rejects.toMatchObject({ code: 'erased' });
  });
});

describe('a conflict', () => {
  it('leaves the first untouched and keeps the refused body once', async () => {
    const { submission } = await accept();
    for (let time = 0; time < 3; time += 1) {
      world.now += 1000;
      await expect(accept(other)).rejects.toMatchObject({ code: 'conflict' });
    }
    expect(await readSubmission(deps, memberA, 'survey', instanceId)).toEqual(submission);
    const { items } = await listQuarantine(deps, coordinator, 'survey');
    expect(items).toEqual([
      {
        instanceId,
        organisation: 'ong-a',
        formVersion: '1',
        by: 'token-a',
        refusedAt: new Date(startOfTests + 1000).toISOString(),
        answers: other.answers,
      },
    ]);
  });

  it('tells another organisation nothing, not even that the content is the same', async () => {
    await accept();
    for (const body of [sent, other]) {
      const refused = accept(body, memberB);
      await expect(refused).rejects.toEqual(new Fault('conflict'));
    }
    const { items } = await listQuarantine(deps, coordinator, 'survey');
    expect(items.map(({ organisation }) => organisation)).toEqual(['ong-b', 'ong-b']);
  });

  it('tells another organisation the same when the first was erased, and keeps nothing', async () => {
    await accept();
    await eraseSubmission(deps, coordinator, 'survey', instanceId);
    await expect(accept(sent, memberB)).rejects.toMatchObject({ code: 'conflict' });
    expect((await listQuarantine(deps, coordinator, 'survey')).items).toEqual([]);
  });

  it('fills the quarantine with no more than 20 bodies under one id', async () => {
    await accept();
    for (let people = 100; people < 125; people += 1) {
      const body = { ...sent, answers: { title: 'x', people } };
      await expect(accept(body)).rejects.toMatchObject({ code: 'conflict' });
    }
    expect((await listQuarantine(deps, coordinator, 'survey')).items).toHaveLength(20);
  });

  it('leaves nothing in quarantine if the first is erased meanwhile, at whatever moment', () =>
    atEveryOperation(async (at) => {
      world = await openWorld();
      deps = world.deps;
      await accept();
      const erase = () => eraseSubmission(deps, coordinator, 'survey', instanceId);
      world.interruptions.plan({ at, meanwhile: erase });
      await expect(accept(other)).rejects.toBeInstanceOf(Fault);
      const reached = world.interruptions.end();
      if (!reached) await erase();
      expect((await listQuarantine(deps, coordinator, 'survey')).items).toEqual([]);
      return reached;
    }));
});

describe.each(['before', 'after'] as const)('a store that fails once, %s doing it', (fail) => {
  /** Nothing cached, so that reading the form may fail as well. */
  const openCold = async (): Promise<void> => {
    world = await openWorld();
    deps = depsOn(world.deps);
  };

  it('at any operation: sent again, the submission is there once', () =>
    atEveryOperation(async (at) => {
      await openCold();
      world.interruptions.plan({ at, fail });
      const first = await accept().catch((fault: unknown) => fault);
      const reached = world.interruptions.end();
      if (reached) expect(first).toMatchObject({ code: 'store-unavailable' });
      const second = await accept();
      const heads = world.submissions.all();
      expect(heads).toHaveLength(1);
      expect(heads[0]).toMatchObject({ sk: instanceId, revision: 1 });
      expect(await readSubmission(deps, memberA, 'survey', instanceId)).toEqual(second.submission);
      return reached;
    }));

  it('at any operation of a conflict: the refused body is kept in the end', () =>
    atEveryOperation(async (at) => {
      await openCold();
      await accept();
      world.interruptions.plan({ at, fail });
      await expect(accept(other)).rejects.toBeInstanceOf(Fault);
      const reached = world.interruptions.end();
      await expect(accept(other)).rejects.toMatchObject({ code: 'conflict' });
      expect((await listQuarantine(deps, coordinator, 'survey')).items).toHaveLength(1);
      return reached;
    }));
});

const storesUnderTest = {
  memory: () => openWorld().then((opened) => ({ deps: opened.deps, close: () => undefined })),
  SQLite: async () => {
    const folder = mkdtempSync(join(tmpdir(), 'fiche-accept-'));
    const sqlite = openSqlite(join(folder, 'fiche.db'));
    const opened = depsOn({
      submissions: sqlite.submissions,
      registry: sqlite.registry,
      objects: new MemoryObjectStore(),
      clock: () => new Date(startOfTests),
    });
    await publishForms(opened.forms);
    return {
      deps: opened,
      close: () => {
        sqlite.close();
        rmSync(folder, { recursive: true });
      },
    };
  },
};

describe.each(['memory', 'SQLite'] as const)('many at once, on %s', (store) => {
  it('creates one of 50 that are the same, and answers all of them alike', async () => {
    const opened = await storesUnderTest[store]();
    try {
      const answers = await Promise.all(
        Array.from({ length: 50 }, () => acceptSubmission(opened.deps, memberA, 'survey', sent)),
      );
      expect(answers.filter(({ created }) => created)).toHaveLength(1);
      for (const { submission } of answers) expect(submission).toEqual(answers[0]?.submission);
    } finally {
      opened.close();
    }
  });

  it('creates one of two that differ, and keeps the other in quarantine', async () => {
    const opened = await storesUnderTest[store]();
    try {
      const answers = await Promise.allSettled(
        [sent, other].map((body) => acceptSubmission(opened.deps, memberA, 'survey', body)),
      );
      expect(answers.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      const head = await readSubmission(opened.deps, memberA, 'survey', instanceId);
      const { items } = await listQuarantine(opened.deps, coordinator, 'survey');
      const kept = [JSON.parse(head.answers), ...items.map(({ answers }) => answers)];
      expect(kept).toHaveLength(2);
      expect(kept).toEqual(expect.arrayContaining([sent.answers, other.answers]));
    } finally {
      opened.close();
    }
  });
});
