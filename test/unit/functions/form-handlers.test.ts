import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { registryHandler } from '../../../functions/registry/handler.ts';
import { readWorkbook } from '../../../shared/form/files/read-workbook.ts';
import type { DoorHandler } from '../../../shared/http/door.ts';
import { ProblemDocument } from '../../../shared/http/operations/response-schemas.ts';
import { responseOf } from '../../support/response-of.ts';
import { openNetwork, smallForm, type Caller, type Network } from '../../support/network.ts';

let network: Network;
let door: DoorHandler;

beforeAll(async () => {
  network = await openNetwork();
  const { home, failures } = network;
  door = registryHandler({ ...home, report: (failure) => failures.push(failure) });
});
afterAll(async () => {
  expect(network.failures).toEqual([]);
  await network.close();
});

const form = '/v1/forms/{formId}';
const xlsx = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

interface Asked {
  readonly caller?: Caller;
  readonly file?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly type?: string;
  readonly language?: string;
}
const call = (key: string, formId: string, asked: Asked = {}) => {
  const { caller = 'coordinator', file, query, body, type, language } = asked;
  return network.call(door, caller, {
    key,
    parameters: { formId, ...(file === undefined ? {} : { file }) },
    ...(query === undefined ? {} : { query }),
    headers: {
      ...(type === undefined ? {} : { 'content-type': type }),
      ...(language === undefined ? {} : { 'accept-language': language }),
    },
    ...(body === undefined ? {} : { body }),
  });
};
const upload = (formId: string, body: unknown, asked: Asked = {}) =>
  call(`PUT ${form}/draft`, formId, { body, ...asked });
const publish = (formId: string, asked: Asked = {}) => call(`POST ${form}/publish`, formId, asked);
const Coded = z.array(z.object({ code: z.string() }));
const codes = (items: unknown) => Coded.parse(items).map(({ code }) => code);

const listForm = (version: string) => ({
  survey: [{ type: 'select_one_from_file regions.csv', name: 'region', label: 'Région' }],
  choices: [],
  settings: { version },
});
const regions = 'name,label\r\ndakar,Dakar\r\n';

