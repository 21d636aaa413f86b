import { expect } from 'vitest';
import type { JsonObject } from '../../shared/json.ts';
import { acceptSubmission } from '../../shared/submission/accept-submission.ts';
import {
  attachmentKey,
  attachmentsPrefix,
} from '../../shared/submission/records/attachment-keys.ts';
import type { SubmissionDeps } from '../../shared/submission/records/submission-deps.ts';
import { editSubmission } from '../../shared/submission/edit-submission.ts';
import { sha256 } from '../../shared/submission/records/content-hash.ts';
import { erasureName } from '../../shared/submission/erasure/erasure-name.ts';
import { pendingErasures } from '../../shared/submission/erasure/erasure-record.ts';
import { findSubmission } from '../../shared/submission/records/open-submission.ts';
import { listQuarantine, listRevisions } from '../../shared/submission/read-submissions.ts';
import type { SubmissionState } from '../../shared/submission/records/submission.ts';
import { historyRange } from '../../shared/store/keys.ts';
import { multipart } from './collect.ts';
import type { Ask } from './faulty-world.ts';
import { jpeg, phoneXml, sendXml, sentFile, storedNames, type Instance } from './phone-world.ts';
import { coordinator, memberA } from './submission-world.ts';
import type { WritePath } from './write-path.ts';

const answers = { title: 'Cantine', people: 12 };
const changed = { title: 'Cantine', people: 13 };
const single = '/v1/forms/{formId}/submissions/{instanceId}';
const ifMatch = { 'if-match': '"1"' };

const send = (deps: SubmissionDeps, instanceId: string) =>
  acceptSubmission(deps, memberA, 'survey', { instanceId, answers });
const sendNamingPhoto = (deps: SubmissionDeps, instanceId: string) =>
  acceptSubmission(deps, memberA, 'photos', {
    instanceId,
    answers: { title: 'Un', photo: photoFacts },
  });
const edit = (deps: SubmissionDeps, instanceId: string) =>
  editSubmission(deps, memberA, 'survey', instanceId, 1, { answers: changed });

const photo = sentFile('a.jpg', jpeg('one'));
const picture = sentFile('b.jpg', jpeg('two'));
const photoFacts = {
  file: photo.name,
  sha256: sha256(photo.bytes),
  bytes: photo.bytes.length,
  type: 'image/jpeg',
};
const fromPhone = (instanceId: string): Instance => ({
  instanceId,
  answers: { title: 'Un', photo: 'a.jpg', sites: [{ picture: 'b.jpg' }] },
});

function create(instanceId: string, said: JsonObject): Ask {
  const body = { instanceId, answers: said };
  const key = 'POST /v1/forms/{formId}/submissions';
  return { by: 'member', key, parameters: { formId: 'survey' }, body };
}

function post(instance: Instance, ...files: readonly (typeof photo)[]): Ask {
  const sent = files.map(({ name, bytes }) => ({
    name,
    bytes: Buffer.from(bytes),
    type: 'image/jpeg',
  }));
  const { body, headers } = multipart(phoneXml(instance), sent, false);
  return { by: 'member', key: 'POST /v1/key/{token}/submission', body, headers };
}

/** The submission is as it should be, with every revision that led to it. */
async function stands(
  deps: SubmissionDeps,
  formId: string,
  instanceId: string,
  expected: {
    readonly revision: number;
    readonly state: SubmissionState;
    readonly answers?: object;
    readonly files?: readonly string[];
  },
): Promise<void> {
  const { submission } = await findSubmission(deps, formId, instanceId);
  const { revision, state } = expected;
  expect(submission).toMatchObject({ revision, state });
  expect(JSON.parse(submission.answers)).toMatchObject(expected.answers ?? {});
  const { items } = await listRevisions(deps, memberA, formId, instanceId);
  expect(items.map((item) => item.revision)).toEqual(
    Array.from({ length: revision }, (_, index) => index + 1),
  );
  if (expected.files !== undefined) {
    expect(await storedNames(deps, submission)).toEqual(expected.files);
  }
}

async function quarantined(deps: SubmissionDeps, formId: string, id: string): Promise<unknown[]> {
  const { items } = await listQuarantine(deps, coordinator, formId, { limit: 200 });
  return items.filter(({ instanceId }) => instanceId === id).map((item) => item.answers);
}

async function gone(deps: SubmissionDeps, formId: string, instanceId: string): Promise<void> {
  const { submission, record } = await findSubmission(deps, formId, instanceId);
  expect(submission.state).toBe('erased');
  const history = { partition: record.pk, ...historyRange(instanceId) };
  expect((await deps.submissions.query(history)).records).toEqual([]);
  expect(await quarantined(deps, formId, instanceId)).toEqual([]);
  const prefix = attachmentsPrefix(formId, instanceId);
  expect(await Array.fromAsync(deps.objects.list(prefix))).toEqual([]);
  const hash = erasureName(deps.keys, formId, instanceId);
  const noted = (await pendingErasures(deps.registry, formId)).filter(
    ({ instanceHash }) => instanceHash === hash,
  );
  expect(noted.map(({ state }) => state)).toEqual(['erased']);
}

