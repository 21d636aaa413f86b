import { ScanCommand } from '@aws-sdk/client-dynamodb';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { answerOf, fromItem, type Item } from './dynamo-item.ts';
import { DynamoRecordStore } from './dynamo-record-store.ts';
import type { StoredRecord, WholeTable } from './record-store.ts';

/** Parts of a table that are read side by side: a page of 1 MB takes DynamoDB about 100 ms. */
const segments = 4;

/**
 * One DynamoDB table that can be scanned, too. DynamoDB keeps the records of a partition key together
 * and in the order of the sort key, and never parts them between segments.
 */
export class DynamoTable extends DynamoRecordStore implements WholeTable {
  readonly #client: DynamoDBClient;
  readonly #table: string;

  constructor(client: DynamoDBClient, table: string) {
    super(client, table);
    this.#client = client;
    this.#table = table;
  }

  async *scan(): AsyncGenerator<readonly StoredRecord[]> {
    const readers = Array.from({ length: segments }, (_, segment) => this.#segment(segment));
    const waiting = new Map(readers.map((reader) => [reader, nextOf(reader)]));
    while (waiting.size > 0) {
      const { reader, page } = await Promise.race(waiting.values());
      if (page === undefined) {
        waiting.delete(reader);
        continue;
      }
      waiting.set(reader, nextOf(reader));
      yield page;
    }
  }

  async *#segment(segment: number): AsyncGenerator<readonly StoredRecord[]> {
    let start: Item | undefined;
    do {
      const command = new ScanCommand({
        TableName: this.#table,
        ConsistentRead: true,
        Segment: segment,
        TotalSegments: segments,
        ...(start !== undefined && { ExclusiveStartKey: start }),
      });
      const output = await answerOf(() => this.#client.send(command));
      yield (output.Items ?? []).map(fromItem);
      start = output.LastEvaluatedKey;
    } while (start !== undefined);
  }
}

type Reader = AsyncGenerator<readonly StoredRecord[]>;
interface Read {
  readonly reader: Reader;
  /** Undefined: there is no more. */
  readonly page: readonly StoredRecord[] | undefined;
}

function nextOf(reader: Reader): Promise<Read> {
  const read = reader
    .next()
    .then(({ done, value }) => ({ reader, page: done === true ? undefined : value }));
  // Another segment may fail first; then nobody awaits this one.
  read.catch(() => undefined);
  return read;
}
