import { S3Client } from '@aws-sdk/client-s3';
import type { ObjectStore } from '../shared/objects/object-store.ts';
import { S3ObjectStore } from '../shared/objects/s3-object-store.ts';
import { boundRequests, requestSettings, type Patience } from './bound-requests.ts';

/** A module of its own, loaded when it is needed: a bundler cannot shake what is imported by name later. */
export function s3Objects(bucket: string, patience: Patience): ObjectStore {
  const client = new S3Client({ requestHandler: requestSettings(patience) });
  return new S3ObjectStore(boundRequests(client, patience), bucket);
}
