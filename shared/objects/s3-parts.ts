import { AbortMultipartUploadCommand } from '@aws-sdk/client-s3';
import type { PutObjectCommandInput, S3Client } from '@aws-sdk/client-s3';
import { Readable } from 'node:stream';

/**
 * Sends a long stream in parts, with flat memory. A stream cannot be sent twice, so a 409 at the joining
 * is the caller's to repeat. The library is loaded when first needed: most functions never are.
 */
export async function putParts(
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
