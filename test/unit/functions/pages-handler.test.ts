import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { pagesHandler, type PageToPut } from '../../../functions/pages/handler.ts';
import type { ObjectStore } from '../../../shared/objects/object-store.ts';
import { MemoryObjectStore } from '../../support/memory-object-store.ts';

const page = (key: string, contentType: string, text = key): PageToPut => ({
  key,
  bytes: Buffer.from(text),
  contentType,
  cacheControl: 'no-store',
});
const pages = [page('index.html', 'text/html; charset=utf-8'), page('index.css', 'text/css')];

const Answer = z.looseObject({ Status: z.string(), PhysicalResourceId: z.string() });

/** A bucket that notes the order of what is done to it, and what CloudFormation was told. */
function world(bucket: Pick<ObjectStore, 'put' | 'list' | 'delete'> = new MemoryObjectStore()) {
  const done: string[] = [];
  const told: unknown[] = [];
  const reported: unknown[] = [];
  const handle = pagesHandler({
    openBucket: (name) => ({
      put: (key, body, headers) => {
        done.push(`put ${name} ${key} ${headers.contentType} ${headers.cacheControl ?? ''}`);
        return bucket.put(key, body, headers);
      },
      list: (prefix) => bucket.list(prefix),
      delete: (key) => {
        done.push(`delete ${name} ${key}`);
        return bucket.delete(key);
      },
    }),
    pages: () => Promise.resolve(pages),
    respond: (url, body) => {
      told.push({ url, ...Answer.parse(JSON.parse(body)) });
      return Promise.resolve();
    },
    report: (error) => reported.push(error),
  });
  const ask = (RequestType: string, more: object = {}) =>
    handle({
      RequestType,
      ResponseURL: 'https://cloudformation.example/answer?signed=1',
      StackId: 'stack',
      RequestId: 'request',
      LogicalResourceId: 'Pages',
      ResourceType: 'Custom::FichePages',
      ResourceProperties: { ServiceToken: 'arn', bucket: 'pages', version: '1' },
      ...more,
    });
  return { ask, done, told, reported };
}

const success = {
  url: 'https://cloudformation.example/answer?signed=1',
  Status: 'SUCCESS',
  PhysicalResourceId: 'pages',
  StackId: 'stack',
  RequestId: 'request',
  LogicalResourceId: 'Pages',
};

describe('the pages of a deployment', () => {
  it('are put into their bucket, a page after what it refers to', async () => {
    const { ask, done, told } = world();
    expect(await ask('Create')).toBe(true);
    expect(done).toEqual([
      'put pages index.css text/css no-store',
      'put pages index.html text/html; charset=utf-8 no-store',
    ]);
    expect(told).toMatchObject([success]);
  });

  it('replace those of an earlier version, which are gone only when the new ones are there', async () => {
    const bucket = new MemoryObjectStore();
    await bucket.put('old.html', Buffer.from('old'), { contentType: 'text/html' });
    const { ask, done, told } = world(bucket);
    expect(await ask('Update', { PhysicalResourceId: 'pages' })).toBe(true);
    expect(done.at(-1)).toBe('delete pages old.html');
    expect(done).toHaveLength(3);
    expect(told).toMatchObject([success]);
  });

  it('can be put twice, as CloudFormation may ask again', async () => {
    const { ask, done, told } = world();
    await ask('Create');
    await ask('Create');
    expect(done).toHaveLength(4);
    expect(told).toMatchObject([success, success]);
  });

  it('are all deleted with the stack, so that the bucket can go, and by the name they had', async () => {
    const bucket = new MemoryObjectStore();
    for (const { key, bytes, ...headers } of pages) await bucket.put(key, bytes, headers);
    const { ask, done, told } = world(bucket);
    expect(await ask('Delete', { PhysicalResourceId: 'as-it-was' })).toBe(true);
    expect(done.toSorted()).toEqual(['delete pages index.css', 'delete pages index.html']);
    expect(told).toMatchObject([{ ...success, PhysicalResourceId: 'as-it-was' }]);
  });

  it('that cannot be put fail the deployment at once, with nothing told but where to look', async () => {
    const error = new Error('secret of the store');
    const { ask, told, reported } = world({
      put: () => Promise.reject(error),
      list: () => new MemoryObjectStore().list(''),
      delete: () => Promise.resolve(),
    });
    expect(await ask('Create')).toBe(false);
    expect(reported).toEqual([error]);
    expect(told).toMatchObject([{ ...success, Status: 'FAILED' }]);
    expect(JSON.stringify(told)).not.toContain('secret');
  });

  it('are not touched for what is no request of CloudFormation', async () => {
    const { ask, done } = world();
    await expect(ask('Erase')).rejects.toThrow();
    expect(done).toEqual([]);
  });
});
