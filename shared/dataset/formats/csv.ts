import { csvText } from '../rows/cell-text.ts';
import type { TableColumns } from '../rows/audience-view.ts';
import { linkedTables } from './csv-tables.ts';
import type { Format } from './format.ts';

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
