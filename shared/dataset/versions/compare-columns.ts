import { canonicalJson, isJsonObject, own, type JsonObject, type JsonValue } from '../../json.ts';
import { columnValue } from './read-rows.ts';
import type { RowIndex, RowIndexColumn } from './row-index.ts';

type Column = Pick<RowIndexColumn, 'header' | 'kind' | 'label'>;

/** Which questions two versions show: names as in the headers of CSV, of a repeat with its path. */
export interface QuestionChanges {
  readonly added: readonly Column[];
  readonly removed: readonly Column[];
  /** Of another kind, or called otherwise. */
  readonly changed: readonly (Column & { readonly before: Omit<Column, 'header'> })[];
}

type Indexed = Pick<RowIndex, 'tables' | 'meta'>;

export function compareQuestions(from: Indexed, to: Indexed): QuestionChanges {
  const before = new Map(columnsOf(from).map((column) => [column.header, column]));
  const after = columnsOf(to);
  const headers = new Set(after.map(({ header }) => header));
  return {
    added: after.filter(({ header }) => !before.has(header)),
    removed: [...before.values()].filter(({ header }) => !headers.has(header)),
    changed: after.flatMap((column) => {
      const { kind, label } = before.get(column.header) ?? column;
      const same = kind === column.kind && canonicalJson(label) === canonicalJson(column.label);
      return same ? [] : [{ ...column, before: { kind, label } }];
    }),
  };
}

function columnsOf({ tables }: Indexed): readonly Column[] {
  return tables.flatMap(({ path, columns }) =>
    columns.map(({ header, kind, label }) => ({
      header: [...path, header].join('/'),
      kind,
      label,
    })),
  );
}

type Read = (record: JsonObject) => JsonValue | undefined;

/** Names the columns whose cells differ between two records: those about the record come first. */
export function columnComparison(
  from: Indexed,
  to: Indexed,
): (before: JsonObject, after: JsonObject) => readonly string[] {
  const older = readersOf(from);
  const newer = readersOf(to);
  const headers = [...new Set([...newer.keys(), ...older.keys()])];
  return (before, after) =>
    headers.filter((header) => {
      const one = older.get(header)?.(before);
      const other = newer.get(header)?.(after);
      return canonicalJson(one ?? null) !== canonicalJson(other ?? null);
    });
}

function readersOf({ meta, tables }: Indexed): ReadonlyMap<string, Read> {
  const readers = new Map<string, Read>();
  for (const { header, member } of meta) readers.set(header, (record) => own(record, member));
  for (const { path, columns } of tables) {
    for (const column of columns) {
      const cells: Read = (record) => {
        const values = rowsAt(record, path).map((row) => columnValue(column, row) ?? null);
        if (path.length === 0) return values[0];
        return values.some((value) => value !== null) ? values : undefined;
      };
      readers.set([...path, column.header].join('/'), cells);
    }
  }
  return readers;
}

/** The rows of a table in a record: the answers themselves, or what repeats at a path. */
function rowsAt(record: JsonObject, path: readonly string[]): readonly JsonObject[] {
  const answers = own(record, 'answers');
  let rows: readonly JsonObject[] = isJsonObject(answers) ? [answers] : [];
  for (const name of path) {
    rows = rows.flatMap((row): readonly JsonObject[] => {
      const value = own(row, name);
      if (Array.isArray(value)) return (value as readonly JsonValue[]).filter(isJsonObject);
      return isJsonObject(value) ? [value] : [];
    });
  }
  return rows;
}
