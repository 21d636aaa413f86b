import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  DynamoDBServiceException,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import type { DynamoDBClient, QueryCommandInput } from '@aws-sdk/client-dynamodb';
import { isDeepStrictEqual } from 'node:util';
import { Fault } from '../fault.ts';
import { fromItem, toItem } from './dynamo-attributes.ts';
import type { Item } from './dynamo-attributes.ts';
import { attribute, indexes } from './keys.ts';
import { isEmptyRange, positionKey, positionOf } from './position.ts';
import { checkRecordSize, maxItemBytes } from './record-size.ts';
import type { Key, Page, Position, Range, RecordStore, StoredRecord } from './record-store.ts';

/**
 * One DynamoDB table as a RecordStore.
 *
 * A conditional write whose answer is lost is sent again by the SDK, and then fails on its own first
 * success. So when a condition fails after more than one attempt, the record there is compared with
 * the one that was sent: if they are equal the write is reported as done. Two callers that send equal
 * records and both retry may both be told so, which is as true of one as of the other.
 */
export class DynamoRecordStore implements RecordStore {
  readonly #client: DynamoDBClient;
  readonly #table: string;

  constructor(client: DynamoDBClient, table: string) {
    this.#client = client;
    this.#table = table;
  }

  async get(key: Key): Promise<StoredRecord | undefined> {
    const { Item: item } = await send(() =>
      this.#client.send(
        new GetItemCommand({ TableName: this.#table, Key: keyItem(key), ConsistentRead: true }),
      ),
    );
    return item === undefined ? undefined : fromItem(item);
  }

  async put(record: StoredRecord): Promise<void> {
    checkRecordSize(record, maxItemBytes);
    const command = new PutItemCommand({ TableName: this.#table, Item: toItem(record) });
    await send(() => this.#client.send(command));
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
    await send(() =>
      this.#client.send(new DeleteItemCommand({ TableName: this.#table, Key: keyItem(key) })),
    );
  }

  async query(
    range: Range,
    options: { readonly limit?: number; readonly after?: Position } = {},
  ): Promise<Page> {
    const start = options.after && startKey(range, options.after);
    if (isEmptyRange(range)) return { records: [] };
    const output = await send(() =>
      this.#client.send(
        new QueryCommand({
          ...condition(range),
          TableName: this.#table,
          ScanIndexForward: range.descending !== true,
          // A global index has no consistent read; to ask for one is a fault.
          ConsistentRead: range.index === undefined || indexes[range.index].local,
          ...(options.limit !== undefined && { Limit: options.limit }),
          ...(start !== undefined && { ExclusiveStartKey: start }),
        }),
      ),
    );
    const records = (output.Items ?? []).map(fromItem);
    const last = output.LastEvaluatedKey;
    return last === undefined ? { records } : { records, next: positionOf(range, fromItem(last)) };
  }

  /** Undefined: written. Else what stood in the way, and whether the SDK had sent it more than once. */
  async #putIf(
    record: StoredRecord,
    when: {
      ConditionExpression: string;
      ExpressionAttributeNames: Record<string, string>;
      ExpressionAttributeValues?: Item;
    },
  ): Promise<{ found: StoredRecord | undefined; repeated: boolean } | undefined> {
    const command = new PutItemCommand({
      TableName: this.#table,
      Item: toItem(record),
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      ...when,
    });
    try {
      await this.#client.send(command);
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
}

const keyItem = ({ pk, sk }: Key): Item => toItem({ pk, sk });

function condition(range: Range): Partial<QueryCommandInput> {
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

async function send<T>(request: () => Promise<T>): Promise<T> {
  try {
    return await request();
  } catch (error) {
    throw dynamoFault(error);
  }
}

/**
 * Throttling, time-outs, broken connections, missing rights and faults of the service: all of them
 * `store-unavailable`, with the cause for the log. What DynamoDB calls invalid is a record too large,
 * a forged position, or a bug of ours, which stays what it is.
 */
function dynamoFault(error: unknown): unknown {
  if (!(error instanceof DynamoDBServiceException) || error.name !== 'ValidationException') {
    return error instanceof Fault ? error : new Fault('store-unavailable', { cause: error });
  }
  if (/item size/i.test(error.message)) return new Fault('record-too-large', { cause: error });
  if (/exclusive ?start ?key|starting key/i.test(error.message)) {
    return new Fault('malformed-request', { cause: error });
  }
  return error;
}
