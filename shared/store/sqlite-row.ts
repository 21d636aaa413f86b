import type { SQLInputValue, SQLOutputValue } from 'node:sqlite';
import { attribute } from './keys.ts';
import type { Attribute, StoredRecord } from './record-store.ts';

/** The columns of a table, in the order of `toRow` and `fromRow`. Other attributes stand in `rest`, as JSON. */
export const columns = [
  attribute.pk,
  attribute.sk,
  attribute.revision,
  attribute.at,
  attribute.orgKey,
  attribute.inboxKey,
  attribute.answers,
  'rest',
] as const;

/** A row in the order of `columns`, as node:sqlite gives it when it returns arrays. */
export type Row = Readonly<Record<number, SQLOutputValue>>;

const textColumns: readonly string[] = [
  attribute.at,
  attribute.orgKey,
  attribute.inboxKey,
  attribute.answers,
];

const isWhole = (value: Attribute): value is number => Number.isSafeInteger(value);

/** Throws TypeError on a number that JSON and DynamoDB cannot carry. */
export function toRow(record: StoredRecord): SQLInputValue[] {
  const rest: Record<string, Attribute> = {};
  const text: Record<string, string> = {};
  let revision: number | null = null;
  for (const [name, value] of Object.entries(record)) {
    if (name === attribute.pk || name === attribute.sk) continue;
    if (typeof value === 'number' && !Number.isFinite(value)) {
      throw new TypeError(`Attribute ${name} is no finite number.`);
    }
    if (name === attribute.revision && isWhole(value)) revision = value;
    else if (typeof value === 'string' && textColumns.includes(name)) text[name] = value;
    else rest[name] = value;
  }
  const fixed = textColumns.map((name) => text[name] ?? null);
  return [record.pk, record.sk, revision, ...fixed, JSON.stringify(rest)];
}

function asText(value: SQLOutputValue | undefined): string {
  if (typeof value !== 'string') throw new TypeError('A stored row is not what this code writes.');
  return value;
}

export function fromRow(row: Row): StoredRecord {
  const record: Record<string, Attribute> & { pk: string; sk: string } = {
    pk: asText(row[0]),
    sk: asText(row[1]),
  };
  const revision = row[2];
  if (typeof revision === 'number') record[attribute.revision] = revision;
  for (const [offset, name] of textColumns.entries()) {
    const value = row[offset + 3];
    if (typeof value === 'string') record[name] = value;
  }
  const rest: unknown = JSON.parse(asText(row[7]));
  for (const [name, value] of Object.entries(rest ?? {})) {
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
      record[name] = value;
    }
  }
  return record;
}

/** About how many bytes a row holds: what bounds a page. */
export function rowSize(row: Row): number {
  return asText(row[7]).length + (typeof row[6] === 'string' ? row[6].length : 0) + 200;
}
