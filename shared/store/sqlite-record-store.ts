import type { DatabaseSync, SQLInputValue, SQLOutputValue, StatementSync } from 'node:sqlite';
import { compareUtf8, isEmptyRange, positionKey, positionOf } from './position.ts';
import { attribute, indexes } from './keys.ts';
import { laterSchema } from './record-kinds.ts';
import { checkRecordSize, maxItemBytes } from './record-size.ts';
import type {
  Attribute,
  Key,
  Page,
  Position,
  Range,
  StoredRecord,
  WholeTable,
} from './record-store.ts';
import { openDatabases, sqliteFault, type TableName } from './sqlite-database.ts';
import { SqliteWriter } from './sqlite-writer.ts';

/** The columns of a table, in the order of `toRow` and `fromRow`. Other attributes stand in `rest`, as JSON. */
const columns = [
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
type Row = Readonly<Record<number, SQLOutputValue>>;

const textColumns: readonly string[] = [
  attribute.at,
  attribute.orgKey,
  attribute.inboxKey,
  attribute.answers,
];

const isWhole = (value: Attribute): value is number => Number.isSafeInteger(value);

/** Throws TypeError on a number that JSON and DynamoDB cannot carry. */
function toRow(record: StoredRecord): SQLInputValue[] {
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

function fromRow(row: Row): StoredRecord {
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
function rowSize(row: Row): number {
  return asText(row[7]).length + (typeof row[6] === 'string' ? row[6].length : 0) + 200;
}

export interface SqliteStores {
  readonly submissions: WholeTable;
  readonly registry: WholeTable;
  /** Writes what still waits, then lets go of the file. */
  close(): void;
}

/** Bytes of a page, about: DynamoDB's. */
const pageBytes = 1024 * 1024;

const list = columns.join(', ');
const marks = columns.map(() => '?').join(', ');
const assignments = columns
  .slice(2)
  .map((name) => `${name} = excluded.${name}`)
  .join(', ');

/**
 * Both tables in one SQLite file, made if it is not there. Several processes may have it open; each
 * sees what another has committed. Reads have a connection of their own, so that they see committed
 * records only. Throws Fault `store-unavailable` if the file is no store of ours.
 */
export function openSqlite(file: string): SqliteStores {
  const { reading, writing } = openDatabases(file);
  const writer = new SqliteWriter(writing);
  return {
    submissions: new SqliteRecordStore('submissions', reading, writing, writer),
    registry: new SqliteRecordStore('registry', reading, writing, writer),
    close: () => {
      writer.close();
      reading.close();
      writing.close();
    },
  };
}

class SqliteRecordStore implements WholeTable {
  readonly #table: TableName;
  readonly #writer: SqliteWriter;
  readonly #reading: DatabaseSync;
  /** Statements of `query` by their text: as many as there are shapes of a range. */
  readonly #queries = new Map<string, StatementSync>();
  readonly #get: StatementSync;
  readonly #getWhileWriting: StatementSync;
  readonly #put: StatementSync;
  readonly #putIfAbsent: StatementSync;
  readonly #putIfRevision: StatementSync;
  readonly #delete: StatementSync;
  readonly #scan: StatementSync;

  constructor(
    table: TableName,
    reading: DatabaseSync,
    writing: DatabaseSync,
    writer: SqliteWriter,
  ) {
    this.#table = table;
    this.#reading = reading;
    this.#writer = writer;
    const get = `SELECT ${list} FROM ${table} WHERE pk = ? AND sk = ?`;
    const insert = `INSERT INTO ${table} (${list}) VALUES (${marks}) ON CONFLICT (pk, sk) DO`;
    this.#get = inArrays(reading.prepare(get));
    this.#getWhileWriting = inArrays(writing.prepare(get));
    this.#scan = inArrays(
      reading.prepare(`SELECT ${list} FROM ${table} WHERE (pk, sk) > (?, ?) ORDER BY pk, sk`),
    );
    this.#put = writing.prepare(`${insert} UPDATE SET ${assignments} WHERE ${notLater(table)}`);
    this.#putIfAbsent = writing.prepare(`${insert} NOTHING`);
    this.#putIfRevision = writing.prepare(
      `UPDATE ${table} SET (${columns.slice(2).join(', ')}) = (${columns
        .slice(2)
        .map(() => '?')
        .join(', ')}) WHERE pk = ? AND sk = ? AND revision = ?`,
    );
    this.#delete = writing.prepare(`DELETE FROM ${table} WHERE pk = ? AND sk = ?`);
  }

  get(key: Key): Promise<StoredRecord | undefined> {
    return attempt(() => {
      const row = this.#get.get(key.pk, key.sk);
      return row === undefined ? undefined : fromRow(row);
    });
  }

  async put(record: StoredRecord): Promise<void> {
    const row = checkedRow(record);
    const { changes } = await this.#writer.write(() => this.#put.run(...row));
    if (changes === 0) throw laterSchema();
  }

  async putIfAbsent(record: StoredRecord): Promise<StoredRecord | undefined> {
    const row = checkedRow(record);
    return this.#writer.write(() => {
      if (this.#putIfAbsent.run(...row).changes !== 0) return undefined;
      const found = this.#getWhileWriting.get(record.pk, record.sk);
      return found === undefined ? undefined : fromRow(found);
    });
  }

  async putIfRevision(record: StoredRecord, revision: number): Promise<boolean> {
    const [pk, sk, ...values] = checkedRow(record);
    return this.#writer.write(
      () => this.#putIfRevision.run(...values, pk ?? null, sk ?? null, revision).changes !== 0,
    );
  }

  async delete(key: Key): Promise<void> {
    await this.#writer.write(() => this.#delete.run(key.pk, key.sk));
  }

  /** Of the whole file, so of both tables. Waits for readers for a second. */
  forget(): Promise<boolean> {
    return this.#writer.emptyLog();
  }

  query(
    range: Range,
    options: { readonly limit?: number; readonly after?: Position } = {},
  ): Promise<Page> {
    return attempt(() => {
      if (isEmptyRange(range)) return { records: [] };
      return this.#page(range, options.limit, options.after);
    });
  }

  async *scan(): AsyncGenerator<readonly StoredRecord[]> {
    let last: readonly [pk: string, sk: string] = ['', ''];
    for (;;) {
      const [pk, sk] = last;
      const page = await attempt(() => this.#pageAfter(pk, sk));
      const end = page.at(-1);
      if (end === undefined) return;
      yield page;
      last = [end.pk, end.sk];
    }
  }

  /** About a page of the whole table, in the order of its keys. Each is a statement of its own: none stays open. */
  #pageAfter(pk: string, sk: string): readonly StoredRecord[] {
    const records: StoredRecord[] = [];
    let bytes = 0;
    for (const row of this.#scan.iterate(pk, sk)) {
      records.push(fromRow(row));
      bytes += rowSize(row);
      if (bytes >= pageBytes) break;
    }
    return records;
  }

  #page(range: Range, limit: number | undefined, after: Position | undefined): Page {
    const { sql, values } = select(this.#table, range, after);
    let statement = this.#queries.get(sql);
    if (statement === undefined) {
      statement = inArrays(this.#reading.prepare(sql));
      this.#queries.set(sql, statement);
    }
    const records: StoredRecord[] = [];
    let bytes = 0;
    let last: StoredRecord | undefined;
    for (const row of statement.iterate(...values)) {
      if (last !== undefined && (records.length === limit || bytes >= pageBytes)) {
        return { records, next: positionOf(range, last) };
      }
      last = fromRow(row);
      records.push(last);
      bytes += rowSize(row);
    }
    return { records };
  }
}

