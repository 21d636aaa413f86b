import { beforeEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../../../shared/json.ts';
import { compileAll } from '../../../../../shared/dataset/publish/compile-all.ts';
import type { ObjectStore } from '../../../../../shared/objects/object-store.ts';
import { acceptSubmission } from '../../../../../shared/submission/accept-submission.ts';
import {
  attachmentKey,
  attachmentsPrefix,
} from '../../../../../shared/submission/records/attachment-keys.ts';
import { sha256 } from '../../../../../shared/submission/records/content-hash.ts';
import type { SubmissionDeps } from '../../../../../shared/submission/records/submission-deps.ts';
import { editSubmission } from '../../../../../shared/submission/edit-submission.ts';
import { eraseSubmission } from '../../../../../shared/submission/erasure/erase-submission.ts';
import {
  listSubmissions,
  readSubmission,
} from '../../../../../shared/submission/read-submissions.ts';
import { requestUpload } from '../../../../../shared/submission/attachments/request-upload.ts';
import { reviewSubmission } from '../../../../../shared/submission/review-submission.ts';
import { completeAttachments } from '../../../../../shared/submission/attachments/complete-attachments.ts';
import { completeWaiting } from '../../../../../shared/submission/attachments/complete-waiting.ts';
import {
  parseAnswers,
  submissionView,
} from '../../../../../shared/submission/records/submission-view.ts';
import { withdrawSubmission } from '../../../../../shared/submission/withdraw-submission.ts';
import { atEveryOperation } from '../../../../support/interruptions.ts';
import { jpeg, openPhoneWorld, photoForm } from '../../../../support/phone-world.ts';
import {
  coordinator,
  memberA,
  memberB,
  startOfTests,
  type World,
} from '../../../../support/submission-world.ts';

const instanceId = 'uuid:0a1b2c3d';
const bytes = jpeg('the photo');
const claim = { file: 'a.jpg', sha256: sha256(bytes), bytes: bytes.length, type: 'image/jpeg' };
const bare: JsonObject = { title: 'Maraude', photo: { file: 'a.jpg' } };
const whole: JsonObject = { title: 'Maraude', photo: { ...claim } };
const both: JsonObject = { ...whole, paper: { file: 'b.pdf' } };

let world: World;
let deps: SubmissionDeps;
async function begin(answers: JsonObject = whole, settings = {}): Promise<void> {
  world = await openPhoneWorld(settings);
  deps = world.deps;
  await acceptSubmission(deps, memberA, 'photos', { instanceId, answers });
}
beforeEach(() => begin());

const request = (more: object = {}, who = memberA) =>
  requestUpload(deps, who, 'photos', instanceId, { ...claim, ...more });
const head = () => readSubmission(deps, coordinator, 'photos', instanceId);
const erase = () => eraseSubmission(deps, coordinator, 'photos', instanceId);
/** As a client does that follows its link. */
const upload = (content: Uint8Array = bytes, type = 'application/octet-stream') =>
  world.objects.put(attachmentKey('photos', instanceId, sha256(content)), content, {
    contentType: type,
  });
const filesKept = () =>
  world.objects.keys().filter((key) => key.startsWith(attachmentsPrefix('photos', instanceId)));

describe('a submission whose answers name files', () => {
  it.each([
    ['that are not there', whole, 'incomplete', ['a.jpg']],
    ['of which only the names are known', bare, 'incomplete', ['a.jpg']],
    ['and others', both, 'incomplete', ['a.jpg', 'b.pdf']],
    ['no file', { title: 'x' }, 'received', []],
  ] as const)('%s, is accepted: %s', async (_, answers, state, missing) => {
    await begin(answers);
    expect(await head()).toMatchObject({ state, missing, revision: 1 });
    const attachments = submissionView(await head())['attachments'];
    expect(attachments).toHaveLength(missing.length);
    const { items } = await listSubmissions(deps, coordinator, 'photos', { state });
    expect(items).toHaveLength(1);
  });

  it('looks at no store of objects if they name none', async () => {
    world.objects.list = () => {
      throw new Error('It did.');
    };
    const sent = { instanceId: 'uuid:ffffffff', answers: { title: 'x' } };
    expect((await acceptSubmission(deps, memberA, 'photos', sent)).created).toBe(true);
  });

  it('is not in the list of what awaits review before they have come', async () => {
    const waiting = { state: 'received' } as const;
    expect((await listSubmissions(deps, coordinator, 'photos', waiting)).items).toEqual([]);
    await upload();
    await request();
    expect((await listSubmissions(deps, coordinator, 'photos', waiting)).items).toHaveLength(1);
  });

  it('is whole at once if an edit names what is stored already', async () => {
    await upload();
    const { submission } = await editSubmission(deps, memberA, 'photos', instanceId, 1, {
      answers: { title: 'Autre', photo: { ...claim } },
    });
    expect(submission).toMatchObject({ state: 'received', missing: [] });
  });

  it('keeps what is known of a file that an edit only names', async () => {
    await upload();
    const { submission } = await editSubmission(deps, memberA, 'photos', instanceId, 1, {
      answers: { title: 'Autre', photo: { file: 'a.jpg' } },
    });
    expect(submission).toMatchObject({ state: 'received', missing: [] });
    expect(parseAnswers(submission)['photo']).toEqual(claim);
  });

  it.each([
    ['a page as a photo', { type: 'text/html' }, 'attachment-type'],
    ['a drawing with scripts', { type: 'image/svg+xml' }, 'attachment-type'],
    ['a file that is too large', { bytes: 50_000_001 }, 'attachment-too-large'],
  ])('is refused with %s', async (_, more, code) => {
    const answers = { title: 'x', photo: { ...claim, ...more } };
    const sent = { instanceId: 'uuid:ffffffff', answers };
    await expect(acceptSubmission(deps, memberA, 'photos', sent)).rejects.toMatchObject({
      code: 'invalid-answers',
      errors: [{ pointer: '/answers/photo', code }],
    });
  });

  it('is refused with two contents under one name', async () => {
    const picture = { ...claim, sha256: 'f'.repeat(64) };
    const sent = {
      instanceId: 'uuid:ffffffff',
      answers: { ...whole, sites: [{ picture }] },
    };
    await expect(acceptSubmission(deps, memberA, 'photos', sent)).rejects.toMatchObject({
      errors: [{ pointer: '/answers/sites/0/picture', code: 'duplicate-file' }],
    });
  });
});

describe('requestUpload', () => {
  it('gives a link for exactly these bytes, and all that must be sent with them', async () => {
    const asked: unknown[] = [];
    const objects: ObjectStore = world.objects;
    objects.uploadLink = (key, options) => {
      asked.push([key, options]);
      return Promise.resolve('https://example.org/upload');
    };
    expect(await request()).toEqual({
      file: 'a.jpg',
      stored: false,
      state: 'incomplete',
      missing: ['a.jpg'],
      upload: {
        method: 'PUT',
        url: 'https://example.org/upload',
        headers: {
          'content-type': 'application/octet-stream',
          'x-amz-checksum-sha256': Buffer.from(claim.sha256, 'hex').toString('base64'),
        },
        expiresAt: new Date(startOfTests + 3_600_000).toISOString(),
      },
    });
    const key = attachmentKey('photos', instanceId, claim.sha256);
    const contentType = 'application/octet-stream';
    const options = { bytes: claim.bytes, sha256: claim.sha256, contentType, seconds: 3600 };
    expect(asked).toEqual([[key, options]]);
    expect((await head()).revision).toBe(1);
  });

  it('says that the file is there once it is, and settles the submission', async () => {
    await request();
    await upload();
    const told = { file: 'a.jpg', stored: true, state: 'received', missing: [], upload: null };
    expect(await request()).toEqual(told);
    expect(await head()).toMatchObject({ state: 'received', missing: [], revision: 2 });
    expect(await request()).toEqual(told);
    expect((await head()).revision).toBe(2);
  });

  it('gives answers that only name the file what the client says of it, once', async () => {
    await begin(bare);
    for (let time = 0; time < 3; time += 1) {
      expect(await request()).toMatchObject({ stored: false, state: 'incomplete' });
    }
    expect(await head()).toMatchObject({ revision: 2, by: 'token-a' });
    expect(parseAnswers(await head())).toEqual(whole);
    await upload();
    expect(await request()).toMatchObject({ stored: true, state: 'received' });
  });

  it('waits for the other files', async () => {
    await begin(both);
    await upload();
    expect(await request()).toMatchObject({
      stored: true,
      state: 'incomplete',
      missing: ['b.pdf'],
    });
  });

  it('is the coordinator’s as well, and nobody else’s', async () => {
    expect(await request({}, coordinator)).toMatchObject({ stored: false });
    await expect(request({}, memberB)).rejects.toMatchObject({ code: 'not-found', errors: [] });
  });

  it.each([
    ['a file that no answer names', { file: 'z.jpg' }, 'not-found', '/file', 'file-not-named'],
    ['other bytes', { sha256: 'f'.repeat(64) }, 'conflict', '/sha256', 'attachment-differs'],
    ['another length', { bytes: 1 }, 'conflict', '/sha256', 'attachment-differs'],
    ['too many bytes', { bytes: 50_000_001 }, 'invalid-body', '/bytes', 'attachment-too-large'],
    ['a page', { type: 'text/html' }, 'invalid-body', '/type', 'attachment-type'],
    ['a document', { type: 'application/pdf' }, 'invalid-body', '/type', 'attachment-type'],
  ])('refuses %s and says where', async (_, more, code, pointer, detail) => {
    const before = await head();
    await expect(request(more)).rejects.toMatchObject({
      code,
      errors: [{ pointer, code: detail }],
    });
    expect(await head()).toEqual(before);
  });

  it('keeps to the types that the form names for documents', async () => {
    await begin(both, { attachment_types: 'application/pdf' });
    await expect(request({ file: 'b.pdf', type: 'text/csv' })).rejects.toMatchObject({
      code: 'invalid-body',
    });
    expect(await request({ file: 'b.pdf', type: 'application/pdf' })).toMatchObject({
      state: 'incomplete',
      missing: ['a.jpg', 'b.pdf'],
    });
  });

  it('flags what was uploaded if its bytes are not what they were said to be', async () => {
    const page = Buffer.from('<!DOCTYPE html><script>1</script>');
    await begin({ title: 'x', photo: { ...claim, sha256: sha256(page), bytes: page.length } });
    await upload(page);
    const asked = await request({ sha256: sha256(page), bytes: page.length });
    expect(asked).toMatchObject({ stored: true, state: 'has-issues' });
    expect((await head()).issues).toMatchObject([
      { pointer: '/answers/photo', code: 'attachment-type' },
    ]);
  });

  it('does not undo a withdrawal', async () => {
    await withdrawSubmission(deps, memberA, 'photos', instanceId, 1);
    await upload();
    expect(await request()).toMatchObject({ stored: true, state: 'withdrawn' });
  });

  it('is refused for what was erased, and what was uploaded since is deleted', async () => {
    await request();
    await erase();
    await upload();
    await expect(request()).rejects.toMatchObject({ code: 'erased' });
    expect(filesKept()).toEqual([]);
  });
});

describe('completeAttachments', () => {
  it.each([
    [
      'an edit',
      (revision: number) =>
        editSubmission(deps, memberA, 'photos', instanceId, revision, {
          answers: { ...whole, title: 'Corrigée' },
        }),
      { state: 'received' },
    ],
    [
      'a rejection',
      (revision: number) =>
        reviewSubmission(deps, coordinator, 'photos', instanceId, revision, {
          decision: 'reject',
          note: 'Doublon',
        }),
      { state: 'rejected', review: { decision: 'reject' } },
    ],
  ])('loses nothing of %s that comes between, at whatever moment', (_, act, expected) =>
    atEveryOperation(async (at) => {
      await begin();
      await upload();
      const meanwhile = async (): Promise<void> => {
        await act((await head()).revision);
      };
      world.interruptions.plan({ at, meanwhile });
      await completeAttachments(deps, 'photos', instanceId);
      const reached = world.interruptions.end();
      if (!reached) await meanwhile();
      await completeAttachments(deps, 'photos', instanceId);
      expect(await head()).toMatchObject({ missing: [], ...expected });
      return reached;
    }),
  );

  it('leaves no history and no file if the submission is erased meanwhile', () =>
    atEveryOperation(async (at) => {
      await begin();
      await upload();
      world.interruptions.plan({ at, meanwhile: erase });
      await completeAttachments(deps, 'photos', instanceId).catch(() => undefined);
      const reached = world.interruptions.end();
      if (!reached) await erase();
      expect(filesKept()).toEqual([]);
      expect(world.submissions.all()).toHaveLength(1);
      return reached;
    }));

  it('makes one revision of ten at once', async () => {
    await upload();
    const settled = await Promise.all(
      Array.from({ length: 10 }, () => completeAttachments(deps, 'photos', instanceId)),
    );
    for (const submission of settled) expect(submission).toMatchObject({ missing: [] });
    expect((await head()).revision).toBe(2);
  });
});

describe('completeWaiting', () => {
  it('finds what was uploaded while nobody asked', async () => {
    await upload();
    expect(await completeWaiting(deps)).toEqual({ examined: 1, completed: 1, errors: [] });
    expect(await head()).toMatchObject({ state: 'received', missing: [], by: 'fiche' });
    expect(await completeWaiting(deps)).toEqual({ examined: 0, completed: 0, errors: [] });
  });

  it('does not look for files of which only the name is known', async () => {
    await begin(bare);
    expect(await completeWaiting(deps)).toMatchObject({ examined: 0 });
  });

  it('goes on when one of them fails', async () => {
    const ids = ['uuid:0a1b2c3e', 'uuid:0a1b2c3f'];
    for (const id of ids) {
      const sent = { instanceId: id, answers: whole };
      await acceptSubmission(deps, memberA, 'photos', sent);
      const key = attachmentKey('photos', id, claim.sha256);
      await world.objects.put(key, bytes, { contentType: 'image/jpeg' });
    }
    const list = world.objects.list.bind(world.objects);
    world.objects.list = (prefix) => {
      if (prefix === attachmentsPrefix('photos', 'uuid:0a1b2c3e')) throw new Error('broken');
      return list(prefix);
    };
    const { examined, completed, errors } = await completeWaiting(deps);
    expect({ examined, completed, errors }).toEqual({
      examined: 3,
      completed: 1,
      errors: [new Error('broken')],
    });
  });

  it('is part of a compile: what it finds is in the dataset', async () => {
    await upload();
    const { datasets } = await compileAll(deps);
    expect(datasets.find(({ dataset }) => dataset === 'photos')).toMatchObject({ rows: 1 });
    expect((await head()).state).toBe('received');
  });

  it('deletes what was uploaded by a link after the submission was erased, while links live', async () => {
    const notes = () => world.registry.all().filter(({ pk }) => pk === 'uploads#photos');
    await request();
    await erase();
    await upload();
    await completeWaiting(deps);
    expect(filesKept()).toEqual([]);
    world.now += 3_600_000;
    await upload();
    await completeWaiting(deps);
    expect([filesKept(), notes().length]).toEqual([[], 1]);
    world.now += 3_700_000;
    await completeWaiting(deps);
    expect(notes()).toEqual([]);
  });
});

describe('files that were uploaded for what was answered to a draft', () => {
  it('are looked for, and deleted if it was erased, after the draft was published too', async () => {
    await deps.forms.putDraft('photos', photoForm('2'));
    const [kept, gone] = ['uuid:draft-kept', 'uuid:draft-gone'];
    for (const id of [kept, gone]) {
      const sent = { instanceId: id, answers: whole };
      await acceptSubmission(deps, coordinator, 'photos.draft', sent);
    }
    await eraseSubmission(deps, coordinator, 'photos.draft', gone);
    await deps.forms.publish('photos');
    for (const id of [kept, gone]) {
      const key = attachmentKey('photos.draft', id, claim.sha256);
      await world.objects.put(key, bytes, { contentType: 'application/octet-stream' });
    }
    expect(await completeWaiting(deps)).toMatchObject({ completed: 1, errors: [] });
    const left = world.objects.keys().filter((key) => key.startsWith('attachments/photos.draft/'));
    expect(left).toEqual([attachmentKey('photos.draft', kept, claim.sha256)]);
  });
});

describe('a file of who has no token', () => {
  const ask = (more: object = {}, id = instanceId) =>
    requestUpload(deps, undefined, 'photos', id, { ...claim, ...more });

  it.each([
    ['members', 'unauthenticated'],
    ['anyone', 'not-found'],
  ] as const)(
    'is refused for what an organisation sent to a form for %s',
    async (audience, code) => {
      await begin(whole, { audience });
      await expect(ask()).rejects.toMatchObject({ code });
      await expect(ask({}, 'uuid:nothing-there')).rejects.toMatchObject({ code });
    },
  );

  it('is taken for what was sent so to a form for anyone, while it is missing', async () => {
    await begin(whole, { audience: 'anyone', review: 'none' });
    const id = 'uuid:anyone-1';
    const sent = { instanceId: id, answers: bare };
    const { submission } = await acceptSubmission(deps, undefined, 'photos', sent);
    expect(submission.state).toBe('incomplete');
    await expect(ask({ file: 'other.jpg' }, id)).rejects.toMatchObject({ code: 'not-found' });
    expect(await ask({}, id)).toMatchObject({ stored: false, state: 'incomplete' });
    const key = attachmentKey('photos', id, claim.sha256);
    await world.objects.put(key, bytes, { contentType: 'application/octet-stream' });
    const done = { stored: true, state: 'accepted', missing: [], upload: null };
    expect(await ask({}, id)).toMatchObject(done);
    expect(await ask({}, id)).toMatchObject(done);
    const other = { sha256: sha256('other') };
    await expect(ask(other, id)).rejects.toMatchObject({ code: 'not-found' });
    await expect(requestUpload(deps, memberA, 'photos', id, claim)).rejects.toMatchObject({
      code: 'not-found',
    });
    await eraseSubmission(deps, coordinator, 'photos', id);
    await expect(ask({}, id)).rejects.toMatchObject({ code: 'erased' });
  });

  it('is refused for a draft, whoever the form is for', async () => {
    await begin(whole, { audience: 'anyone' });
    await deps.forms.putDraft('photos', photoForm('2', { audience: 'anyone' }));
    const asked = requestUpload(deps, undefined, 'photos.draft', instanceId, claim);
    await expect(asked).rejects.toMatchObject({ code: 'unauthenticated' });
  });
});

describe('answers to a draft', () => {
  it('are the coordinator’s alone, with files, edits and erasing as for any form', async () => {
    await deps.forms.putDraft('photos', photoForm('2'));
    const sent = { instanceId: 'uuid:draft-0001', answers: whole };
    await expect(acceptSubmission(deps, memberA, 'photos.draft', sent)).rejects.toMatchObject({
      code: 'forbidden',
    });
    const accepted = await acceptSubmission(deps, coordinator, 'photos.draft', sent);
    expect(accepted.submission).toMatchObject({ formId: 'photos.draft', state: 'incomplete' });
    const key = attachmentKey('photos.draft', sent.instanceId, claim.sha256);
    await world.objects.put(key, bytes, { contentType: 'image/jpeg' });
    expect(await completeWaiting(deps)).toMatchObject({ completed: 1, errors: [] });
    await deps.forms.putDraft('photos', photoForm('3'));
    const ask = () => requestUpload(deps, coordinator, 'photos.draft', sent.instanceId, claim);
    expect(await ask()).toMatchObject({ stored: true, state: 'received' });
    const edit = { answers: { ...whole, title: 'Autre' } };
    await editSubmission(deps, coordinator, 'photos.draft', sent.instanceId, 2, edit);
    const other = { ...sent, answers: { title: 'Conflit' } };
    await expect(acceptSubmission(deps, coordinator, 'photos.draft', other)).rejects.toMatchObject({
      code: 'conflict',
    });
    await eraseSubmission(deps, coordinator, 'photos.draft', sent.instanceId);
    expect(world.objects.keys().filter((name) => name.startsWith('attachments/'))).toEqual([]);
    // No dataset is made from drafts, so no compile would ever settle a note of the erasure.
    expect(world.registry.all().filter(({ pk }) => pk.startsWith('erasure#'))).toEqual([]);
  });
});
