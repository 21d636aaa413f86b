import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { Readable } from 'node:stream';
import { beforeEach, describe, expect, it } from 'vitest';
import { S3ObjectStore } from '../../../../shared/objects/s3-object-store.ts';
import { FakeS3 } from '../../../support/fake-s3.ts';
import { objectStoreContract, readBytes } from '../../../support/object-store-contract.ts';

const text = { contentType: 'text/plain' };
const answer = (status: number, name = `S${status}`): S3ServiceException =>
  new S3ServiceException({
    name,
    $fault: status < 500 ? 'client' : 'server',
    $metadata: { httpStatusCode: status },
  });

async function* stream(size: number): AsyncGenerator<Uint8Array> {
  for (let left = size; left > 0; left -= 1_000_000) {
    yield await Promise.resolve(Buffer.alloc(Math.min(left, 1_000_000), 'x'));
  }
}

objectStoreContract('S3, as the SDK knows it', () => {
  const fake = new FakeS3();
  return Promise.resolve({
    store: new S3ObjectStore(fake.client, 'bucket'),
    close: () => {
      expect([...fake.uploads.keys()]).toEqual([]);
    },
  });
});

describe('S3ObjectStore', () => {
  const client = new S3Client({
    region: 'eu-west-3',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const s3 = mockClient(client);
  const store = new S3ObjectStore(client, 'bucket');
  beforeEach(() => {
    s3.reset();
    s3.on(PutObjectCommand)
      .resolves({ ETag: '"abc"' })
      .on(CreateMultipartUploadCommand)
      .resolves({ UploadId: 'u' })
      .on(UploadPartCommand)
      .resolves({ ETag: '"part"' })
      .on(CompleteMultipartUploadCommand)
      .resolves({ ETag: '"abc-2"' })
      .on(AbortMultipartUploadCommand)
      .resolves({});
  });
  const puts = () => s3.commandCalls(PutObjectCommand).map((call) => call.args[0].input);

  it('puts a short body in one request, stream or not, with its headers', async () => {
    const headers = { ...text, cacheControl: 'no-store', contentDisposition: 'inline' };
    for (const body of [Buffer.from('xxx'), stream(3)]) {
      const info = await store.put('a/b', body, headers);
      expect(info).toMatchObject({ key: 'a/b', bytes: 3, etag: 'abc' });
    }
    for (const input of puts()) {
      expect(input).toMatchObject({
        Bucket: 'bucket',
        Key: 'a/b',
        ContentType: 'text/plain',
        CacheControl: 'no-store',
        ContentDisposition: 'inline',
        Body: Buffer.from('xxx'),
      });
      expect(input).not.toHaveProperty('IfMatch');
      expect(input).not.toHaveProperty('IfNoneMatch');
    }
  });

  it('asks S3 itself to decide conditions', async () => {
    expect(await store.putIfAbsent('a', Buffer.from('x'), text)).toBe(true);
    expect(await store.putIfMatch('a', Buffer.from('x'), text, 'abc')).toBe(true);
    expect(puts().map(({ IfMatch, IfNoneMatch }) => IfMatch ?? IfNoneMatch)).toEqual([
      '*',
      '"abc"',
    ]);
  });

  it('sends a long stream in parts and asks the condition when they are joined', async () => {
    expect(await store.putIfAbsent('a', stream(12_000_000), text)).toBe(true);
    expect(puts()).toEqual([]);
    const parts = s3.commandCalls(UploadPartCommand).map((call) => call.args[0].input.Body);
    const sizes = parts.map((part) => (part instanceof Uint8Array ? part.length : 0));
    expect(sizes.reduce((sum, size) => sum + size)).toBe(12_000_000);
    const [complete] = s3.commandCalls(CompleteMultipartUploadCommand);
    expect(complete?.args[0].input.IfNoneMatch).toBe('*');
  });

  it('gives up the parts when the condition fails at the end', async () => {
    s3.on(CompleteMultipartUploadCommand).rejects(answer(412));
    expect(await store.putIfAbsent('a', stream(12_000_000), text)).toBe(false);
    expect(s3.commandCalls(AbortMultipartUploadCommand)).toHaveLength(1);
  });

  it('says false to 412, and to 404 of a condition', async () => {
    s3.on(PutObjectCommand).rejects(answer(412));
    expect(await store.putIfAbsent('a', Buffer.from('x'), text)).toBe(false);
    expect(await store.putIfMatch('a', Buffer.from('x'), text, 'abc')).toBe(false);
    s3.on(PutObjectCommand).rejects(answer(404, 'NoSuchKey'));
    expect(await store.putIfMatch('a', Buffer.from('x'), text, 'abc')).toBe(false);
  });

  it('tries again after 409, a bounded number of times', async () => {
    s3.on(PutObjectCommand)
      .rejectsOnce(answer(409))
      .rejectsOnce(answer(409))
      .resolves({ ETag: '"x"' });
    expect(await store.putIfAbsent('a', stream(5), text)).toBe(true);
    expect(puts()).toHaveLength(3);
    for (const { Body: body } of puts()) expect(body).toEqual(Buffer.from('xxxxx'));
    s3.on(PutObjectCommand).rejects(answer(409));
    const write = store.putIfAbsent('a', Buffer.from('x'), text);
    await expect(write).rejects.toMatchObject({ code: 'store-unavailable' });
    expect(puts()).toHaveLength(8);
  });

  it('says 409 of parts is store-unavailable, for a stream cannot be sent again', async () => {
    s3.on(CompleteMultipartUploadCommand).rejects(answer(409));
    await expect(store.putIfAbsent('a', stream(12_000_000), text)).rejects.toMatchObject({
      code: 'store-unavailable',
    });
  });

  it('lets S3 copy what is joined, each source as it was when it was looked at', async () => {
    s3.on(HeadObjectCommand).resolves({
      ContentLength: 6_000_000,
      ETag: '"e"',
      LastModified: new Date(0),
    });
    s3.on(UploadPartCopyCommand).resolves({ CopyPartResult: { ETag: '"copied"' } });
    const headers = { ...text, cacheControl: 'no-store' };
    expect(await store.join('a', ['b', 'c'], headers, { etag: 'abc' })).toMatchObject({
      bytes: 12_000_000,
      etag: 'abc-2',
    });
    const [start] = s3.commandCalls(CreateMultipartUploadCommand);
    expect(start?.args[0].input).toMatchObject({ ContentType: 'text/plain', Key: 'a' });
    expect(s3.commandCalls(UploadPartCopyCommand).map((call) => call.args[0].input)).toMatchObject([
      { CopySource: 'bucket/b', CopySourceRange: 'bytes=0-5999999', CopySourceIfMatch: '"e"' },
      { CopySource: 'bucket/c', CopySourceRange: 'bytes=0-5999999', PartNumber: 2 },
    ]);
    const [complete] = s3.commandCalls(CompleteMultipartUploadCommand);
    expect(complete?.args[0].input).toMatchObject({ IfMatch: '"abc"' });
    expect(s3.commandCalls(GetObjectCommand)).toEqual([]);
    expect(s3.commandCalls(AbortMultipartUploadCommand)).toEqual([]);
  });

  it.each([
    [answer(404, 'NoSuchKey'), { name: 'MissingPart' }],
    [answer(412), { name: 'MissingPart' }],
    [answer(503), { code: 'store-unavailable' }],
  ])('gives up a join whose source answers %s', async (cause, expected) => {
    s3.on(HeadObjectCommand).resolves({
      ContentLength: 6_000_000,
      ETag: '"e"',
      LastModified: new Date(0),
    });
    s3.on(UploadPartCopyCommand).rejects(cause);
    await expect(store.join('a', ['b'], text)).rejects.toMatchObject(expected);
    expect(s3.commandCalls(AbortMultipartUploadCommand)).toHaveLength(1);
    expect(s3.commandCalls(CompleteMultipartUploadCommand)).toEqual([]);
  });

  const calls = [
    ['put', () => store.put('a', Buffer.from('x'), text)],
    ['putIfAbsent', () => store.putIfAbsent('a', Buffer.from('x'), text)],
    ['putIfMatch', () => store.putIfMatch('a', Buffer.from('x'), text, 'abc')],
    ['a put of parts', () => store.put('a', stream(12_000_000), text)],
    ['info', () => store.info('a')],
    ['join', () => store.join('a', ['b'], text)],
    ['get', () => store.get('a')],
    ['list', () => store.list('a')[Symbol.asyncIterator]().next()],
    ['delete', () => store.delete('a')],
  ] as const;
  const failures = [
    answer(503),
    answer(500),
    answer(403),
    answer(404, 'NoSuchBucket'),
    new Error('hang up'),
  ];
  for (const [name, call] of calls) {
    it.each(failures)(
      `${name} says store-unavailable, with the cause, after: %s`,
      async (cause) => {
        s3.reset();
        s3.rejects(cause);
        await expect(call()).rejects.toMatchObject({ code: 'store-unavailable', cause });
      },
    );
  }

  it('has nothing where S3 answers 404', async () => {
    s3.rejects(answer(404, 'NotFound'));
    expect(await store.info('a')).toBeUndefined();
    expect(await store.get('a')).toBeUndefined();
    await store.delete('a');
    expect(s3.commandCalls(DeleteObjectCommand)).toHaveLength(1);
  });

  it('reads bytes and ranges; a range behind the end is empty', async () => {
    // The SDK's own mixin on the stream is not needed to read it.
    const body = Readable.from([Buffer.from('bon'), Buffer.from('jour')]);
    s3.on(GetObjectCommand).resolves({ Body: body as never, ETag: '"e"' });
    expect((await readBytes(await store.get('a', { start: 2, end: 9 })))?.toString()).toBe(
      'bonjour',
    );
    expect(s3.commandCalls(GetObjectCommand)[0]?.args[0].input.Range).toBe('bytes=2-9');
    s3.on(GetObjectCommand).rejects(answer(416, 'InvalidRange'));
    expect(await readBytes(await store.get('a', { start: 9, end: 9 }))).toEqual(Buffer.alloc(0));
  });

  it('says store-unavailable when the bytes break off', async () => {
    const failing = async function* (): AsyncGenerator<Uint8Array> {
      yield await Promise.resolve(Buffer.from('x'));
      throw new Error('reset');
    };
    s3.on(GetObjectCommand).resolves({
      Body: Readable.from(failing()) as never,
      ETag: '"e"',
    });
    await expect(readBytes(await store.get('a'))).rejects.toMatchObject({
      code: 'store-unavailable',
    });
  });

  it('tells headers, size and etag', async () => {
    const modified = new Date(0);
    s3.on(HeadObjectCommand).resolves({
      ContentLength: 3,
      ETag: '"abc"',
      LastModified: modified,
      ContentType: 'text/csv',
      CacheControl: 'no-store',
    });
    expect(await store.info('a')).toEqual({
      key: 'a',
      bytes: 3,
      etag: 'abc',
      modified,
      contentType: 'text/csv',
      cacheControl: 'no-store',
    });
  });

  it('lists page after page', async () => {
    const object = (Key: string) => ({ Key, Size: 1, ETag: '"e"', LastModified: new Date(0) });
    s3.on(ListObjectsV2Command, { Prefix: 'a/' })
      .resolvesOnce({
        Name: 'bucket',
        Contents: [object('a/1'), object('a/2')],
        NextContinuationToken: 'more',
      })
      .resolves({ Name: 'bucket', Contents: [object('a/3')] });
    const pages: string[][] = [];
    for await (const page of store.list('a/')) pages.push(page.map(({ key }) => key));
    expect(pages).toEqual([['a/1', 'a/2'], ['a/3']]);
    const [, second] = s3.commandCalls(ListObjectsV2Command);
    expect(second?.args[0].input.ContinuationToken).toBe('more');
  });

  it('takes no answer for one of S3 that lacks what all of them have', async () => {
    s3.on(GetObjectCommand).resolves({}).on(HeadObjectCommand).resolves({ ContentLength: 61 });
    s3.on(ListObjectsV2Command).resolves({}).on(PutObjectCommand).resolves({});
    for (const ask of [
      () => store.get('a'),
      () => store.info('a'),
      () => Array.fromAsync(store.list('a/')),
      () => store.put('a', Buffer.from('x'), text),
    ]) {
      await expect(ask()).rejects.toMatchObject({ code: 'store-unavailable' });
    }
  });

  it('signs links to download under a file name', async () => {
    const link = new URL(
      await store.downloadLink('a/b.csv', { fileName: 'été.csv', seconds: 300 }),
    );
    expect(link.pathname).toBe('/a/b.csv');
    expect(link.searchParams.get('X-Amz-Expires')).toBe('300');
    expect(link.searchParams.get('response-content-disposition')).toBe(
      'attachment; filename="_t_.csv"; filename*=UTF-8\'\'%C3%A9t%C3%A9.csv',
    );
  });

  it('signs links to upload with length, type and checksum as headers that must be sent', async () => {
    const options = { bytes: 5, sha256: 'ab'.repeat(32), contentType: 'image/png', seconds: 60 };
    const link = new URL(await store.uploadLink('a/b.png', options));
    expect(link.searchParams.get('X-Amz-SignedHeaders')?.split(';')).toEqual([
      'content-length',
      'content-type',
      'host',
      'x-amz-checksum-sha256',
    ]);
    expect(link.searchParams.has('x-amz-checksum-sha256')).toBe(false);
  });

  it.each(['../x', '', 'a//b'])('refuses the key "%s"', async (key) => {
    await expect(async () => store.get(key)).rejects.toThrow(RangeError);
    await expect(async () => store.put(key, Buffer.from('x'), text)).rejects.toThrow(RangeError);
    await expect(async () =>
      store.downloadLink(key, { fileName: 'x', seconds: 1 }),
    ).rejects.toThrow(RangeError);
  });
});
