import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { listenHttp, type Listening } from '../../../local/http-server.ts';
import { linkSecret } from '../../../local/open-home.ts';
import { expectedBytes, requestListener } from '../../../local/listener.ts';
import { ObjectLinks } from '../../../local/object-links.ts';
import { PublicFiles } from '../../../local/public-file-server.ts';
import type { DoorHandler } from '../../../shared/http/door.ts';
import { DiskObjectStore } from '../../../shared/objects/disk-object-store.ts';
import { absoluteLink, linksPath } from '../../../shared/objects/signed-link.ts';

let folder: string;
let objects: DiskObjectStore;
let listening: Listening;
let origin: string;
const start = new Date('2026-03-01T10:00:00Z');
let now = start;
let failures: unknown[] = [];
const secret = 'a secret of the folder';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fiche-links-'));
  const clock = () => now;
  objects = new DiskObjectStore(folder, { base: linksPath, secret }, clock);
  const report = (failure: unknown) => failures.push(failure);
  const door: DoorHandler = () => Promise.resolve({ statusCode: 200, body: 'door' });
  const site = {
    doors: { submissions: door, registry: door, datasets: door, openrosa: door },
    publicFiles: new PublicFiles(objects, report),
    links: new ObjectLinks({ objects, linkSecret: secret, clock, report }),
    pages: new Map(),
    report,
  };
  listening = await listenHttp(requestListener(site), {
    port: 0,
    host: '127.0.0.1',
    expectedBytes: (request) => expectedBytes(site, request),
  });
  origin = `http://127.0.0.1:${listening.port}`;
});
afterAll(async () => {
  await listening.close();
  objects.close();
  await rm(folder, { recursive: true });
});
beforeEach(() => {
  now = start;
  failures = [];
});

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
let keys = 0;
/** A link to send `bytes` to, and the key where they are to be. */
async function uploadLink(bytes: Uint8Array, contentType = 'image/jpeg') {
  const key = `attachments/x/${(keys += 1)}`;
  const what = { bytes: bytes.length, sha256: sha256(bytes), contentType, seconds: 60 };
  return { key, url: absoluteLink(await objects.uploadLink(key, what), origin) };
}
const put = (url: string, body: Uint8Array, headers: Record<string, string> = {}) =>
  fetch(url, {
    method: 'PUT',
    body: Buffer.from(body),
    headers: { 'content-type': 'image/jpeg', ...headers },
  });
const leftovers = () => readdirSync(join(folder, 'temporary'));
const photo = randomBytes(3_000_000);

/** What a raw request is answered; resolves when the connection ends. */
async function raw(write: (socket: Socket) => void): Promise<string> {
  const socket = connect(listening.port, '127.0.0.1');
  let answer = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => (answer += chunk));
  socket.on('error', () => undefined);
  write(socket);
  await new Promise((resolve) => socket.on('close', resolve));
  return answer;
}