/** Every way in which a submission comes to be, changes and goes. */
export const submissionPaths: readonly WritePath[] = [
  {
    what: 'a submission',
    door: 'submissions',
    done: [201, 200],
    ask: (id) => create(id, answers),
    check: (deps, id) => stands(deps, 'survey', id, { revision: 1, state: 'received', answers }),
  },
  {
    what: 'a submission once more, when it was edited since',
    door: 'submissions',
    done: [200],
    prepare: async (deps, id) => {
      await send(deps, id);
      await edit(deps, id);
    },
    ask: (id) => create(id, answers),
    check: (deps, id) =>
      stands(deps, 'survey', id, { revision: 2, state: 'received', answers: changed }),
  },
  {
    what: 'another submission under the same id',
    door: 'submissions',
    done: [409],
    prepare: send,
    ask: (id) => create(id, changed),
    check: async (deps, id) => {
      await stands(deps, 'survey', id, { revision: 1, state: 'received', answers });
      expect(await quarantined(deps, 'survey', id)).toEqual([changed]);
    },
  },
  {
    what: 'an edit',
    door: 'submissions',
    done: [200],
    prepare: send,
    ask: (instanceId) => ({
      by: 'member',
      key: `PUT ${single}`,
      parameters: { formId: 'survey', instanceId },
      headers: { 'content-type': 'application/json', ...ifMatch },
      body: { answers: changed },
    }),
    check: (deps, id) =>
      stands(deps, 'survey', id, { revision: 2, state: 'received', answers: changed }),
  },
  {
    what: 'a review',
    door: 'submissions',
    done: [200],
    prepare: send,
    ask: (instanceId) => ({
      by: 'coordinator',
      key: `POST ${single}/review`,
      parameters: { formId: 'survey', instanceId },
      headers: ifMatch,
      body: { decision: 'accept' },
    }),
    check: (deps, id) => stands(deps, 'survey', id, { revision: 2, state: 'accepted', answers }),
  },
  {
    what: 'a withdrawal',
    door: 'submissions',
    done: [200],
    prepare: send,
    ask: (instanceId) => ({
      by: 'member',
      key: `DELETE ${single}`,
      parameters: { formId: 'survey', instanceId },
      headers: ifMatch,
    }),
    check: (deps, id) => stands(deps, 'survey', id, { revision: 2, state: 'withdrawn' }),
  },
  {
    what: 'an erasure',
    door: 'submissions',
    done: [204],
    prepare: (deps, id) => sendXml(deps, phoneXml(fromPhone(id)), [photo, picture]),
    ask: (instanceId) => ({
      by: 'coordinator',
      key: `POST ${single}/erase`,
      parameters: { formId: 'photos', instanceId },
    }),
    check: (deps, id) => gone(deps, 'photos', id),
  },
  {
    what: 'the wish for a link to upload a file',
    door: 'submissions',
    done: [200],
    prepare: sendNamingPhoto,
    ask: (instanceId) => ({
      by: 'member',
      key: `POST ${single}/attachments`,
      parameters: { formId: 'photos', instanceId },
      body: photoFacts,
    }),
    check: async (deps, id, { body }) => {
      await stands(deps, 'photos', id, { revision: 1, state: 'incomplete', files: [] });
      expect(JSON.parse(body ?? '')).toMatchObject({ stored: false, upload: { method: 'PUT' } });
    },
  },
  {
    what: 'the word that a file was uploaded',
    door: 'submissions',
    done: [200],
    prepare: async (deps, id) => {
      await sendNamingPhoto(deps, id);
      const key = attachmentKey('photos', id, photoFacts.sha256);
      await deps.objects.put(key, photo.bytes, { contentType: 'application/octet-stream' });
    },
    ask: (instanceId) => ({
      by: 'member',
      key: `POST ${single}/attachments`,
      parameters: { formId: 'photos', instanceId },
      body: photoFacts,
    }),
    check: (deps, id) =>
      stands(deps, 'photos', id, { revision: 2, state: 'received', files: ['a.jpg'] }),
  },
  {
    what: 'a submission from a phone with a file',
    door: 'openrosa',
    done: [201, 202],
    ask: (id) => post(fromPhone(id), photo),
    check: (deps, id) =>
      stands(deps, 'photos', id, { revision: 1, state: 'incomplete', files: ['a.jpg'] }),
  },
  {
    what: 'its last file, in a chunk of its own',
    door: 'openrosa',
    done: [201, 202],
    prepare: (deps, id) => sendXml(deps, phoneXml(fromPhone(id)), [photo]),
    ask: (id) => post(fromPhone(id), picture),
    check: (deps, id) =>
      stands(deps, 'photos', id, { revision: 2, state: 'received', files: ['a.jpg', 'b.jpg'] }),
  },
  {
    what: 'an edit from a phone',
    door: 'openrosa',
    done: [201, 202],
    prepare: (deps, id) => sendXml(deps, phoneXml(fromPhone(id)), [photo, picture]),
    ask: (id) =>
      post({ instanceId: `${id}-2`, deprecatedId: id, answers: { title: 'Deux', photo: 'a.jpg' } }),
    check: (deps, id) =>
      stands(deps, 'photos', id, {
        revision: 2,
        state: 'received',
        files: ['a.jpg'],
        answers: { title: 'Deux' },
      }),
  },
  {
    what: 'another submission from a phone under the same id, with a file',
    door: 'openrosa',
    done: [409],
    prepare: (deps, id) => sendXml(deps, phoneXml(fromPhone(id)), [photo, picture]),
    ask: (id) => post({ ...fromPhone(id), answers: { title: 'Non', photo: 'a.jpg' } }, photo),
    check: async (deps, id) => {
      const files = ['a.jpg', 'b.jpg'];
      await stands(deps, 'photos', id, { revision: 1, state: 'received', files });
      expect(await quarantined(deps, 'photos', id)).toMatchObject([{ title: 'Non' }]);
    },
  },
];
