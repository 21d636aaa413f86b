import { createContext, runInContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { findPublicFile, letAnyoneRead, sayHost } from '../../../../infra/edge/viewer-functions.ts';
import { publicCors, publicPreflight } from '../../../../shared/public-headers.ts';

const Headers = z.record(z.string(), z.object({ value: z.string() }));
const Result = z.looseObject({
  uri: z.string().optional(),
  statusCode: z.number().optional(),
  headers: Headers,
});

/** What CloudFront would go on with: its runtime has neither a network nor Node.js's modules. */
function run(code: string, event: object): z.infer<typeof Result> {
  const context = createContext({});
  runInContext(code, context);
  const text = JSON.stringify(event);
  return Result.parse(
    JSON.parse(String(runInContext(`JSON.stringify(handler(${text}))`, context))),
  );
}

const request = (method: string, uri: string, headers: object = {}) => ({
  request: { method, uri, headers: { host: { value: 'd1.cloudfront.net' }, ...headers } },
});
const asEvent = (headers: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, { value }]));

describe('what CloudFront does itself', () => {
  it.each([sayHost, findPublicFile, letAnyoneRead])(
    'is small enough for it: 10 KB at most, and no name of a module',
    (code) => {
      expect(code.length).toBeLessThan(10_240);
      expect(code).not.toMatch(/require|import|process/);
    },
  );

  it('tells the API which host the client named, and not what the client says it is', () => {
    for (const headers of [{}, { 'x-forwarded-host': { value: 'evil.example' } }]) {
      expect(run(sayHost, request('GET', '/v1/me', headers)).headers['x-forwarded-host']).toEqual({
        value: 'd1.cloudfront.net',
      });
    }
  });

  it('answers a preflight as one machine does', () => {
    const answer = run(findPublicFile, request('OPTIONS', '/public/plan.json'));
    expect(answer.statusCode).toBe(204);
    expect(answer.headers).toEqual(asEvent(publicPreflight));
  });

  it.each([
    ['/embed.js', '/public/embed.js'],
    ['/public/plan.json', '/public/plan.json'],
    ['/public/embed.js', '/public/embed.js'],
  ])('looks for %s at %s', (uri, key) => {
    for (const method of ['GET', 'HEAD']) {
      const asked = run(findPublicFile, request(method, uri));
      expect([asked.uri, asked.statusCode]).toEqual([key, undefined]);
    }
  });

  it('lets any page read what is public, whether or not its browser said where it is', () => {
    const headers = { etag: { value: '"1"' }, 'access-control-allow-origin': { value: 'x' } };
    const answer = run(letAnyoneRead, { response: { statusCode: 200, headers } });
    expect(answer.headers).toEqual({ etag: { value: '"1"' }, ...asEvent(publicCors) });
  });
});
