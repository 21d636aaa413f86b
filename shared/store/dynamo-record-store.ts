import {
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  type DynamoDBClient,
  type ItemCollectionMetrics,
  type QueryCommandInput,
} from '@aws-sdk/client-dynamodb';
import { setTimeout } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { Fault } from '../fault.ts';
import { answerOf, dynamoFault, fromItem, toItem, type Item } from './dynamo-item.ts';
import { readIndexPage } from './index-page.ts';
import { attribute, indexes } from './keys.ts';
import { isEmptyRange, positionKey, positionOf } from './position.ts';
import { laterSchema } from './record-kinds.ts';
import { checkRecordSize, maxItemBytes } from './record-size.ts';
import type { Key, Page, Position, Range, RecordStore, StoredRecord } from './record-store.ts';

interface DynamoOptions {
  /** How to wait before what DynamoDB left over is asked for again. */
  readonly pause?: Pause;
  /**
   * Called after a write with how large at most, in GB, DynamoDB estimates what is under the partition key
   * to be, indexes included. 10 is the most that it takes where a table has a local index.
   */
  readonly onCollectionSize?: (upperGb: number) => void;
}

/**
 * One DynamoDB table as a RecordStore. Its indexes hold keys alone (decision 35): a page of them is read
 * in two steps, see index-page.ts.
 *
 * A conditional write whose answer is lost is sent again by the SDK, and then fails on its own first
 * success. So when a condition fails after more than one attempt, the record there is compared with
 * the one that was sent: if they are equal the write is reported as done. Two callers that send equal
 * records and both retry may both be answered so, which is as true of one as of the other.
 */
export class DynamoRecordStore implements RecordStore {
  readonly #client: DynamoDBClient;
  readonly #table: string;
  readonly #pause: Pause;
  readonly #onCollectionSize: DynamoOptions['onCollectionSize'];

  constructor(client: DynamoDBClient, table: string, options: DynamoOptions = {}) {
    this.#client = client;
    this.#table = table;
    this.#pause = options.pause ?? setTimeout;
    this.#onCollectionSize = options.onCollectionSize;
  }

  async get(key: Key): Promise<StoredRecord | undefined> {
    const { Item: item } = await answerOf(() =>
      this.#client.send(
        new GetItemCommand({ TableName: this.#table, Key: keyItem(key), ConsistentRead: true }),
      ),
    );
    return item === undefined ? undefined : fromItem(item);
  }

  async put(record: StoredRecord): Promise<void> {
    checkRecordSize(record, maxItemBytes);
    const schema = record[attribute.schema];
    const refused = await this.#putIf(
      record,
      schema === undefined
        ? {}
        : {
            ConditionExpression: 'attribute_not_exists(#schema) OR #schema <= :schema',
            ExpressionAttributeNames: { '#schema': attribute.schema },
            ExpressionAttributeValues: { ':schema': { N: String(schema) } },
          },
    );
    if (refused !== undefined) throw laterSchema();
  }

