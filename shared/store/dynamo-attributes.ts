import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Attribute, Key, StoredRecord } from './record-store.ts';

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
