import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fault } from '../../../../shared/fault.ts';
import { matchRoute } from '../../../../shared/http/match-route.ts';
import { routeKey } from '../../../../shared/http/operations/operation.ts';
import { operations } from '../../../../shared/http/operations/table.ts';

function codeOf(method: string, path: string): string {
  try {
    matchRoute(method, path);
  } catch (error) {
    if (error instanceof Fault) return error.code;
    throw error;
  }
  return 'none';
}

describe('a request', () => {
  it.each(operations.map((route) => [routeKey(route), route] as const))(
    'finds %s by its path',
    (_, route) => {
      const path = route.path.replaceAll(/\{(\w+)\+?\}/g, 'a-$1%3A1');
      const match = matchRoute(route.method, path);
      expect(match.route).toBe(route);
      const names = [...route.path.matchAll(/\{(\w+)\+?\}/g)].map((found) => found[1] ?? '');
      expect(match.parameters).toEqual(
        Object.fromEntries(names.map((name) => [name, `a-${name}:1`])),
      );
    },
  );

  it.each([
    ['GET', '/', 'not-found'],
    ['GET', '/v1', 'not-found'],
    ['GET', '/v1/nothing', 'not-found'],
    ['GET', '/v1/forms/', 'not-found'],
    ['GET', '/v1/forms/x/', 'not-found'],
    ['GET', '/v1/forms//submissions', 'not-found'],
    ['GET', '//v1/forms', 'not-found'],
    ['GET', '/v1/odata/x//', 'not-found'],
    ['GET', '/v1/odata//Submissions', 'not-found'],
    ['GET', '/v1/datasets/x/', 'not-found'],
    ['POST', '/v1/odata/x/$batch', 'method-not-allowed'],
    ['POST', '/v1/odata/x/', 'method-not-allowed'],
    ['GET', '/v1/__proto__', 'not-found'],
    ['GET', '/v1/forms/x/constructor', 'not-found'],
    ['GET', '/V1/forms', 'not-found'],
    ['HEAD', '/v1/forms', 'method-not-allowed'],
    ['PATCH', '/v1/forms/x/submissions/abcdefgh', 'method-not-allowed'],
    ['POST', '/v1/health', 'method-not-allowed'],
    ['get', '/v1/health', 'method-not-allowed'],
    ['GET', '/v1/forms/%E0%A4%A', 'malformed-request'],
    ['GET', '/v1/forms/%zz', 'malformed-request'],
  ])('%s %s is refused as %s', (method, path, code) => {
    expect(codeOf(method, path)).toBe(code);
  });

  it.each([
    ['/v1/odata/x', 'getFeed', { datasetId: 'x' }],
    ['/v1/odata/x/', 'getFeed', { datasetId: 'x' }],
    ['/v1/odata/x/$metadata', 'getFeedResource', { datasetId: 'x', resource: '$metadata' }],
    [
      "/v1/odata/x/Submissions('uuid%3A1')/a/$count",
      'getFeedResource',
      { datasetId: 'x', resource: "Submissions('uuid:1')/a/$count" },
    ],
    [
      "/v1/odata/x/Submissions.a('uuid:1%2F2')",
      'getFeedResource',
      { datasetId: 'x', resource: "Submissions.a('uuid:1/2')" },
    ],
  ])('of %s is one of OData, however much of it there is', (path, operation, parameters) => {
    const match = matchRoute('GET', path);
    expect(match.route.operation).toBe(operation);
    expect(match.parameters).toEqual(parameters);
  });

  it('of a wrong method is told which there are', () => {
    expect(() => matchRoute('PATCH', '/v1/forms/x/submissions/abcdefgh')).toThrow(
      expect.objectContaining({ extra: { allow: ['GET', 'PUT', 'DELETE'] } }),
    );
  });

  it('finds a route or a Fault, whatever its path is', () => {
    const segment = fc.oneof(fc.string(), fc.constantFrom('v1', 'forms', 'submissions', '%2F', ''));
    fc.assert(
      fc.property(fc.array(segment), (segments) => {
        expect(codeOf('GET', `/${segments.join('/')}`)).toMatch(
          /^(none|not-found|method-not-allowed|malformed-request)$/,
        );
      }),
    );
  });
});
