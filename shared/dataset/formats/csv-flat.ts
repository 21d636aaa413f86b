import type { AudienceTables } from '../rows/audience-row.ts';
import type { TableColumns } from '../rows/audience-view.ts';
import { byteOrderMark, csvMediaType, csvRow } from './csv.ts';
import { FlatLines } from './flat-lines.ts';
import type { Format } from './format.ts';
import { recordsBefore } from './records-before.ts';

export function flatName(dataset: string): string {
  return `${dataset}.flat.csv`;
}

/**
 * Records and the rows of their repeats in one table, for those who cannot link tables: what is said
 * once of a record is repeated on each of its lines.
 */
export const csvFlat: Format = {
  name: 'csv-flat',
  inParts: 'append',
  open: ({ head, tables, open, resumed }) => {
    const { repeats } = tables;
    if (repeats.length === 0) return undefined;
    const sink = open(flatName(head.dataset), csvMediaType);
    sink.write(byteOrderMark + csvRow(flatColumns(tables).map(({ header }) => header)));
    const lines = new FlatLines(
      repeats.map(({ columns }, index) => ({
        table: index + 1,
        cells: (row) => `,${row.index}${row.csvLine()}`,
        blank: ','.repeat(1 + columns.length),
      })),
    );
    let records = recordsBefore(resumed);
    return {
      row: (record) => {
        records += 1;
        const shared = record.leadLine() + record.csvLine();
        lines.of(record, (_, cells) => {
          sink.write(`${shared}${cells}\r\n`);
          sink.rows += 1;
        });
      },
      save: () => records,
      end: () => records,
    };
  },
};

/** A column of the flat table. */
export interface FlatColumn {
  readonly header: string;
  /** The table and the place of the column there; undefined: about the record, or the number of a row. */
  readonly of: { readonly table: TableColumns; readonly index: number } | undefined;
}

/** The columns of the records, then those of each repeat with its path before their names. */
export function flatColumns({ meta, main, repeats }: AudienceTables): readonly FlatColumn[] {
  const answers = (table: TableColumns, before: string): FlatColumn[] =>
    table.columns.map(({ header }, index) => ({ header: before + header, of: { table, index } }));
  const columns = [
    ...meta.map(({ header }) => ({ header, of: undefined })),
    ...answers(main, ''),
    ...repeats.flatMap((table) => {
      const before = `${table.scope.path.join('/')}/`;
      return [{ header: `${before}index`, of: undefined }, ...answers(table, before)];
    }),
  ];
  const seen = new Set<string>();
  return columns.map((column) => {
    let { header } = column;
    // A group of one version may be a repeat of another.
    for (let number = 2; seen.has(header); number += 1) header = `${column.header}_${number}`;
    seen.add(header);
    return { ...column, header };
  });
}
