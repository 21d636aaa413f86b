import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import type { S3Client } from '@aws-sdk/client-s3';
import { attachmentDisposition } from './content-disposition.ts';

interface Place {
  readonly Bucket: string;
  readonly Key: string;
}

/** The presigner is loaded when the first link is asked for: most functions never ask. */
const presigner = () => import('@aws-sdk/s3-request-presigner');

export async function downloadUrl(
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
export async function uploadUrl(
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
