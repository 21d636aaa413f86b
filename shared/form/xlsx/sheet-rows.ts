import type { Sheet } from 'hucre/xlsx';
import type { Cell, Row } from '../definition.ts';
import { cellOf } from './cell-value.ts';
import { columnLetters } from './sheet-data.ts';
import { refusedWorkbook, type WorkbookIssues } from './workbook-issues.ts';

/** UTF-16 code units in the cells of one workbook. Strings are shared in the file, but not in a form. */
const maxText = 10_000_000;
/** The names that a JSON body may not have either. */
const reserved: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

export interface SheetToRead {
  readonly sheet: string;
  readonly isFrom1904: boolean;
  readonly issues: WorkbookIssues;
  /** Counts the text of all sheets. */
  readonly text: { length: number };
}

/**
 * The rows of a sheet below its headings, keyed by these. A blank row stays an empty object, so that
 * rows keep their numbers; blank rows at the end are cut. Faults go to `issues`. Throws Fault
 * `body-too-large`.
 */
export function sheetRows(read: Sheet, options: SheetToRead): Row[] {
  const { sheet, isFrom1904, issues } = options;
  const headings = readHeadings(read, options);
  const [, ...below] = read.rows;
  if (headings.every((heading) => heading === '') && below.length > 0) {
    issues.error('missing-headings', { sheet, row: 1, column: '' });
    return [];
  }
  reportFormulas(read, headings, options);
  const unnamed = new Set<number>();
  const rows = below.map((values, index) => {
    const row: Record<string, Cell> = {};
    for (const [column, value] of values.entries()) {
      if (value === null || value === '') continue;
      const heading = headings[column] ?? '';
      const place = { sheet, row: index + 2, column: heading };
      if (heading === '') {
        const letters = columnLetters(column + 1);
        if (!unnamed.has(column)) {
          issues.warning('column-without-heading', { ...place, column: letters }, letters);
        }
        unnamed.add(column);
        continue;
      }
      const cell = cellOf(value, isFrom1904);
      if (cell === undefined) issues.error('bad-date', place);
      else row[heading] = cell;
      if (typeof cell !== 'string') continue;
      if (!cell.isWellFormed()) issues.error('half-character', place);
      options.text.length += cell.length;
      if (options.text.length > maxText) {
        throw refusedWorkbook('workbook-too-large', sheet, String(maxText));
      }
    }
    return row;
  });
  const end = rows.findLastIndex((row) => Object.keys(row).length > 0) + 1;
  return withEveryColumn(rows.slice(0, end), headings);
}

/**
 * Columns stand in the order in which rows first have them. Where that is not the order of the sheet,
 * or a column is empty, the first row has every column, empty ones as null: none is lost or moved.
 */
function withEveryColumn(rows: readonly Row[], headings: readonly string[]): Row[] {
  const [first, ...others] = rows;
  if (first === undefined) return [];
  const named = headings.filter((heading) => heading !== '');
  const met = new Set<string>();
  for (const row of rows) {
    if (met.size === named.length) break;
    for (const heading of Object.keys(row)) met.add(heading);
  }
  const order = [...met];
  if (named.every((heading, index) => heading === order[index])) return [first, ...others];
  const cells = new Map(Object.entries(first));
  const whole = named.map((heading) => [heading, cells.get(heading) ?? null] as const);
  return [Object.fromEntries(whole), ...others];
}

/** The heading of each column, trimmed; '' for none. */
function readHeadings(read: Sheet, { sheet, isFrom1904, issues }: SheetToRead): readonly string[] {
  const seen = new Map<string, number>();
  return (read.rows[0] ?? []).map((value, column) => {
    const heading = String(cellOf(value, isFrom1904) ?? '').trim();
    const place = { sheet, row: 1, column: heading };
    if (heading === '') return '';
    const before = seen.get(heading);
    if (before !== undefined) {
      const columns = [before, column].map((at) => columnLetters(at + 1)).join(', ');
      issues.error('duplicate-column', place, heading, columns);
    }
    if (reserved.has(heading)) issues.error('reserved-column', place, heading);
    if (!heading.isWellFormed()) issues.error('half-character', place);
    seen.set(heading, column);
    return heading;
  });
}

/** Formulas are read as the value that was stored: there must be one, and it must not be an error. */
function reportFormulas(
  read: Sheet,
  headings: readonly string[],
  { sheet, issues }: SheetToRead,
): void {
  for (const [key, cell] of read.cells ?? []) {
    const [row = 0, column = 0] = key.split(',').map(Number);
    const heading = headings[column] ?? '';
    if (row > 0 && heading === '') continue;
    const place = {
      sheet,
      row: row + 1,
      column: row === 0 ? columnLetters(column + 1) : heading,
    };
    if (cell.type === 'error') issues.error('formula-error', place, String(cell.value));
    else if (cell.formula !== undefined && cell.value === null) {
      issues.error('formula-without-value', place);
    }
  }
}