  async putIfAbsent(record: StoredRecord): Promise<StoredRecord | undefined> {
    checkRecordSize(record, maxItemBytes);
    // Erasing in between may free the key again: then the put is tried again, a few times.
    for (let round = 0; round < 5; round++) {
      const refused = await this.#putIf(record, {
        ConditionExpression: 'attribute_not_exists(#key)',
        ExpressionAttributeNames: { '#key': attribute.pk },
      });
      if (refused === undefined) return undefined;
      const found = refused.found ?? (await this.get(record));
      if (found === undefined) continue;
      return refused.repeated && isDeepStrictEqual(found, { ...record }) ? undefined : found;
    }
    throw new Fault('store-unavailable');
  }

  async putIfRevision(record: StoredRecord, revision: number): Promise<boolean> {
    checkRecordSize(record, maxItemBytes);
    const refused = await this.#putIf(record, {
      ConditionExpression: '#revision = :revision',
      ExpressionAttributeNames: { '#revision': attribute.revision },
      ExpressionAttributeValues: { ':revision': { N: String(revision) } },
    });
    if (refused === undefined) return true;
    if (!refused.repeated) return false;
    return isDeepStrictEqual(refused.found ?? (await this.get(record)), { ...record });
  }

  async delete(key: Key): Promise<void> {
    const command = new DeleteItemCommand({ ...this.#written(), Key: keyItem(key) });
    this.#observe(await answerOf(() => this.#client.send(command)));
  }

  /** DynamoDB has no files that anybody could read; its backups are another matter. */
  forget(): Promise<boolean> {
    return Promise.resolve(true);
  }

  async query(
    range: Range,
    options: { readonly limit?: number; readonly after?: Position } = {},
  ): Promise<Page> {
    const { index } = range;
    const start = options.after && startKey(range, options.after);
    if (isEmptyRange(range)) return { records: [] };
    if (index === undefined) return this.#page(range, options.limit, start);
    const keysOnly = {
      entries: (limit: number) => this.#page(range, limit, start),
      read: (keys: readonly Key[]) => readRecords(this.#client, this.#table, keys, this.#pause),
      most: mostKeysOfBatch,
      nameOf,
    };
    return readIndexPage(keysOnly, { ...range, index }, options);
  }

  /** What one Query answers: records of the table, or entries of an index. */
  async #page(range: Range, limit: number | undefined, start: Item | undefined): Promise<Page> {
    const command = new QueryCommand({
      ...keyCondition(range),
      TableName: this.#table,
      ScanIndexForward: range.descending !== true,
      // A global index has no consistent read; to ask for one is a fault.
      ConsistentRead: range.index === undefined || indexes[range.index].local,
      ...(limit !== undefined && { Limit: limit }),
      ...(start !== undefined && { ExclusiveStartKey: start }),
    });
    const output = await answerOf(() => this.#client.send(command));
    const records = (output.Items ?? []).map(fromItem);
    const last = output.LastEvaluatedKey;
    return last === undefined ? { records } : { records, next: positionOf(range, fromItem(last)) };
  }

  /** Undefined: written. Else what stood in the way, and whether the SDK had sent it more than once. */
  async #putIf(
    record: StoredRecord,
    when: {
      ConditionExpression?: string;
      ExpressionAttributeNames?: Record<string, string>;
      ExpressionAttributeValues?: Item;
    },
  ): Promise<{ found: StoredRecord | undefined; repeated: boolean } | undefined> {
    const command = new PutItemCommand({
      ...this.#written(),
      Item: toItem(record),
      ...(when.ConditionExpression !== undefined && {
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
      ...when,
    });
    try {
      this.#observe(await this.#client.send(command));
      return undefined;
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw dynamoFault(error);
      return {
        // Emulators leave the item out; the caller then reads it.
        found: error.Item === undefined ? undefined : fromItem(error.Item),
        repeated: (error.$metadata.attempts ?? 1) > 1,
      };
    }
  }

  /** What every write says; the size of the item collection comes with the answer, for nothing. */
  #written(): { TableName: string; ReturnItemCollectionMetrics?: 'SIZE' } {
    const wanted = this.#onCollectionSize === undefined ? undefined : 'SIZE';
    return {
      TableName: this.#table,
      ...(wanted !== undefined && { ReturnItemCollectionMetrics: wanted }),
    };
  }

  #observe(answer: { readonly ItemCollectionMetrics?: ItemCollectionMetrics | undefined }): void {
    const upper = answer.ItemCollectionMetrics?.SizeEstimateRangeGB?.[1];
    if (upper !== undefined) this.#onCollectionSize?.(upper);
  }
}

const keyItem = ({ pk, sk }: Key): Item => toItem({ pk, sk });

/** A range as a Query says it. */
function keyCondition(range: Range): Partial<QueryCommandInput> {
  const { partition, sort } =
    range.index === undefined
      ? { partition: attribute.pk, sort: attribute.sk }
      : indexes[range.index];
  const { from, to } = range;
  const bounds =
    from !== undefined && to !== undefined
      ? ' AND #sort BETWEEN :from AND :to'
      : from !== undefined
        ? ' AND #sort >= :from'
        : to !== undefined
          ? ' AND #sort <= :to'
          : '';
  return {
    ...(range.index !== undefined && { IndexName: range.index }),
    KeyConditionExpression: `#partition = :partition${bounds}`,
    ExpressionAttributeNames: {
      '#partition': partition,
      ...(bounds !== '' && { '#sort': sort }),
    },
    ExpressionAttributeValues: {
      ':partition': { S: range.partition },
      ...(from !== undefined && { ':from': { S: from } }),
      ...(to !== undefined && { ':to': { S: to } }),
    },
  };
}

/** Where a Query goes on. Throws Fault `malformed-request` for a position that is none of this range. */
function startKey(range: Range, after: Position): Item {
  const { pk, sk, at } = positionKey(range, after);
  const key = toItem({ pk, sk });
  if (range.index === undefined || at === undefined) return key;
  return {
    ...key,
    [attribute.at]: { S: at },
    [indexes[range.index].partition]: { S: range.partition },
  };
}

/** The most keys that BatchGetItem takes. */
const mostKeysOfBatch = 100;

/** How often the keys that DynamoDB leaves over are asked for, and the longest pause between, in ms. */
const rounds = 8;
const longestPause = 1_000;

type Pause = (milliseconds: number) => Promise<unknown>;

/** Records by `nameOf` their keys. */
type RecordsByName = ReadonlyMap<string, StoredRecord>;

function nameOf({ pk, sk }: Key): string {
  return JSON.stringify([pk, sk]);
}

/**
 * The records under these keys, 100 at most, each as it is now (strongly consistent); those that are
 * not there are left out. DynamoDB answers with 16 MB at most and leaves keys over when it throttles:
 * these are asked for again, a few times, with pauses that grow. Throws Fault `store-unavailable`.
 */
async function readRecords(
  client: DynamoDBClient,
  table: string,
  keys: readonly Key[],
  pause: Pause,
): Promise<RecordsByName> {
  const records = new Map<string, StoredRecord>();
  // A key that is named twice is refused.
  let left: Item[] = [...new Map(keys.map((key) => [nameOf(key), key])).values()].map(keyItem);
  for (let round = 0; left.length > 0; round += 1) {
    if (round === rounds) throw new Fault('store-unavailable');
    // Random, so that those who were throttled together do not come back together.
    if (round > 0) await pause(Math.random() * Math.min(longestPause, 50 * 2 ** (round - 1)));
    const command = new BatchGetItemCommand({
      RequestItems: { [table]: { Keys: left, ConsistentRead: true } },
    });
    const { Responses, UnprocessedKeys } = await answerOf(() => client.send(command));
    for (const item of Object.values(Responses ?? {}).flat()) {
      const record = fromItem(item);
      records.set(nameOf(record), record);
    }
    left = Object.values(UnprocessedKeys ?? {}).flatMap(({ Keys }) => Keys ?? []);
  }
  return records;
}
