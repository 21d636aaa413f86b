import type { AudienceRow, AudienceTables } from '../rows/audience-row.ts';
import type { TableColumns } from '../rows/audience-view.ts';
import { byteOrderMark, csvMediaType, csvRow } from './csv-format.ts';
import { type Format, recordsBefore } from './format.ts';

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
interface FlatColumn {
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

/** What one repeat adds to each line. */
interface FlatPart {
  /** The number of its table. */
  readonly table: number;
  /** Its cells of one of its rows, each after a comma. */
  readonly cells: (row: AudienceRow) => string;
  /** The same for a line that is not of one of its rows. */
  readonly blank: string;
}

/** A line: the id of the row of the innermost repeat (`<record>/1/2`), and the cells of all parts. */
type EmitLine = (rowId: string, cells: string) => void;

/**
 * Lays repeats out in one table: a line for each innermost row, with what is around it; repeats that
 * stand side by side follow one another; a record without rows has one line. `parts` are repeats,
 * each after the one around it.
 */
export class FlatLines {
  readonly #parts: readonly FlatPart[];
  /** Of each table's part among them. */
  readonly #places: ReadonlyMap<number, number>;
  readonly #texts: string[];

  constructor(parts: readonly FlatPart[]) {
    this.#parts = parts;
    this.#places = new Map(parts.map(({ table }, place) => [table, place]));
    this.#texts = parts.map(({ blank }) => blank);
  }

  /** Calls `emit` for each line of the row: for one, unless parts are of the rows in it. */
  of(row: AudienceRow, emit: EmitLine): void {
    let isInner = true;
    for (const child of row.children) {
      const place = this.#places.get(child.table);
      const part = place === undefined ? undefined : this.#parts[place];
      if (place === undefined || part === undefined) continue;
      isInner = false;
      this.#texts[place] = part.cells(child);
      this.of(child, emit);
      this.#texts[place] = part.blank;
    }
    if (isInner) emit(row.id, this.#texts.join(''));
  }
}
