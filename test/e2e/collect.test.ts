import { randomBytes, randomUUID } from 'node:crypto';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ZipArchive } from '../../shared/form/xlsx/zip-archive.ts';
import type { JsonObject } from '../../shared/json.ts';
import { Client, joinNetwork } from '../support/client.ts';
import { Collect, md5, messageOf, sha256, type SentFile } from '../support/collect.ts';
import { startServer, type RunningServer } from '../support/start-server.ts';

/** Members answer on phones: what ODK Collect does, in its order, over lines that break. */
let server: RunningServer;
let coordinator: Client;
let member: Client;
let other: Client;
let phone: Collect;

const regions = 'name,label\nDK,Dakar\nTH,Thiès\n';
/** A PNG of one pixel: what it says that it is is looked at. */
const pixel = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

const definition: JsonObject = {
  survey: [
    { type: 'start', name: 'start' },
    { type: 'text', name: 'name', 'label::Français (fr)': 'Nom', visibility: 'members' },
    { type: 'text', name: 'phone', 'label::Français (fr)': 'Téléphone' },
    {
      type: 'integer',
      name: 'beds',
      'label::Français (fr)': 'Lits',
      constraint: '. >= 0 and . < 1000',
      visibility: 'members',
    },
    { type: 'select_one_from_file regions.csv', name: 'region', 'label::Français (fr)': 'Région' },
    { type: 'begin group', name: 'pictures', 'label::Français (fr)': 'Photos' },
    { type: 'image', name: 'front', 'label::Français (fr)': 'Façade', visibility: 'members' },
    { type: 'image', name: 'back', 'label::Français (fr)': 'Cour', 'media::image': 'yard.png' },
    { type: 'end group' },
    { type: 'begin repeat', name: 'visit', 'label::Français (fr)': 'Visite' },
    { type: 'date', name: 'on', 'label::Français (fr)': 'Le' },
    { type: 'file', name: 'minutes', 'label::Français (fr)': 'Compte rendu' },
    { type: 'end repeat' },
  ],
  choices: [],
  settings: { form_title: 'Lieux d’accueil', default_language: 'Français (fr)' },
};

beforeAll(async () => {
  server = await startServer();
  coordinator = new Client(server.url, server.coordinatorToken);
  ({ client: member } = await joinNetwork(coordinator, 'ong-alpha', 'ONG Alpha'));
  ({ client: other } = await joinNetwork(coordinator, 'ong-beta', 'ONG Bêta'));
  phone = new Collect(server.url, member.token ?? '');
  const draft = await coordinator.put('/v1/forms/shelter/draft', definition);
  expect(draft.status, draft.text).toBe(200);
  const early = await coordinator.post('/v1/forms/shelter/publish');
  expect(early.status, early.text).toBe(409);
  for (const [file, raw, type] of [
    ['regions.csv', regions, 'text/csv'],
    ['yard.png', pixel, 'image/png'],
  ] as const) {
    const path = `/v1/forms/shelter/draft/media/${file}`;
    const put = await coordinator.request('PUT', path, { raw, headers: { 'content-type': type } });
    expect(put.status, put.text).toBe(200);
  }
  const published = await coordinator.post('/v1/forms/shelter/publish');
  expect(published.status, published.text).toBe(200);
});
afterAll(() => server.kill());

let version = '';

interface Filled {
  readonly id?: string;
  readonly name?: string;
  readonly phone?: string;
  readonly beds?: string;
  readonly front?: string;
  readonly back?: string;
  readonly minutes?: readonly string[];
  readonly deprecated?: string;
  readonly form?: string;
}

/** The form as a phone fills it in. */
function filled(parts: Filled = {}): { id: string; xml: string } {
  const { id = `uuid:${randomUUID()}`, minutes = [], form = 'shelter' } = parts;
  const deprecated =
    parts.deprecated === undefined
      ? ''
      : `<orx:deprecatedID>${parts.deprecated}</orx:deprecatedID>`;
  const xml =
    `<?xml version='1.0' ?><data id="${form}" version="${version}" ` +
    'xmlns:jr="http://openrosa.org/javarosa" xmlns:orx="http://openrosa.org/xforms">' +
    '<start>2026-11-21T10:00:00.000+00:00</start>' +
    `<name>${parts.name ?? 'Accueil &amp; repos'}</name><phone>${parts.phone ?? '+221770000000'}</phone>` +
    `<beds>${parts.beds ?? '12'}</beds><region>TH</region>` +
    `<pictures><front>${parts.front ?? ''}</front><back>${parts.back ?? ''}</back></pictures>` +
    minutes.map((file) => `<visit><on>2026-11-02</on><minutes>${file}</minutes></visit>`).join('') +
    `<orx:meta><orx:instanceID>${id}</orx:instanceID>${deprecated}</orx:meta></data>`;
  return { id, xml };
}

