import {
  AbortMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type ListObjectsV2CommandOutput,
  type PutObjectCommandInput,
  type S3Client,
} from '@aws-sdk/client-s3';
import { Readable } from 'node:stream';
import { Fault } from '../fault.ts';
import {
  bytesOfParts,
  checkKey,
  MissingPart,
  type ObjectBody,
  type ObjectHeaders,
  type ObjectInfo,
  type ObjectStore,
  type WriteCondition,
} from './object-store.ts';
import {
  faults,
  faultsOf,
  isMissingObject,
  nothing,
  s3Fault,
  statusOf,
  unlessAbsent,
} from './s3-faults.ts';
import { attachmentDisposition } from './content-disposition.ts';

/** How often a write is tried that S3 answers with 409: another one for the same key was under way. */
const rounds = 5;

type Condition = Pick<PutObjectCommandInput, 'IfMatch' | 'IfNoneMatch'>;

/**
 * Objects in one S3 bucket. Bodies of up to 5 MB go in one request, longer streams in parts (the
 * condition is then asked when the parts are joined).
 *
 * A conditional write whose answer is lost is sent again by the SDK and may find its own object: then
 * `putIfAbsent` says false although the bytes are there. Keys made of a hash are none the worse; others
 * compare the bytes.
 */
export class S3ObjectStore implements ObjectStore {
  readonly #client: S3Client;
  readonly #bucket: string;

  constructor(client: S3Client, bucket: string) {
    this.#client = client;
    this.#bucket = bucket;
  }

  async put(key: string, body: ObjectBody, headers: ObjectHeaders): Promise<ObjectInfo> {
    const info = await this.#write(key, body, headers, {});
    if (info === undefined) throw new Fault('store-unavailable');
    return info;
  }

