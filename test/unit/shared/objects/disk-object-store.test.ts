import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DiskObjectStore } from '../../../../shared/objects/disk-object-store.ts';
import { verifyLink } from '../../../../shared/objects/signed-link.ts';
import { objectStoreContract, readBytes } from '../../../support/object-store-contract.ts';

const temporaryFolder = (): string => mkdtempSync(join(tmpdir(), 'fiche-objects-'));
const text = { contentType: 'text/plain' };

objectStoreContract('a folder', () => {
  const folder = temporaryFolder();
  const store = new DiskObjectStore(folder);
  return Promise.resolve({
    store,
    close: () => {
      store.close();
      rmSync(folder, { recursive: true });
    },
  });
});

describe('DiskObjectStore', () => {
  let folder: string;
  beforeEach(() => {
    folder = temporaryFolder();
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it('keeps objects, and sees what another store on the same folder wrote', async () => {
    const [one, two] = [new DiskObjectStore(folder), new DiskObjectStore(folder)];
    const { etag } = await one.put('a/b', Buffer.from('un'), text);
    expect((await two.info('a/b'))?.etag).toBe(etag);
    expect(await two.putIfMatch('a/b', Buffer.from('deux'), text, etag)).toBe(true);
    expect(await one.putIfMatch('a/b', Buffer.from('trois'), text, etag)).toBe(false);
    one.close();
    two.close();
  });

  it('puts what is deleted at once, and fails neither', async () => {
    const store = new DiskObjectStore(folder);
    const keys = Array.from({ length: 20 }, (_, index) => `gone/${index}`);
    const puts = Promise.all(keys.map((key) => store.put(key, Buffer.from('x'), text)));
    for (let round = 0; round < 50; round += 1) {
      await Promise.all(keys.map((key) => store.delete(key)));
      await setTimeout(1);
    }
    await puts;
    store.close();
  });

  it('loses no change when threads replace the same object by etag', async () => {
    const store = new DiskObjectStore(folder);
    await store.put('counter', Buffer.from('0'), text);
    const module = new URL('../../../../shared/objects/disk-object-store.ts', import.meta.url);
    const code = `
      const { DiskObjectStore } = await import(${JSON.stringify(module.href)});
      const store = new DiskObjectStore(${JSON.stringify(folder)});
      for (let done = 0; done < 25; ) {
        const { etag } = await store.info('counter');
        let text = '';
        for await (const chunk of await store.get('counter')) text += Buffer.from(chunk);
        const next = Buffer.from(String(Number(text) + 1));
        if (await store.putIfMatch('counter', next, { contentType: 'text/plain' }, etag)) done++;
      }
      store.close();`;
    await Promise.all(
      [1, 2, 3].map(
        () =>
          new Promise((resolve, reject) => {
            const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(code)}`));
            worker.on('error', reject).on('exit', resolve);
          }),
      ),
    );
    expect((await readBytes(await store.get('counter')))?.toString()).toBe('75');
    store.close();
  });

  it('waits to put, replace and delete while another process holds the lock', async () => {
    const store = new DiskObjectStore(folder);
    for (const key of ['replaced', 'deleted']) await store.put(key, Buffer.from('0'), text);
    const etag = (await store.info('replaced'))?.etag;
    const module = new URL('../../../../shared/objects/disk-object-store.ts', import.meta.url);
    const code = `
      const { parentPort } = await import('node:worker_threads');
      const { DiskObjectStore } = await import(${JSON.stringify(module.href)});
      const store = new DiskObjectStore(${JSON.stringify(folder)});
      parentPort.postMessage('open');
      parentPort.once('message', async () => {
        const headers = { contentType: 'text/plain' };
        await store.putIfMatch('replaced', Buffer.from('1'), headers, ${JSON.stringify(etag)});
        await store.putIfAbsent('added', Buffer.from('1'), headers);
        await store.delete('deleted');
        store.close();
      });`;
    const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(code)}`));
    await once(worker, 'message');
    const ended = once(worker, 'exit');
    const holder = new DatabaseSync(join(folder, 'objects.lock'));
    holder.exec('BEGIN IMMEDIATE');
    worker.postMessage('go');
    // However long this is, whoever minds the lock cannot end before it; who does not has long ended.
    const early = await Promise.race([ended.then(() => true), setTimeout(500, false)]);
    expect(early).toBe(false);
    expect((await store.info('replaced'))?.etag).toBe(etag);
    holder.exec('ROLLBACK');
    holder.close();
    await ended;
    const left = [];
    for await (const page of store.list('')) left.push(...page.map(({ key }) => key));
    expect(left).toEqual(['added', 'replaced']);
    store.close();
  });

  it('removes at opening what a crash left over an hour ago, and nothing younger', () => {
    new DiskObjectStore(folder).close();
    for (const name of ['old', 'young']) writeFileSync(join(folder, 'temporary', name), 'x');
    const then = Date.now() / 1000 - 3700;
    utimesSync(join(folder, 'temporary', 'old'), then, then);
    new DiskObjectStore(folder).close();
    expect(readdirSync(join(folder, 'temporary'))).toEqual(['young']);
  });

  it('leaves no temporary file after writes, refused or not', async () => {
    const store = new DiskObjectStore(folder);
    await store.putIfAbsent('a', Buffer.from('x'), text);
    await store.putIfAbsent('a', Buffer.from('y'), text);
    await store.putIfMatch('a', Buffer.from('z'), text, 'other');
    expect(readdirSync(join(folder, 'temporary'))).toEqual([]);
    store.close();
  });

  it.each([
    ['cut to nothing', ''],
    ['overwritten', 'X'.repeat(2000)],
    ['of another shape', '{"etag": 1}'.padEnd(2000)],
  ])('takes an object whose file is %s for absent, and writes it anew', async (_, content) => {
    const store = new DiskObjectStore(folder);
    const body = Buffer.from('un');
    await store.put('a/b', body, text);
    const damage = (): void => {
      writeFileSync(join(folder, 'objects', 'a', 'b@'), content);
    };
    damage();
    expect(await store.info('a/b')).toBeUndefined();
    expect(await store.get('a/b')).toBeUndefined();
    for await (const page of store.list('a/')) expect(page).toEqual([]);
    expect(await store.putIfMatch('a/b', body, text, 'any')).toBe(false);
    expect(await store.putIfAbsent('a/b', body, text)).toBe(true);
    expect(await readBytes(await store.get('a/b'))).toEqual(body);
    damage();
    await store.delete('a/b');
    expect(await store.putIfAbsent('a/b', body, text)).toBe(true);
    store.close();
  });

  it('says store-unavailable when the folder fails under it', async () => {
    const store = new DiskObjectStore(folder);
    rmSync(join(folder, 'temporary'), { recursive: true });
    const write = store.put('a', Buffer.from('x'), text);
    await expect(write).rejects.toMatchObject({ code: 'store-unavailable' });
    store.close();
  });

  it('makes links that hold for a while, for one thing and one object', async () => {
    const now = new Date('2026-03-01T10:00:00Z');
    const signer = { base: 'http://localhost:3000/objects', secret: 'a secret' };
    const store = new DiskObjectStore(folder, signer, () => now);
    const link = new URL(
      await store.downloadLink('datasets/x/1/public/x.csv', { fileName: 'été.csv', seconds: 60 }),
    );
    expect(link.pathname).toBe('/objects/datasets/x/1/public/x.csv');
    const key = 'datasets/x/1/public/x.csv';
    const later = (seconds: number) => new Date(now.getTime() + seconds * 1000);
    const verify = (query: URLSearchParams, of = key, secret = signer.secret, seconds = 59) =>
      verifyLink(secret, of, query, later(seconds));
    const query = link.searchParams;
    expect(verify(query)).toEqual({ action: 'download', key, fileName: 'été.csv' });
    expect(verify(query, key, signer.secret, 60)).toBeUndefined();
    expect(verify(query, 'datasets/x/1/coordinator/x.csv')).toBeUndefined();
    expect(verify(query, key, 'another')).toBeUndefined();
    expect(verify(new URLSearchParams())).toBeUndefined();
    for (const name of ['action', 'fileName', 'expires', 'signature', 'more']) {
      const changed = new URLSearchParams(query);
      changed.set(name, '9'.repeat(14));
      expect(verify(changed)).toBeUndefined();
    }
    store.close();
  });

  it('makes links to upload exactly those bytes', async () => {
    const signer = { base: 'http://localhost:3000/objects', secret: 'a secret' };
    const store = new DiskObjectStore(folder, signer);
    const what = { bytes: 5, sha256: 'ab'.repeat(32), contentType: 'image/png' };
    const link = new URL(await store.uploadLink('a/b', { ...what, seconds: 60 }));
    expect(verifyLink('a secret', 'a/b', link.searchParams, new Date())).toEqual({
      action: 'upload',
      key: 'a/b',
      ...what,
    });
    store.close();
  });
});