const photo = (name: string): SentFile => ({
  name,
  type: 'image/png',
  bytes: Buffer.concat([pixel, randomBytes(20_000)]),
});
const path = (id: string, form = 'shelter'): string =>
  `/v1/forms/${form}/submissions/${encodeURIComponent(id)}`;

interface Seen extends JsonObject {
  readonly state: string;
  readonly revision: number;
  readonly answers: JsonObject;
  readonly issues: { pointer: string; code: string }[];
  readonly attachments: { file: string; sha256: string | null; state: string }[];
}

async function seen(id: string, form?: string): Promise<Seen> {
  const answer = await coordinator.get(path(id, form));
  expect(answer.status, answer.text).toBe(200);
  return answer.body as Seen;
}

const download = (client: Client, id: string, file: string) =>
  client.download(`${path(id)}/attachments/${encodeURIComponent(file)}`);

describe('a phone that fetches its forms', () => {
  it('finds those of its audience, each whole, and what they need', async () => {
    const forms = await phone.formList();
    expect(forms.map(({ formID }) => formID)).toContain('shelter');
    expect(forms.map(({ formID }) => formID)).not.toContain('plan-activity');
    for (const form of forms) {
      const got = await phone.fetch(form.downloadUrl);
      expect(got.status, form.formID).toBe(200);
      expect(form.hash).toBe(`md5:${md5(got.bytes)}`);
      expect(form.name).not.toBe('');
      expect(got.bytes.toString()).toContain(`version="${form.version}"`);
    }
  });

  it('can ask for one form, and gets its files from the manifest', async () => {
    const [form, ...more] = await phone.formList('?formID=shelter');
    expect(more).toEqual([]);
    expect(await phone.formList('?formID=nothing')).toEqual([]);
    version = form?.version ?? '';
    const files = await phone.manifest(form?.manifestUrl ?? '');
    expect(files.map(({ filename }) => filename).sort()).toEqual(['regions.csv', 'yard.png']);
    for (const file of files) {
      const got = await phone.fetch(file.downloadUrl);
      expect(got.status).toBe(200);
      expect(file.hash).toBe(`md5:${md5(got.bytes)}`);
    }
    const plain = await phone.formList('?formID=organisation');
    expect(plain[0]?.manifestUrl).toBeUndefined();
  });

  it('hears where it may send, and how much', async () => {
    const { status, headers, body } = await phone.head();
    expect([status, body]).toEqual([204, '']);
    expect(headers.get('x-openrosa-version')).toBe('1.0');
    expect(headers.get('x-openrosa-accept-content-length')).toBe('4000000');
    expect(headers.get('date')).not.toBeNull();
  });

  it('is turned away with a token that is not valid, in words that a person can read', async () => {
    const stranger = new Collect(server.url, `${member.token ?? ''}x`);
    const { status, bytes, headers } = await stranger.fetch(`${stranger.base}/formList`);
    expect(status).toBe(401);
    expect(messageOf({ status, headers, text: bytes.toString() }).message).toContain('jeton');
  });
});

