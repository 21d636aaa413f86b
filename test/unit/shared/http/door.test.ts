import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { datasetsOperations } from '../../../../functions/datasets/handler.ts';
import type { Principal } from '../../../../shared/access/principal.ts';
import { Fault } from '../../../../shared/fault.ts';
import { createDoor, type Failure } from '../../../../shared/http/door.ts';
import type { Answer, Handlers } from '../../../../shared/http/endpoint.ts';
import { openrosa } from '../../../../shared/http/operations/openrosa.ts';
import { OrgId } from '../../../../shared/ids.ts';
import { eventOf, type EventParts } from '../../../support/event.ts';

const coordinator: Principal = {
  role: 'coordinator',
  organisation: OrgId.parse('coordination'),
  tokenId: 'c',
};
const member: Principal = { role: 'member', organisation: OrgId.parse('ong-alpha'), tokenId: 'm' };

/** What the handlers of a door of doubles were called with. */
function datasetsDoor(act: (call: unknown) => Promise<Answer>) {
  const failures: Failure[] = [];
  const handlers: Handlers<(typeof datasetsOperations)[number]['operation']> = {
    getHealth: act,
    listDatasets: act,
    getDataset: act,
    listDatasetVersions: act,
    getDatasetChanges: act,
    getDatasetFile: act,
    getAttachmentsArchive: act,
    startCompile: act,
    getCompile: act,
    getDuplicates: act,
    getCoverage: act,
    getFeed: act,
    getFeedResource: act,
    listReminders: act,
  };
  const door = createDoor(datasetsOperations, handlers, {
    authenticate: (authorization) => {
      if (authorization === undefined) return Promise.resolve(undefined);
      if (authorization === 'Bearer coordinator') return Promise.resolve(coordinator);
      if (authorization === 'Bearer member') return Promise.resolve(member);
      return Promise.reject(new Fault('unauthenticated'));
    },
    report: (failure) => failures.push(failure),
  });
  return { door: (parts: EventParts) => door(eventOf(parts)), raw: door, failures };
}

const fine = (): Promise<Answer> => Promise.resolve({ status: 200, body: { fine: true } });
const asCoordinator = { authorization: 'Bearer coordinator' };

const Problem = z.looseObject({ status: z.number(), code: z.string(), requestId: z.string() });

describe('a door of feeds', () => {
  const root = { key: 'GET /v1/odata/{datasetId}', parameters: { datasetId: 'x' } };
  const basic = (pair: string) => ({
    authorization: `Basic ${Buffer.from(pair).toString('base64')}`,
  });

  it.each([
    ['any name and the token', 'excel:member', 200],
    ['no name', ':member', 200],
    ['the token for a name', 'member:', 401],
    ['no colon', 'member', 401],
  ])('takes for Basic authentication %s', async (_, pair, status) => {
    const { door } = datasetsDoor(fine);
    expect(await door({ ...root, headers: basic(pair) })).toMatchObject({ statusCode: status });
  });

  it('takes Basic authentication nowhere else', async () => {
    const { door } = datasetsDoor(fine);
    const headers = basic('excel:member');
    expect(await door({ key: 'GET /v1/datasets', headers })).toMatchObject({ statusCode: 401 });
  });

  it('asks for a password, and refuses in the words of OData', async () => {
    const { door } = datasetsDoor(fine);
    const { headers, body } = await door(root);
    expect(headers).toMatchObject({
      'content-type': 'application/problem+json',
      'odata-version': '4.0',
      'www-authenticate': expect.stringMatching(
        /^Basic realm="fiche".*, Bearer realm="fiche"$/,
      ) as string,
    });
    expect(JSON.parse(body ?? '')).toMatchObject({
      code: 'unauthenticated',
      error: { code: 'unauthenticated', details: [] },
    });
  });

  it.each([
    ['GET', '/v1/odata/x/', 200],
    ['POST', '/v1/odata/x/', 405],
    ['GET', '/v1/datasets/x/', 404],
  ])(
    'answers %s %s, which API Gateway sends to its default, with %i',
    async (method, path, status) => {
      const calls: unknown[] = [];
      const { door } = datasetsDoor((call) => {
        calls.push(call);
        return fine();
      });
      const answered = await door({ key: '$default', method, path, headers: asCoordinator });
      expect(answered.statusCode).toBe(status);
      expect(calls).toMatchObject(status === 200 ? [{ path: { datasetId: 'x' } }] : []);
    },
  );
});

