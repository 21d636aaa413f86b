import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { datasetsHandler } from '../../../functions/datasets/handler.ts';
import { submissionsHandler } from '../../../functions/submissions/handler.ts';
import { compileAll } from '../../../shared/dataset/publish/compile-all.ts';
import {
  exportAttachments,
  exportLimits,
} from '../../../shared/dataset/archive/export-attachments.ts';
import { ZipArchive } from '../../../shared/zip/read-zip.ts';
import type { DoorHandler } from '../../../shared/http/door.ts';
import { DiskObjectStore } from '../../../shared/objects/disk-object-store.ts';
import { verifyLink } from '../../../shared/objects/signed-link.ts';
import { attachmentKey } from '../../../shared/submission/records/attachment-keys.ts';
import { noteErasure } from '../../../shared/submission/erasure/erasure-record.ts';
import { eventOf } from '../../support/event.ts';
import { openNetwork, type Caller, type Network } from '../../support/network.ts';

let network: Network;
let submissions: DoorHandler;
let local: DoorHandler;
/** The door as it is on AWS: it hands out links instead of bytes. */
let remote: DoorHandler;
const formId = 'album';
const one = '/v1/forms/{formId}/submissions/{instanceId}';
const key = 'GET /v1/datasets/{datasetId}/attachments.zip';
const coordinators = { dataset: formId, audience: 'coordinator' } as const;

beforeAll(async () => {
  network = await openNetwork();
  const { home, failures } = network;
  const deps = {
    ...home,
    report: (failure: (typeof failures)[number]) => failures.push(failure),
    startCompile: () => Promise.resolve(),
  };
  submissions = submissionsHandler(deps);
  local = datasetsHandler({ ...deps, serveFile: (file) => home.objects.get(file) });
  remote = datasetsHandler(deps);
  await home.forms.putDraft(formId, {
    survey: [
      { type: 'text', name: 'title', label: 'Titre' },
      { type: 'file', name: 'paper', label: 'Document', visibility: 'members' },
      { type: 'file', name: 'secret', label: 'Pour la coordination' },
    ],
    choices: [],
    settings: { form_title: 'Album', version: '1', audience: 'members' },
  });
  await home.forms.publish(formId);
  await send('accepted-one', 'accepted');
  await send('received-one', 'received');
  await send('erased-later', 'erased');
  for (const instanceId of ['accepted-one', 'erased-later']) await accept(instanceId);
  await compileAll(home);
});
afterAll(() => network.close());

/** A submission of alpha whose two files hold `<canary> paper` and `<canary> secret`. */
async function send(instanceId: string, canary: string): Promise<void> {
  const files = ['paper', 'secret'].map((name) => {
    const bytes = Buffer.from(`${canary} ${name}`);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    return { name, bytes, facts: { file: `${name}.txt`, sha256, bytes: bytes.length } };
  });
  const type = 'text/plain';
  for (const { bytes, facts } of files) {
    const place = attachmentKey(formId, instanceId, facts.sha256);
    await network.home.objects.put(place, bytes, { contentType: type });
  }
  const answers = Object.fromEntries(files.map(({ name, facts }) => [name, { ...facts, type }]));
  const sent = await network.call(submissions, 'alpha', {
    key: 'POST /v1/forms/{formId}/submissions',
    parameters: { formId },
    body: { instanceId, answers },
  });
  expect(sent.status, sent.text).toBe(201);
}

async function accept(instanceId: string): Promise<void> {
  const reviewed = await network.call(submissions, 'coordinator', {
    key: `POST ${one}/review`,
    parameters: { formId, instanceId },
    headers: { 'if-match': '*' },
    body: { decision: 'accept' },
  });
  expect(reviewed.status, reviewed.text).toBe(200);
}

const ask = (door: DoorHandler, caller: Caller, query: Record<string, string> = {}, id = formId) =>
  network.call(door, caller, { key, parameters: { datasetId: id }, query });

const zipOf = async (bytes: AsyncIterable<Uint8Array> | undefined) =>
  new ZipArchive(Buffer.concat(await Array.fromAsync(bytes ?? [])));

/** What the door of one machine answers, as bytes. */
async function streamed(caller: Caller, query: Record<string, string> = {}) {
  const authorization = network.authorization(caller) ?? '';
  const result = await local(
    eventOf({ key, parameters: { datasetId: formId }, query, headers: { authorization } }),
  );
  expect(result.statusCode, result.body).toBe(200);
  return { headers: result.headers, zip: await zipOf(result.stream) };
}

/** What is behind the link that the door on AWS answers with. */
async function linked(caller: Caller, query: Record<string, string> = {}) {
  const { home } = network;
  const result = await ask(remote, caller, query);
  expect(result, result.text).toMatchObject({ status: 302, text: '' });
  const link = new URL(String(result.headers['location']), 'http://x');
  const place = link.pathname.slice('/objects/'.length);
  const grant = verifyLink(home.linkSecret, place, link.searchParams, home.clock());
  const bytes = await home.objects.get(place);
  return { place, grant, zip: await zipOf(bytes) };
}

async function exported(): Promise<string[]> {
  const keys: string[] = [];
  for await (const page of network.home.objects.list('exports/')) {
    keys.push(...page.map((item) => item.key));
  }
  return keys;
}

