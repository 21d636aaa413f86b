import { BatchGetItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { Fault } from '../fault.ts';
import { fromItem, toItem, type Item } from './dynamo-attributes.ts';
import { answerOf } from './dynamo-faults.ts';
import type { Key, StoredRecord } from './record-store.ts';

/** The most keys that BatchGetItem takes. */
export const mostKeysOfBatch = 100;

/** How often the keys that DynamoDB leaves over are asked for, and the longest pause between, in ms. */
const rounds = 8;
const longestPause = 1_000;

export type Pause = (milliseconds: number) => Promise<unknown>;

/** Records by `nameOf` their keys. */
export type RecordsByName = ReadonlyMap<string, StoredRecord>;

export function nameOf({ pk, sk }: Key): string {
  return JSON.stringify([pk, sk]);
}

/**
 * The records under these keys, 100 at most, each as it is now (strongly consistent); those that are
 * not there are left out. DynamoDB answers with 16 MB at most and leaves keys over when it throttles:
 * these are asked for again, a few times, with pauses that grow. Throws Fault `store-unavailable`.
 */
export async function readRecords(
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

function keyItem({ pk, sk }: Key): Item {
  return toItem({ pk, sk });
}
