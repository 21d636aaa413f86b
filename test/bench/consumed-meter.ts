import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { fromItem, type Item } from '../../shared/store/dynamo-item.ts';
import { recordBytes } from '../../shared/store/record-size.ts';
import type { StoredRecord } from '../../shared/store/record-store.ts';
import { totalOf, unitsOfWrite, type Projection } from './write-units.ts';

/** What some requests have consumed. */
export interface Consumed {
  /** Requests to DynamoDB, by operation. */
  readonly requests: ReadonlyMap<string, number>;
  /** Write units by DynamoDB's rules, with what each index holds now and with whole records in it. */
  readonly written: Readonly<Record<Projection, number>>;
  /** Write units as the other side counted them; undefined if it does not count all. */
  readonly told: number | undefined;
  /** Read units by DynamoDB's rules. */
  readonly read: number;
}

const AnItem = z.custom<Item>((value) => typeof value === 'object' && value !== null);
const Input = z.object({
  TableName: z.string().optional(),
  Item: AnItem.optional(),
  Key: AnItem.optional(),
  IndexName: z.string().optional(),
  ConsistentRead: z.boolean().optional(),
});
const Output = z.object({
  Item: AnItem.optional(),
  Items: z.array(AnItem).optional(),
  Responses: z.record(z.string(), z.array(AnItem)).optional(),
  // Of several tables a list; only writes are read here.
  ConsumedCapacity: z.object({ CapacityUnits: z.number() }).optional().catch(undefined),
});

const readUnitBytes = 4096;

/**
 * Counts what goes through a client, and reckons what DynamoDB counts for it. Knows the records that
 * it has seen written, for what a write costs depends on what was there before.
 */
export class ConsumedMeter {
  readonly #records = new Map<string, StoredRecord>();
  #requests = new Map<string, number>();
  #written = { keys: 0, all: 0 };
  #told: number | undefined;
  #read = 0;
  readonly #counts: boolean;

  /** `counts`: the other side counts write units as DynamoDB does, indexes too. */
  constructor(client: DynamoDBClient, counts: boolean) {
    this.#counts = counts;
    this.take();
    client.middlewareStack.add(
      (next, { commandName = '' }) =>
        async (request) => {
          const operation = commandName.replace(/Command$/, '');
          const input = Input.parse(request.input);
          this.#requests.set(operation, (this.#requests.get(operation) ?? 0) + 1);
          const asked = { ...request.input, ReturnConsumedCapacity: 'INDEXES' };
          try {
            const answer = await next({ ...request, input: asked });
            this.#count(operation, input, Output.parse(answer.output));
            return answer;
          } catch (error) {
            if (operation === 'PutItem') this.#refused(input);
            throw error;
          }
        },
      { step: 'initialize' },
    );
  }

  /** What was consumed since this was last asked. */
  take(): Consumed {
    const taken = {
      requests: this.#requests,
      written: this.#written,
      told: this.#told,
      read: this.#read,
    };
    this.#requests = new Map();
    this.#written = { keys: 0, all: 0 };
    this.#told = this.#counts ? 0 : undefined;
    this.#read = 0;
    return taken;
  }

  #count(operation: string, input: z.infer<typeof Input>, output: z.infer<typeof Output>): void {
    switch (operation) {
      case 'PutItem':
      case 'DeleteItem': {
        const now = input.Item && fromItem(input.Item);
        const key = nameOf(input);
        const old = this.#records.get(key);
        for (const projection of ['keys', 'all'] as const) {
          this.#written[projection] += totalOf(unitsOfWrite(old, now, projection));
        }
        if (now === undefined) this.#records.delete(key);
        else this.#records.set(key, now);
        const units = output.ConsumedCapacity?.CapacityUnits;
        this.#told =
          this.#told === undefined || units === undefined ? undefined : this.#told + units;
        return;
      }
      case 'GetItem':
        this.#read += readUnits(output.Item === undefined ? 0 : bytesOf(output.Item));
        return;
      case 'BatchGetItem':
        // One by one, unlike a query.
        for (const item of Object.values(output.Responses ?? {}).flat()) {
          this.#read += readUnits(bytesOf(item));
        }
        return;
      default: {
        const bytes = (output.Items ?? []).reduce((sum, item) => sum + bytesOf(item), 0);
        this.#read += readUnits(bytes) * (input.ConsistentRead === true ? 1 : 0.5);
      }
    }
  }

  /** A put whose condition fails consumes what the table would have, and no index. */
  #refused(input: z.infer<typeof Input>): void {
    const now = input.Item && fromItem(input.Item);
    const { table } = unitsOfWrite(this.#records.get(nameOf(input)), now);
    this.#written.keys += table;
    this.#written.all += table;
    // Whoever refuses does not say what that cost.
    this.#told = undefined;
  }
}

function nameOf({ TableName, Item, Key }: z.infer<typeof Input>): string {
  const { pk, sk } = fromItem(Item ?? Key ?? {});
  return JSON.stringify([TableName, pk, sk]);
}

function bytesOf(item: Item): number {
  return recordBytes(fromItem(item));
}

function readUnits(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / readUnitBytes));
}
