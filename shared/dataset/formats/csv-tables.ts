import type { JsonValue } from '../../json.ts';
import type { FileSink } from '../file-sink.ts';
import type { Instance } from '../instance.ts';
import type { TableColumns, View } from '../view.ts';
import type { AudienceTables, FormatWriter, PublishedRow } from './format.ts';
import { recordsBefore } from './records-before.ts';

/** A CSV file whose header has been written. */
export interface CsvTable {
  readonly sink: FileSink;
  /** The cells of a row of the table, each after a comma. */
  readonly cells: (instance: Instance, view: View) => string;
}

/** What stands before the answers in the table of a repeat. */
export const repeatHeaders: readonly string[] = ['id', 'parent_id', 'index'];

/**
 * Writes a file for the records and one for each repeat, whose rows name their parents. `open` is
 * given the headers that come before those of the answers.
 */
export function linkedTables(
  { main: mainTable, repeats, meta }: AudienceTables,
  open: (table: TableColumns, fixed: readonly string[]) => CsvTable | undefined,
  resumed?: JsonValue,
): FormatWriter {
  const main = open(
    mainTable,
    meta.map(({ header }) => header),
  );
  const tables = new Map(repeats.map((table) => [table.scope, open(table, repeatHeaders)]));
  let records = recordsBefore(resumed);
  const writeRepeats = (instance: Instance, id: string, view: View): void => {
    for (const rows of instance.repeats) {
      const [first] = rows;
      if (first === undefined || !view.repeats.has(first.scope)) continue;
      const table = tables.get(first.scope);
      for (const [index, row] of rows.entries()) {
        const rowId = `${id}/${index + 1}`;
        if (table !== undefined) {
          table.sink.write(`${rowId},${id},${index + 1}${table.cells(row, view)}\r\n`);
          table.sink.rows += 1;
        }
        if (row.repeats.length > 0) writeRepeats(row, rowId, view);
      }
    }
  };
  return {
    row: (row) => {
      records += 1;
      if (main !== undefined) {
        main.sink.write(`${metaCells(meta, row)}${main.cells(row.instance, row.view)}\r\n`);
        main.sink.rows += 1;
      }
      if (row.instance.repeats.length > 0) writeRepeats(row.instance, row.id, row.view);
    },
    save: () => records,
    end: () => records,
  };
}

/** The columns about the record, parted by commas. */
export function metaCells(meta: AudienceTables['meta'], row: PublishedRow): string {
  let line = '';
  for (const { csv: cell } of meta) line += line === '' ? cell(row) : `,${cell(row)}`;
  return line;
}