describe('a submission over a line that breaks', () => {
  it('arrives whole, whatever is sent again, cut, shuffled or not answered', async () => {
    const files = ['front.png', 'back.png', 'minutes-1.png', 'minutes-2.png'].map(photo);
    const [front, back, one, two] = files as [SentFile, SentFile, SentFile, SentFile];
    const { id, xml } = filled({
      front: front.name,
      back: back.name,
      minutes: [one.name, two.name],
    });
    await phone.sendOverBrokenLine(xml, [front, back], 0.5);
    const first = await phone.send(xml, [two], true);
    expect([first.status, messageOf(first).nature]).toEqual([201, 'submit_success']);
    expect((await seen(id)).state).toBe('incomplete');
    await phone.sendOverBrokenLine(xml, [front], 1);
    await phone.sendOverBrokenLine(xml, [one, back], 0.9);
    const statuses: number[] = [];
    for (const chunk of [[back], [two], [one, two], [front], [front, back], []]) {
      statuses.push((await phone.send(xml, chunk, true)).status);
    }
    expect(statuses.every((status) => status === 201 || status === 202)).toBe(true);
    expect((await phone.send(xml, files)).status).toBe(202);

    const found = await seen(id);
    expect(found.state).toBe('received');
    expect(found.answers).toMatchObject({
      name: 'Accueil & repos',
      phone: '+221770000000',
      beds: 12,
    });
    expect(found.attachments.map(({ file, state }) => `${file} ${state}`).sort()).toEqual(
      files.map(({ name }) => `${name} stored`).sort(),
    );
    for (const file of files) {
      const got = await download(member, id, file.name);
      expect(got.status).toBe(200);
      expect(sha256(got.bytes)).toBe(sha256(file.bytes));
      expect(found.attachments).toContainEqual(
        expect.objectContaining({ file: file.name, sha256: sha256(file.bytes) }),
      );
      expect(got.headers.get('content-disposition')).toMatch(/^attachment/);
      expect(got.headers.get('x-content-type-options')).toBe('nosniff');
    }
  });

  it('sent thirty times at once, in chunks in any order, is one record', async () => {
    const files = ['front.png', 'back.png'].map(photo);
    const { id, xml } = filled({ front: 'front.png', back: 'back.png' });
    const chunks = Array.from({ length: 30 }, (_, index) =>
      index % 3 === 0 ? files : files.slice(index % 2, (index % 2) + 1),
    );
    const sent = await Promise.all(chunks.map((chunk) => phone.send(xml, chunk)));
    expect(sent.filter(({ status }) => status !== 201 && status !== 202)).toEqual([]);
    const found = await seen(id);
    expect(found.state).toBe('received');
    const listed = await coordinator.all('/v1/forms/shelter/submissions');
    expect(listed.filter((item) => item['instanceId'] === id)).toHaveLength(1);
    for (const file of files) {
      const got = await download(member, id, file.name);
      expect(sha256(got.bytes)).toBe(sha256(file.bytes));
    }
  });
});

describe('what does not fit together', () => {
  it('other answers under the same instanceID: 409, the first untouched, the second in quarantine', async () => {
    const { id, xml } = filled();
    expect((await phone.send(xml)).status).toBe(201);
    const before = await seen(id);
    const second = await phone.send(filled({ id, name: 'Un autre lieu' }).xml);
    expect(second.status).toBe(409);
    expect(messageOf(second).message).not.toBe('');
    expect(await seen(id)).toEqual(before);
    const kept = await coordinator.all('/v1/forms/shelter/quarantine');
    expect(JSON.stringify(kept.filter((item) => item['instanceId'] === id))).toContain(
      'Un autre lieu',
    );
    expect((await phone.send(xml)).status).toBe(202);
  });

  it('other bytes under the name of a file that is there: 409, the first untouched', async () => {
    const { id, xml } = filled({ front: 'front.png' });
    const first = photo('front.png');
    expect((await phone.send(xml, [first])).status).toBe(201);
    expect((await phone.send(xml, [photo('front.png')])).status).toBe(409);
    const got = await download(member, id, 'front.png');
    expect(sha256(got.bytes)).toBe(sha256(first.bytes));
  });

  it.each([
    [
      'no instanceID',
      (xml: string) => xml.replace(/<orx:instanceID>.*<\/orx:instanceID>/, ''),
      400,
    ],
    [
      'a DOCTYPE',
      (xml: string) => xml.replace('<data', '<!DOCTYPE data [<!ENTITY a "b">]><data'),
      400,
    ],
    ['XML that breaks off', (xml: string) => xml.slice(0, -20), 400],
    ['a form that is not there', (xml: string) => xml.replace('id="shelter"', 'id="nowhere"'), 404],
    [
      'a form of the coordinator',
      (xml: string) => xml.replace('id="shelter"', 'id="plan-activity"'),
      403,
    ],
  ])('%s is refused in OpenRosa’s words', async (_, change, status) => {
    const sent = await phone.send(change(filled().xml));
    expect(sent.status, sent.text).toBe(status);
    expect(messageOf(sent).nature).toBe('submit_error');
    expect(sent.headers.get('x-openrosa-version')).toBe('1.0');
  });

  it('answers that break the form are taken and flagged: a phone cannot correct them', async () => {
    const { id, xml } = filled({ beds: '4000' });
    expect((await phone.send(xml)).status).toBe(201);
    const found = await seen(id);
    expect(found.state).toBe('has-issues');
    expect(found.issues).toContainEqual(
      expect.objectContaining({ pointer: '/answers/beds', code: 'constraint' }),
    );
    const json = await member.submit('shelter', 'json-too-many', { name: 'x', beds: 4000 });
    expect(json.status).toBe(422);
  });
});

