import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { randomUUID } from 'node:crypto';
import { systemClock, type Clock } from '../shared/clock.ts';
import { awsConfig, type AwsConfig } from '../shared/config.ts';
import { FormLibrary } from '../shared/form/form-library.ts';
import type { ObjectStore } from '../shared/objects/object-store.ts';
import { DynamoRecordStore } from '../shared/store/dynamo-record-store.ts';
import type { RecordStore } from '../shared/store/record-store.ts';
import { LazyObjectStore } from './lazy-object-store.ts';

/** What the domain needs from outside, on AWS. */
export interface Adapters {
  readonly submissions: RecordStore;
  readonly registry: RecordStore;
  readonly objects: ObjectStore;
  readonly forms: FormLibrary;
  readonly clock: Clock;
  readonly newId: () => string;
}

/**
 * A request to DynamoDB takes milliseconds. One that takes seconds is given up and tried again, so
 * that a door can still answer honestly before the HTTP API gives up on it.
 */
const patience = { connectionTimeout: 1000, requestTimeout: 4000, throwOnRequestTimeout: true };

/** Makes the stores; nothing is asked of AWS yet. Throws ConfigurationError. */
export function adapters(config: AwsConfig = awsConfig()): Adapters {
  const dynamo = new DynamoDBClient({ requestHandler: patience });
  const registry = new DynamoRecordStore(dynamo, config.registryTable);
  const objects = new LazyObjectStore(async () => {
    const [{ S3Client }, { S3ObjectStore }] = await Promise.all([
      import('@aws-sdk/client-s3'),
      import('../shared/objects/s3-object-store.ts'),
    ]);
    return new S3ObjectStore(new S3Client({}), config.objectsBucket);
  });
  return {
    submissions: new DynamoRecordStore(dynamo, config.submissionsTable),
    registry,
    objects,
    forms: new FormLibrary(registry, objects, systemClock),
    clock: systemClock,
    newId: randomUUID,
  };
}