describe('a door', () => {
  it('answers with JSON that nobody keeps, under the id of the request', async () => {
    const { door } = datasetsDoor(fine);
    expect(await door({ key: 'GET /v1/health', requestId: 'r-1' })).toEqual({
      statusCode: 200,
      headers: {
        'cache-control': 'no-store',
        'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
        'content-type': 'application/json',
        'referrer-policy': 'no-referrer',
        'x-content-type-options': 'nosniff',
        'x-request-id': 'r-1',
      },
      body: '{"fine":true}',
    });
  });

  it.each([
    ['no token', {}, 401],
    ['an unknown token', { authorization: 'Bearer x' }, 401],
    ["a member's token", { authorization: 'Bearer member' }, 403],
    ["the coordinator's token", asCoordinator, 200],
  ])(
    'asked with %s for what is for the coordinator, answers accordingly',
    async (_, headers, status) => {
      const { door } = datasetsDoor(fine);
      expect((await door({ key: 'GET /v1/coverage', headers })).statusCode).toBe(status);
    },
  );

  it('does not look at tokens where anyone may', async () => {
    const { door } = datasetsDoor(fine);
    const headers = { authorization: 'Bearer x' };
    expect((await door({ key: 'GET /v1/health', headers })).statusCode).toBe(200);
  });

  it('refuses before it calls anything: an Accept that cannot be met, a parameter it does not know', async () => {
    const { door } = datasetsDoor(() => Promise.reject(new Error('Called.')));
    const key = 'GET /v1/coverage';
    const csv = await door({ key, headers: { ...asCoordinator, accept: 'text/csv' } });
    expect(csv.statusCode).toBe(406);
    const unknown = await door({ key, headers: asCoordinator, query: { limit: '3' } });
    expect(unknown.statusCode).toBe(400);
    expect(unknown.body).toContain('limit');
  });

  it.each([
    ['GET', '/v1/nothing', 404, undefined],
    ['HEAD', '/v1/health', 405, 'GET'],
    ['PATCH', '/v1/organisations', 405, 'GET, POST'],
    ['GET', '/v1/forms', 404, undefined],
  ])('answers %s %s, which is not its own, by %i', async (method, path, status, allow) => {
    const { door } = datasetsDoor(fine);
    const result = await door({ key: '$default', method, path });
    expect(result.statusCode).toBe(status);
    expect(result.headers?.['allow']).toBe(allow);
    expect(result.headers?.['content-type']).toBe('application/problem+json');
  });

  it.each([new Error('canary'), 'canary', new Fault('store-unavailable', { cause: 'canary' })])(
    'reports %s and tells the caller nothing of it',
    async (error) => {
      const { door, failures } = datasetsDoor(() => {
        // eslint-disable-next-line @typescript-eslint/only-throw-error -- whatever is thrown must be met
        throw error;
      });
      const result = await door({ key: 'GET /v1/coverage', headers: asCoordinator });
      expect(result.statusCode).toBeGreaterThanOrEqual(500);
      expect(JSON.stringify(result)).not.toContain('canary');
      const { requestId } = Problem.parse(JSON.parse(result.body ?? ''));
      expect(failures).toEqual([{ requestId, operation: 'getCoverage', error }]);
    },
  );

  it('reports no honest refusal', async () => {
    const { door, failures } = datasetsDoor(() => Promise.reject(new Fault('conflict')));
    const result = await door({ key: 'GET /v1/coverage', headers: asCoordinator });
    expect(result.statusCode).toBe(409);
    expect(failures).toEqual([]);
  });

  it('speaks the language of the caller', async () => {
    const { door } = datasetsDoor(fine);
    const told = async (language: string) => {
      const headers = { 'accept-language': language };
      return (await door({ key: 'GET /v1/me', path: '/v1/nothing', headers })).body;
    };
    expect(await told('en')).toContain('Not found');
    expect(await told('fr')).toContain('Introuvable');
  });

  it('answers an event that has nothing in it but what API Gateway always sends', async () => {
    const { raw } = datasetsDoor(fine);
    const whole = eventOf({ key: 'GET /v1/datasets/{datasetId}' });
    const bare: APIGatewayProxyEventV2 = { ...whole, headers: {} };
    delete bare.pathParameters;
    expect((await raw(bare)).statusCode).toBe(401);
  });
});

/** A door of doubles for phones, and what its handlers were called with. */
function phonesDoor(answer: Answer, publicUrl?: string) {
  const calls: unknown[] = [];
  const act = (call: object, principal: Principal) => {
    calls.push({ ...call, principal });
    return Promise.resolve(answer);
  };
  const handlers: Handlers<(typeof openrosa)[number]['operation']> = {
    getFormList: act,
    getKeyXForm: act,
    getManifest: act,
    getKeyMedia: act,
    headKeySubmission: act,
    createKeySubmission: act,
  };
  const door = createDoor(openrosa, handlers, {
    authenticate: (authorization) => {
      if (authorization === 'Bearer secret') return Promise.resolve(member);
      return Promise.reject(new Fault('unauthenticated'));
    },
    publicUrl,
    report: () => undefined,
  });
  return { door: (parts: EventParts) => door(eventOf(parts)), calls };
}

