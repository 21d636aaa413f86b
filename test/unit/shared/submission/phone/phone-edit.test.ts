import { beforeEach, describe, expect, it } from 'vitest';
import { attachmentsPrefix } from '../../../../../shared/submission/records/attachment-keys.ts';
import { sha256 } from '../../../../../shared/submission/records/content-hash.ts';
import type { SubmissionDeps } from '../../../../../shared/submission/records/submission-deps.ts';
import { editSubmission } from '../../../../../shared/submission/edit-submission.ts';
import { eraseSubmission } from '../../../../../shared/submission/erasure/erase-submission.ts';
import type { SentFile } from '../../../../../shared/submission/phone/phone-post.ts';
import {
  listQuarantine,
  listRevisions,
  readSubmission,
} from '../../../../../shared/submission/read-submissions.ts';
import { reviewSubmission } from '../../../../../shared/submission/review-submission.ts';
import { parseAnswers } from '../../../../../shared/submission/records/submission-view.ts';
import { atEveryOperation } from '../../../../support/interruptions.ts';
import {
  jpeg,
  openPhoneWorld,
  phoneXml,
  sendXml,
  sentFile,
  storedNames,
} from '../../../../support/phone-world.ts';
import {
  coordinator,
  depsOn,
  memberA,
  memberB,
  type World,
} from '../../../../support/submission-world.ts';

const first = 'uuid:0a1b2c3d-0001';
const second = 'uuid:0a1b2c3d-0002';
const third = 'uuid:0a1b2c3d-0003';
const [a, b] = [sentFile('a.jpg'), sentFile('b.jpg')] as const;

const original = phoneXml({ instanceId: first, answers: { title: 'Un', photo: 'a.jpg' } });
const edited = phoneXml({
  instanceId: second,
  deprecatedId: first,
  answers: { title: 'Deux', photo: 'a.jpg', sites: [{ picture: 'b.jpg' }] },
});
const again = phoneXml({
  instanceId: third,
  deprecatedId: second,
  answers: { title: 'Trois', photo: 'a.jpg' },
});

let world: World;
let deps: SubmissionDeps;
async function begin(): Promise<void> {
  world = await openPhoneWorld();
  deps = world.deps;
  await send(original, [a]);
}
beforeEach(begin);

const send = (xml: Uint8Array, files: readonly SentFile[] = [], principal = memberA) =>
  sendXml(deps, xml, files, principal);
const head = () => readSubmission(deps, coordinator, 'photos', first);
const quarantine = async () => (await listQuarantine(deps, coordinator, 'photos')).items;
const erase = () => eraseSubmission(deps, coordinator, 'photos', first);
const filesKept = () =>
  world.objects.keys().filter((key) => key.startsWith(attachmentsPrefix('photos', first)));
const aliases = () => world.registry.all().filter(({ pk }) => pk === 'alias#photos');

