import { buffer } from 'node:stream/consumers';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Principal } from '../../../../../shared/access/principal.ts';
import { publicIdOf } from '../../../../../shared/access/keyring.ts';
import { attachmentsArchive } from '../../../../../shared/dataset/archive/attachments-archive.ts';
import {
  type ArchiveRequest,
  safeFileName,
  safeFolderName,
  type ListedAttachment,
} from '../../../../../shared/dataset/archive/attachments-list.ts';
import { compileAll } from '../../../../../shared/dataset/publish/compile-all.ts';
import { ZipArchive } from '../../../../../shared/zip/read-zip.ts';
import { InstanceId } from '../../../../../shared/ids.ts';
import type { JsonObject } from '../../../../../shared/json.ts';
import { attachmentKey } from '../../../../../shared/submission/records/attachment-keys.ts';
import { sha256 } from '../../../../../shared/submission/records/content-hash.ts';
import { eraseSubmission } from '../../../../../shared/submission/erasure/erase-submission.ts';
import { reviewSubmission } from '../../../../../shared/submission/review-submission.ts';
import { withdrawSubmission } from '../../../../../shared/submission/withdraw-submission.ts';
import {
  jpeg,
  openPhoneWorld,
  phoneXml,
  sendXml,
  sentFile,
} from '../../../../support/phone-world.ts';
import { testKeys } from '../../../../support/keyring.ts';
import { coordinator, memberA, memberB, type World } from '../../../../support/submission-world.ts';

const first = 'uuid:0a1b2c3d';
const photo = sentFile('a.jpg');
const voice = sentFile('été 1.mp3', Buffer.from('ID3\u0004\0\0\0\0\0\0'));
const picture = sentFile('site.jpg', jpeg('site'));

let world: World;

/** Two submissions: one accepted, with files of which members may see the photo, and one without. */
async function begin(settings = {}, more: JsonObject = {}): Promise<void> {
  world = await openPhoneWorld(settings);
  const answers = {
    title: 'x',
    photo: photo.name,
    voice: voice.name,
    sites: [{ place: 'one' }, { place: 'two', picture: picture.name }],
    ...more,
  };
  const files = [photo, voice, picture];
  await sendXml(world.deps, phoneXml({ instanceId: first, answers }), files);
  await sendXml(world.deps, phoneXml({ instanceId: 'uuid:0a1b2c3e', answers: { title: 'y' } }));
  await reviewSubmission(world.deps, coordinator, 'photos', first, 1, { decision: 'accept' });
  await compile();
}
const compile = () => compileAll({ ...world.deps });

async function read(audience: ArchiveRequest['audience'], viewer?: Principal) {
  const request = { dataset: 'photos', audience, ...(viewer === undefined ? {} : { viewer }) };
  const bytes = await buffer(await attachmentsArchive(world.deps, request));
  const zip = new ZipArchive(bytes);
  const manifest = JSON.parse(zip.read('manifest.json').toString()) as {
    readonly dataset: string;
    readonly counts: JsonObject;
    readonly files: readonly ListedAttachment[];
  };
  return { zip, manifest, bytes };
}
const statesOf = async (...of: Parameters<typeof read>) => {
  const { manifest } = await read(...of);
  return Object.fromEntries(manifest.files.map(({ file, state }) => [file, state]));
};

