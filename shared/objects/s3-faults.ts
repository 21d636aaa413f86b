import { S3ServiceException } from '@aws-sdk/client-s3';
import type { Readable } from 'node:stream';
import { Fault } from '../fault.ts';

/** The status that S3 answered with. A missing bucket is no missing object: it counts as 500. */
export function statusOf(error: unknown): number | undefined {
  if (!(error instanceof S3ServiceException)) return undefined;
  return error.name === 'NoSuchBucket' ? 500 : error.$metadata.httpStatusCode;
}

/** True for S3's own word that there is no such object, not for a missing upload or bucket. */
export function isMissingObject(error: unknown): boolean {
  return error instanceof S3ServiceException && error.name === 'NoSuchKey';
}

/** Whatever S3 or the way to it fails of is `store-unavailable`, with the cause for the log. */
export function s3Fault(error: unknown): unknown {
  return error instanceof Fault ? error : new Fault('store-unavailable', { cause: error });
}

export async function faults<T>(request: () => Promise<T>): Promise<T> {
  try {
    return await request();
  } catch (error) {
    throw s3Fault(error);
  }
}

/** What S3 answers, or undefined where it has no such object. */
export async function unlessAbsent<T>(request: () => Promise<T>): Promise<T | undefined> {
  try {
    return await request();
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw s3Fault(error);
  }
}

/** After so long without a byte there will be none. Milliseconds. */
const longestStall = 30_000;

/**
 * The bytes of an answer. What has stalled is a fault, since a stream that is cut off without a word
 * would be waited for until the function ends; how long the reader takes in between does not count.
 */
export async function* faultsOf(
  body: Readable,
  stallMs: number = longestStall,
): AsyncGenerator<Uint8Array> {
  const chunks: AsyncIterator<unknown> = body[Symbol.asyncIterator]();
  try {
    for (;;) {
      const stalled = setTimeout(() => {
        body.destroy(new Error('No more bytes have come.'));
      }, stallMs);
      const next = await chunks.next().finally(() => {
        clearTimeout(stalled);
      });
      if (next.done === true) return;
      if (next.value instanceof Uint8Array) yield next.value;
    }
  } catch (error) {
    throw s3Fault(error);
  } finally {
    body.destroy();
  }
}

export async function* nothing(): AsyncGenerator<Uint8Array> {
  // A stream of no bytes.
}