describe('an edit on the phone', () => {
  it('replaces what it names, once; an unknown one is 404, one that is not current 409', async () => {
    const first = filled({ name: 'Avant' });
    await phone.send(first.xml);
    const edit = filled({ name: 'Après', deprecated: first.id });
    expect((await phone.send(edit.xml)).status).toBe(201);
    expect((await phone.send(edit.xml)).status).toBe(202);
    expect((await seen(first.id)).answers).toMatchObject({ name: 'Après' });
    const late = filled({ name: 'Trop tard', deprecated: first.id });
    expect((await phone.send(late.xml)).status).toBe(409);
    const again = filled({ name: 'Encore', deprecated: edit.id });
    expect((await phone.send(again.xml)).status).toBe(201);
    expect((await seen(first.id)).answers).toMatchObject({ name: 'Encore' });
    const unknown = filled({ deprecated: `uuid:${randomUUID()}` });
    expect((await phone.send(unknown.xml)).status).toBe(404);
    const foreign = new Collect(server.url, other.token ?? '');
    const theft = filled({ name: 'Volé', deprecated: again.id });
    expect((await foreign.send(theft.xml)).status).toBe(404);
  });
});

describe('attachments by links', () => {
  it('take a submission from incomplete to received, and only the right bytes', async () => {
    const file = photo('façade 1.png');
    const attachment = {
      file: file.name,
      bytes: file.bytes.length,
      sha256: sha256(file.bytes),
      type: file.type,
    };
    const sent = await member.submit('shelter', 'by-link-1', {
      name: 'Par lien',
      pictures: { front: attachment },
    });
    expect(sent.status, sent.text).toBe(201);
    expect((await seen('by-link-1')).state).toBe('incomplete');
    const asked = await member.post(`${path('by-link-1')}/attachments`, attachment);
    expect(asked.status, asked.text).toBe(200);
    const { upload } = asked.body as {
      upload: { method: string; url: string; headers: Record<string, string> };
    };
    const put = (bytes: Buffer): Promise<Response> =>
      fetch(upload.url, { method: 'PUT', headers: upload.headers, body: new Uint8Array(bytes) });
    expect((await put(randomBytes(file.bytes.length))).ok).toBe(false);
    expect((await put(file.bytes)).ok).toBe(true);
    const done = await member.post(`${path('by-link-1')}/attachments`, attachment);
    expect(done.body).toMatchObject({ stored: true, upload: null, missing: [], state: 'received' });
    const got = await download(member, 'by-link-1', file.name);
    expect(sha256(got.bytes)).toBe(attachment.sha256);
  });

  it('settle by themselves at the next compile when the client never came back', async () => {
    const file = photo('late.png');
    const attachment = {
      file: file.name,
      bytes: file.bytes.length,
      sha256: sha256(file.bytes),
      type: file.type,
    };
    await member.submit('shelter', 'by-link-2', { name: 'x', pictures: { front: attachment } });
    const asked = await member.post(`${path('by-link-2')}/attachments`, attachment);
    const { upload } = asked.body as { upload: { url: string; headers: Record<string, string> } };
    await fetch(upload.url, {
      method: 'PUT',
      headers: upload.headers,
      body: new Uint8Array(file.bytes),
    });
    await coordinator.compile();
    expect((await seen('by-link-2')).state).toBe('received');
  });
});

