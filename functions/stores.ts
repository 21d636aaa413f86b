import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { randomUUID } from 'node:crypto';
import { systemClock, type Clock } from '../shared/clock.ts';
import { awsConfig } from '../shared/config.ts';
import type { ObjectStore } from '../shared/objects/object-store.ts';
import { DynamoRecordStore } from '../shared/store/dynamo-record-store.ts';
import type { RecordStore } from '../shared/store/record-store.ts';
import { boundRequests, doorPatience, requestSettings, type Patience } from './bound-requests.ts';
import { LazyObjectStore } from './lazy-object-store.ts';
import type { TakeMeasure } from './wrap.ts';

export interface Stores {
  readonly submissions: RecordStore;
  readonly registry: RecordStore;
  readonly objects: ObjectStore;
  readonly clock: Clock;
  readonly newId: () => string;
}

/** Below this, in GB, nobody need know how much is under one partition key: most never get there. */
const worthTelling = 1;

/**
 * The stores of the deployment that the environment names. `files`: how long S3 is waited for; `take`
 * gets `ItemCollectionGB`, what DynamoDB estimates to be under the partition key of a submission that
 * is written, at most, once that is more than a little. Throws ConfigurationError.
 */
export function stores(files: Patience = doorPatience, take?: TakeMeasure): Stores {
  const config = awsConfig();
  // No request to DynamoDB is larger in a step than in a door.
  const records = files.answer < doorPatience.answer ? files : doorPatience;
  const requestHandler = requestSettings(records);
  const dynamo = boundRequests(new DynamoDBClient({ requestHandler }), records);
  return {
    submissions: new DynamoRecordStore(dynamo, config.submissionsTable, {
      ...(take !== undefined && { onCollectionSize: collectionSize(take) }),
    }),
    registry: new DynamoRecordStore(dynamo, config.registryTable),
    objects: new LazyObjectStore(async () => {
      const { s3Objects } = await import('./s3-objects.ts');
      return s3Objects(config.objectsBucket, files);
    }),
    clock: systemClock,
    newId: randomUUID,
  };
}

/** 10 GB is the end: alarms look at what is told here. */
function collectionSize(take: TakeMeasure): (upperGb: number) => void {
  return (value) => {
    if (value > worthTelling) take({ name: 'ItemCollectionGB', unit: 'Gigabytes', value });
  };
}