describe('a form as files', () => {
  beforeAll(async () => {
    await upload('files', smallForm('members'));
    await publish('files');
    await upload('files', smallForm('members', '2'));
  });

  it('is an XForm, with a tag that changes with it', async () => {
    const result = await call(`GET ${form}/form.xml`, 'files', { caller: 'alpha' });
    expect(result).toMatchObject({
      status: 200,
      headers: {
        'content-type': 'application/xml; charset=utf-8',
        'x-content-type-options': 'nosniff',
        etag: `"${createHash('md5').update(result.text).digest('hex')}"`,
      },
    });
    expect(result.text).toMatch(/id="files"[^>]* version="1"/);
  });

  it('is a workbook that can be uploaded again', async () => {
    const result = await call(`GET ${form}/form.xlsx`, 'files', { caller: 'alpha' });
    expect(result).toMatchObject({ status: 200, headers: { 'content-type': xlsx } });
    expect(result.headers['content-disposition']).toContain('attachment; filename="files.xlsx"');
    const bytes = Buffer.from(result.text, 'base64');
    const { definition } = await readWorkbook(bytes);
    expect(definition.survey).toMatchObject([{ name: 'title' }, { name: 'people' }]);
    const uploaded = await upload('from-workbook', bytes, { type: xlsx });
    expect(uploaded.status, uploaded.text).toBe(200);
    expect(responseOf('putDraft').parse(uploaded.body)).toMatchObject({
      version: '1',
      changes: [],
    });
  });

  it.each(['form.xml', 'form.xlsx', 'schema.json'])(
    'has the %s of its draft for the coordinator alone, under its version or its id',
    async (name) => {
      const key = `GET ${form}/${name}`;
      const query = { version: '2' };
      const asked = [
        call(key, 'files', { query }),
        call(key, 'files.draft'),
        call(key, 'files', { caller: 'alpha', query }),
        call(key, 'files.draft', { caller: 'alpha' }),
        call(key, 'files.draft', { caller: 'no token' }),
        call(key, 'nothing.draft'),
      ];
      const statuses = (await Promise.all(asked)).map(({ status }) => status);
      expect(statuses).toEqual([200, 200, 404, 403, 401, 404]);
    },
  );

  it('shows the draft under its own id, and keeps it out of the list', async () => {
    const shown = await call(`GET ${form}`, 'files.draft');
    expect(responseOf('getForm').parse(shown.body)).toMatchObject({
      formId: 'files.draft',
      version: '2',
      state: 'published',
      audience: 'coordinator',
      files: [],
    });
    const listed = await call('GET /v1/forms', '');
    expect(listed.text).not.toContain('files.draft');
  });

  it('cannot be changed under the id of its draft', async () => {
    const answers = await Promise.all([
      upload('files.draft', smallForm('members')),
      publish('files.draft'),
      call(`POST ${form}/close`, 'files.draft'),
      call(`PUT ${form}/draft/media/{file}`, 'files.draft', {
        file: 'a.csv',
        body: regions,
        type: 'text/csv',
      }),
      call(`DELETE ${form}/draft/media/{file}`, 'files.draft', { file: 'a.csv' }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([422, 409, 409, 409, 409]);
    for (const { body } of answers) {
      expect(codes(ProblemDocument.parse(body).errors)).toEqual(['draft-id']);
    }
  });
});

describe('the files of a form', () => {
  const put = (formId: string, file: string, body: unknown, type = 'text/csv', caller?: Caller) =>
    call(`PUT ${form}/draft/media/{file}`, formId, {
      file,
      body,
      type,
      ...(caller === undefined ? {} : { caller }),
    });
  const get = (formId: string, file: string, asked: Asked = {}) =>
    call(`GET ${form}/media/{file}`, formId, { file, ...asked });

  it('go from asked for to there to published', async () => {
    const uploaded = responseOf('putDraft').parse((await upload('listed', listForm('1'))).body);
    expect(uploaded.files).toMatchObject([{ file: 'regions.csv', use: 'list', present: false }]);
    expect(codes(uploaded.warnings)).toContain('missing-file');
    const refused = await publish('listed', { language: 'en' });
    expect(refused.status).toBe(409);
    expect(ProblemDocument.parse(refused.body)).toMatchObject({
      detail: 'List files are missing: regions.csv. Add them to the draft, then publish.',
      errors: [{ code: 'missing-files' }],
      files: ['regions.csv'],
    });
    const stored = await put('listed', 'regions.csv', regions);
    expect(responseOf('putMedia').parse(stored.body)).toEqual({
      file: 'regions.csv',
      bytes: regions.length,
      sha256: createHash('sha256').update(regions).digest('hex'),
    });
    expect((await get('listed', 'regions.csv', { caller: 'alpha' })).status).toBe(404);
    expect((await get('listed.draft', 'regions.csv')).status).toBe(200);
    expect((await publish('listed')).status).toBe(200);
    const served = await get('listed', 'regions.csv', { caller: 'alpha' });
    expect(Buffer.from(served.text, 'base64').toString()).toBe(regions);
    const shown = await call(`GET ${form}`, 'listed', { caller: 'alpha' });
    expect(responseOf('getForm').parse(shown.body)).toMatchObject({
      files: [{ file: 'regions.csv', present: true }],
      definition: { files: { 'regions.csv': [{ name: 'dakar' }] } },
    });
  });

  it('are served to be saved, as what does no harm', async () => {
    await upload('harmless', smallForm('members'));
    const page = Buffer.from('<script>alert(1)</script>');
    expect((await put('harmless', 'Page d’été.html', page, 'text/html')).status).toBe(200);
    const served = await get('harmless.draft', 'Page d’été.html');
    expect(served).toMatchObject({
      status: 200,
      headers: {
        'content-type': 'application/octet-stream',
        'content-disposition': expect.stringMatching(
          /^attachment; filename="Page d__t_\.html"/,
        ) as unknown,
        'x-content-type-options': 'nosniff',
        'cache-control': 'no-store',
        etag: `"${createHash('sha256').update(page).digest('hex')}"`,
      },
    });
  });

  it('are changed by the coordinator alone, and taken away', async () => {
    await upload('taken', smallForm('anyone'));
    expect((await put('taken', 'a.png', Buffer.from('x'), 'image/png', 'alpha')).status).toBe(403);
    expect((await put('taken', 'a.png', Buffer.from('x'), 'image/png')).status).toBe(200);
    const remove = (caller: Caller) =>
      call(`DELETE ${form}/draft/media/{file}`, 'taken', { file: 'a.png', caller });
    const statuses = [];
    for (const caller of ['alpha', 'coordinator', 'coordinator'] as const) {
      statuses.push((await remove(caller)).status);
    }
    expect(statuses).toEqual([403, 204, 404]);
  });

  it('say where a list cannot be read', async () => {
    await upload('broken', listForm('1'));
    const result = await put('broken', 'regions.csv', 'name,label\r\n"dakar,Dakar\r\n');
    expect(result.status).toBe(422);
    expect(ProblemDocument.parse(result.body)).toMatchObject({
      code: 'invalid-form',
      errors: [{ sheet: 'regions.csv' }],
    });
  });
});

describe('what publishing changes', () => {
  beforeAll(async () => {
    await upload('changing', smallForm('members'));
    await publish('changing');
  });

  it('is told with the upload, on demand and with the publication, in the language of who asks', async () => {
    const next = smallForm('anyone', '2');
    const uploaded = await upload('changing', { ...next, survey: next.survey.slice(0, 1) });
    const { changes } = responseOf('putDraft').parse(uploaded.body);
    expect(codes(changes)).toEqual(['audience-widened', 'question-removed']);
    const asked = await call(`GET ${form}/draft/changes`, 'changing', { language: 'en' });
    expect(responseOf('getDraftChanges').parse(asked.body)).toMatchObject({
      version: '2',
      changes: [
        { severity: 'warning', question: null },
        {
          question: 'people',
          message: expect.stringContaining('"Personnes" (`people`) is asked no more') as unknown,
        },
      ],
    });
    for (let time = 0; time < 2; time += 1) {
      const published = await publish('changing', { language: 'fr' });
      const told = responseOf('publishForm').parse(published.body);
      expect(told.version).toBe('2');
      expect(codes(told.changes)).toEqual(codes(changes));
      expect(told.changes[1]?.message).toContain('n’est plus posée');
    }
    expect((await call(`GET ${form}/draft/changes`, 'changing')).status).toBe(404);
  });

  it.each(['alpha', 'no token'] as const)('is not told to %s', async (caller) => {
    const { status } = await call(`GET ${form}/draft/changes`, 'changing', { caller });
    expect(status).toBe(caller === 'alpha' ? 403 : 401);
  });
});
