import type { JsonValue } from '../../json.ts';
import type { FileSink } from '../../zip/file-sink.ts';
import type { TableColumns } from '../rows/audience-view.ts';
import { repeatLeads, type AudienceRow, type AudienceTables } from '../rows/audience-row.ts';
import type { FormatWriter } from './format.ts';
import { recordsBefore } from './records-before.ts';

/** A CSV file whose header has been written. */
export interface CsvTable {
  readonly sink: FileSink;
  /** The cells of the answers of a row of the table, each after a comma. */
  readonly cells: (row: AudienceRow) => string;
}

/** What stands before the answers in the table of a repeat. */
export const repeatHeaders: readonly string[] = repeatLeads.map(({ header }) => header);

/**
 * Writes a file for the records and one for each repeat, whose rows name their parents. `open` is
 * given the headers that come before those of the answers.
 */
export function linkedTables(
  { main, repeats, meta }: AudienceTables,
  open: (table: TableColumns, fixed: readonly string[]) => CsvTable | undefined,
  resumed?: JsonValue,
): FormatWriter {
  const metaHeaders = meta.map(({ header }) => header);
  const tables = [open(main, metaHeaders), ...repeats.map((table) => open(table, repeatHeaders))];
  let records = recordsBefore(resumed);
  return {
    row: (record) => {
      records += 1;
      for (const row of record.rows) {
        const table = tables[row.table];
        if (table === undefined) continue;
        table.sink.write(`${row.leadLine()}${table.cells(row)}\r\n`);
        table.sink.rows += 1;
      }
    },
    save: () => records,
    end: () => records,
  };
}