describe('a door for phones', () => {
  const formList = 'GET /v1/key/{token}/formList';
  const withKey = { parameters: { token: 'secret' } };
  const xml: Answer = { status: 200, text: '<x/>', headers: { 'content-type': 'text/xml' } };

  it('knows who calls by the token in the path, and passes on what phones add to the address', async () => {
    const { door, calls } = phonesDoor(xml);
    const result = await door({ key: formList, ...withKey, query: { deviceID: 'x' } });
    expect(result).toMatchObject({ statusCode: 200, body: '<x/>' });
    expect(result.headers?.['content-type']).toBe('text/xml');
    expect(calls).toMatchObject([{ principal: member, query: { deviceID: 'x' } }]);
  });

  it.each([
    ['another token', { token: 'x' }, {}],
    ['no token', {}, {}],
    ['a token in the header only', { token: 'x' }, { authorization: 'Bearer secret' }],
  ])('refuses %s in words that phones show', async (_, parameters, headers) => {
    const { door, calls } = phonesDoor(xml);
    const path = '/v1/key/x/formList';
    const result = await door({ key: formList, parameters, headers, path });
    expect(result.statusCode).toBe(401);
    expect(result.headers).toMatchObject({
      'content-type': 'text/xml; charset=utf-8',
      'x-openrosa-version': '1.0',
      'x-openrosa-accept-content-length': '4000000',
      'x-problem-code': 'unauthenticated',
    });
    expect(result.body).toMatch(/^<\?xml [^]*<message nature="submit_error">Il faut un jeton/);
    expect(calls).toEqual([]);
  });

  it('says in words, and with Allow, that an address does not take a method', async () => {
    const { door } = phonesDoor(xml);
    const path = '/v1/key/secret/submission';
    const result = await door({ key: '$default', method: 'PUT', path });
    expect(result).toMatchObject({ statusCode: 405, headers: { allow: 'HEAD, POST' } });
    expect(result.headers?.['content-type']).toBe('text/xml; charset=utf-8');
  });

  it('sends bytes as API Gateway takes them', async () => {
    const whole = Uint8Array.from([9, 9, 0, 255, 128, 9]);
    const { door } = phonesDoor({ status: 200, bytes: whole.subarray(2, 5) });
    const key = 'GET /v1/key/{token}/forms/{formId}/media/{file}';
    const parameters = { ...withKey.parameters, formId: 'album', file: 'logo.png' };
    const result = await door({ key, parameters });
    expect(result).toMatchObject({ isBase64Encoded: true, body: 'AP+A' });
  });

  it('refuses a body that is not of parts', async () => {
    const { door } = phonesDoor(xml);
    const key = 'POST /v1/key/{token}/submission';
    const path = '/v1/key/secret/submission';
    const result = await door({ key, path, ...withKey, body: '{}' });
    expect(result).toMatchObject({
      statusCode: 415,
      headers: { 'x-problem-code': 'unsupported-media-type' },
    });
  });

  it.each<[string, Record<string, string>, string | undefined, string]>([
    ['as the client wrote it', { host: 'x.org:3000' }, undefined, 'http://x.org:3000'],
    ['behind TLS', { host: 'x.org', 'x-forwarded-proto': 'https' }, undefined, 'https://x.org'],
    [
      'behind several proxies',
      { host: 'x.org', 'x-forwarded-proto': 'https, http' },
      undefined,
      'https://x.org',
    ],
    [
      'behind a proxy that has a name of its own',
      { host: 'inner.org', 'x-forwarded-host': 'x.org', 'x-forwarded-proto': 'https' },
      undefined,
      'https://x.org',
    ],
    [
      'behind several such proxies',
      { host: 'inner.org', 'x-forwarded-host': 'x.org, between.org' },
      undefined,
      'http://x.org',
    ],
    [
      'behind a proxy that says nothing',
      { host: 'x.org', 'x-forwarded-host': ' ' },
      undefined,
      'http://x.org',
    ],
    ['of an IPv6 address', { host: '[::1]:3000' }, undefined, 'http://[::1]:3000'],
    ['as it is configured', { host: 'x.org' }, 'https://y.org/z', 'https://y.org/z'],
    ['as the platform has it', {}, undefined, 'http://test'],
    ['that is none', { host: 'x/"><y' }, undefined, 'http://localhost'],
    [
      'that is none, of a proxy',
      { host: 'x.org', 'x-forwarded-host': 'x/"><y' },
      undefined,
      'http://localhost',
    ],
  ])('tells its endpoints the address of the service %s', async (_, headers, publicUrl, origin) => {
    const { door, calls } = phonesDoor(xml, publicUrl);
    await door({ key: formList, ...withKey, headers });
    expect(calls).toMatchObject([{ origin }]);
  });
});
