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
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { s3PartLimits } from '../../shared/objects/s3-join.ts';

interface Stored {
  readonly bytes: Buffer;
  readonly etag: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
}

interface Upload {
  readonly headers: Stored['headers'];
  readonly parts: Map<number, Buffer>;
}

function failure(status: number, name: string): S3ServiceException {
  return new S3ServiceException({ name, $fault: 'client', $metadata: { httpStatusCode: status } });
}

const etagOf = (bytes: Buffer): string => `"${createHash('md5').update(bytes).digest('hex')}"`;

/**
 * A bucket behind the SDK's client, in memory: conditions, ranges and multipart uploads with S3's
 * own rules, so that the adapter is held to the same contract as the others.
 */
export class FakeS3 {
  readonly client = new S3Client({
    region: 'eu-west-3',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  /** Multipart uploads that were neither completed nor given up: they would be paid for. */
  readonly uploads = new Map<string, Upload>();
  readonly #objects = new Map<string, Stored>();
  #started = 0;

  constructor() {
    const mock = mockClient(this.client);
    mock.on(PutObjectCommand).callsFake(async (input: PutObjectCommand['input']) => {
      await Promise.resolve();
      this.#check(input);
      const bytes = Buffer.from(input.Body instanceof Uint8Array ? input.Body : []);
      return this.#store(input.Key ?? '', bytes, headersOf(input));
    });
    mock.on(HeadObjectCommand).callsFake(async ({ Key }: HeadObjectCommand['input']) => {
      await Promise.resolve();
      const { bytes, etag, headers } = this.#at(Key, 'NotFound');
      return { ...headers, ContentLength: bytes.length, ETag: etag, LastModified: new Date() };
    });
    mock.on(GetObjectCommand).callsFake(async ({ Key, Range }: GetObjectCommand['input']) => {
      await Promise.resolve();
      const { bytes, etag } = this.#at(Key, 'NoSuchKey');
      return { Body: Readable.from([slice(bytes, Range)]), ETag: etag };
    });
    mock.on(ListObjectsV2Command).callsFake(({ Prefix = '' }: ListObjectsV2Command['input']) => {
      const found = [...this.#objects].filter(([key]) => key.startsWith(Prefix));
      const sorted = found.sort(([one], [other]) => (one < other ? -1 : 1));
      return {
        Name: 'bucket',
        Contents: sorted.map(([Key, { bytes, etag }]) => {
          return { Key, Size: bytes.length, ETag: etag, LastModified: new Date() };
        }),
      };
    });
    mock.on(DeleteObjectCommand).callsFake(async ({ Key }: DeleteObjectCommand['input']) => {
      await Promise.resolve();
      this.#objects.delete(Key ?? '');
      return {};
    });
    mock.on(CreateMultipartUploadCommand).callsFake(async (input: PutObjectCommand['input']) => {
      await Promise.resolve();
      const UploadId = `upload-${(this.#started += 1)}`;
      this.uploads.set(UploadId, { headers: headersOf(input), parts: new Map() });
      return { UploadId };
    });
    mock.on(UploadPartCommand).callsFake(async (input: UploadPartCommand['input']) => {
      await Promise.resolve();
      const bytes = Buffer.from(input.Body instanceof Uint8Array ? input.Body : []);
      this.#upload(input.UploadId).parts.set(input.PartNumber ?? 0, bytes);
      return { ETag: etagOf(bytes) };
    });
    mock.on(UploadPartCopyCommand).callsFake(async (input: UploadPartCopyCommand['input']) => {
      await Promise.resolve();
      const source = this.#at(input.CopySource?.slice('bucket/'.length), 'NoSuchKey');
      if (input.CopySourceIfMatch !== source.etag) throw failure(412, 'PreconditionFailed');
      const bytes = slice(source.bytes, input.CopySourceRange);
      this.#upload(input.UploadId).parts.set(input.PartNumber ?? 0, bytes);
      return { CopyPartResult: { ETag: etagOf(bytes) } };
    });
    mock
      .on(CompleteMultipartUploadCommand)
      .callsFake(async (input: CompleteMultipartUploadCommand['input']) => {
        await Promise.resolve();
        const { headers, parts } = this.#upload(input.UploadId);
        this.#check(input);
        const bodies = (input.MultipartUpload?.Parts ?? []).map(({ PartNumber, ETag }) => {
          const bytes = parts.get(PartNumber ?? 0);
          if (bytes === undefined || etagOf(bytes) !== ETag) throw failure(400, 'InvalidPart');
          return bytes;
        });
        if (bodies.slice(0, -1).some(({ length }) => length < s3PartLimits.least)) {
          throw failure(400, 'EntityTooSmall');
        }
        this.uploads.delete(input.UploadId ?? '');
        return this.#store(input.Key ?? '', Buffer.concat(bodies), headers);
      });
    mock
      .on(AbortMultipartUploadCommand)
      .callsFake(async ({ UploadId }: AbortMultipartUploadCommand['input']) => {
        await Promise.resolve();
        this.uploads.delete(UploadId ?? '');
        return {};
      });
  }

  #at(key: string | undefined, name: string): Stored {
    const found = this.#objects.get(key ?? '');
    if (found === undefined) throw failure(404, name);
    return found;
  }

  #upload(id: string | undefined): Upload {
    const found = this.uploads.get(id ?? '');
    if (found === undefined) throw failure(404, 'NoSuchUpload');
    return found;
  }

  #check({ Key, IfMatch, IfNoneMatch }: PutObjectCommand['input']): void {
    const there = this.#objects.get(Key ?? '');
    if (IfNoneMatch === '*' && there !== undefined) throw failure(412, 'PreconditionFailed');
    if (IfMatch === undefined) return;
    if (there === undefined) throw failure(404, 'NoSuchKey');
    if (there.etag !== IfMatch) throw failure(412, 'PreconditionFailed');
  }

  #store(key: string, bytes: Buffer, headers: Stored['headers']): { ETag: string } {
    // S3's etags of equal bytes are equal; a contract of ours rests on nothing else.
    this.#objects.set(key, { bytes, etag: etagOf(bytes), headers });
    return { ETag: etagOf(bytes) };
  }
}

function headersOf(input: PutObjectCommand['input']): Stored['headers'] {
  const { ContentType, CacheControl, ContentDisposition } = input;
  return { ContentType, CacheControl, ContentDisposition };
}

function slice(bytes: Buffer, range: string | undefined): Buffer {
  const [, start, end] = /^bytes=(\d+)-(\d+)$/.exec(range ?? '') ?? [];
  if (start === undefined || end === undefined) return bytes;
  if (Number(start) >= bytes.length) throw failure(416, 'InvalidRange');
  return bytes.subarray(Number(start), Number(end) + 1);
}