  async putIfAbsent(key: string, body: ObjectBody, headers: ObjectHeaders): Promise<boolean> {
    return (await this.#write(key, body, headers, { IfNoneMatch: '*' })) !== undefined;
  }

  async putIfMatch(
    key: string,
    body: ObjectBody,
    headers: ObjectHeaders,
    etag: string,
  ): Promise<boolean> {
    return (await this.#write(key, body, headers, { IfMatch: `"${etag}"` })) !== undefined;
  }

  async join(
    key: string,
    parts: readonly string[],
    headers: ObjectHeaders,
    condition?: WriteCondition,
  ): Promise<ObjectInfo | undefined> {
    this.#at(key);
    const sources = await Promise.all(
      parts.map(async (part): Promise<ObjectInfo> => {
        const found = await this.info(part);
        if (found === undefined) throw new MissingPart(`${part} is not there.`);
        return found;
      }),
    );
    const bytes = sources.reduce((sum, source) => sum + source.bytes, 0);
    const asked = conditionOf(condition);
    return bytes <= partBytes
      ? this.#write(key, bytesOfParts(this, parts), headers, asked)
      : this.#decided(asked, async () => {
          const { joinByCopy } = await import('./s3-join.ts');
          const input = { ...this.#at(key), ...headersOf(headers) };
          const { etag } = await joinByCopy(this.#client, this, input, asked, sources);
          return infoOf(key, bytes, etag, new Date());
        });
  }

  async info(key: string): Promise<(ObjectInfo & ObjectHeaders) | undefined> {
    const command = new HeadObjectCommand(this.#at(key));
    const output = await unlessAbsent(() => this.#client.send(command));
    if (output === undefined) return undefined;
    return {
      ...infoOf(key, output.ContentLength, output.ETag, output.LastModified),
      contentType: output.ContentType ?? 'application/octet-stream',
      ...(output.CacheControl !== undefined && { cacheControl: output.CacheControl }),
      ...(output.ContentDisposition !== undefined && {
        contentDisposition: output.ContentDisposition,
      }),
    };
  }

  async get(
    key: string,
    range?: { readonly start: number; readonly end: number },
  ): Promise<AsyncIterable<Uint8Array> | undefined> {
    const command = new GetObjectCommand({
      ...this.#at(key),
      ...(range !== undefined && { Range: `bytes=${range.start}-${range.end}` }),
    });
    try {
      const { Body: body, ETag: etag } = await this.#client.send(command);
      if (etag === undefined) throw notFromS3();
      return body instanceof Readable ? faultsOf(body) : nothing();
    } catch (error) {
      if (statusOf(error) === 404) return undefined;
      // A range that begins behind the end has no bytes.
      if (statusOf(error) === 416) return nothing();
      throw s3Fault(error);
    }
  }

  async *list(prefix: string): AsyncGenerator<readonly ObjectInfo[]> {
    let token: string | undefined;
    do {
      const command = new ListObjectsV2Command({
        Bucket: this.#bucket,
        Prefix: prefix,
        ...(token !== undefined && { ContinuationToken: token }),
      });
      const output: ListObjectsV2CommandOutput = await faults(() => this.#client.send(command));
      // An answer that is no list reads as an empty one, and what is not listed is not deleted.
      if (output.Name === undefined) throw notFromS3();
      const page = (output.Contents ?? []).map(({ Key, Size, ETag, LastModified }) =>
        infoOf(Key ?? '', Size, ETag, LastModified),
      );
      if (page.length > 0) yield page;
      token = output.NextContinuationToken;
    } while (token !== undefined);
  }

  async delete(key: string): Promise<void> {
    const command = new DeleteObjectCommand(this.#at(key));
    await unlessAbsent(() => this.#client.send(command));
  }

  async downloadLink(key: string, options: { fileName: string; seconds: number }): Promise<string> {
    const place = this.#at(key);
    return faults(() => downloadUrl(this.#client, place, options));
  }

  async uploadLink(
    key: string,
    options: { bytes: number; sha256: string; contentType: string; seconds: number },
  ): Promise<string> {
    const place = this.#at(key);
    return faults(() => uploadUrl(this.#client, place, options));
  }

  #at(key: string): { Bucket: string; Key: string } {
    checkKey(key);
    return { Bucket: this.#bucket, Key: key };
  }

  /** Undefined: the condition did not hold. */
  async #write(
    key: string,
    body: ObjectBody,
    headers: ObjectHeaders,
    condition: Condition,
  ): Promise<ObjectInfo | undefined> {
    const input = { ...this.#at(key), ...condition, ...headersOf(headers) };
    const { first, rest } = await startOf(body);
    return this.#decided(condition, () =>
      rest === undefined ? this.#putWhole(input, first) : this.#putParts(input, rest),
    );
  }

  /** Undefined: S3 says that the condition did not hold. */
  async #decided(
    condition: Condition,
    write: () => Promise<ObjectInfo>,
  ): Promise<ObjectInfo | undefined> {
    try {
      return await write();
    } catch (error) {
      const gone = condition.IfMatch !== undefined && isMissingObject(error);
      if (statusOf(error) === 412 || gone) return undefined;
      throw error instanceof MissingPart ? error : s3Fault(error);
    }
  }

  async #putParts(
    input: PutObjectCommandInput & { Key: string },
    body: AsyncIterable<Uint8Array>,
  ): Promise<ObjectInfo> {
    const { bytes, etag } = await putParts(this.#client, input, body);
    return infoOf(input.Key, bytes, etag, new Date());
  }

  async #putWhole(
    input: PutObjectCommandInput & { Key: string },
    bytes: Uint8Array,
  ): Promise<ObjectInfo> {
    for (let round = 1; ; round++) {
      try {
        const output = await this.#client.send(new PutObjectCommand({ ...input, Body: bytes }));
        return infoOf(input.Key, bytes.length, output.ETag, new Date());
      } catch (error) {
        if (statusOf(error) !== 409 || round === rounds) throw error;
      }
    }
  }
}

/** The answer lacks what every answer of S3 has: someone in between has given it. */
function notFromS3(): Fault {
  return new Fault('store-unavailable', { cause: new TypeError('This is no answer of S3.') });
}

function conditionOf(condition: WriteCondition | undefined): Condition {
  if (condition === undefined) return {};
  return 'etag' in condition ? { IfMatch: `"${condition.etag}"` } : { IfNoneMatch: '*' };
}

function headersOf({ contentType, cacheControl, contentDisposition }: ObjectHeaders) {
  return {
    ContentType: contentType,
    ...(cacheControl !== undefined && { CacheControl: cacheControl }),
    ...(contentDisposition !== undefined && { ContentDisposition: contentDisposition }),
  };
}

function infoOf(
  key: string,
  bytes: number | undefined,
  etag: string | undefined,
  modified: Date | undefined,
): ObjectInfo {
  if (bytes === undefined || etag === undefined || modified === undefined) {
    throw notFromS3();
  }
  return { key, bytes, etag: etag.replaceAll('"', ''), modified };
}

/** S3's smallest part: what is shorter is sent in one request. */
const partBytes = 5 * 1024 * 1024;

/**
 * The whole body if it is short enough for one request, which can be sent again after a 409; else
 * `rest`, the whole of it still, as a stream.
 */
async function startOf(
  body: ObjectBody,
): Promise<{ first: Uint8Array; rest?: AsyncIterable<Uint8Array> }> {
  if (body instanceof Uint8Array) return { first: body };
  const source = body[Symbol.asyncIterator]();
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for (;;) {
    const next = await source.next();
    if (next.done === true) return { first: Buffer.concat(chunks) };
    chunks.push(next.value);
    bytes += next.value.length;
    if (bytes > partBytes) break;
  }
  const rest = async function* (): AsyncGenerator<Uint8Array> {
    let ended = false;
    try {
      for (let chunk = chunks.shift(); chunk !== undefined; chunk = chunks.shift()) yield chunk;
      for (;;) {
        const next = await source.next();
        if (next.done === true) break;
        yield next.value;
      }
      ended = true;
    } finally {
      // An upload that gives up lets the source go too.
      if (!ended) await source.return?.();
    }
  };
  return { first: Buffer.alloc(0), rest: rest() };
}

interface Place {
  readonly Bucket: string;
  readonly Key: string;
}

/** The presigner is loaded when the first link is asked for: most functions never ask. */
const presigner = () => import('@aws-sdk/s3-request-presigner');

async function downloadUrl(
  client: S3Client,
  place: Place,
  { fileName, seconds }: { fileName: string; seconds: number },
): Promise<string> {
  const { getSignedUrl } = await presigner();
  const command = new GetObjectCommand({
    ...place,
    ResponseContentDisposition: attachmentDisposition(fileName),
  });
  return getSignedUrl(client, command, { expiresIn: seconds });
}

/**
 * Whoever sends the bytes must send the headers `content-type` and `x-amz-checksum-sha256` (base64)
 * with them. The presigner would rather move the checksum into the link, where S3 ignores it.
 */
async function uploadUrl(
  client: S3Client,
  place: Place,
  options: { bytes: number; sha256: string; contentType: string; seconds: number },
): Promise<string> {
  const { getSignedUrl } = await presigner();
  const command = new PutObjectCommand({
    ...place,
    ContentType: options.contentType,
    ContentLength: options.bytes,
    ChecksumSHA256: Buffer.from(options.sha256, 'hex').toString('base64'),
  });
  return getSignedUrl(client, command, {
    expiresIn: options.seconds,
    unhoistableHeaders: new Set(['x-amz-checksum-sha256']),
    signableHeaders: new Set(['host', 'content-type', 'content-length']),
  });
}

/**
 * Sends a long stream in parts, with flat memory. A stream cannot be sent twice, so a 409 at the joining
 * is the caller's to repeat. The library is loaded when first needed: most functions never are.
 */
async function putParts(
  client: S3Client,
  input: PutObjectCommandInput,
  body: AsyncIterable<Uint8Array>,
): Promise<{ bytes: number; etag: string | undefined }> {
  const { Upload } = await import('@aws-sdk/lib-storage');
  let bytes = 0;
  const counted = async function* (): AsyncGenerator<Uint8Array> {
    for await (const chunk of body) {
      bytes += chunk.length;
      yield chunk;
    }
  };
  const upload = new Upload({
    client,
    params: { ...input, Body: Readable.from(counted(), { objectMode: false }) },
    queueSize: 2,
  });
  try {
    const { ETag: etag } = await upload.done();
    return { bytes, etag };
  } catch (error) {
    // The library leaves the parts behind when it is their joining that fails.
    const { Bucket, Key } = input;
    if (upload.uploadId !== undefined) {
      const abort = new AbortMultipartUploadCommand({ Bucket, Key, UploadId: upload.uploadId });
      await client.send(abort).catch(() => undefined);
    }
    throw error;
  }
}