describe('a link to upload', () => {
  it('takes the bytes that it was made for, again and again', async () => {
    const { key, url } = await uploadLink(photo);
    const checksum = Buffer.from(sha256(photo), 'hex').toString('base64');
    for (const headers of [{}, { 'x-amz-checksum-sha256': checksum }]) {
      const sent = await put(url, photo, headers);
      expect(sent.status, await sent.text()).toBe(200);
      expect(sent.headers.get('etag')).toBe(`"${sha256(photo)}"`);
    }
    expect(await objects.info(key)).toMatchObject({
      bytes: photo.length,
      contentType: 'image/jpeg',
      etag: sha256(photo),
    });
    expect(failures).toEqual([]);
  });

  it('takes a file of no bytes', async () => {
    const { key, url } = await uploadLink(new Uint8Array());
    expect((await put(url, new Uint8Array())).status).toBe(200);
    expect((await objects.info(key))?.bytes).toBe(0);
  });

  const other = Buffer.from(photo);
  other[2_999_999] = (other[2_999_999] ?? 0) ^ 1;
  it.each<[string, Uint8Array, Record<string, string>, number, string]>([
    ['other bytes of the same length', other, {}, 422, 'invalid-body'],
    ['fewer bytes', photo.subarray(1), {}, 422, 'invalid-body'],
    ['more bytes', Buffer.concat([photo, Buffer.from('x')]), {}, 413, 'body-too-large'],
    ['another checksum', photo, { 'x-amz-checksum-sha256': 'AAAA' }, 422, 'invalid-body'],
    ['another media type', photo, { 'content-type': 'text/html' }, 415, 'unsupported-media-type'],
  ])('refuses %s and keeps nothing of them', async (_, body, headers, status, code) => {
    const { key, url } = await uploadLink(photo);
    const refused = await put(url, body, headers);
    expect(refused.status).toBe(status);
    expect(refused.headers.get('access-control-allow-origin')).toBe('*');
    expect(await refused.json()).toMatchObject({ code });
    expect(await objects.info(key)).toBeUndefined();
    expect(leftovers()).toEqual([]);
    expect((await put(url, photo)).status, 'the link holds for another try').toBe(200);
  });

  it('refuses what is too long without saying so, and is heard', async () => {
    const { key, url } = await uploadLink(photo.subarray(0, 100_000));
    const { pathname, search } = new URL(url);
    const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`;
    const answer = await raw((socket) => {
      socket.write(
        `PUT ${pathname}${search} HTTP/1.1\r\nhost: x\r\ncontent-type: image/jpeg\r\ntransfer-encoding: chunked\r\n\r\n` +
          `${chunk.repeat(20)}0\r\n\r\nGET /v1/health HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`,
      );
    });
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(answer, 'the connection goes on').toContain('HTTP/1.1 200 OK');
    expect(await objects.info(key)).toBeUndefined();
    expect(leftovers()).toEqual([]);
  });

  it('keeps nothing of a body that is cut off, and says nothing of it', async () => {
    const { key, url } = await uploadLink(photo);
    const { pathname, search } = new URL(url);
    await raw((socket) => {
      socket.write(
        `PUT ${pathname}${search} HTTP/1.1\r\nhost: x\r\ncontent-type: image/jpeg\r\ncontent-length: ${photo.length}\r\n\r\n`,
      );
      socket.write(photo.subarray(0, 1_000_000), () => socket.destroy());
    });
    while (leftovers().length > 0) await new Promise((resolve) => setImmediate(resolve));
    expect(await objects.info(key)).toBeUndefined();
    expect(failures).toEqual([]);
    expect((await put(url, photo)).status).toBe(200);
  });

  it.each<[string, (url: URL) => void]>([
    ['whose key was changed', (url) => (url.pathname = `${linksPath}/attachments/x/other`)],
    ['that allows more bytes', (url) => url.searchParams.set('bytes', '9999999')],
    ['whose signature is cut', (url) => url.searchParams.set('signature', 'ab')],
    ['without a query', (url) => (url.search = '')],
    ['that climbs out of the folder', (url) => (url.pathname = `${linksPath}/..%2f..%2fx`)],
    ['that has expired', () => (now = new Date(now.getTime() + 60_000))],
  ])('%s allows nothing', async (_, change) => {
    const { key, url } = await uploadLink(photo);
    const changed = new URL(url);
    change(changed);
    const refused = await put(changed.href, photo);
    expect(refused.status).toBe(403);
    expect(await refused.json()).toMatchObject({ code: 'forbidden' });
    expect(await objects.info(key)).toBeUndefined();
  });

  it('does not download, and says which methods there are', async () => {
    const { url } = await uploadLink(photo);
    await put(url, photo);
    expect((await fetch(url)).status).toBe(403);
    const posted = await fetch(url, { method: 'POST', body: 'x' });
    expect([posted.status, posted.headers.get('allow')]).toEqual([405, 'GET, HEAD, PUT, OPTIONS']);
  });

  it('answers the question that a browser asks before it sends from another page', async () => {
    const { url } = await uploadLink(photo);
    const asked = await fetch(url, { method: 'OPTIONS' });
    expect(asked.status).toBe(204);
    expect(asked.headers.get('access-control-allow-origin')).toBe('*');
    expect(asked.headers.get('access-control-allow-methods')).toContain('PUT');
    expect(asked.headers.get('access-control-allow-headers')).toBe(
      'content-type, x-amz-checksum-sha256',
    );
    const elsewhere = await fetch(`${origin}/v1/forms`, { method: 'GET' });
    expect(elsewhere.headers.has('access-control-allow-origin')).toBe(false);
  });

  it('asks for the body only if it can be what the link is for', async () => {
    const { url } = await uploadLink(photo);
    const { pathname, search } = new URL(url);
    const head = (target: string, length: number) =>
      `PUT ${target} HTTP/1.1\r\nhost: x\r\ncontent-type: image/jpeg\r\nexpect: 100-continue\r\nconnection: close\r\ncontent-length: ${length}\r\n\r\n`;
    const long = await raw((socket) => socket.write(head(pathname + search, 9_000_000)));
    expect(long).toMatch(/^HTTP\/1\.1 413 /);
    const forged = await raw((socket) => socket.write(head(pathname, photo.length)));
    expect(forged).toMatch(/^HTTP\/1\.1 403 /);
    const fine = await raw((socket) => {
      socket.write(head(pathname + search, photo.length));
      socket.write(photo);
    });
    expect(fine).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 /);
  });
});

describe('a link to download', () => {
  it('gives the bytes to be saved, and to be run by nobody', async () => {
    await objects.put('attachments/page', Buffer.from('<script>'), { contentType: 'text/html' });
    const link = await objects.downloadLink('attachments/page', {
      fileName: 'été "1".html',
      seconds: 60,
    });
    const url = absoluteLink(link, origin);
    const got = await fetch(url);
    expect(await got.text()).toBe('<script>');
    expect(Object.fromEntries(got.headers)).toMatchObject({
      'content-type': 'text/html',
      'content-length': '8',
      'content-disposition':
        'attachment; filename="_t_ _1_.html"; filename*=UTF-8\'\'%C3%A9t%C3%A9%20%221%22.html',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
      'cache-control': 'no-store',
    });
    const head = await fetch(url, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length')]).toEqual([200, '8']);
    expect((await put(url, Buffer.from('x'))).status).toBe(403);
    await objects.delete('attachments/page');
    expect((await fetch(url)).status).toBe(404);
  });
});

describe('what links are signed with', () => {
  it('is made once, for the owner of the folder alone, and made anew if it is damaged', async () => {
    const home = await mkdtemp(join(tmpdir(), 'fiche-secret-'));
    const made = linkSecret(home);
    const file = join(home, 'link.secret');
    expect(made).toMatch(/^[0-9a-f]{64}$/);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(linkSecret(home)).toBe(made);
    writeFileSync(file, '');
    const again = linkSecret(home);
    expect(again).not.toBe(made);
    expect(linkSecret(home)).toBe(again);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    await rm(home, { recursive: true });
  });
});
