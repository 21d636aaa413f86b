import { indexes } from './keys.ts';
import { compareUtf8, positionKey } from './position.ts';
import type { Position, Range } from './record-store.ts';
import { columns } from './sqlite-row.ts';
import type { TableName } from './sqlite-schema.ts';

/**
 * The statement that reads a range from a position on, and what is bound to it. Only names from keys.ts
 * and marks stand in the text; whatever comes from outside is bound. Throws Fault `malformed-request`
 * for a position that is none of this range.
 */
export function select(
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