/** What is in the files of an archive, its manifests aside. */
const contents = (zip: ZipArchive) =>
  zip.names
    .filter((name) => !name.startsWith('manifest.'))
    .map((name) => zip.read(name).toString())
    .sort();

const all = ['accepted', 'erased', 'received'].flatMap((of) => [`${of} paper`, `${of} secret`]);

describe.each([
  ['on one machine', streamed],
  ['on AWS', linked],
])('the archive of attachments %s', (_, get) => {
  it.each<[Caller, Record<string, string>, string[]]>([
    ['alpha', {}, ['accepted paper', 'erased paper']],
    ['beta', {}, ['accepted paper', 'erased paper']],
    ['beta', { audience: 'members' }, ['accepted paper', 'erased paper']],
    ['coordinator', { audience: 'members' }, ['accepted paper', 'erased paper']],
    ['coordinator', {}, all],
  ])('has for %s, asking %j, what that audience sees', async (caller, query, wanted) => {
    const { zip } = await get(caller, query);
    expect(contents(zip)).toEqual(wanted);
    const manifest = JSON.parse(zip.read('manifest.json').toString()) as object;
    expect(manifest).toMatchObject({ counts: { present: wanted.length, missing: 0, damaged: 0 } });
    if (wanted !== all) expect(JSON.stringify(manifest)).not.toMatch(/received-one|secret/);
  });
});

describe.each([
  ['on one machine', () => local],
  ['on AWS', () => remote],
])('what is refused %s', (_, door) => {
  it.each<[Caller, Record<string, string>, string, number]>([
    ['no token', {}, formId, 401],
    ['beta', { audience: 'coordinator' }, formId, 403],
    ['coordinator', { audience: 'public' }, formId, 400],
    ['coordinator', {}, 'nothing', 404],
    ['coordinator', {}, 'coverage', 404],
  ])('to %s, asking %j of %s: %i', async (caller, query, id, status) => {
    const before = await exported();
    expect((await ask(door(), caller, query, id)).status).toBe(status);
    expect(await exported()).toEqual(before);
  });
});

it('is sent as a ZIP archive to be saved, under the name of the dataset', async () => {
  const { headers } = await streamed('beta');
  expect(headers).toMatchObject({
    'content-type': 'application/zip',
    'content-disposition': 'attachment; filename="album.attachments.zip"',
    'cache-control': 'no-store',
  });
  const { grant } = await linked('beta');
  expect(grant).toMatchObject({ action: 'download', fileName: 'album.attachments.zip' });
});

it('is the same object as long as the same may be had', async () => {
  const [first, again, other] = [
    await linked('beta'),
    await linked('alpha'),
    await linked('coordinator'),
  ];
  expect(first.place).toMatch(/^exports\/album\/members\/[0-9a-f]{64}\.zip$/);
  expect(again.place).toBe(first.place);
  expect(other.place).toMatch(/^exports\/album\/coordinator\/[0-9a-f]{64}\.zip$/);
});

it.each([
  ['files', 6],
  ['bytes', all.join('').length],
  ['rowBytes', 1],
] as const)('is refused beyond a limit, before anything is stored: %s', async (name, last) => {
  const before = await exported();
  const limited = (most: number) =>
    exportAttachments(network.home, coordinators, { ...exportLimits, [name]: most });
  await expect(limited(last - 1)).rejects.toMatchObject({ code: 'export-too-large' });
  expect(await exported()).toEqual(before);
  if (name !== 'rowBytes') await limited(last);
});

it('is taken away again when a record was erased while it was made', async () => {
  const { home, folder } = network;
  class Overtaken extends DiskObjectStore {
    override async put(...put: Parameters<DiskObjectStore['put']>) {
      const info = await super.put(...put);
      await noteErasure(
        home,
        { formId, instanceId: 'someone-else', shard: 0 },
        'erased',
        home.clock(),
      );
      return info;
    }
  }
  for (const name of await exported()) await home.objects.delete(name);
  const objects = new Overtaken(`${folder}/files`);
  const made = exportAttachments({ ...home, objects }, coordinators);
  await expect(made).rejects.toMatchObject({ code: 'store-unavailable' });
  objects.close();
  expect(await exported()).toEqual([]);
});

it('goes with an erasure, and the next one has nothing of what was erased', async () => {
  const { place } = await linked('beta');
  const erased = await network.call(submissions, 'coordinator', {
    key: `POST ${one}/erase`,
    parameters: { formId, instanceId: 'erased-later' },
  });
  expect(erased.status, erased.text).toBe(204);
  expect(await exported()).toEqual([]);
  const next = await linked('beta');
  expect(next.place).not.toBe(place);
  expect(contents(next.zip)).toEqual(['accepted paper']);
  expect(contents((await streamed('beta')).zip)).toEqual(['accepted paper']);
});

it('has nothing for other members of what was withdrawn since the version was made', async () => {
  const withdrawn = await network.call(submissions, 'alpha', {
    key: `DELETE ${one}`,
    parameters: { formId, instanceId: 'accepted-one' },
    headers: { 'if-match': '*' },
  });
  expect(withdrawn.status, withdrawn.text).toBe(200);
  for (const get of [streamed, linked]) {
    expect(contents((await get('beta')).zip)).toEqual([]);
    expect(contents((await get('coordinator', { audience: 'members' })).zip)).toEqual([]);
    expect(contents((await get('alpha')).zip)).toEqual(['accepted paper']);
  }
  expect(network.failures).toEqual([]);
});