describe('the archive of attachments', () => {
  beforeEach(() => begin());

  it('has every file of the records that the coordinator sees, as it was sent, and lists them', async () => {
    const { zip, manifest } = await read('coordinator');
    const folder = 'uuid%3a0a1b2c3d';
    expect(zip.names).toEqual([
      `${folder}/photo/a.jpg`,
      `${folder}/sites/1/picture/site.jpg`,
      `${folder}/voice/été 1.mp3`,
      'manifest.json',
      'manifest.csv',
    ]);
    expect(zip.read(`${folder}/photo/a.jpg`).equals(photo.bytes)).toBe(true);
    expect(zip.read(`${folder}/voice/été 1.mp3`).equals(voice.bytes)).toBe(true);
    expect(manifest).toMatchObject({
      dataset: 'photos',
      audience: 'coordinator',
      counts: { present: 3, missing: 0, damaged: 0 },
    });
    expect(manifest.files[0]).toEqual({
      id: first,
      question: 'photo',
      file: 'a.jpg',
      path: 'uuid%3A0a1b2c3d/photo/a.jpg',
      type: 'image/jpeg',
      bytes: photo.bytes.length,
      sha256: sha256(photo.bytes),
      state: 'present',
    });
    const rows: JsonObject[] = parse(zip.read('manifest.csv').toString(), {
      bom: true,
      columns: true,
    });
    expect(rows.map(({ file, state }) => [file, state])).toEqual([
      ['a.jpg', 'present'],
      ['site.jpg', 'present'],
      ['été 1.mp3', 'present'],
    ]);
  });

  it.each([
    ['another member', memberB],
    ['anyone who sees what members see', undefined],
  ])('has for %s what a dataset for members shows', async (_, viewer) => {
    expect(await statesOf('members', viewer)).toEqual({ 'a.jpg': 'present' });
    const { zip, manifest } = await read('members', viewer);
    const id = publicIdOf(testKeys, 'photos', first);
    expect(manifest.files).toMatchObject([{ id, path: `${id}/photo/a.jpg` }]);
    expect(zip.names).toContain(`${id}/photo/a.jpg`);
    expect(JSON.stringify([zip.names, manifest])).not.toContain('0a1b2c3d');
  });

  it('lists what is missing and what was damaged, and gives no bytes for the former', async () => {
    const key = (bytes: Uint8Array) => attachmentKey('photos', first, sha256(bytes));
    await world.objects.delete(key(photo.bytes));
    await world.objects.put(key(voice.bytes), Buffer.from('else'), { contentType: 'audio/mpeg' });
    const { zip, manifest } = await read('coordinator');
    expect(zip.names.filter((name) => name.endsWith('a.jpg'))).toEqual([]);
    expect(manifest.counts).toEqual({ present: 1, missing: 1, damaged: 1 });
  });

  it('gives out nothing of what was erased or withdrawn since the version was made', async () => {
    await withdrawSubmission(world.deps, memberA, 'photos', first, 2);
    expect(await statesOf('members', memberB)).toEqual({ 'a.jpg': 'missing' });
    await eraseSubmission(world.deps, coordinator, 'photos', first);
    expect(Object.values(await statesOf('coordinator'))).toEqual(['missing', 'missing', 'missing']);
  });

  it('is the same, byte by byte, from the same version', async () => {
    const [one, other] = [await read('coordinator'), await read('coordinator')];
    expect(one.bytes.equals(other.bytes)).toBe(true);
  });

  it('is of forms alone, and only of those that are there', async () => {
    const request = (dataset: string) =>
      attachmentsArchive(world.deps, { dataset, audience: 'coordinator' });
    await expect(request('nothing')).rejects.toMatchObject({ code: 'not-found' });
    await expect(request('coverage')).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('the archive of attachments of a form that asks for consent', () => {
  it.each([
    ['OK', 'present'],
    [undefined, 'missing'],
  ])('answered by %s: for members the files are %s', async (agree, state) => {
    await begin({ consent: 'agree' }, agree === undefined ? {} : { agree });
    expect(await statesOf('members')).toEqual({ 'a.jpg': state });
    expect(await statesOf('coordinator')).toMatchObject({ 'a.jpg': 'present' });
  });
});

describe('names in an archive', () => {
  it.each([
    ['photo.jpg', 'photo.jpg'],
    ['été 1.mp3', 'été 1.mp3'],
    ['a:b*c?.jpg', 'a_b_c_.jpg'],
    ['.htaccess', '_htaccess'],
    ['...', '_'],
    ['end. ', 'end_'],
    ['CON.txt', '_CON.txt'],
    ['gpj.\u202egpj.exe', 'gpj._gpj.exe'],
    ['x'.repeat(200) + '.jpeg', 'x'.repeat(115) + '.jpeg'],
  ])('make of %j %j', (name, safe) => {
    expect(safeFileName(name)).toBe(safe);
  });

  it('stay in their folder, whatever a phone has called a file', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => {
        const safe = safeFileName(name);
        expect(safe).not.toMatch(/[/\\]|^\.|^$/);
        expect(safe.isWellFormed()).toBe(true);
      }),
    );
  });

  it('are of one record alone', () => {
    const id = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9:._-]{7,20}$/);
    fc.assert(
      fc.property(id, id, (one, other) => {
        expect(InstanceId.safeParse(one).success).toBe(true);
        expect(safeFolderName(one) === safeFolderName(other)).toBe(one === other);
        expect(safeFolderName(one)).toMatch(/^[A-Za-z0-9][A-Za-z0-9%._-]*[^.]$/);
      }),
    );
  });
});
