import { createHash, randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { zstdDecompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ZipArchive } from '../../shared/zip/read-zip.ts';
import { Client, joinNetwork } from '../support/client.ts';
import { Collect, type SentFile } from '../support/collect.ts';
import { startServer, type RunningServer } from '../support/start-server.ts';

/**
 * What phones send besides answers: files, their names and hashes, the XML itself, what is refused,
 * what is sent to drafts. Each carries a canary, a word that stands nowhere else.
 */
const visibilities = ['coordinator', 'members', 'public'] as const;
type Visibility = (typeof visibilities)[number];

const definition = (version: string) => ({
  survey: [
    { type: 'text', name: 'title', label: 'Titre', visibility: 'public', review_text: 'yes' },
    ...visibilities.map((visibility) => ({
      type: 'file',
      name: `file_${visibility}`,
      label: visibility,
      visibility,
      review_text: 'yes',
    })),
    { type: 'begin_repeat', name: 'visit', label: 'Visite' },
    ...visibilities.map((visibility) => ({
      type: 'file',
      name: `visit_${visibility}`,
      label: visibility,
      visibility,
      review_text: 'yes',
    })),
    { type: 'end_repeat' },
  ],
  choices: [],
  settings: { form_title: 'Canaris de téléphone', version },
});

const sha256 = (bytes: string | Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const canary = (record: string, what: string) => `canary-${record}-${what}`;
const fileOf = (record: string, where: string, visibility: Visibility): SentFile => {
  const name = canary(record, `${where}${visibility}`);
  return { name: `${name}.txt`, type: 'text/plain', bytes: Buffer.from(`bytes of ${name}`) };
};
const filesOf = (record: string): SentFile[] =>
  visibilities.flatMap((one) => [fileOf(record, 'top', one), fileOf(record, 'row', one)]);

/** A filled form; `unknown` is what the form does not ask, for which the XML is kept. */
function xmlOf(record: string, { form = 'phones', unknown = false } = {}): string {
  const answers = (where: string, prefix: string) =>
    visibilities
      .map((one) => `<${prefix}_${one}>${fileOf(record, where, one).name}</${prefix}_${one}>`)
      .join('');
  return (
    `<data id="${form}" version="1" xmlns:orx="http://openrosa.org/xforms">` +
    `<title>${canary(record, 'title')}</title>${answers('top', 'file')}` +
    `<visit>${answers('row', 'visit')}</visit>` +
    (unknown ? `<unknown>${canary(record, 'unknown')}</unknown>` : '') +
    `<orx:meta><orx:instanceID>uuid:instance-of-${record}</orx:instanceID></orx:meta></data>`
  );
}

let server: RunningServer;
let coordinator: Client;
let member: Client;
let other: Client;
let phone: Collect;

const path = (record: string, form = 'phones') =>
  `/v1/forms/${form}/submissions/${encodeURIComponent(`uuid:instance-of-${record}`)}`;

beforeAll(async () => {
  server = await startServer();
  coordinator = new Client(server.url, server.coordinatorToken);
  ({ client: member } = await joinNetwork(coordinator, 'ong-alpha', 'ONG Alpha'));
  ({ client: other } = await joinNetwork(coordinator, 'ong-beta', 'ONG Bêta'));
  phone = new Collect(server.url, member.token ?? '');
  const desk = new Collect(server.url, server.coordinatorToken);
  const uploaded = await coordinator.put('/v1/forms/phones/draft', definition('1'));
  expect(uploaded.status, uploaded.text).toBe(200);
  await coordinator.post('/v1/forms/phones/publish');
  const sent: [number, number][] = [];
  const expectSent = async (status: number, answer: Promise<{ status: number }>) => {
    sent.push([status, (await answer).status]);
  };
  await expectSent(201, phone.send(xmlOf('open'), filesOf('open')));
  await expectSent(201, phone.send(xmlOf('incomplete'), filesOf('incomplete').slice(1)));
  await expectSent(201, phone.send(xmlOf('flagged', { unknown: true }), filesOf('flagged')));
  const refused = xmlOf('open').replaceAll('canary-open', 'canary-refused');
  await expectSent(409, phone.send(refused, filesOf('refused')));
  await expectSent(201, phone.send(xmlOf('erased', { unknown: true }), filesOf('erased')));
  const contrary = xmlOf('erased').replace('canary-erased-title', 'canary-erased-contrary');
  await expectSent(409, phone.send(contrary, filesOf('erased')));
  const edit = xmlOf('erased')
    .replace('uuid:instance-of-erased', `uuid:${randomUUID()}`)
    .replace(
      '</orx:meta>',
      '<orx:deprecatedID>uuid:instance-of-erased</orx:deprecatedID></orx:meta>',
    );
  await expectSent(201, phone.send(edit, filesOf('erased')));
  await coordinator.put('/v1/forms/phones/draft', definition('2'));
  for (const record of ['draft', 'erased']) {
    const form = 'phones.draft';
    const own = xmlOf(record, { form }).replace('version="1"', 'version="2"');
    await expectSent(201, desk.send(own, filesOf(record)));
  }
  expect(sent.map(([, status]) => status)).toEqual(sent.map(([status]) => status));
  for (const [record, revision] of [
    ['open', 1],
    ['erased', 2],
  ] as const) {
    const accepted = await coordinator.review(
      ...(['phones', `uuid:instance-of-${record}`, revision, 'accept'] as const),
    );
    expect(accepted.status, accepted.text).toBe(200);
  }
  expect((await coordinator.compile()).state).toBe('done');
  for (const form of ['phones', 'phones.draft']) {
    expect((await coordinator.post(`${path('erased', form)}/erase`)).status).toBe(204);
  }
  expect((await coordinator.compile()).state).toBe('done');
});
afterAll(() => server.kill());

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** Where the bytes of an object begin in its file. */
const descriptionBytes = 1024;

/** What a file holds, as text: of a workbook, which is a zip archive, what its entries hold. */
function plainOf(name: string, bytes: Buffer): string {
  const content = bytes.subarray(name.endsWith('@') ? descriptionBytes : 0);
  if (/\.zst@?$/.test(name)) return zstdDecompressSync(content).toString('utf8');
  if (!/\.xlsx@?$/.test(name)) return content.toString('utf8');
  const archive = new ZipArchive(content);
  return archive.names.map((entry) => archive.read(entry).toString('utf8')).join('\n');
}

/** What the files of the server whose path matches hold, wherever it keeps them. */
async function textOf(pattern: RegExp): Promise<string> {
  const names = (await filesBelow(server.home)).filter((name) => pattern.test(name));
  expect(names).not.toEqual([]);
  const texts = names.map(async (name) => plainOf(name, await readFile(name)));
  return (await Promise.all(texts)).join('\n');
}

function canariesIn(text: string): string[] {
  return [...new Set([...text.matchAll(/canary-[a-z]+-[a-z]+/g)].map(([found]) => found))].sort();
}

function visible(seen: readonly Visibility[]): string[] {
  const files = seen.flatMap((one) => [canary('open', `top${one}`), canary('open', `row${one}`)]);
  return [canary('open', 'title'), ...files].sort();
}

/** SHA-256 of all files but those of the open record that an audience may see. */
function hiddenHashes(seen: readonly Visibility[]): string[] {
  const hidden = filesOf('open').filter(({ name }) => !seen.some((one) => name.includes(one)));
  const records = ['incomplete', 'flagged', 'refused', 'erased', 'draft'];
  const xml = [xmlOf('flagged', { unknown: true }), xmlOf('open')];
  return [...hidden, ...records.flatMap(filesOf)]
    .map(({ bytes }) => sha256(bytes))
    .concat(xml.map(sha256));
}

describe('what phones send', () => {
  it.each([
    ['public', /\/public\/[^/]+$/, ['public']],
    ['members', /\/datasets\/phones\/.*\/members\/[^/]+$/, ['members', 'public']],
  ] as const)('is in files for %s only as the form shows it', async (_, pattern, seen) => {
    const text = await textOf(pattern);
    expect(canariesIn(text)).toEqual(visible(seen));
    for (const hash of hiddenHashes(seen)) expect(text).not.toContain(hash);
    expect(text).not.toContain('bytes of');
  });

  it('to a draft, or what was refused or erased, is in no dataset at all', async () => {
    const found = canariesIn(await textOf(/\/(?:datasets|segments|public)\//));
    expect(found.filter((one) => /-(?:draft|refused|erased)-/.test(one))).toEqual([]);
    expect(found).toContain('canary-flagged-title');
  });

  it('and was erased is in no record and no object any more', async () => {
    const database = new DatabaseSync(join(server.home, 'fiche.sqlite'), { readOnly: true });
    const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all();
    const rows = tables.flatMap(({ name }) =>
      database.prepare(`SELECT * FROM "${String(name)}"`).all(),
    );
    database.close();
    const left = rows.filter((row) => JSON.stringify(row).includes('canary-erased'));
    expect(left).toEqual([]);
    expect(await textOf(/\/files\/objects\//)).not.toContain('canary-erased');
    const folder = sha256('uuid:instance-of-erased');
    const files = await filesBelow(server.home);
    expect(files.filter((name) => name.includes(folder))).toEqual([]);
    // That it was erased is remembered, by a keyed hash of its id, so that no restore brings it back.
    expect(files.filter((name) => name.includes('/erasures/phones/'))).not.toEqual([]);
  });

  it('comes to another member, or without a token, by no path of the API', async () => {
    const records = ['open', 'incomplete', 'flagged', 'erased'];
    const hashes = [...hiddenHashes(['members', 'public'])];
    const forms = records.flatMap((record) => {
      const names = [...filesOf(record).map(({ name }) => name), 'submission.xml', ...hashes];
      return [path(record), `${path(record)}/revisions`].concat(
        names.map((name) => `${path(record)}/attachments/${name}`),
      );
    });
    const drafts = filesOf('draft').map(
      ({ name }) => `${path('draft', 'phones.draft')}/attachments/${name}`,
    );
    const lists = ['phones', 'phones.draft'].flatMap((form) => [
      `/v1/forms/${form}/submissions`,
      `/v1/forms/${form}/quarantine`,
    ]);
    const shown = /canary-open-(?:top|row)(?:members|public)/;
    for (const client of [other, new Client(server.url)]) {
      for (const one of [...forms, ...drafts, ...lists]) {
        const { text, status } = await client.get(one);
        if (client === other && shown.test(one)) expect(status, one).toBe(200);
        else expect(text, one).not.toMatch(/canary-/);
      }
    }
  }, 30_000);

  it('is in no log of the server, nor are ids and tokens of those who sent it', () => {
    const output = server.output().replaceAll(server.coordinatorToken, '');
    expect(output).not.toMatch(/canary-|instance-of|fiche_/);
  });
});
