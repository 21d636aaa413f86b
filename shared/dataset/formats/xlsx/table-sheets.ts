import type { AnswerCells } from '../../rows/audience-row.ts';
import { columnName } from '../../../workbook/cell-xml.ts';
import type { WriteCell } from './cells.ts';
import type { Heading, Sheet, SheetGroup, Workbook } from '../../../workbook/workbook-writer.ts';

/** How much one sheet may hold. */
export interface SheetLimits {
  /** Rows below the header. Excel has 1,048,576; most machines cannot work with as many. */
  readonly rows: number;
  /** Columns. */
  readonly columns: number;
}

/** Excel's own limit of columns. */
export const sheetLimits: SheetLimits = { rows: 500_000, columns: 16_384 };

/** A sheet of 4 GB would need a form of archive that Excel does not read. */
const mostBytes = 3_000_000_000;
/** How often that is looked at: no row has more than a few megabytes. */
const rowsBetweenLooks = 64;

/** A column that holds answers. */
export interface AnswerColumn extends Heading {
  readonly write: WriteCell;
}

/** Columns that stand next to each other in one sheet. */
interface ColumnSet {
  readonly group: SheetGroup;
  readonly headings: readonly Heading[];
  /** What comes before the row's number in a cell, by column: the first ones are of `leads`. */
  readonly starts: readonly string[];
  readonly leads: number;
  /** Of the first answer column. */
  readonly from: number;
  readonly columns: readonly AnswerColumn[];
  sheet: Sheet;
}

/**
 * A table as sheets: a new one after so many rows, and other ones beside it for the columns that one
 * cannot hold, each beginning with the row's id, the first of the lead columns.
 */
export class TableSheets {
  readonly #book: Workbook;
  readonly #limits: SheetLimits;
  readonly #sets: readonly ColumnSet[];
  rows = 0;

  constructor(
    book: Workbook,
    table: {
      readonly name: string;
      readonly leads: readonly Heading[];
      readonly columns: readonly AnswerColumn[];
      readonly passed: boolean;
    },
    limits: SheetLimits,
  ) {
    this.#book = book;
    this.#limits = limits;
    this.#sets = columnSets(book, table, limits.columns);
  }

  /** Names of the sheets that column number `index` of the answers stands in; -1: the lead columns. */
  sheetsOf(index: number): string {
    const set = this.#sets.findLast(({ from }) => from <= Math.max(0, index)) ?? this.#sets[0];
    return set?.group.sheets.map(({ part }) => part.name).join(', ') ?? '';
  }

  /** A row: the cells of the lead columns (what follows `<c r="A1`), then those of its answers. */
  row(leads: readonly string[], answers: Pick<AnswerCells, 'value'>): void {
    this.rows += 1;
    for (const set of this.#sets) {
      if (this.#isFull(set.sheet)) {
        set.sheet.end();
        set.sheet = this.#book.open(set.group, set.headings);
      }
      const { starts, columns, from, sheet } = set;
      const number = String(sheet.next());
      let line = `<row r="${number}">`;
      for (let index = 0; index < set.leads; index += 1) {
        const cell = leads[index] ?? '';
        if (cell !== '') line += (starts[index] ?? '') + number + cell;
      }
      for (let index = 0; index < columns.length; index += 1) {
        const value = answers.value(from + index);
        if (value === undefined) continue;
        const cell = columns[index]?.write(value) ?? '';
        if (cell !== '') line += (starts[set.leads + index] ?? '') + number + cell;
      }
      sheet.sink.write(`${line}</row>`);
    }
  }

  end(): void {
    for (const { sheet } of this.#sets) sheet.end();
  }

  #isFull({ dataRows, sink }: Sheet): boolean {
    if (dataRows >= this.#limits.rows) return true;
    return dataRows % rowsBetweenLooks === 0 && sink.position() > mostBytes;
  }
}

function columnSets(
  book: Workbook,
  {
    name,
    leads,
    columns,
    passed,
  }: {
    readonly name: string;
    readonly leads: readonly Heading[];
    readonly columns: readonly AnswerColumn[];
    readonly passed: boolean;
  },
  most: number,
): readonly ColumnSet[] {
  const sets: ColumnSet[] = [];
  let from = 0;
  do {
    const own = sets.length === 0 ? leads : leads.slice(0, 1);
    const part = columns.slice(from, from + most - own.length);
    const headings = [...own, ...part];
    const group = book.group(name, { passed: passed && sets.length === 0 });
    sets.push({
      group,
      headings,
      from,
      columns: part,
      leads: own.length,
      starts: headings.map((_, index) => `<c r="${columnName(index)}`),
      sheet: book.open(group, headings),
    });
    from += part.length;
  } while (from < columns.length);
  return sets;
}
