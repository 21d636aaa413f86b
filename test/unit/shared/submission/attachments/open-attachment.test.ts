import { beforeEach, describe, expect, it } from 'vitest';
import type { Principal } from '../../../../../shared/access/principal.ts';
import { sha256 } from '../../../../../shared/submission/records/content-hash.ts';
import type { SubmissionDeps } from '../../../../../shared/submission/records/submission-deps.ts';
import { editSubmission } from '../../../../../shared/submission/edit-submission.ts';
import { eraseSubmission } from '../../../../../shared/submission/erasure/erase-submission.ts';
import { openAttachment } from '../../../../../shared/submission/attachments/open-attachment.ts';
import { acceptSubmission } from '../../../../../shared/submission/accept-submission.ts';
import { attachmentKey } from '../../../../../shared/submission/records/attachment-keys.ts';
import { reviewSubmission } from '../../../../../shared/submission/review-submission.ts';
import { withdrawSubmission } from '../../../../../shared/submission/withdraw-submission.ts';
import {
  jpeg,
  openPhoneWorld,
  phoneXml,
  photoForm,
  sendXml,
  sentFile,
} from '../../../../support/phone-world.ts';
import { coordinator, memberA, memberB, type World } from '../../../../support/submission-world.ts';

const instanceId = 'uuid:0a1b2c3d';
const photo = sentFile('a.jpg');
const voice = sentFile('été 1.mp3', Buffer.from('ID3\u0004\0\0\0\0\0\0'));
const answers = { title: 'x', photo: 'a.jpg', voice: 'été 1.mp3' };

let world: World;
let deps: SubmissionDeps;

/** A submission with a photo, which members may see, and a voice, which they may not. */
async function begin(settings = {}, more = {}): Promise<void> {
  world = await openPhoneWorld(settings);
  deps = world.deps;
  const xml = phoneXml({ instanceId, answers: { ...answers, ...more } });
  await sendXml(deps, xml, [photo, voice]);
}
beforeEach(() => begin());

const open = (who: Principal, file = 'a.jpg', formId = 'photos', id = instanceId) =>
  openAttachment(deps, who, formId, id, file);
const accept = (revision = 1) =>
  reviewSubmission(deps, coordinator, 'photos', instanceId, revision, { decision: 'accept' });
const notFound = { code: 'not-found' };

