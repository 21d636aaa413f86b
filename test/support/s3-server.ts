import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { FakeS3 } from './fake-s3.ts';
import { s3Error } from './store-refusals.ts';

/**
 * FakeS3 behind HTTP, path style, for the SDK's own clients: objects in one request each, with their
 * conditions, ranges and lists. No signatures, no uploads in parts.
 */
export async function startS3(): Promise<{
  readonly url: string;
  readonly fake: FakeS3;
  close(): Promise<void>;
}> {
  const fake = new FakeS3();
  const server = createServer((incoming, outgoing) => {
    serve(fake, incoming, outgoing).catch((error: unknown) => {
      const known = error instanceof S3ServiceException ? error : undefined;
      const answer = s3Error(known?.$metadata.httpStatusCode ?? 500, known?.name ?? 'Broken');
      outgoing.writeHead(answer.status, answer.headers);
      outgoing.end(incoming.method === 'HEAD' ? undefined : answer.body);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('No port.');
  return {
    url: `http://127.0.0.1:${address.port}`,
    fake,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function serve(
  { client }: FakeS3,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const { method, headers } = incoming;
  const { pathname, searchParams } = new URL(incoming.url ?? '/', 'http://s3');
  const [, Bucket = '', ...rest] = pathname.split('/').map(decodeURIComponent);
  const at = { Bucket, Key: rest.join('/') };
  if (method === 'PUT') {
    const { ETag } = await client.send(
      new PutObjectCommand({
        ...at,
        Body: await buffer(incoming),
        ContentType: headers['content-type'],
        CacheControl: headers['cache-control'],
        ContentDisposition: headers['content-disposition'],
        IfMatch: headers['if-match'],
        IfNoneMatch: headers['if-none-match'],
      }),
    );
    outgoing.writeHead(200, { etag: ETag ?? '', 'content-length': 0 }).end();
  } else if (method === 'DELETE') {
    await client.send(new DeleteObjectCommand(at));
    outgoing.writeHead(204).end();
  } else if (at.Key === '') {
    const Prefix = searchParams.get('prefix') ?? '';
    const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket, Prefix }));
    const items = Contents.map(
      ({ Key, Size, ETag, LastModified }) =>
        `<Contents><Key>${Key}</Key><Size>${Size}</Size><ETag>${ETag}</ETag>` +
        `<LastModified>${LastModified?.toISOString()}</LastModified></Contents>`,
    );
    outgoing.writeHead(200, { 'content-type': 'application/xml' });
    outgoing.end(
      `<?xml version="1.0" encoding="UTF-8"?><ListBucketResult><Name>${Bucket}</Name>` +
        `<KeyCount>${items.length}</KeyCount>${items.join('')}</ListBucketResult>`,
    );
  } else {
    const head = await client.send(new HeadObjectCommand(at));
    const Range = headers.range;
    const found = await client.send(new GetObjectCommand({ ...at, Range }));
    const bytes = found.Body instanceof Readable ? await buffer(found.Body) : Buffer.alloc(0);
    outgoing.writeHead(Range === undefined ? 200 : 206, {
      'content-length': bytes.length,
      etag: head.ETag ?? '',
      'last-modified': (head.LastModified ?? new Date()).toUTCString(),
      'content-type': head.ContentType ?? 'application/octet-stream',
      ...(head.CacheControl !== undefined && { 'cache-control': head.CacheControl }),
      ...(head.ContentDisposition !== undefined && {
        'content-disposition': head.ContentDisposition,
      }),
    });
    outgoing.end(method === 'HEAD' ? undefined : bytes);
  }
}