/** True if what is put says no `schema`, or what is there says none that is greater. */
function notLater(table: TableName): string {
  const schema = (of: string): string => `json_extract(${of}.rest, '$.${attribute.schema}')`;
  return `coalesce(${schema(table)} <= ${schema('excluded')}, TRUE)`;
}

function checkedRow(record: StoredRecord): SQLInputValue[] {
  checkRecordSize(record, maxItemBytes);
  return toRow(record);
}

function inArrays(statement: StatementSync): StatementSync {
  statement.setReturnArrays(true);
  return statement;
}

/** Turns what `work` throws into a rejection, SQLite's own errors into Fault `store-unavailable`. */
function attempt<T>(work: () => T): Promise<T> {
  return new Promise((resolve) => {
    try {
      resolve(work());
    } catch (error) {
      throw sqliteFault(error);
    }
  });
}

/**
 * The statement that reads a range from a position on, and what is bound to it. Only names from keys.ts
 * and marks stand in the text; whatever comes from outside is bound. Throws Fault `malformed-request`
 * for a position that is none of this range.
 */
function select(
  table: TableName,
  range: Range,
  after: Position | undefined,
): { sql: string; values: string[] } {
  const index = range.index === undefined ? undefined : indexes[range.index];
  const partition = index?.partition ?? 'pk';
  const order = index === undefined ? ['sk'] : index.local ? ['at', 'sk'] : ['at', 'pk', 'sk'];
  const [sort = 'sk'] = order;
  const descending = range.descending === true;
  const start = descending ? range.to : range.from;
  const end = descending ? range.from : range.to;
  const [beyond, within, until] = descending ? ['<', '<=', '>='] : ['>', '>=', '<='];

  const conditions = [`${partition} = ?`];
  const values = [range.partition];
  const position = after === undefined ? undefined : positionKey(range, after);
  const reached = position === undefined ? undefined : (position.at ?? position.sk);
  // A position within the range replaces the range's start: with both, SQLite may seek to the start
  // and step over every record before the position.
  const started =
    reached !== undefined &&
    (start === undefined || compareUtf8(reached, start) * (descending ? -1 : 1) >= 0);
  if (position !== undefined && started) {
    conditions.push(`(${order.join(', ')}) ${beyond} (${order.map(() => '?').join(', ')})`);
    const key: Readonly<Record<string, string>> = { ...position };
    values.push(...order.map((name) => key[name] ?? ''));
  } else if (start !== undefined) {
    conditions.push(`${sort} ${within} ?`);
    values.push(start);
  }
  if (end !== undefined) {
    conditions.push(`${sort} ${until} ?`);
    values.push(end);
  }
  // Without `at IS NOT NULL` the partial indexes cannot be used.
  if (index !== undefined) conditions.push('at IS NOT NULL');
  const direction = descending ? ' DESC' : '';
  const sql = `SELECT ${columns.join(', ')} FROM ${table} WHERE ${conditions.join(' AND ')} ORDER BY ${order
    .map((name) => name + direction)
    .join(', ')}`;
  return { sql, values };
}
