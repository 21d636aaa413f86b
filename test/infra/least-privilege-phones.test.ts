import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { collectHandler } from '../../functions/collect/handler.ts';
import { compileStartHandler } from '../../functions/compile-start/handler.ts';
import { datasetsHandler } from '../../functions/datasets/handler.ts';
import { openRosaHandler } from '../../functions/openrosa/handler.ts';
import { publishHandler } from '../../functions/publish/handler.ts';
import { withKeys } from '../../functions/wrap-step.ts';
import { registryHandler } from '../../functions/registry/handler.ts';
import { submissionsHandler } from '../../functions/submissions/handler.ts';
import { attachmentKey } from '../../shared/submission/records/attachment-keys.ts';
import { multipart, type SentFile } from '../support/collect.ts';
import { deployFunctions, type Ask, type Deployed } from './deployed-functions.ts';
import { grantsOf } from './grants.ts';
import { newFolder, synthesise } from './synthesise.ts';

const folder = newFolder();
let deployed: Deployed;

beforeAll(async () => {
  deployed = await deployFunctions(grantsOf(synthesise().service), folder);
});
afterAll(() => {
  deployed.home.close();
  rmSync(folder, { recursive: true, force: true });
});

const formId = 'album';
const base = '/v1/forms/{formId}';
const single = `${base}/submissions/{instanceId}`;
const key = '/v1/key/{token}';
const places = 'name,label\ndakar,Dakar\nthies,Thiès\n';
const definition = (version: string) => ({
  survey: [
    { type: 'text', name: 'title', label: 'Titre' },
    { type: 'select_one_from_file places.csv', name: 'place', label: 'Lieu' },
    { type: 'image', name: 'photo', label: 'Photo' },
    { type: 'file', name: 'paper', label: 'Document', visibility: 'members' },
    { type: 'note', name: 'thanks', label: 'Merci', 'media::image': 'logo.png' },
  ],
  choices: [],
  settings: { form_title: 'Album', version, audience: 'members' },
});
const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII=',
  'base64',
);
const photo: SentFile = { name: 'p.png', type: 'image/png', bytes: png };
const text = Buffer.from('a paper');
const paper = {
  file: 'note.txt',
  sha256: createHash('sha256').update(text).digest('hex'),
  bytes: text.length,
  type: 'text/plain',
};

/** What Collect sends of one filled form; `of`: the id that it takes the place of. */
function xml(id: string, title: string, of?: string, form = formId): string {
  const deprecated = of === undefined ? '' : `<orx:deprecatedID>${of}</orx:deprecatedID>`;
  return (
    `<data id="${form}" version="1" xmlns:orx="http://openrosa.org/xforms">` +
    `<title>${title}</title><place>dakar</place><photo>p.png</photo><paper/>` +
    `<orx:meta><orx:instanceID>${id}</orx:instanceID>${deprecated}</orx:meta></data>`
  );
}

function post(sent: string, files: readonly SentFile[], incomplete = false): Ask {
  const { body, headers } = multipart(sent, files, incomplete);
  return { by: 'member', body, headers };
}

type Step = readonly [
  door: 'registry' | 'submissions' | 'openrosa' | 'datasets',
  route: string,
  ask: Ask,
];

