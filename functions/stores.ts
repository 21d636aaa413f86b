import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { randomUUID } from 'node:crypto';
import { systemClock, type Clock } from '../shared/clock.ts';
import { awsConfig } from '../shared/config.ts';
import type { ObjectStore } from '../shared/objects/object-store.ts';
import { DynamoRecordStore } from '../shared/store/dynamo-record-store.ts';
import type { RecordStore } from '../shared/store/record-store.ts';
import { LazyObjectStore } from './lazy-object-store.ts';

export interface Stores {
  readonly submissions: RecordStore;
  readonly registry: RecordStore;
  readonly objects: ObjectStore;
  readonly clock: Clock;
  readonly newId: () => string;
}

/**
 * A request to DynamoDB takes milliseconds. One that takes seconds is given up and tried again, so
 * that a door can still answer honestly before the HTTP API gives up on it.
 */
const patience = { connectionTimeout: 1000, requestTimeout: 4000, throwOnRequestTimeout: true };

/** The stores of the deployment that the environment names. Throws ConfigurationError. */
export function stores(): Stores {
  const config = awsConfig();
  const dynamo = new DynamoDBClient({ requestHandler: patience });
  return {
    submissions: new DynamoRecordStore(dynamo, config.submissionsTable),
    registry: new DynamoRecordStore(dynamo, config.registryTable),
    objects: new LazyObjectStore(async () => {
      const { s3Objects } = await import('./s3-objects.ts');
      return s3Objects(config.objectsBucket);
    }),
    clock: systemClock,
    newId: randomUUID,
  };
}