describe('an edit from a phone', () => {
  it('becomes the next revision of the submission, which keeps its id', async () => {
    await reviewSubmission(deps, coordinator, 'photos', first, 1, { decision: 'accept' });
    world.now += 1000;
    const { created, submission, missing } = await send(edited, [a, b]);
    expect({ created, missing }).toEqual({ created: true, missing: [] });
    expect(submission).toMatchObject({
      instanceId: first,
      revision: 3,
      state: 'received',
      organisation: 'ong-a',
      contentHash: sha256(original),
      openRosa: { id: second, hash: sha256(edited) },
    });
    expect(submission.review).toBeUndefined();
    expect(parseAnswers(submission)).toMatchObject({ title: 'Deux' });
    expect(await head()).toEqual(submission);
    expect(await storedNames(deps, submission)).toEqual(['a.jpg', 'b.jpg']);
    const { items } = await listRevisions(deps, coordinator, 'photos', first);
    expect(items.map(({ revision }) => revision)).toEqual([1, 2, 3]);
  });

  it('may be edited again, under the id of the edit', async () => {
    await send(edited, [a, b]);
    const { created, submission } = await send(again, [a]);
    expect(created).toBe(true);
    expect(submission).toMatchObject({ instanceId: first, revision: 3 });
    expect(parseAnswers(submission)['title']).toBe('Trois');
  });

  it('is there already when it is sent again, also after others have followed', async () => {
    await send(edited, [a, b]);
    const before = await head();
    expect(await send(edited, [a, b])).toMatchObject({ created: false, submission: before });
    await send(again, [a]);
    const after = await head();
    for (const xml of [original, edited, again]) {
      expect(await send(xml, [a])).toMatchObject({ created: false });
    }
    expect(await head()).toEqual(after);
    expect(await quarantine()).toEqual([]);
  });

  it('comes in chunks as well', async () => {
    expect(await send(edited, [b])).toMatchObject({ created: true, missing: [] });
    const other = phoneXml({
      instanceId: third,
      deprecatedId: second,
      answers: { title: 'Trois', photo: 'new.jpg', sites: [{ picture: 'b.jpg' }] },
    });
    expect(await send(other)).toMatchObject({ created: true, missing: ['new.jpg'] });
    const last = await send(other, [sentFile('new.jpg')]);
    expect(last).toMatchObject({ created: true, missing: [], submission: { state: 'received' } });
    expect(await storedNames(deps, await head())).toEqual(['b.jpg', 'new.jpg']);
  });

  it('keeps a photo that does not come again, but has a log of its own', async () => {
    const log = (text: string) => sentFile('audit.csv', Buffer.from(`event\n${text}\n`));
    const withLog = phoneXml({
      instanceId: third,
      answers: { title: 'x', photo: 'a.jpg', audit: 'audit.csv' },
    });
    await send(withLog, [a, log('one')]);
    const change = phoneXml({
      instanceId: 'uuid:0a1b2c3d-0004',
      deprecatedId: third,
      answers: { title: 'y', photo: 'a.jpg', audit: 'audit.csv' },
    });
    expect(await send(change)).toMatchObject({ missing: ['audit.csv'] });
    const { submission } = await send(change, [log('two')]);
    expect(submission).toMatchObject({ state: 'received', instanceId: third });
    expect(parseAnswers(submission)).toMatchObject({
      photo: { sha256: sha256(a.bytes) },
      audit: { sha256: sha256(log('two').bytes), type: 'text/csv' },
    });
  });

  it('may replace a file under the same name', async () => {
    const photo = sentFile('a.jpg', jpeg('drawn over'));
    const { submission } = await send(edited, [photo, b]);
    expect(parseAnswers(submission)['photo']).toMatchObject({ sha256: sha256(photo.bytes) });
    expect(await storedNames(deps, submission)).toEqual(['a.jpg', 'b.jpg']);
  });

  it.each([
    [
      'of what is not there',
      phoneXml({ instanceId: second, deprecatedId: third, answers: { title: 'x' } }),
      memberA,
    ],
    ['by another organisation', edited, memberB],
    ['by the coordinator, who has it on no phone', edited, coordinator],
  ])('%s is not found', async (_, xml, principal) => {
    const before = world.submissions.all();
    await expect(send(xml, [b], principal)).rejects.toMatchObject({ code: 'not-found' });
    expect(world.submissions.all()).toEqual(before);
    expect(await quarantine()).toEqual([]);
  });

  it('of what is not current any more is refused and kept for the coordinator', async () => {
    await send(edited, [a, b]);
    const late = phoneXml({ instanceId: third, deprecatedId: first, answers: { title: 'Tard' } });
    const before = await head();
    await expect(send(late)).rejects.toMatchObject({ code: 'conflict' });
    expect(await head()).toEqual(before);
    expect(await quarantine()).toMatchObject([{ instanceId: first, answers: { title: 'Tard' } }]);
  });

  it('is refused after an edit by hand, which it would undo', async () => {
    const answers = { title: 'Corrigée' };
    await editSubmission(deps, coordinator, 'photos', first, 1, { answers });
    await expect(send(edited, [a, b])).rejects.toMatchObject({ code: 'conflict' });
    expect(parseAnswers(await head())).toEqual(answers);
    expect(await quarantine()).toHaveLength(1);
  });

  it('with another content under the id of an edit is refused and kept', async () => {
    await send(edited, [a, b]);
    for (const deprecatedId of [first, undefined]) {
      const other = phoneXml({
        instanceId: second,
        answers: { title: 'Autre' },
        ...(deprecatedId === undefined ? {} : { deprecatedId }),
      });
      await expect(send(other)).rejects.toMatchObject({ code: 'conflict' });
    }
    expect((await quarantine()).map(({ answers }) => answers['title'])).toEqual(['Autre', 'Autre']);
  });

  it('under the id of another submission is refused', async () => {
    await send(phoneXml({ instanceId: third, answers: { title: 'Une autre' } }));
    const other = phoneXml({ instanceId: third, deprecatedId: first, answers: { title: 'x' } });
    await expect(send(other)).rejects.toMatchObject({ code: 'conflict' });
    expect((await head()).revision).toBe(1);
  });

  it('creates one revision of 20 that are the same, in parallel', async () => {
    const answered = await Promise.all(Array.from({ length: 20 }, () => send(edited, [a, b])));
    for (const { submission } of answered) expect(submission.revision).toBe(2);
    expect(await head()).toMatchObject({ revision: 2, missing: [] });
  });

  it('lets one of two different ones win, and keeps the other', async () => {
    const other = phoneXml({ instanceId: third, deprecatedId: first, answers: { title: 'Autre' } });
    const answered = await Promise.allSettled([send(edited, [a, b]), send(other)]);
    expect(answered.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect((await head()).revision).toBe(2);
    expect(await quarantine()).toHaveLength(1);
  });
});

describe.each(['before', 'after'] as const)('a store that fails once, %s doing it', (fail) => {
  it('at any operation of an edit: sent again, it is there once, and whole', () =>
    atEveryOperation(async (at) => {
      await begin();
      deps = depsOn(world.deps);
      world.interruptions.plan({ at, fail });
      await send(edited, [a, b]).catch(() => undefined);
      const reached = world.interruptions.end();
      expect(await send(edited, [a, b])).toMatchObject({ missing: [] });
      expect(await head()).toMatchObject({ revision: 2, openRosa: { id: second } });
      expect(await storedNames(deps, await head())).toEqual(['a.jpg', 'b.jpg']);
      expect(await send(again, [a])).toMatchObject({ created: true });
      return reached;
    }));
});

describe('erasing what a phone edited', () => {
  it('deletes the other names that it has, and refuses all of them', async () => {
    await send(edited, [a, b]);
    await send(again, [a]);
    expect(aliases()).toHaveLength(4);
    await erase();
    expect([aliases(), filesKept()]).toEqual([[], []]);
    await expect(send(edited, [a])).rejects.toMatchObject({ code: 'erased' });
    expect([aliases(), filesKept()]).toEqual([[], []]);
  });

  it('at any moment of an edit leaves neither file nor name behind', () =>
    atEveryOperation(async (at) => {
      await begin();
      world.interruptions.plan({ at, meanwhile: erase });
      const tried: unknown = await send(edited, [a, b]).catch((fault: unknown) => fault);
      const reached = world.interruptions.end();
      if (reached) expect(tried).toMatchObject({ code: 'erased' });
      else await erase();
      expect([aliases(), filesKept()]).toEqual([[], []]);
      return reached;
    }));

  it('with an edit in the midst of it leaves neither file nor name behind', () =>
    atEveryOperation(async (at) => {
      await begin();
      const edit = () =>
        send(edited, [a, b]).then(
          () => undefined,
          () => undefined,
        );
      world.interruptions.plan({ at, meanwhile: edit });
      await erase();
      const reached = world.interruptions.end();
      expect([aliases(), filesKept()]).toEqual([[], []]);
      return reached;
    }));

  it.each(['before', 'after'] as const)('ends right when a store fails, %s doing it', (fail) =>
    atEveryOperation(async (at) => {
      await begin();
      await send(edited, [a, b]);
      world.interruptions.plan({ at, fail });
      await erase().catch(() => undefined);
      const reached = world.interruptions.end();
      await erase();
      expect([aliases(), filesKept()]).toEqual([[], []]);
      expect(world.submissions.all()).toMatchObject([{ sk: first, state: 'erased' }]);
      return reached;
    }),
  );
});