describe('openAttachment', () => {
  it.each([
    ['its organisation', memberA],
    ['the coordinator', coordinator],
  ])('gives %s any file, whatever the state', async (_, who) => {
    expect(await open(who)).toEqual({
      key: attachmentKey('photos', instanceId, sha256(photo.bytes)),
      fileName: 'a.jpg',
      contentType: 'image/jpeg',
      bytes: photo.bytes.length,
    });
    expect(await open(who, voice.name)).toMatchObject({ contentType: 'audio/mpeg' });
    await withdrawSubmission(deps, memberA, 'photos', instanceId, 1);
    expect(await open(who)).toMatchObject({ fileName: 'a.jpg' });
  });

  it('gives another member what members may see, once it is accepted', async () => {
    await expect(open(memberB)).rejects.toMatchObject(notFound);
    await accept();
    expect(await open(memberB)).toMatchObject({ contentType: 'image/jpeg' });
    await expect(open(memberB, voice.name)).rejects.toMatchObject(notFound);
    await withdrawSubmission(deps, memberA, 'photos', instanceId, 2);
    await expect(open(memberB)).rejects.toMatchObject(notFound);
  });

  it('gives another member the file of the answer it may see, not another of that name', async () => {
    await deps.forms.putDraft('pair', {
      survey: [
        { type: 'image', name: 'hidden', label: 'Cachée' },
        { type: 'image', name: 'shown', label: 'Montrée', visibility: 'members' },
      ],
      choices: [],
      settings: { version: '1' },
    });
    await deps.forms.publish('pair');
    const id = 'uuid:0a1b2c3e';
    const files = [jpeg('secret'), jpeg('shown')].map((bytes) => {
      const facts = { sha256: sha256(bytes), bytes: bytes.length, type: 'image/jpeg' };
      return {
        key: attachmentKey('pair', id, facts.sha256),
        bytes,
        answer: { file: 'a.jpg', ...facts },
      };
    });
    const [hidden, shown] = files;
    const first = { instanceId: id, answers: { hidden: hidden?.answer ?? null } };
    await acceptSubmission(deps, memberA, 'pair', first);
    const second = { hidden: { file: 'a.jpg' }, shown: shown?.answer ?? null };
    await editSubmission(deps, memberA, 'pair', id, 1, { answers: second });
    for (const { key, bytes } of files) {
      await deps.objects.put(key, bytes, { contentType: 'image/jpeg' });
    }
    await reviewSubmission(deps, coordinator, 'pair', id, 2, { decision: 'accept' });
    expect(await open(memberA, 'a.jpg', 'pair', id)).toMatchObject({ key: hidden?.key });
    expect(await open(memberB, 'a.jpg', 'pair', id)).toMatchObject({ key: shown?.key });
  });

  it('gives another member nothing without consent', async () => {
    for (const more of [{ agree: 'OK' }, {}]) {
      await begin({ consent: 'agree' }, more);
      await accept();
      if (Object.hasOwn(more, 'agree')) expect(await open(memberB)).toMatchObject({ bytes: 19 });
      else await expect(open(memberB)).rejects.toMatchObject(notFound);
    }
  });

  it('gives another member nothing once consent is refused, though an edit no longer says so', async () => {
    await begin({ consent: 'agree' }, {});
    await deps.forms.putDraft('photos', photoForm('2'));
    await deps.forms.publish('photos');
    await editSubmission(deps, memberA, 'photos', instanceId, 1, {
      formVersion: '2',
      answers: { title: 'Un', photo: { file: 'a.jpg' } },
    });
    await accept(2);
    await expect(open(memberB)).rejects.toMatchObject(notFound);
  });

  it('gives another member nothing that the newest version hides, or asks consent for', async () => {
    await accept();
    const { survey, ...rest } = photoForm('2');
    const hidden = survey.map((row) =>
      row['name'] === 'photo' ? { ...row, visibility: 'coordinator' } : row,
    );
    await deps.forms.putDraft('photos', { ...rest, survey: hidden });
    await deps.forms.publish('photos');
    await expect(open(memberB)).rejects.toMatchObject(notFound);
    await deps.forms.putDraft('photos', photoForm('3', { consent: 'agree' }));
    await deps.forms.publish('photos');
    await expect(open(memberB)).rejects.toMatchObject(notFound);
    await deps.forms.putDraft('photos', photoForm('4'));
    await deps.forms.publish('photos');
    expect(await open(memberB)).toMatchObject({ fileName: 'a.jpg' });
  });

  it('shows a file of which one answer is visible and another is not', async () => {
    await begin({}, { sites: [{ picture: 'a.jpg' }] });
    await accept();
    expect(await open(memberB)).toMatchObject({ fileName: 'a.jpg' });
  });

  it('keeps what the phone sent as XML, and files by their hash, from other members', async () => {
    const xml = phoneXml({ instanceId: 'uuid:ffffffff', answers: { ...answers, people: 'x' } });
    await sendXml(deps, xml, [photo, voice]);
    await reviewSubmission(deps, coordinator, 'photos', 'uuid:ffffffff', 1, { decision: 'accept' });
    const openXml = (who: Principal) => open(who, 'submission.xml', 'photos', 'uuid:ffffffff');
    expect(await openXml(memberA)).toMatchObject({ contentType: 'application/xml' });
    expect(await openXml(coordinator)).toMatchObject({ bytes: xml.length });
    await expect(openXml(memberB)).rejects.toMatchObject(notFound);
    await accept();
    const byHash = sha256(photo.bytes);
    expect(await open(coordinator, byHash)).toMatchObject({ bytes: photo.bytes.length });
    for (const who of [memberA, memberB]) {
      await expect(open(who, byHash)).rejects.toMatchObject(notFound);
    }
  });

  it('gives a file of an earlier revision to the coordinator alone', async () => {
    await editSubmission(deps, memberA, 'photos', instanceId, 1, { answers: { title: 'y' } });
    await expect(open(memberA)).rejects.toMatchObject(notFound);
    expect(await open(coordinator, sha256(photo.bytes))).toMatchObject({
      contentType: 'image/jpeg',
    });
  });

  it('recognises what was uploaded by a link, which is stored without a type', async () => {
    const bytes = jpeg('linked');
    const claim = { sha256: sha256(bytes), bytes: bytes.length, type: 'image/png' };
    const id = 'uuid:linked-1';
    await acceptSubmission(deps, memberA, 'photos', {
      instanceId: id,
      answers: { title: 'x', photo: { file: 'l.png', ...claim } },
    });
    await expect(open(memberA, 'l.png', 'photos', id)).rejects.toMatchObject(notFound);
    const contentType = 'application/octet-stream';
    await world.objects.put(attachmentKey('photos', id, claim.sha256), bytes, { contentType });
    expect(await open(memberA, 'l.png', 'photos', id)).toMatchObject({ contentType: 'image/jpeg' });
  });

  it.each([
    ['no such form', 'unknown', instanceId, 'a.jpg'],
    ['no such submission', 'photos', 'uuid:ffffffff', 'a.jpg'],
    ['no instanceId', 'photos', '#', 'a.jpg'],
    ['no such file', 'photos', instanceId, 'b.jpg'],
    ['no XML kept', 'photos', instanceId, 'submission.xml'],
    ['no such hash', 'photos', instanceId, 'f'.repeat(64)],
  ])('finds nothing: %s', async (_, formId, id, file) => {
    for (const who of [memberA, memberB, coordinator]) {
      await expect(open(who, file, formId, id)).rejects.toMatchObject(notFound);
    }
  });

  it('says to those who may know that it was erased', async () => {
    await eraseSubmission(deps, coordinator, 'photos', instanceId);
    await expect(open(memberA)).rejects.toMatchObject({ code: 'erased' });
    await expect(open(memberB)).rejects.toMatchObject(notFound);
  });
});
