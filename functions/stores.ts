import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { randomUUID } from 'node:crypto';
import { systemClock, type Clock } from '../shared/clock.ts';
import { awsConfig } from '../shared/config.ts';
import type {
  ObjectBody,
  ObjectHeaders,
  ObjectInfo,
  ObjectStore,
  WriteCondition,
} from '../shared/objects/object-store.ts';
import { DynamoRecordStore } from '../shared/store/dynamo-record-store.ts';
import type { RecordStore } from '../shared/store/record-store.ts';
import { boundRequests, doorPatience, requestSettings, type Patience } from './bound-requests.ts';
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

/** 10 GB is the end: alarms look at what is reported here. */
function collectionSize(take: TakeMeasure): (upperGb: number) => void {
  return (value) => {
    if (value > worthTelling) take({ name: 'ItemCollectionGB', unit: 'Gigabytes', value });
  };
}

/**
 * An object store that is loaded with its first use. S3's client takes as long to load as
 * DynamoDB's, and many requests never need it.
 */
class LazyObjectStore implements ObjectStore {
  readonly #load: () => Promise<ObjectStore>;
  #store: Promise<ObjectStore> | undefined;

  constructor(load: () => Promise<ObjectStore>) {
    this.#load = load;
  }

  #loaded(): Promise<ObjectStore> {
    return (this.#store ??= this.#load());
  }

  async put(key: string, body: ObjectBody, headers: ObjectHeaders): Promise<ObjectInfo> {
    return (await this.#loaded()).put(key, body, headers);
  }

  async putIfAbsent(key: string, body: ObjectBody, headers: ObjectHeaders): Promise<boolean> {
    return (await this.#loaded()).putIfAbsent(key, body, headers);
  }

  async putIfMatch(
    key: string,
    body: ObjectBody,
    headers: ObjectHeaders,
    etag: string,
  ): Promise<boolean> {
    return (await this.#loaded()).putIfMatch(key, body, headers, etag);
  }

  async join(
    key: string,
    parts: readonly string[],
    headers: ObjectHeaders,
    condition?: WriteCondition,
  ): Promise<ObjectInfo | undefined> {
    return (await this.#loaded()).join(key, parts, headers, condition);
  }

  async info(key: string): Promise<(ObjectInfo & ObjectHeaders) | undefined> {
    return (await this.#loaded()).info(key);
  }

  async get(
    key: string,
    range?: { readonly start: number; readonly end: number },
  ): Promise<AsyncIterable<Uint8Array> | undefined> {
    return (await this.#loaded()).get(key, range);
  }

  async *list(prefix: string): AsyncGenerator<readonly ObjectInfo[]> {
    yield* (await this.#loaded()).list(prefix);
  }

  async delete(key: string): Promise<void> {
    await (await this.#loaded()).delete(key);
  }

  async downloadLink(
    key: string,
    options: { readonly fileName: string; readonly seconds: number },
  ): Promise<string> {
    return (await this.#loaded()).downloadLink(key, options);
  }

  async uploadLink(
    key: string,
    options: {
      readonly bytes: number;
      readonly sha256: string;
      readonly contentType: string;
      readonly seconds: number;
    },
  ): Promise<string> {
    return (await this.#loaded()).uploadLink(key, options);
  }
}