describe('who may see an attachment', () => {
  it('its organisation, the coordinator, and other members once it is accepted and theirs to see', async () => {
    const files = ['front.png', 'back.png'].map(photo);
    const { id, xml } = filled({ front: 'front.png', back: 'back.png' });
    await phone.send(xml, files);
    const status = async (client: Client, file: string): Promise<number> =>
      (await download(client, id, file)).status;
    expect(await status(coordinator, 'back.png')).toBe(200);
    expect(await status(other, 'front.png')).toBe(404);
    const { revision } = await seen(id);
    const review = await coordinator.review('shelter', encodeURIComponent(id), revision, 'accept');
    expect(review.status, review.text).toBe(200);
    expect(await status(other, 'front.png')).toBe(200);
    expect(await status(other, 'back.png')).toBe(404);
    expect(await status(member, 'back.png')).toBe(200);
    expect((await fetch(`${server.url}${path(id)}/attachments/front.png`)).status).toBe(401);
  });

  it('in the archive of a dataset, whoever may see them one by one', async () => {
    const [seenByAll, notYet] = [photo('front.png'), photo('front.png')];
    const [accepted, waiting] = [filled({ front: 'front.png' }), filled({ front: 'front.png' })];
    await phone.send(accepted.xml, [seenByAll]);
    await phone.send(waiting.xml, [notYet]);
    const { revision } = await seen(accepted.id);
    await coordinator.review('shelter', encodeURIComponent(accepted.id), revision, 'accept');
    await coordinator.compile();
    const archiveFor = async (client: Client, query = '') => {
      const got = await client.download(`/v1/datasets/shelter/attachments.zip${query}`);
      expect(got.status, got.bytes.toString()).toBe(200);
      expect(got.headers.get('content-type')).toBe('application/zip');
      const zip = new ZipArchive(got.bytes);
      return zip.names.map((name) => sha256(zip.read(name)));
    };
    const all = await archiveFor(coordinator);
    expect(all).toContain(sha256(seenByAll.bytes));
    expect(all).toContain(sha256(notYet.bytes));
    for (const sums of [
      await archiveFor(other),
      await archiveFor(member),
      await archiveFor(coordinator, '?audience=members'),
    ]) {
      expect(sums).toContain(sha256(seenByAll.bytes));
      expect(sums).not.toContain(sha256(notYet.bytes));
    }
    expect(
      (await other.get('/v1/datasets/shelter/attachments.zip?audience=coordinator')).status,
    ).toBe(403);
  });

  it('nobody, once the submission is erased', async () => {
    const { id, xml } = filled({ front: 'front.png' });
    await phone.send(xml, [photo('front.png')]);
    expect((await coordinator.post(`${path(id)}/erase`)).status).toBe(204);
    expect((await download(coordinator, id, 'front.png')).status).not.toBe(200);
    expect((await phone.send(xml)).status).toBe(410);
  });
});

describe('a draft', () => {
  it('is filled in by the coordinator apart from the form, and never compiled', async () => {
    const changed = {
      ...definition,
      survey: [
        ...(definition['survey'] as JsonObject[]),
        { type: 'text', name: 'new_one', 'label::Français (fr)': 'Nouvelle' },
      ],
    };
    const draft = await coordinator.put('/v1/forms/shelter/draft', changed);
    expect(draft.body).toMatchObject({
      changes: [expect.objectContaining({ code: 'question-added', question: 'new_one' })],
    });
    const desk = new Collect(server.url, server.coordinatorToken);
    const listed = await desk.formList('?formID=shelter.draft');
    expect(listed).toHaveLength(1);
    expect(await phone.formList('?formID=shelter.draft')).toEqual([]);
    const { id, xml } = filled({ form: 'shelter.draft', name: 'Essai de brouillon' });
    const own = xml.replace(/version="[^"]*"/, `version="${listed[0]?.version ?? ''}"`);
    expect((await phone.send(own)).status).toBe(403);
    expect((await desk.send(own)).status).toBe(201);
    expect((await seen(id, 'shelter.draft')).answers).toMatchObject({ name: 'Essai de brouillon' });
    expect((await coordinator.get(path(id))).status).toBe(404);
    const run = await coordinator.compile();
    expect(run.datasets.map(({ dataset }) => dataset)).not.toContain('shelter.draft');
    const csv = await coordinator.get('/v1/datasets/shelter/files/shelter.csv');
    expect(csv.text).not.toContain('Essai de brouillon');
  });

  it('once published, leaves answers to the version before valid, in a union of columns', async () => {
    const published = await coordinator.post('/v1/forms/shelter/publish');
    expect(published.body).toMatchObject({
      changes: [expect.objectContaining({ code: 'question-added' })],
    });
    const old = filled({ name: 'Ancienne version' });
    expect((await phone.send(old.xml)).status).toBe(201);
    expect((await seen(old.id)).state).toBe('received');
    await member.submit('shelter', 'new-version-1', { name: 'Nouvelle version', new_one: 'oui' });
    await coordinator.compile();
    const csv = await coordinator.get('/v1/datasets/shelter/files/shelter.csv');
    const rows: Record<string, string>[] = parse(csv.text, { bom: true, columns: true });
    const row = (name: string) => rows.find((found) => found['name'] === name);
    expect(row('Ancienne version')).toMatchObject({ beds: '12', new_one: '' });
    expect(row('Nouvelle version')).toMatchObject({ beds: '', new_one: 'oui' });
  });
});
