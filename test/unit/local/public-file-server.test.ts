import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { PublicFiles } from '../../../local/public-file-server.ts';
import { publicCacheControl } from '../../../shared/public-headers.ts';
import { DiskObjectStore } from '../../../shared/objects/disk-object-store.ts';

let folder: string;
let objects: DiskObjectStore;
let files: PublicFiles;
let url: string;
const failures: unknown[] = [];
const server = createServer((request, response) => {
  void files.serve(request.url ?? '', request, response);
});

const json = { contentType: 'application/json' };
const put = (name: string, text: string) => objects.put(`public/${name}`, Buffer.from(text), json);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fiche-public-'));
  objects = new DiskObjectStore(folder);
  files = new PublicFiles(objects, (failure) => failures.push(failure));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === 'object' ? String(address?.port) : ''}`;
  await put('plan.json', '{"plan":1}');
});
afterAll(async () => {
  server.close();
  server.closeAllConnections();
  objects.close();
  await rm(folder, { recursive: true });
});

const ask = (path: string, init: RequestInit = {}) => fetch(`${url}${path}`, init);

const shared = (response: Response) =>
  Object.fromEntries(
    ['access-control-allow-origin', 'cache-control', 'etag', 'x-content-type-options'].map(
      (name) => [name, response.headers.get(name)],
    ),
  );

describe('a public file', () => {
  it('is served whole, with a strong ETag, to any site', async () => {
    const response = await ask('/public/plan.json');
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('{"plan":1}');
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(response.headers.get('content-length')).toBe('10');
    expect(shared(response)).toEqual({
      'access-control-allow-origin': '*',
      'cache-control': publicCacheControl,
      etag: expect.stringMatching(/^"[0-9a-f]{64}"$/) as string,
      'x-content-type-options': 'nosniff',
    });
  });

  it.each([
    ['the same ETag', (etag: string) => etag],
    ['a weak one', (etag: string) => `W/${etag}`],
    ['a list with it', (etag: string) => `"other", ${etag}`],
    ['*', () => '*'],
  ])('is not sent again to a client that has %s, but its headers are', async (_, header) => {
    const full = await ask('/public/plan.json');
    const etag = full.headers.get('etag') ?? '';
    const again = await ask('/public/plan.json', { headers: { 'if-none-match': header(etag) } });
    expect(again.status).toBe(304);
    expect(await again.text()).toBe('');
    expect(shared(again)).toEqual(shared(full));
  });

  it('is sent to a client that has another, or that cannot say what it has', async () => {
    for (const header of ['"other"', 'nonsense']) {
      const response = await ask('/public/plan.json', { headers: { 'if-none-match': header } });
      expect(response.status).toBe(200);
      await response.text();
    }
  });

  it('has the headers of a GET for a HEAD', async () => {
    const head = await ask('/public/plan.json', { method: 'HEAD' });
    const get = await ask('/public/plan.json');
    expect(head.status).toBe(200);
    expect(await head.text()).toBe('');
    expect(head.headers.get('content-length')).toBe('10');
    expect(shared(head)).toEqual(shared(get));
  });

  it('answers a preflight', async () => {
    const response = await ask('/public/plan.json', { method: 'OPTIONS' });
    expect(response.status).toBe(204);
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(response.headers.get('access-control-allow-methods')).toContain('GET');
    expect(response.headers.get('access-control-allow-headers')).toBe('*');
  });

  it.each([
    ['/public/nothing.json', 'GET', 404],
    ['/public/', 'GET', 404],
    ['/public/..%2f..%2ffiche.sqlite', 'GET', 404],
    ['/public/.hidden', 'GET', 404],
    ['/public/a/b.json', 'GET', 404],
    ['/embed.js', 'GET', 404],
    ['/public/nothing.json', 'HEAD', 404],
    ['/public/plan.json', 'POST', 405],
    ['/public/plan.json', 'DELETE', 405],
  ])(
    'at %s, asked by %s, is refused by %i, readable by any site and kept by nobody',
    async (path, method, status) => {
      const response = await ask(path, { method });
      expect(response.status).toBe(status);
      expect(response.headers.get('access-control-allow-origin')).toBe('*');
      expect(response.headers.get('cache-control')).toBe('no-store');
      expect(response.headers.get('content-type')).toBe('application/problem+json');
      if (status === 405) expect(response.headers.get('allow')).toBe('GET, HEAD, OPTIONS');
      const text = await response.text();
      if (method !== 'HEAD') expect(JSON.parse(text)).toMatchObject({ status });
    },
  );

  it('is the new one as soon as a publication was told', async () => {
    await put('news.json', '"old"');
    expect(await (await ask('/public/news.json')).text()).toBe('"old"');
    await put('news.json', '"new"');
    files.forget();
    expect(await (await ask('/public/news.json')).text()).toBe('"new"');
    await objects.delete('public/news.json');
    files.forget();
    expect((await ask('/public/news.json')).status).toBe(404);
  });

  it('has the ETag of its own bytes, even when it is replaced between a look and a read', async () => {
    class Hasty extends DiskObjectStore {
      override async get(key: string) {
        await put('hasty.json', '"second"');
        return super.get(key);
      }
    }
    await put('hasty.json', '"first"');
    const hasty = new Hasty(folder);
    const served = createServer((request, response) => {
      void new PublicFiles(hasty, () => undefined).serve('/public/hasty.json', request, response);
    });
    served.listen(0, '127.0.0.1');
    await once(served, 'listening');
    const { port } = z.object({ port: z.int() }).parse(served.address());
    const response = await fetch(`http://127.0.0.1:${port}/`);
    const text = await response.text();
    const sha256 = createHash('sha256').update(text).digest('hex');
    expect(text).toBe('"second"');
    expect(response.headers.get('etag')).toBe(`"${sha256}"`);
    served.close();
    served.closeAllConnections();
    hasty.close();
  });

  it('is never a mixture of two, though it be replaced all the time', async () => {
    const versions = ['a'.repeat(300), 'b'.repeat(700_000), 'c'.repeat(1_500_000)];
    await put('busy.json', versions[0] ?? '');
    const reading = { ended: false };
    const writing = (async () => {
      for (let turn = 0; !reading.ended; turn += 1) {
        await put('busy.json', versions[turn % versions.length] ?? '');
        files.forget();
      }
    })();
    const tags = new Map<string, string>();
    for (let turn = 0; turn < 60; turn += 1) {
      const response = await ask('/public/busy.json');
      const text = await response.text();
      expect(versions).toContain(text);
      const etag = response.headers.get('etag') ?? '';
      expect(tags.get(etag) ?? text).toBe(text);
      tags.set(etag, text);
    }
    reading.ended = true;
    await writing;
    expect(failures).toEqual([]);
  });

  it('troubles nobody when its reader goes away in the middle', async () => {
    await objects.put('public/long.json', Buffer.alloc(32 * 1_048_576, '1'), json);
    let served = Promise.resolve();
    const own = createServer((request, response) => {
      served = files.serve(request.url ?? '', request, response);
    }).listen(0, '127.0.0.1');
    await once(own, 'listening');
    const { port } = z.object({ port: z.int() }).parse(own.address());
    const gone = new AbortController();
    const address = `http://127.0.0.1:${port}/public/long.json`;
    const response = await fetch(address, { signal: gone.signal });
    await response.body?.getReader().read();
    gone.abort();
    await served;
    own.close();
    expect(failures).toEqual([]);
  });
});