describe('the statements of the functions are enough for', () => {
  /** Makes the requests one by one; each must be answered as it says. */
  async function story(steps: readonly (readonly [...Step, status: number])[]): Promise<void> {
    const { depsOf, answer, denied } = deployed;
    const doors = {
      registry: registryHandler(depsOf('registry')),
      submissions: submissionsHandler(depsOf('submissions')),
      openrosa: openRosaHandler(depsOf('openrosa')),
      datasets: datasetsHandler({
        ...depsOf('datasets'),
        startCompile: () => Promise.resolve(),
      }),
    };
    for (const [door, route, ask, status] of steps) {
      const result = await answer(doors[door], route, ask);
      expect([denied, route, result.statusCode], result.body).toEqual([[], route, status]);
    }
  }

  const of = (file?: string): Ask => ({ path: { formId, ...(file !== undefined && { file }) } });
  const bytes = (file: string, type: string, body: Buffer): Ask => ({
    ...of(file),
    body,
    headers: { 'content-type': type },
  });
  const csv = bytes('places.csv', 'text/csv', Buffer.from(places));

  it('a form with files, from its draft to two versions', async () => {
    const draft = `PUT ${base}/draft`;
    const media = `${base}/draft/media/{file}`;
    await story([
      ['registry', draft, { ...of(), body: definition('1') }, 200],
      ['registry', `POST ${base}/publish`, of(), 409],
      ['registry', `PUT ${media}`, csv, 200],
      ['registry', `PUT ${media}`, csv, 200],
      ['registry', `PUT ${media}`, bytes('logo.png', 'image/png', png), 200],
      ['registry', `POST ${base}/publish`, of(), 200],
      ['registry', draft, { ...of(), body: definition('2') }, 200],
      ['registry', `GET ${base}/draft/changes`, of(), 200],
      ['registry', `DELETE ${media}`, of('logo.png'), 204],
      ['registry', `DELETE ${media}`, of('logo.png'), 404],
      ['registry', `GET ${base}/form.xlsx`, of(), 200],
      ['registry', `GET ${base}/form.xml`, of(), 200],
      ['registry', `GET ${base}/media/{file}`, of('logo.png'), 200],
      ['registry', `GET ${base}/media/{file}`, of('other.png'), 404],
      ['registry', `GET ${base}`, { path: { formId: 'album.draft' } }, 200],
    ]);
  });

  it('a phone that gets a form and sends, in pieces, twice, and edits', async () => {
    const send = `POST ${key}/submission`;
    const member: Ask = { by: 'member' };
    const one = 'uuid:phone-0001';
    await story([
      ['openrosa', `GET ${key}/formList`, member, 200],
      ['openrosa', `GET ${key}/formList`, { by: 'coordinator' }, 200],
      ['openrosa', `GET ${key}/forms/{formId}/form.xml`, { ...of(), ...member }, 200],
      ['openrosa', `GET ${key}/forms/{formId}/manifest`, { ...of(), ...member }, 200],
      ['openrosa', `GET ${key}/forms/{formId}/media/{file}`, { ...of('places.csv') }, 200],
      ['openrosa', `GET ${key}/forms/{formId}/media/{file}`, { ...of('other.csv') }, 404],
      ['openrosa', `HEAD ${key}/submission`, member, 204],
      ['openrosa', send, post(xml(one, 'Une'), [], true), 201],
      ['openrosa', send, post(xml(one, 'Une'), [photo]), 201],
      ['openrosa', send, post(xml(one, 'Une'), [photo]), 202],
      ['openrosa', send, post(xml(one, 'Autre'), [photo]), 409],
      ['openrosa', send, post(xml('uuid:phone-0002', 'Deux', one), [photo]), 201],
      ['openrosa', send, post(xml('uuid:phone-0002', 'Deux', one), [photo]), 202],
      ['openrosa', send, post(xml('uuid:phone-0003', 'Trois', 'uuid:phone-0002'), [photo]), 201],
      ['openrosa', send, post(xml('uuid:phone-0004', 'Quatre', one), [photo]), 409],
      ['openrosa', send, post(xml('uuid:phone-0005', 'Cinq', 'uuid:nobody-00'), [photo]), 404],
      ['openrosa', send, post(xml('uuid:phone-0006', 'x', undefined, 'other'), [photo]), 404],
      [
        'openrosa',
        send,
        { ...post(xml('uuid:draft-0001', 'x', undefined, 'album.draft'), []), by: 'coordinator' },
        201,
      ],
    ]);
  });

  it('attachments sent by links, looked at, settled by a compile and erased', async () => {
    const { home, depsOf, denied } = deployed;
    const create = (instanceId: string): Ask => ({
      path: { formId },
      by: 'member',
      body: { instanceId, answers: { title: 'Une', paper } },
    });
    const about = (instanceId: string, more: Ask = {}): Ask => ({
      ...more,
      path: { formId, instanceId, ...more.path },
    });
    const ask = about('uuid:json-0001', { by: 'member', body: paper });
    const upload = (instanceId: string) =>
      home.objects.put(attachmentKey(formId, instanceId, paper.sha256), text, {
        contentType: 'application/octet-stream',
      });
    const file = { path: { file: 'note.txt' } };
    await story([
      ['submissions', `POST ${base}/submissions`, create('uuid:json-0001'), 201],
      ['submissions', `POST ${base}/submissions`, create('uuid:json-0002'), 201],
      ['submissions', `POST ${single}/attachments`, ask, 200],
      ['submissions', `GET ${single}/attachments/{file}`, about('uuid:json-0001', file), 404],
    ]);
    await upload('uuid:json-0001');
    await upload('uuid:json-0002');
    await story([
      ['submissions', `POST ${single}/attachments`, ask, 200],
      ['submissions', `GET ${single}/attachments/{file}`, about('uuid:json-0001', file), 302],
      [
        'submissions',
        `GET ${single}/attachments/{file}`,
        about('uuid:phone-0001', { path: { file: 'p.png' } }),
        302,
      ],
      ['submissions', `POST ${single}/erase`, about('uuid:json-0001'), 204],
      ['submissions', `POST ${single}/erase`, about('uuid:phone-0001'), 204],
      ['submissions', `GET ${base}/quarantine`, { path: { formId } }, 200],
      ['openrosa', `POST ${key}/submission`, post(xml('uuid:phone-0001', 'Une'), [photo]), 410],
    ]);
    await upload('uuid:json-0001');
    const start = compileStartHandler(depsOf('compile-start'));
    const { unsettled } = await start({ runId: 'run-0001', input: {} });
    expect([denied, unsettled]).toEqual([[], []]);
    const left = [];
    for await (const page of home.objects.list(`attachments/${formId}/`)) left.push(...page);
    expect(left).toHaveLength(1);
    await story([
      ['submissions', `GET ${single}`, about('uuid:json-0002'), 200],
      ['submissions', `GET ${single}/attachments/{file}`, about('uuid:json-0002', file), 302],
    ]);
  });

  it('an archive of attachments, by audience, until a record is erased', async () => {
    const { home, depsOf, denied } = deployed;
    const one = { path: { formId, instanceId: 'uuid:json-0002' } };
    const archive = 'GET /v1/datasets/{datasetId}/attachments.zip';
    const dataset: Ask = { path: { datasetId: formId } };
    const exported = async (): Promise<number> => {
      const keys = [];
      for await (const page of home.objects.list('exports/')) keys.push(...page);
      return keys.length;
    };
    const accepted: Ask = { ...one, body: { decision: 'accept' }, headers: { 'if-match': '*' } };
    await story([['submissions', `POST ${single}/review`, accepted, 200]]);
    const start = compileStartHandler(depsOf('compile-start'));
    const { shards } = await start({ runId: 'run-0002', input: {} });
    const collect = withKeys(depsOf('collect'), collectHandler);
    for (const shard of shards) await collect({ ...shard, full: false });
    await withKeys(depsOf('publish'), publishHandler)({ dataset: formId });
    expect(denied).toEqual([]);
    await story([
      ['datasets', archive, dataset, 302],
      ['datasets', archive, dataset, 302],
      ['datasets', archive, { ...dataset, by: 'member' }, 302],
      ['datasets', archive, { ...dataset, query: { audience: 'members' } }, 302],
      ['datasets', archive, { path: { datasetId: 'unknown' } }, 404],
    ]);
    expect(await exported()).toBe(2);
    await story([['submissions', `POST ${single}/erase`, one, 204]]);
    expect(await exported()).toBe(0);
  });
});
