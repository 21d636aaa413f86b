import type { JsonValue } from '../../json.ts';
import type { FileSink } from '../../zip/file-sink.ts';
import { ArchiveWriter } from '../../zip/write-zip.ts';
import { type AudienceRow, type AudienceTables, repeatLeads } from '../rows/audience-row.ts';
import type { TableColumns } from '../rows/audience-view.ts';
import { csvText } from '../rows/cell-text.ts';
import { type Format, type FormatWriter, recordsBefore } from './format.ts';

export const csvMediaType = 'text/csv; charset=utf-8';
/** Without it Excel takes UTF-8 for something else. */
export const byteOrderMark = '\ufeff';

/** CSV as in RFC 4180, for spreadsheets: a table for the records and one for each repeat. */
export const csv: Format = {
  name: 'csv',
  inParts: 'append',
  open: ({ head, tables, open, resumed }) =>
    linkedTables(
      tables,
      (table, fixed) => {
        const sink = open(csvName(head.dataset, table), csvMediaType);
        const headers = table.columns.map(({ header }) => header);
        sink.write(byteOrderMark + csvRow([...fixed, ...headers]));
        return { sink, cells: (row) => row.csvLine() };
      },
      resumed,
    ),
};

/** `x.csv`, `x.<repeat>.csv`; a variant's name comes before the ending. */
export function csvName(dataset: string, { scope }: TableColumns, variant = ''): string {
  const parts = [dataset, scope.name, variant].filter((part) => part !== '');
  return `${parts.join('.')}.csv`;
}

/** A line of plain texts, such as headers. */
export function csvRow(cells: readonly string[]): string {
  return `${cells.map(csvText).join(',')}\r\n`;
}

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

/** The linked tables of a form with repeats, `x.csv` and `x.<repeat>.csv`, in one archive. */
export const csvZip: Format = {
  name: 'csv.zip',
  inParts: {
    omitted: ({ head, tables }) => (tables.repeats.length === 0 ? [] : [`${head.dataset}.csv.zip`]),
  },
  open: (context) => {
    const { head, tables, body } = context;
    if (tables.repeats.length === 0) return undefined;
    const archive = new ArchiveWriter();
    const main = `${head.dataset}.csv`;
    const writer = csv.open({
      ...context,
      open: (name) => (name === main ? archive.pass(name) : archive.hold(name)),
    });
    if (writer === undefined) return undefined;
    const file = body({
      name: `${head.dataset}.csv.zip`,
      mediaType: 'application/zip',
      body: archive.body,
      fail: (error) => {
        archive.fail(error);
      },
    });
    return {
      row: (row) => {
        writer.row(row);
      },
      drained: async () => {
        await archive.drained();
      },
      end: async () => {
        file.rows = await writer.end();
        archive.end();
        return file.rows;
      },
    };
  },
};
