import { S3Client } from '@aws-sdk/client-s3';
import type { ObjectStore } from '../shared/objects/object-store.ts';
import { S3ObjectStore } from '../shared/objects/s3-object-store.ts';

/** A module of its own, loaded when it is needed: a bundler cannot shake what is imported by name later. */
export function s3Objects(bucket: string): ObjectStore {
  return new S3ObjectStore(new S3Client({}), bucket);
}
