import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { Principal } from '../../../../shared/access/principal.ts';
import { Fault } from '../../../../shared/fault.ts';
import { createDoor, type Failure, type Handlers } from '../../../../shared/http/door.ts';
import { endpoint, openEndpoint, type Answer } from '../../../../shared/http/endpoint.ts';
import { OrgId } from '../../../../shared/ids.ts';
import { eventOf, type EventParts } from '../../../support/event.ts';

const coordinator: Principal = {
  role: 'coordinator',
  organisation: OrgId.parse('coordination'),
  tokenId: 'c',
};
const member: Principal = { role: 'member', organisation: OrgId.parse('ong-alpha'), tokenId: 'm' };

/** What the endpoints of a door of doubles were called with. */
function datasetsDoor(act: (call: unknown) => Promise<Answer>) {
  const failures: Failure[] = [];
  const nothing = z.strictObject({});
  const schema = { path: z.looseObject({}), query: nothing, body: z.undefined() };
  const open = openEndpoint(schema, act);
  const signedIn = endpoint(schema, act);
  const handlers: Handlers<'datasets'> = {
    getHealth: open,
    listDatasets: signedIn,
    getDataset: signedIn,
    listDatasetVersions: signedIn,
    getDatasetFile: signedIn,
    startCompile: signedIn,
    getCompile: signedIn,
    getCoverage: signedIn,
  };
  const door = createDoor('datasets', handlers, {
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
