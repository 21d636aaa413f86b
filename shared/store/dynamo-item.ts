import { DynamoDBServiceException, type AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Attribute, Key, StoredRecord } from './record-store.ts';
import { Fault } from '../fault.ts';

export type Item = Record<string, AttributeValue>;

/**
 * A record as DynamoDB takes it. Written by hand, for records are flat and the document client's
 * marshaller throws on 1e308 and on attributes called `constructor`. Throws TypeError on a number that
 * DynamoDB cannot carry (38 digits, 1e-130 to 9.9e125).
 */
export function toItem(record: StoredRecord | Key): Item {
  const attributes: Readonly<Record<string, Attribute>> = { ...record };
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [name, toAttribute(name, value)]),
  );
}

function toAttribute(name: string, value: Attribute): AttributeValue {
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'boolean') return { BOOL: value };
  const size = Math.abs(value);
  if (!Number.isFinite(value) || (size !== 0 && (size < 1e-130 || size >= 1e126))) {
    throw new TypeError(`Attribute ${name} is no number that DynamoDB can carry.`);
  }
  return { N: String(value) };
}

/** The record that `toItem` made. Attributes of types that it never writes are left out. */
export function fromItem(item: Item): StoredRecord {
  const record: Record<string, Attribute> & { pk: string; sk: string } = {
    pk: textOf(item, 'pk'),
    sk: textOf(item, 'sk'),
  };
  for (const [name, value] of Object.entries(item)) {
    if (value.S !== undefined) record[name] = value.S;
    else if (value.N !== undefined) record[name] = Number(value.N);
    else if (value.BOOL !== undefined) record[name] = value.BOOL;
  }
  return record;
}

function textOf(item: Item, name: string): string {
  const text = item[name]?.S;
  if (text === undefined) throw new TypeError(`A stored item has no ${name}.`);
  return text;
}

/** What DynamoDB answers. Throws what `dynamoFault` makes of its errors. */
export async function answerOf<T>(request: () => Promise<T>): Promise<T> {
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
export function dynamoFault(error: unknown): unknown {
  if (!(error instanceof DynamoDBServiceException) || error.name !== 'ValidationException') {
    return error instanceof Fault ? error : new Fault('store-unavailable', { cause: error });
  }
  if (/item size/i.test(error.message)) return new Fault('record-too-large', { cause: error });
  if (/exclusive ?start ?key|starting key/i.test(error.message)) {
    return new Fault('malformed-request', { cause: error });
  }
  return error;
}
