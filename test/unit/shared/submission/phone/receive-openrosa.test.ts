import fc from 'fast-check';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { Fault } from '../../../../../shared/fault.ts';
import { DiskObjectStore } from '../../../../../shared/objects/disk-object-store.ts';
import { openSqlite } from '../../../../../shared/store/sqlite-record-store.ts';
import { attachmentsPrefix } from '../../../../../shared/submission/records/attachment-keys.ts';
import { sha256 } from '../../../../../shared/submission/records/content-hash.ts';
import type { SubmissionDeps } from '../../../../../shared/submission/records/submission-deps.ts';
import { editSubmission } from '../../../../../shared/submission/edit-submission.ts';
import { eraseSubmission } from '../../../../../shared/submission/erasure/erase-submission.ts';
import { openAttachment } from '../../../../../shared/submission/attachments/open-attachment.ts';
import type { SentFile } from '../../../../../shared/submission/phone/phone-post.ts';
import {
  listQuarantine,
  readSubmission,
} from '../../../../../shared/submission/read-submissions.ts';
import { requestUpload } from '../../../../../shared/submission/attachments/request-upload.ts';
import { reviewSubmission } from '../../../../../shared/submission/review-submission.ts';
import {
  parseAnswers,
  submissionView,
} from '../../../../../shared/submission/records/submission-view.ts';
import { withdrawSubmission } from '../../../../../shared/submission/withdraw-submission.ts';
import { atEveryOperation } from '../../../../support/interruptions.ts';
import {
  jpeg,
  openPhoneWorld,
  phoneXml,
  photoForm,
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

const instanceId = 'uuid:0a1b2c3d-0001';
const answers = { title: 'Maraude', people: '12' };
const plain = phoneXml({ instanceId, answers });
const three = phoneXml({
  instanceId,
  answers: {
    ...answers,
    photo: 'a.jpg',
    sites: [{ place: 'Pikine', picture: 'b.jpg' }, { picture: 'c.jpg' }],
  },
});
const [a, b, c] = ['a.jpg', 'b.jpg', 'c.jpg'].map((name) => sentFile(name));
if (a === undefined || b === undefined || c === undefined) throw new Error('no files');

let world: World;
let deps: SubmissionDeps;
async function begin(settings = {}): Promise<void> {
  world = await openPhoneWorld(settings);
  deps = world.deps;
}
beforeEach(() => begin());

const send = (xml: Uint8Array, files: readonly SentFile[] = [], principal = memberA) =>
  sendXml(deps, xml, files, principal);
const head = () => readSubmission(deps, coordinator, 'photos', instanceId);
const quarantine = async () => (await listQuarantine(deps, coordinator, 'photos')).items;
const filesKept = () =>
  world.objects.keys().filter((key) => key.startsWith(attachmentsPrefix('photos', instanceId)));
const facts = ({ name, bytes }: SentFile) => ({
  file: name,
  sha256: sha256(bytes),
  bytes: bytes.length,
  type: 'image/jpeg',
});

describe('receiveFromPhone', () => {
  it('keeps the answers of a phone as the organisation’s, received now', async () => {
    const { created, submission, missing } = await send(plain);
    expect({ created, missing }).toEqual({ created: true, missing: [] });
    expect(submission).toMatchObject({
      formId: 'photos',
      instanceId,
      revision: 1,
      state: 'received',
      organisation: 'ong-a',
      formVersion: '1',
      contentHash: sha256(plain),
      by: 'token-a',
      issues: [],
      openRosa: { id: instanceId, hash: sha256(plain) },
    });
    expect(parseAnswers(submission)).toEqual({ title: 'Maraude', people: 12 });
    expect(await head()).toEqual(submission);
    expect(filesKept()).toEqual([]);
  });

  it('fills in what it finds out of every file, and stores it under its own hash', async () => {
    const { submission, missing } = await send(three, [a, b, c]);
    expect(missing).toEqual([]);
    expect(submission.state).toBe('received');
    expect(parseAnswers(submission)).toEqual({
      title: 'Maraude',
      people: 12,
      photo: facts(a),
      sites: [{ place: 'Pikine', picture: facts(b) }, { picture: facts(c) }],
    });
    expect(await storedNames(deps, submission)).toEqual(['a.jpg', 'b.jpg', 'c.jpg']);
    const [key = ''] = filesKept();
    expect((await world.objects.info(key))?.contentType).toBe('image/jpeg');
    expect(submissionView(submission)['attachments']).toEqual(
      [a, b, c].map((file) => ({ ...facts(file), state: 'stored' })),
    );
  });

  it('is incomplete until the last file has come, and says what is missing', async () => {
    const first = await send(three, [b]);
    expect(first).toMatchObject({ created: true, missing: ['a.jpg', 'c.jpg'] });
    expect(first.submission).toMatchObject({ state: 'incomplete', whenWhole: 'received' });
    expect(submissionView(first.submission)['attachments']).toContainEqual({
      file: 'a.jpg',
      sha256: null,
      bytes: null,
      type: null,
      state: 'missing',
    });
    expect(await send(three, [c])).toMatchObject({ created: true, missing: ['a.jpg'] });
    expect(await send(three, [c, b])).toMatchObject({ created: false, missing: ['a.jpg'] });
    const last = await send(three, [a]);
    expect(last).toMatchObject({ created: true, missing: [], submission: { state: 'received' } });
    expect(last.submission.whenWhole).toBeUndefined();
    expect(await storedNames(deps, await head())).toEqual(['a.jpg', 'b.jpg', 'c.jpg']);
  });

  it('is accepted, once whole, where the form wants no review', async () => {
    await begin({ review: 'none' });
    expect((await send(three, [a])).submission.state).toBe('incomplete');
    expect((await send(three, [b, c])).submission.state).toBe('accepted');
  });

  it.each([
    ['a required answer is lacking', { people: '3' }, 'required'],
    ['an answer has not its shape', { title: 'x', people: 'douze' }, 'wrong-type'],
    [
      'a required answer has not its shape',
      { title: 'x', people: '99', due: 'demain' },
      'wrong-type',
    ],
    ['an answer has no question', { title: 'x', nonsense: '1' }, 'unknown-question'],
  ])('flags it if %s, and refuses nothing', async (_, given, code) => {
    const { created, submission } = await send(phoneXml({ instanceId, answers: given }));
    expect(created).toBe(true);
    expect(submission.state).toBe('has-issues');
    expect(submission.issues.map((issue) => issue.code)).toEqual([code]);
    expect(submission.issues[0]?.pointer).toMatch(/^\/answers\//);
  });

  it('keeps the XML beside answers that do not say all of it, for its organisation to fetch', async () => {
    const xml = phoneXml({ instanceId, answers: { title: 'x', people: 'douze' } });
    const { submission } = await send(xml);
    expect(parseAnswers(submission)).toEqual({ title: 'x' });
    const file = 'submission.xml';
    expect(submissionView(submission)['attachments']).toEqual([
      { file, sha256: sha256(xml), bytes: xml.length, type: 'application/xml', state: 'stored' },
    ]);
    const opened = await openAttachment(deps, memberA, 'photos', instanceId, file);
    const stored = await deps.objects.get(opened.key);
    expect(Buffer.concat(await Array.fromAsync(stored ?? []))).toEqual(xml);
    expect(opened.contentType).toBe('application/xml');
    expect(await send(xml)).toMatchObject({ created: false });
  });

  it('reads an unknown version with the current one, and flags it', async () => {
    const { submission } = await send(phoneXml({ instanceId, answers, version: '0.9' }));
    expect(submission).toMatchObject({ formVersion: '1', state: 'has-issues' });
    expect(submission.issues).toMatchObject([{ pointer: '/formVersion', code: 'unknown-version' }]);
  });

  it('reads an older version with that one', async () => {
    await deps.forms.putDraft('photos', photoForm('2'));
    await deps.forms.publish('photos');
    expect((await send(plain)).submission).toMatchObject({ formVersion: '1', state: 'received' });
  });

  it.each([
    ['a page as a photo', 'a.jpg', '<!DOCTYPE html><script>alert(1)</script>'],
    ['a drawing with scripts as a photo', 'a.jpg', '<svg xmlns="http://www.w3.org/2000/svg"/>'],
    ['a program as a photo', 'a.jpg', 'MZ\u0090\0\u0003\0\0\0\u0004\0\0\0'],
  ])('flags %s', async (_, name, content) => {
    const bytes = Buffer.from(content, 'latin1');
    const xml = phoneXml({ instanceId, answers: { ...answers, photo: name } });
    const { submission } = await send(xml, [sentFile(name, bytes)]);
    expect(submission.state).toBe('has-issues');
    expect(submission.issues).toMatchObject([
      { pointer: '/answers/photo', code: 'attachment-type' },
    ]);
    expect(await storedNames(deps, submission)).toEqual([name]);
  });

  it('flags a file that comes later as it does one that comes first', async () => {
    await send(three, [b]);
    const { submission } = await send(three, [c, sentFile('a.jpg', Buffer.from('<html>'))]);
    expect(submission).toMatchObject({
      state: 'has-issues',
      issues: [{ pointer: '/answers/photo', code: 'attachment-type' }],
    });
  });

  it('flags a file that is larger than the form takes', async () => {
    await begin({ attachment_max_mb: '0.1' });
    const xml = phoneXml({ instanceId, answers: { ...answers, photo: 'a.jpg' } });
    const { submission } = await send(xml, [sentFile('a.jpg', jpeg('x'.repeat(100_001)))]);
    expect(submission.issues).toMatchObject([{ code: 'attachment-too-large' }]);
  });

  it('takes the log of a filling as the CSV that it is', async () => {
    const log = Buffer.from('event,node,start,end\nform start,,1,2\n');
    const xml = phoneXml({ instanceId, answers: { ...answers, audit: 'audit.csv' } });
    const { submission } = await send(xml, [sentFile('audit.csv', log)]);
    expect(submission).toMatchObject({ state: 'received', issues: [] });
    expect(parseAnswers(submission)['audit']).toMatchObject({ type: 'text/csv' });
  });

  it('keeps a file that no answer names for the coordinator, and says so, once', async () => {
    const { created, submission } = await send(plain, [a]);
    expect(created).toBe(true);
    expect(submission).toMatchObject({ state: 'received', issues: [{ code: 'unexpected-file' }] });
    expect(filesKept()).toHaveLength(1);
    expect((await send(plain, [a])).created).toBe(false);
    const later = await send(plain, [a, b]);
    expect(later).toMatchObject({ created: true, submission: { state: 'received' } });
    expect(later.submission.issues).toHaveLength(2);
    expect((await send(plain, [b])).created).toBe(false);
    const hash = sha256(b.bytes);
    expect(later.submission.issues.at(1)?.message.fr).toContain(hash);
    const open = (who: typeof memberA) => openAttachment(deps, who, 'photos', instanceId, hash);
    expect(await open(coordinator)).toMatchObject({ bytes: b.bytes.length });
    await expect(open(memberA)).rejects.toThrow('not-found');
  });

  it('keeps no end of files that no answer names', async () => {
    const many = Array.from({ length: 60 }, (_, index) => sentFile(`more-${index}.jpg`));
    expect((await send(plain, many)).submission.issues).toHaveLength(50);
    expect(filesKept()).toHaveLength(50);
    expect((await send(plain, [sentFile('last.jpg')])).created).toBe(false);
    expect(filesKept()).toHaveLength(50);
  });

  it.each([
    ['accents composed otherwise', 'façade.jpg'.normalize('NFC'), 'façade.jpg'.normalize('NFD')],
    ['accents decomposed otherwise', 'façade.jpg'.normalize('NFD'), 'façade.jpg'.normalize('NFC')],
    ['quotes as a header has them', 'la "cour".jpg', 'la %22cour%22.jpg'],
  ])('finds the file of an answer by a name with %s', async (_, named, sent) => {
    const xml = phoneXml({ instanceId, answers: { ...answers, photo: named } });
    expect((await send(xml)).missing).toEqual([named]);
    const { missing, submission } = await send(xml, [sentFile(sent)]);
    expect(missing).toEqual([]);
    expect(submission).toMatchObject({ state: 'received', issues: [] });
    expect(await storedNames(deps, submission)).toEqual([named]);
  });

  it('takes one file for two answers that name it', async () => {
    const xml = phoneXml({
      instanceId,
      answers: { ...answers, photo: 'a.jpg', sites: [{ picture: 'a.jpg' }] },
    });
    const { missing } = await send(xml);
    expect(missing).toEqual(['a.jpg']);
    const { submission } = await send(xml, [a]);
    expect(parseAnswers(submission)).toMatchObject({
      photo: facts(a),
      sites: [{ picture: facts(a) }],
    });
  });

  it.each([
    ['no such form', phoneXml({ instanceId, answers, formId: 'unknown' }), memberA, 'not-found'],
    [
      'a member, to a form for the coordinator',
      phoneXml({ instanceId, answers, formId: 'desk' }),
      memberA,
      'forbidden',
    ],
  ])('refuses %s and keeps nothing', async (_, xml, principal, code) => {
    await expect(send(xml, [], principal)).rejects.toMatchObject({ code });
    expect(world.submissions.all()).toEqual([]);
  });

  it('refuses a closed form, but not what belongs to a submission that is there', async () => {
    await send(three, [a]);
    await deps.forms.close('photos');
    const other = phoneXml({ instanceId: 'uuid:ffffffff-0001', answers });
    await expect(send(other)).rejects.toMatchObject({ code: 'form-not-open' });
    expect(await send(three)).toMatchObject({ created: false });
    expect(await send(three, [b, c])).toMatchObject({ created: true, missing: [] });
  });

  it('refuses at once what would be too large once its files have come', async () => {
    const place = 'x'.repeat(1_000);
    const sites = Array.from({ length: 300 }, (_, n) => ({ place, picture: `${n}.jpg` }));
    const xml = phoneXml({ instanceId, answers: { ...answers, sites } });
    await expect(send(xml)).rejects.toMatchObject({ code: 'record-too-large' });
    const fewer = phoneXml({ instanceId, answers: { ...answers, sites: sites.slice(0, 250) } });
    await send(fewer);
    const files = sites.slice(0, 250).map(({ picture }) => sentFile(picture));
    expect(await send(fewer, files)).toMatchObject({ missing: [] });
  });

  it('tells of many faulty files no more than helps', async () => {
    const sites = Array.from({ length: 150 }, (_, n) => ({ picture: `${n}.jpg` }));
    const xml = phoneXml({ instanceId, answers: { ...answers, sites } });
    const files = sites.map(({ picture }) => sentFile(picture, Buffer.from(`<html>${picture}`)));
    const { submission } = await send(xml, files);
    expect(submission).toMatchObject({ state: 'has-issues', missing: [] });
    expect(submission.issues).toHaveLength(100);
  });

  it('refuses two files of one name in one body', async () => {
    const twice = send(three, [a, sentFile('a.jpg', jpeg('other'))]);
    await expect(twice).rejects.toMatchObject({ code: 'malformed-request' });
    expect((await send(three, [a, a])).created).toBe(true);
  });
});

describe('the same again', () => {
  it.each([
    ['nothing else', () => Promise.resolve()],
    [
      'a review',
      () => reviewSubmission(deps, coordinator, 'photos', instanceId, 1, { decision: 'accept' }),
    ],
    ['a withdrawal', () => withdrawSubmission(deps, memberA, 'photos', instanceId, 1)],
    [
      'an edit by hand',
      () =>
        editSubmission(deps, memberA, 'photos', instanceId, 1, { answers: { title: 'Corrigée' } }),
    ],
  ])('after %s is there already, and changes nothing', async (_, meanwhile) => {
    await send(three, [a, b, c]);
    await meanwhile();
    const before = await head();
    expect(await send(three, [a, b, c])).toMatchObject({ created: false });
    expect(await send(three)).toMatchObject({ created: false });
    expect(await head()).toEqual(before);
  });

  it('brings a file that an edit by hand still waits for', async () => {
    await send(three, [a]);
    await editSubmission(deps, memberA, 'photos', instanceId, 1, {
      answers: {
        title: 'Corrigée',
        photo: { file: 'a.jpg' },
        sites: [{ picture: { file: 'b.jpg' } }],
      },
    });
    expect(await head()).toMatchObject({ state: 'incomplete', missing: ['b.jpg'] });
    expect(await send(three, [b, c])).toMatchObject({ created: true, missing: [] });
    expect(parseAnswers(await head())).toEqual({
      title: 'Corrigée',
      photo: facts(a),
      sites: [{ picture: facts(b) }],
    });
  });

  it('brings a submission whose files were not there when it was accepted back to the reviewer', async () => {
    await send(three, [a]);
    await reviewSubmission(deps, coordinator, 'photos', instanceId, 1, { decision: 'accept' });
    expect((await send(three, [b])).submission).toMatchObject({ state: 'incomplete' });
    const { submission } = await send(three, [c]);
    expect(submission.state).toBe('received');
    expect(submission.review).toBeUndefined();
  });

  it.each(['rejected', 'withdrawn'] as const)('does not undo that it was %s', async (state) => {
    await send(three, [a]);
    if (state === 'withdrawn') await withdrawSubmission(deps, memberA, 'photos', instanceId, 1);
    else {
      const review = { decision: 'reject', note: 'Doublon' } as const;
      await reviewSubmission(deps, coordinator, 'photos', instanceId, 1, review);
    }
    expect((await send(three, [b, c])).submission).toMatchObject({ state, missing: [] });
  });

  it('has its own file even if someone has announced another under that name', async () => {
    await send(three, [b, c]);
    const claim = { file: 'a.jpg', sha256: 'f'.repeat(64), bytes: 3, type: 'image/png' };
    await requestUpload(deps, memberA, 'photos', instanceId, claim);
    expect((await send(three, [a])).submission.state).toBe('received');
    expect(parseAnswers(await head())['photo']).toEqual(facts(a));
  });

  it('of what was erased is refused for ever, and leaves no file', async () => {
    await send(three, [a]);
    await eraseSubmission(deps, coordinator, 'photos', instanceId);
    for (const files of [[], [a, b, c]]) {
      await expect(send(three, files)).rejects.toMatchObject({ code: 'erased' });
    }
    expect(filesKept()).toEqual([]);
  });
});

describe('a conflict', () => {
  const other = phoneXml({ instanceId, answers: { ...answers, title: 'Autre', photo: 'a.jpg' } });

  it('leaves the first untouched, and keeps the other with its files and its XML', async () => {
    const { submission } = await send(three, [a, b, c]);
    const file = sentFile('a.jpg', jpeg('another photo'));
    for (let time = 0; time < 3; time += 1) {
      await expect(send(other, [file])).rejects.toMatchObject({ code: 'conflict' });
    }
    expect(await head()).toEqual(submission);
    const [kept, ...more] = await quarantine();
    expect(more).toEqual([]);
    expect(kept).toMatchObject({
      instanceId,
      organisation: 'ong-a',
      answers: { title: 'Autre', people: 12, photo: facts(file) },
      attachments: [facts(file), { file: 'submission.xml', sha256: sha256(other) }],
    });
    for (const bytes of [file.bytes, other]) {
      const opened = await openAttachment(deps, coordinator, 'photos', instanceId, sha256(bytes));
      const stored = await deps.objects.get(opened.key);
      expect(Buffer.concat(await Array.fromAsync(stored ?? []))).toEqual(bytes);
    }
    const byMember = openAttachment(deps, memberA, 'photos', instanceId, sha256(other));
    await expect(byMember).rejects.toMatchObject({ code: 'not-found' });
  });

  it('of a file’s bytes leaves the file untouched, and keeps the other', async () => {
    const { submission } = await send(three, [a]);
    const file = sentFile('a.jpg', jpeg('another photo'));
    await expect(send(three, [file, b])).rejects.toMatchObject({ code: 'conflict' });
    expect(await head()).toEqual(submission);
    expect(await storedNames(deps, await head())).toEqual(['a.jpg']);
    expect((await quarantine())[0]?.attachments).toMatchObject([facts(file), facts(b), {}]);
    expect(await send(three, [b, c])).toMatchObject({ created: true, missing: [] });
  });

  it('tells another organisation nothing, though the content is the same', async () => {
    const { submission } = await send(three, [a]);
    const refused = send(three, [a, b], memberB);
    await expect(refused).rejects.toEqual(new Fault('conflict'));
    expect(await head()).toEqual(submission);
    expect((await quarantine()).map(({ organisation }) => organisation)).toEqual(['ong-b']);
  });

  it('goes from the quarantine, files and all, when the submission is erased', async () => {
    await send(plain);
    await expect(send(other, [a])).rejects.toMatchObject({ code: 'conflict' });
    expect(filesKept()).toHaveLength(2);
    await eraseSubmission(deps, coordinator, 'photos', instanceId);
    expect([await quarantine(), filesKept()]).toEqual([[], []]);
  });

  it('leaves no file in quarantine if the first is erased meanwhile, at whatever moment', () =>
    atEveryOperation(async (at) => {
      await begin();
      await send(plain);
      const erase = () => eraseSubmission(deps, coordinator, 'photos', instanceId);
      world.interruptions.plan({ at, meanwhile: erase });
      await expect(send(other, [a])).rejects.toBeInstanceOf(Fault);
      const reached = world.interruptions.end();
      if (!reached) await erase();
      expect([await quarantine(), filesKept()]).toEqual([[], []]);
      return reached;
    }));
});

describe.each(['before', 'after'] as const)('a store that fails once, %s doing it', (fail) => {
  it('at any operation: sent again, everything is there once, and whole', () =>
    atEveryOperation(async (at) => {
      await begin();
      deps = depsOn(world.deps);
      world.interruptions.plan({ at, fail });
      const first = await send(three, [a, b]).catch((fault: unknown) => fault);
      const reached = world.interruptions.end();
      if (reached) expect(first).toMatchObject({ code: 'store-unavailable' });
      expect(await send(three, [a, b])).toMatchObject({ missing: ['c.jpg'] });
      await send(three, [c]);
      expect(await storedNames(deps, await head())).toEqual(['a.jpg', 'b.jpg', 'c.jpg']);
      expect(await head()).toMatchObject({ state: 'received', missing: [] });
      return reached;
    }));

  it('at any operation of a later chunk: nothing acknowledged is lost', () =>
    atEveryOperation(async (at) => {
      await begin();
      await send(three, [a]);
      world.interruptions.plan({ at, fail });
      await send(three, [b, c]).catch(() => undefined);
      const reached = world.interruptions.end();
      expect(await storedNames(deps, await head())).toContain('a.jpg');
      expect(await send(three, [b, c])).toMatchObject({ missing: [] });
      expect(await storedNames(deps, await head())).toEqual(['a.jpg', 'b.jpg', 'c.jpg']);
      return reached;
    }));
});

describe('erasing', () => {
  const erase = () => eraseSubmission(deps, coordinator, 'photos', instanceId);

  it('at any moment of a chunk leaves no file behind', () =>
    atEveryOperation(async (at) => {
      await begin();
      await send(three, [a]);
      world.interruptions.plan({ at, meanwhile: erase });
      const tried: unknown = await send(three, [b, c]).catch((fault: unknown) => fault);
      const reached = world.interruptions.end();
      if (reached) expect(tried).toMatchObject({ code: 'erased' });
      else await erase();
      expect(filesKept()).toEqual([]);
      expect(world.submissions.all()).toMatchObject([{ sk: instanceId, state: 'erased' }]);
      return reached;
    }));

  it('with a chunk in the midst of it leaves no file behind', () =>
    atEveryOperation(async (at) => {
      await begin();
      await send(three, [a]);
      const chunk = () => send(three, [b, c]).then(undefined, () => undefined);
      world.interruptions.plan({ at, meanwhile: () => chunk().then(() => undefined) });
      await erase();
      const reached = world.interruptions.end();
      expect(filesKept()).toEqual([]);
      expect(world.submissions.all()).toMatchObject([{ sk: instanceId, state: 'erased' }]);
      return reached;
    }));

  it('leaves no file of one who created it anew in between', () =>
    atEveryOperation(async (at) => {
      await begin();
      const createAndErase = async (): Promise<void> => {
        await send(plain);
        await erase();
      };
      world.interruptions.plan({ at, meanwhile: createAndErase });
      await send(three, [a, b, c]).catch(() => undefined);
      const reached = world.interruptions.end();
      if (reached) expect(filesKept()).toEqual([]);
      return reached;
    }));
});

const storesUnderTest = {
  memory: () => openPhoneWorld().then((opened) => ({ deps: opened.deps, close: () => undefined })),
  'SQLite and a folder': async () => {
    const folder = mkdtempSync(join(tmpdir(), 'fiche-phone-'));
    const sqlite = openSqlite(join(folder, 'fiche.db'));
    const objects = new DiskObjectStore(folder);
    const { submissions, registry } = sqlite;
    const opened = depsOn({ submissions, registry, objects, clock: () => new Date() });
    await opened.forms.putDraft('photos', photoForm('1'));
    await opened.forms.publish('photos');
    return {
      deps: opened,
      close: () => {
        objects.close();
        sqlite.close();
        rmSync(folder, { recursive: true });
      },
    };
  },
};

describe.each(['memory', 'SQLite and a folder'] as const)('many at once, on %s', (store) => {
  it('creates one of 20 that are the same, every file whole', async () => {
    const opened = await storesUnderTest[store]();
    try {
      const answered = await Promise.all(
        Array.from({ length: 20 }, () => sendXml(opened.deps, three, [a, b, c])),
      );
      expect(answered.filter(({ created }) => created)).toHaveLength(1);
      const stored = await readSubmission(opened.deps, memberA, 'photos', instanceId);
      expect(stored).toMatchObject({ revision: 1, state: 'received', missing: [] });
      expect(await storedNames(opened.deps, stored)).toEqual(['a.jpg', 'b.jpg', 'c.jpg']);
    } finally {
      opened.close();
    }
  });

  it('takes chunks side by side, shuffled and repeated: one record, every file whole', async () => {
    const opened = await storesUnderTest[store]();
    try {
      const chunks = [[a], [b], [c], [], [a, b], [c], [b, c], [a]];
      const answered = await Promise.all(chunks.map((files) => sendXml(opened.deps, three, files)));
      expect(answered.some(({ created }) => created)).toBe(true);
      const stored = await readSubmission(opened.deps, memberA, 'photos', instanceId);
      expect(stored).toMatchObject({ state: 'received', missing: [] });
      expect(await storedNames(opened.deps, stored)).toEqual(['a.jpg', 'b.jpg', 'c.jpg']);
    } finally {
      opened.close();
    }
  });
});

describe('chunks in any order, repeated, in parallel or not', () => {
  const chunk = fc.subarray([a, b, c]);

  it('make the same submission once every file has come', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(chunk, { maxLength: 3 }), { maxLength: 5 }),
        async (rounds) => {
          await begin();
          const all = [...rounds, [[a], [b]], [[c]]];
          let created = 0;
          for (const round of all) {
            const answered = await Promise.all(round.map((files) => send(three, files)));
            created += answered.filter((answer) => answer.created).length;
          }
          expect(created).toBeGreaterThanOrEqual(1);
          const whole = await head();
          expect(whole).toMatchObject({ state: 'received', missing: [], issues: [] });
          expect(parseAnswers(whole)).toEqual({
            title: 'Maraude',
            people: 12,
            photo: facts(a),
            sites: [{ place: 'Pikine', picture: facts(b) }, { picture: facts(c) }],
          });
          expect(await storedNames(deps, whole)).toEqual(['a.jpg', 'b.jpg', 'c.jpg']);
          expect(await send(three, [a, b, c])).toMatchObject({ created: false });
        },
      ),
      { numRuns: 60 },
    );
  });
});
