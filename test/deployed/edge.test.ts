import { S3Client } from '@aws-sdk/client-s3';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import {
  createServer,
  request as sendRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
} from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { readPages } from '../../local/pages.ts';
import { PublicFiles } from '../../local/public-files.ts';
import { pageFiles } from '../../shared/http/page-files.ts';
import { publicCacheControl } from '../../shared/public-headers.ts';
import { DiskObjectStore } from '../../shared/objects/disk-object-store.ts';
import { S3ObjectStore } from '../../shared/objects/s3-object-store.ts';
import { startDeployed, type DeployedService } from '../support/deployed-service.ts';
import { openFront, runCdk } from '../support/deployment.ts';
import { openEdge } from '../support/edge-front.ts';

interface Seen {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

let service: DeployedService;
let front: Awaited<ReturnType<typeof openEdge>>;
let address = '';
let folder = '';
let local = '';
const closing: (() => Promise<unknown>)[] = [];

/** As the client writes it: neither the path nor a header is tidied. */
async function ask(
  base: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  method = 'GET',
  body?: string,
): Promise<Seen> {
  const { hostname, port } = new URL(base);
  const sent = sendRequest({ hostname, port, path, method, headers });
  sent.end(body);
  const [answer] = z.tuple([z.custom<IncomingMessage>()]).parse(await once(sent, 'response'));
  return {
    status: answer.statusCode ?? 0,
    headers: answer.headers,
    text: await textOf(answer),
  };
}

/** Over TLS, which ends in front of the emulator. */
const tls = { 'x-forwarded-proto': 'https' };
const askEdge = (path: string, headers = {}, method = 'GET', body?: string) =>
  ask(front.url, path, { ...tls, ...headers }, method, body);

/** What a connection needs, and what CloudFront and S3 say of themselves. */
const ofTheWay = new Set(
  'accept-ranges connection content-length date keep-alive server strict-transport-security transfer-encoding via x-amz-cf-id x-amz-cf-pop x-cache'.split(
    ' ',
  ),
);

/** The headers that are Fiche's; an ETag by its strength, for S3 counts it otherwise. */
function ours({ headers }: Seen): IncomingHttpHeaders {
  const kept = Object.entries(headers).filter(([name]) => !ofTheWay.has(name));
  return {
    ...Object.fromEntries(kept),
    ...(headers.etag !== undefined && {
      etag: headers.etag.replace(/^"[0-9a-f]{32,64}"$/, 'strong'),
    }),
  };
}

const files = [
  { key: 'public/plan.json', type: 'application/json', text: '{"plan":1}' },
  { key: 'public/shelters.geojson', type: 'application/geo+json', text: '{"type":"Point"}' },
  { key: 'public/plan.ics', type: 'text/calendar; charset=utf-8', text: 'BEGIN:VCALENDAR' },
  { key: 'public/embed.js', type: 'text/javascript; charset=utf-8', text: 'void 0;' },
] as const;
const secrets = [
  'datasets/a/x.json',
  'segments/a/0/x.zst',
  'attachments/a',
  'forms/a.json',
  'exports/a',
];

beforeAll(async () => {
  service = await startDeployed();
  closing.push(() => service.close());
  address = z.object({ Url: z.url() }).parse(service.outputs).Url;
  front = await openEdge(service, address);
  closing.push(() => front.close());

  const { environment, url } = service.emulator;
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const client = new S3Client({
    endpoint: url,
    region: environment['AWS_REGION'] ?? '',
    credentials,
    forcePathStyle: true,
  });
  const objects = new S3ObjectStore(client, service.outputs.ObjectsBucketName);
  folder = await mkdtemp(join(tmpdir(), 'fiche-edge-'));
  const onDisk = new DiskObjectStore(folder);
  for (const { key, type, text } of files) {
    const headers = { contentType: type, cacheControl: publicCacheControl };
    await objects.put(key, Buffer.from(text), headers);
    await onDisk.put(key, Buffer.from(text), headers);
  }
  for (const key of secrets) {
    await objects.put(key, Buffer.from('secret'), { contentType: 'application/json' });
  }

  const publicFiles = new PublicFiles(onDisk, () => undefined);
  const server = createServer((request, response) => {
    void publicFiles.serve(request.url ?? '', request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = z.object({ port: z.number() }).parse(server.address());
  local = `http://127.0.0.1:${port}`;
  closing.push(async () => {
    server.close();
    server.closeAllConnections();
    onDisk.close();
    await rm(folder, { recursive: true });
  });
});
afterAll(async () => {
  for (const close of closing.toReversed()) await close();
});

const paths = files.map(({ key }) => (key === 'public/embed.js' ? '/embed.js' : `/${key}`));

describe('a public file at the edge', () => {
  it.each(paths)('has the bytes and the headers that one machine sends: %s', async (path) => {
    const [there, here] = await Promise.all([askEdge(path), ask(local, path)]);
    expect([there.status, there.text]).toEqual([200, here.text]);
    expect(ours(there)).toEqual(ours(here));
    expect(there.headers['strict-transport-security']).toMatch(/^max-age=31536000/);
  });

  it.each(paths)(
    'has them for a page of another site, and without a query’s help: %s',
    async (path) => {
      const headers = { origin: 'https://reseau.example' };
      const [there, here] = await Promise.all([
        askEdge(`${path}?v=2`, headers),
        ask(local, path, headers),
      ]);
      expect([there.status, there.text]).toEqual([200, here.text]);
      expect(ours(there)).toEqual(ours(here));
    },
  );

  it.each(paths)('is not sent again to a client that has it: %s', async (path) => {
    const seen = async (
      base: (path: string, headers?: Record<string, string>) => Promise<Seen>,
    ): Promise<Seen> => {
      const full = await base(path);
      return base(path, { 'if-none-match': full.headers.etag ?? '' });
    };
    const [there, here] = await Promise.all([
      seen(askEdge),
      seen((asked, headers) => ask(local, asked, headers)),
    ]);
    expect([there.status, there.text]).toEqual([304, '']);
    // CloudFront's 304 on AWS may tell the type too: RFC 9110, 15.4.5 lets it.
    expect({ ...ours(there), 'content-type': undefined }).toEqual({
      ...ours(here),
      'content-type': undefined,
    });
  });

  it('answers HEAD with the headers alone', async () => {
    const [there, here] = await Promise.all([
      askEdge('/public/plan.json', {}, 'HEAD'),
      ask(local, '/public/plan.json', {}, 'HEAD'),
    ]);
    expect([there.status, there.text]).toEqual([200, '']);
    expect(ours(there)).toEqual(ours(here));
  });

  it('answers a preflight as one machine does', async () => {
    const headers = { origin: 'https://reseau.example', 'access-control-request-method': 'GET' };
    const [there, here] = await Promise.all([
      askEdge('/public/plan.json', headers, 'OPTIONS'),
      ask(local, '/public/plan.json', headers, 'OPTIONS'),
    ]);
    expect([there.status, there.text]).toEqual([204, '']);
    expect(ours(there)).toEqual(ours(here));
  });

  it('is asked again over TLS', async () => {
    const { status, headers } = await ask(front.url, '/public/plan.json');
    expect([status, headers.location]).toEqual([301, `${address}/public/plan.json`]);
  });

  it('that is not there can be told so to any page, and shows nothing', async () => {
    const missing = await askEdge('/public/none.json', { origin: 'https://reseau.example' });
    // On AWS the group's second origin, the API, answers 404: see the test of the template.
    expect(missing.status).toBe(403);
    expect(missing.headers['access-control-allow-origin']).toBe('*');
    const api = await openFront(service.emulator, service.address);
    const asked = await ask(api.url, '/public/none.json');
    await api.close();
    expect(asked.status).toBe(404);
    expect(JSON.parse(asked.text)).toMatchObject({ code: 'not-found' });
  });

  it.each(['POST', 'PUT', 'DELETE'])('cannot be changed: %s', async (method) => {
    expect((await askEdge('/public/plan.json', {}, method)).status).toBe(403);
    expect((await askEdge('/public/plan.json')).text).toBe('{"plan":1}');
  });
});

describe('what is not public', () => {
  const ways = secrets.flatMap((key) => [
    `/${key}`,
    `//${key}`,
    `/public/../${key}`,
    `/public/%2e%2e/${key}`,
    `/public/..%2f${key.replaceAll('/', '%2f')}`,
    `/public/%2e%2e%2f${key}`,
    `/public//../${key}`,
    `/public/./../${key}`,
    `/public/..\\${key}`,
    `/embed.js/../${key}`,
    `/v1/../${key}`,
    `/index.html/../${key}`,
    `/public/plan.json/../../${key}`,
  ]);
  it.each(ways)('is out of reach of any path: %s', async (path) => {
    const seen = await askEdge(path);
    expect(seen.status).toBeGreaterThanOrEqual(400);
    expect(seen.text).not.toContain('secret');
  });

  it.each(['/public/', '/public/?list-type=2', '/?list-type=2', '/public/?prefix=datasets/'])(
    'is in no list: %s',
    async (path) => {
      const { text } = await askEdge(path);
      expect(text).not.toMatch(/ListBucketResult|datasets\/|segments\//);
    },
  );
});

describe('the pages at the edge', () => {
  it.each(pageFiles)(
    'are those of one machine, with their headers: $path',
    async ({ path, file }) => {
      const page = (await readPages()).get(path);
      const there = await askEdge(path);
      expect([there.status, there.text]).toEqual([
        200,
        await readFile(new URL(`../../web/${file}`, import.meta.url), 'utf8'),
      ]);
      const { 'content-length': length, ...wanted } = page?.headers ?? {};
      expect(there.headers['content-length']).toBe(length);
      expect(ours(there)).toEqual({ ...wanted, etag: 'strong' });
    },
  );

  it('are asked again over TLS', async () => {
    const { status, headers } = await ask(front.url, '/');
    expect([status, headers.location]).toEqual([301, `${address}/`]);
  });
});

describe('the API at the edge', () => {
  const json = { 'content-type': 'application/json' };
  const as = (token: string) => ({ authorization: `Bearer ${token}` });

  it('answers what it would answer itself, and is kept nowhere', async () => {
    const there = await askEdge('/v1/health');
    const itself = await ask(service.url, '/v1/health');
    expect(there.status).toBe(200);
    expect(JSON.parse(there.text)).toMatchObject({ status: 'ok' });
    expect(there.headers['cache-control']).toBe('no-store');
    expect(there.headers['content-security-policy']).toBe(
      itself.headers['content-security-policy'],
    );
    expect(there.headers['strict-transport-security']).toMatch(/^max-age=31536000/);
  });

  it('takes tokens, bodies, conditions and queries as they are, and says no in its own words', async () => {
    const coordinator = as(service.coordinatorToken);
    const made = await askEdge(
      '/v1/organisations',
      { ...coordinator, ...json },
      'POST',
      JSON.stringify({ id: 'ong-edge', name: 'ONG' }),
    );
    expect(made.status).toBe(201);
    const told = await askEdge(
      '/v1/organisations/ong-edge/tokens',
      { ...coordinator, ...json },
      'POST',
      JSON.stringify({ role: 'member', name: 'edge' }),
    );
    const { token } = z.object({ token: z.string() }).parse(JSON.parse(told.text));

    // What CloudFront makes of errors must not reach the API's own.
    const problems = await Promise.all(
      [
        askEdge('/v1/me'),
        askEdge('/v1/organisations', as(token)),
        askEdge('/v1/forms/none', coordinator),
        askEdge('/v1/forms?nothing=1', coordinator),
        askEdge('/v1/health', { accept: 'text/csv' }),
        askEdge('/v1/none'),
        askEdge('/v1/health', {}, 'DELETE'),
      ].map(async (seen) => {
        const { status, headers, text } = await seen;
        const { code } = z.object({ code: z.string() }).parse(JSON.parse(text));
        return [status, headers['content-type'], code];
      }),
    );
    const problem = 'application/problem+json';
    expect(problems.map(([status]) => status)).toEqual([401, 403, 404, 400, 406, 404, 405]);
    expect(problems.map(([, type]) => type)).toEqual(problems.map(() => problem));
    const english = await askEdge('/v1/me', { 'accept-language': 'en' });
    const french = await askEdge('/v1/me', { 'accept-language': 'fr' });
    expect(english.text).not.toBe(french.text);
  });

  it('tells phones the address that they asked, whatever they or others say it is', async () => {
    const path = `/v1/key/${service.coordinatorToken}/formList`;
    const openRosa = { 'x-openrosa-version': '1.0' };
    const plain = await askEdge(path, openRosa);
    const lied = await askEdge(path, { ...openRosa, 'x-forwarded-host': 'evil.example' });
    for (const { status, text } of [plain, lied]) {
      expect(status).toBe(200);
      expect(text).not.toContain('evil.example');
    }
    expect(plain.text).toContain(`<downloadUrl>${address}/v1/key/`);
  });

  it('is not asked over plain HTTP', async () => {
    expect((await ask(front.url, '/v1/health')).status).toBe(403);
  });
});

describe('a deployment without the edge', () => {
  it('takes the edge away and leaves the service', async () => {
    const { code, output } = await runCdk(service.emulator, ['destroy', 'fiche-edge', '--force']);
    expect(output).toContain('fiche-edge: destroyed');
    expect(code).toBe(0);
    expect((await ask(service.url, '/v1/health')).status).toBe(200);
  });
});
