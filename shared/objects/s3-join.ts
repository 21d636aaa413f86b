import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  UploadPartCommand,
  UploadPartCopyCommand,
  type CompletedPart,
  type CompleteMultipartUploadCommandInput,
  type CreateMultipartUploadCommandInput,
  type S3Client,
} from '@aws-sdk/client-s3';
import { buffer } from 'node:stream/consumers';
import { MissingPart, type ObjectInfo, type ObjectStore } from './object-store.ts';
import { statusOf } from './s3-faults.ts';

/** S3's limits: https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
export const s3PartLimits = { least: 5 * 1024 * 1024, most: 5 * 1024 * 1024 * 1024, parts: 10_000 };
type PartLimits = typeof s3PartLimits;

/** Bytes `start` to `end`, both included, of source number `source`. */
export interface Piece {
  readonly source: number;
  readonly start: number;
  readonly end: number;
}

/**
 * One part of a multipart upload: a piece that the store copies by itself, or pieces that have to be
 * read and sent because they are too short for that.
 */
export type JoinStep =
  | { readonly kind: 'copy'; readonly piece: Piece }
  | { readonly kind: 'send'; readonly pieces: readonly Piece[] };

/**
 * How objects of these sizes become one. Every part but the last has `least` bytes at the least, and
 * never more than that is read. Throws RangeError beyond the number of parts that S3 takes.
 */
export function joinPlan(
  sizes: readonly number[],
  limits: PartLimits = s3PartLimits,
): readonly JoinStep[] {
  const steps: JoinStep[] = [];
  let short: Piece[] = [];
  let shortBytes = 0;
  const send = (): void => {
    if (short.length > 0) steps.push({ kind: 'send', pieces: short });
    short = [];
    shortBytes = 0;
  };
  for (const [source, size] of sizes.entries()) {
    let start = 0;
    if (shortBytes > 0) {
      start = Math.min(size, limits.least - shortBytes);
      if (start > 0) short.push({ source, start: 0, end: start - 1 });
      shortBytes += start;
      if (shortBytes >= limits.least) send();
    }
    for (let left = size - start; left > 0; left = size - start) {
      if (left < limits.least) {
        short.push({ source, start, end: size - 1 });
        shortBytes += left;
        break;
      }
      // What would be left behind must be long enough, too, or be nothing.
      const whole = left <= limits.most;
      const bytes = whole ? left : Math.min(limits.most, left - limits.least);
      steps.push({ kind: 'copy', piece: { source, start, end: start + bytes - 1 } });
      start += bytes;
    }
  }
  send();
  if (steps.length > limits.parts) throw new RangeError(`${steps.length} parts are too many.`);
  return steps;
}

type Condition = Pick<CompleteMultipartUploadCommandInput, 'IfMatch' | 'IfNoneMatch'>;

/** What is joined: the objects as they were when they were looked at. */
type Sources = readonly Pick<ObjectInfo, 'key' | 'bytes' | 'etag'>[];

/**
 * Joins objects by a multipart upload whose parts S3 copies by itself, but for those that are shorter
 * than it allows. The condition is asked when all parts are there. Throws S3's errors; MissingPart
 * when a source has gone or has other bytes now.
 */
export async function joinByCopy(
  client: S3Client,
  store: Pick<ObjectStore, 'get'>,
  input: CreateMultipartUploadCommandInput & { Bucket: string; Key: string },
  condition: Condition,
  sources: Sources,
): Promise<{ etag: string | undefined }> {
  const at = { Bucket: input.Bucket, Key: input.Key };
  const { UploadId } = await client.send(new CreateMultipartUploadCommand(input));
  const upload = { ...at, UploadId };
  try {
    const Parts: CompletedPart[] = [];
    for (const [index, step] of joinPlan(sources.map(({ bytes }) => bytes)).entries()) {
      const part = { ...upload, PartNumber: index + 1 };
      const ETag = await putPart(client, store, part, step, sources);
      Parts.push({ ETag, PartNumber: part.PartNumber });
    }
    const complete = { ...upload, ...condition, MultipartUpload: { Parts } };
    const { ETag: etag } = await client.send(new CompleteMultipartUploadCommand(complete));
    return { etag };
  } catch (error) {
    await client.send(new AbortMultipartUploadCommand(upload)).catch(() => undefined);
    throw error;
  }
}

async function putPart(
  client: S3Client,
  store: Pick<ObjectStore, 'get'>,
  part: { Bucket: string; Key: string; UploadId: string | undefined; PartNumber: number },
  step: JoinStep,
  sources: Sources,
): Promise<string | undefined> {
  if (step.kind === 'send') {
    const bytes: Buffer[] = [];
    for (const piece of step.pieces) bytes.push(await read(store, piece, sourceOf(sources, piece)));
    const Body = Buffer.concat(bytes);
    return (await client.send(new UploadPartCommand({ ...part, Body }))).ETag;
  }
  const { key, etag } = sourceOf(sources, step.piece);
  const copy = new UploadPartCopyCommand({
    ...part,
    // Keys hold nothing that would have to be escaped: see ObjectStore.
    CopySource: `${part.Bucket}/${key}`,
    CopySourceRange: `bytes=${step.piece.start}-${step.piece.end}`,
    CopySourceIfMatch: `"${etag}"`,
  });
  try {
    return (await client.send(copy)).CopyPartResult?.ETag;
  } catch (error) {
    if (statusOf(error) === 404 || statusOf(error) === 412) {
      throw new MissingPart(`${key} is not what it was.`, { cause: error });
    }
    throw error;
  }
}

function sourceOf(sources: Sources, { source }: Piece): Sources[number] {
  const found = sources[source];
  if (found === undefined) throw new RangeError(`There is no source ${source}.`);
  return found;
}

async function read(
  store: Pick<ObjectStore, 'get'>,
  { start, end }: Piece,
  { key }: Sources[number],
): Promise<Buffer> {
  const body = await store.get(key, { start, end });
  const bytes = body === undefined ? undefined : await buffer(body);
  if (bytes?.length !== end - start + 1) throw new MissingPart(`${key} is not what it was.`);
  return bytes;
}
