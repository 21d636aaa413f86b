import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { registryHandler } from '../../../functions/registry/handler.ts';
import { collectQrPng, collectSettings } from '../../../shared/access/collect-qr.ts';
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
afterAll(() => network.close());

const form = '/v1/forms/{formId}';
const call = (
  key: string,
  parameters: Record<string, string> = {},
  body?: unknown,
  caller: Caller = 'coordinator',
) => network.call(door, caller, { key, parameters, ...(body === undefined ? {} : { body }) });
const upload = (formId: string, body: unknown, contentType = 'application/json') =>
  network.call(door, 'coordinator', {
    key: `PUT ${form}/draft`,
    parameters: { formId },
    headers: { 'content-type': contentType },
    body,
  });

describe('a form', () => {
  it('goes from draft to published to closed', async () => {
    const uploaded = await upload('way', smallForm('members'));
    expect(uploaded.status, uploaded.text).toBe(200);
    expect(responseOf('putDraft').parse(uploaded.body)).toMatchObject({
      formId: 'way',
      version: '1',
    });
    expect((await call(`GET ${form}`, { formId: 'way' }, undefined, 'alpha')).status).toBe(404);
    const draft = await call(`GET ${form}`, { formId: 'way' });
    expect(responseOf('getForm').parse(draft.body)).toMatchObject({ state: 'draft', versions: [] });

    const published = await call(`POST ${form}/publish`, { formId: 'way' });
    expect(responseOf('publishForm').parse(published.body).state).toBe('published');
    const seen = await call(`GET ${form}`, { formId: 'way' }, undefined, 'alpha');
    expect(responseOf('getForm').parse(seen.body)).toMatchObject({
      formId: 'way',
      version: '1',
      versions: [{ version: '1' }],
      title: expect.anything() as unknown,
      audience: 'members',
      definition: { survey: [{ name: 'title' }, { name: 'people' }] },
    });
    expect(seen.text).not.toMatch(/forms\/way\/[0-9a-f]/);

    const closed = await call(`POST ${form}/close`, { formId: 'way' });
    expect(responseOf('closeForm').parse(closed.body).state).toBe('closed');
  });

  it('keeps all its versions, and a draft that only the coordinator sees', async () => {
    await upload('versions', smallForm('members', '1'));
    await call(`POST ${form}/publish`, { formId: 'versions' });
    await upload('versions', smallForm('members', '2'));
    const at = (caller: Caller, version: string) =>
      network.call(door, caller, {
        key: `GET ${form}`,
        parameters: { formId: 'versions' },
        query: { version },
      });
    expect((await at('alpha', '1')).status).toBe(200);
    expect((await at('alpha', '2')).status).toBe(404);
    const draft = await at('coordinator', '2');
    expect(draft.body).toMatchObject({ version: '2', definition: { settings: { version: '2' } } });
    expect((await at('coordinator', '3')).status).toBe(404);
  });

  it('may be YAML, and says where it is wrong', async () => {
    const yaml = [
      'survey:',
      '  - { type: text, name: title, label: Titre }',
      '  - { type: text, name: place, label: Lieu, relevant: "${nowhere} = 1" }',
      'settings: { form_title: Essai, version: "1" }',
    ];
    const wrong = await upload('yaml', yaml.join('\n'), 'application/yaml; charset=utf-8');
    expect(wrong.status).toBe(422);
    expect(ProblemDocument.parse(wrong.body)).toMatchObject({
      code: 'invalid-form',
      errors: [{ sheet: 'survey', row: 3, column: 'relevant' }],
    });
    const right = yaml.join('\n').replace('nowhere', 'title');
    expect((await upload('yaml', right, 'application/yaml')).status).toBe(200);
    expect((await upload('yaml', 'a: [', 'application/yaml')).status).toBe(422);
  });

  it.each([
    ['no sheets', {}, '/survey', undefined],
    ['a sheet that is none', { survey: 'x' }, '/survey', undefined],
    [
      'a cell that is none',
      { survey: [{ type: 'text', name: ['x'] }] },
      '/survey/0/name',
      { sheet: 'survey', row: 2, column: 'name' },
    ],
    ['a row that is none', { survey: [3] }, '/survey/0', { sheet: 'survey', row: 2, column: '' }],
  ])('with %s is refused with a pointer and a place', async (_, body, pointer, place) => {
    const { status, body: answered } = await upload('wrong', body);
    expect(status).toBe(422);
    const { code, errors } = ProblemDocument.parse(answered);
    expect(code).toBe('invalid-form');
    expect(errors).toMatchObject([{ pointer, ...place }]);
  });

  it.each(['plan', 'coverage', 'catalog'])('called %s would hide a dataset', async (formId) => {
    expect((await upload(formId, smallForm('members'))).status).toBe(422);
  });

  it('has a JSON Schema of its answers', async () => {
    await upload('schema', smallForm('anyone'));
    await call(`POST ${form}/publish`, { formId: 'schema' });
    const key = `GET ${form}/schema.json`;
    const result = await call(key, { formId: 'schema' }, undefined, 'no token');
    expect(result.headers['content-type']).toBe('application/schema+json');
    expect(responseOf('getFormSchema').parse(result.body)).toMatchObject({
      properties: { title: { type: 'string' } },
    });
  });
});

describe('the list of forms', () => {
  const List = z.object({ items: z.array(z.object({ formId: z.string() })), next: z.null() });
  const seenBy = async (caller: Caller) => {
    const { body } = await call('GET /v1/forms', {}, undefined, caller);
    responseOf('listForms').parse(body);
    const items = List.parse(body).items.map(({ formId }) => formId);
    return items.filter((formId) => formId.startsWith('for-'));
  };

  beforeAll(async () => {
    for (const audience of ['anyone', 'members', 'coordinator'] as const) {
      await upload(`for-${audience}`, smallForm(audience));
      await call(`POST ${form}/publish`, { formId: `for-${audience}` });
    }
    await upload('for-draft', smallForm('anyone'));
  });

  it.each([
    ['no token', ['for-anyone']],
    ['alpha', ['for-anyone', 'for-members']],
    ['coordinator', ['for-anyone', 'for-coordinator', 'for-draft', 'for-members']],
  ] as const)('shows to %s: %j', async (caller, forms) => {
    expect(await seenBy(caller)).toEqual(forms);
  });

  it.each([
    ['no token', 'for-anyone', 200],
    ['no token', 'for-members', 401],
    ['no token', 'for-coordinator', 401],
    ['no token', 'for-draft', 404],
    ['alpha', 'for-members', 200],
    ['alpha', 'for-coordinator', 403],
    ['alpha', 'for-draft', 404],
    ['coordinator', 'for-draft', 200],
    ['coordinator', 'for-nobody', 404],
  ] as const)('hides from %s, who asks for %s, as much: %i', async (caller, formId, status) => {
    expect((await call(`GET ${form}`, { formId }, undefined, caller)).status).toBe(status);
  });
});

describe('an organisation', () => {
  const one = '/v1/organisations/{orgId}';
  const put = (ifMatch: string, body: unknown) =>
    network.call(door, 'coordinator', {
      key: `PUT ${one}`,
      parameters: { orgId: 'ong-gamma' },
      headers: { 'if-match': ifMatch },
      body,
    });

  it('is added, read, changed and listed', async () => {
    const added = await call('POST /v1/organisations', {}, { id: 'ong-gamma', name: 'ONG Gamma' });
    expect(added).toMatchObject({
      status: 201,
      headers: { location: '/v1/organisations/ong-gamma', etag: '"1"' },
      body: { id: 'ong-gamma', name: 'ONG Gamma', state: 'active' },
    });
    const read = await call(`GET ${one}`, { orgId: 'ong-gamma' });
    expect(read).toMatchObject({ status: 200, headers: { etag: '"1"' } });
    const changed = await put('"1"', { name: 'ONG Γ', state: 'inactive' });
    expect(changed).toMatchObject({
      status: 200,
      headers: { etag: '"2"' },
      body: { id: 'ong-gamma', name: 'ONG Γ', state: 'inactive' },
    });
    const stale = await put('"1"', { name: 'ONG G', state: 'active' });
    expect(stale).toMatchObject({ status: 412, body: { currentRevision: 2 } });
    expect((await put('*', { name: 'ONG G', state: 'active' })).status).toBe(200);
    const listed = await call('GET /v1/organisations');
    const ids = responseOf('listOrganisations').parse(listed.body).items;
    expect(ids).toEqual(
      expect.arrayContaining([expect.objectContaining({ id: 'ong-gamma', name: 'ONG G' })]),
    );
  });

  it.each([
    [{ id: 'ONG Gamma', name: 'x' }, '/id'],
    [{ id: 'public', name: 'x' }, '/id'],
    [{ id: 'ong-delta' }, '/name'],
    [{ id: 'ong-delta', name: 'x', state: 'gone' }, '/state'],
    [{ id: 'ong-delta', name: 'x', phone: '1' }, '/phone'],
  ])('%j is refused', async (body, pointer) => {
    const { status, body: answered } = await call('POST /v1/organisations', {}, body);
    expect(status).toBe(422);
    expect(ProblemDocument.parse(answered).errors).toMatchObject([{ pointer }]);
  });
});

describe('a token', () => {
  it('comes with the QR code that sets a phone up, at the address that the client used', async () => {
    const made = await network.call(door, 'coordinator', {
      key: 'POST /v1/organisations/{orgId}/tokens',
      parameters: { orgId: 'ong-alpha' },
      headers: { host: 'fiche.example.org', 'x-forwarded-proto': 'https' },
      body: { role: 'member', name: 'phone' },
    });
    const { token, collectQr } = responseOf('createToken').parse(made.body);
    const settings = collectSettings('https://fiche.example.org', token, 'Organisation ong-alpha');
    expect(collectQr).toBe(collectQrPng(settings));
  });

  it('is told once, opens the door, and closes it from the next request on', async () => {
    const key = 'POST /v1/organisations/{orgId}/tokens';
    const made = await call(key, { orgId: 'ong-beta' }, { role: 'member', name: 'Tablette' });
    expect(made.status).toBe(201);
    const { token, tokenId } = responseOf('createToken').parse(made.body);
    const me = () =>
      network.call(door, 'no token', {
        key: 'GET /v1/me',
        headers: { authorization: `Bearer ${token}` },
      });
    expect(responseOf('getMe').parse((await me()).body)).toMatchObject({
      role: 'member',
      organisation: 'ong-beta',
    });
    const revoke = 'DELETE /v1/organisations/{orgId}/tokens/{tokenId}';
    const revoked = await call(revoke, { orgId: 'ong-beta', tokenId });
    expect(revoked).toMatchObject({ status: 204, text: '' });
    expect((await me()).status).toBe(401);
    expect((await call(revoke, { orgId: 'ong-beta', tokenId: 'nope' })).status).toBe(404);
  });
});

describe('the description of the interface', () => {
  it('is open to all', async () => {
    const result = await call('GET /v1/openapi.json', {}, undefined, 'no token');
    expect(responseOf('getOpenApi').parse(result.body).openapi).toMatch(/^3\.1\./);
  });
});
