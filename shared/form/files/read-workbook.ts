import { setImmediate } from 'node:timers/promises';
import { columnName } from '../../workbook/cell-xml.ts';
import { ZipError, type ZipRefusal } from '../../zip/read-zip.ts';
import { maxRows, rowNumber, type Cell, type FormDefinition, type Row } from '../definition.ts';
import type { FormIssue } from '../model.ts';
import { nearName } from '../types/near-name.ts';
import { cellContext, CellProblem, sheetCells, type SheetCells } from './sheet-cells.ts';
import { refusedWorkbook, WorkbookIssues } from './workbook-messages.ts';
import { openWorkbook, type SheetEntry, type WorkbookPackage } from './workbook-package.ts';

/** The sheets of an XLSForm, in the order in which tools write them. */
const sheetNames = ['survey', 'choices', 'settings', 'entities', 'external_choices'] as const;
type SheetName = (typeof sheetNames)[number];

/** The header and its rows; 20 languages of every column that can be translated. */
const bounds = { rows: maxRows + 1, columns: 250 };
/** UTF-16 code units in the cells of one workbook. Strings are shared in the file, but not in a form. */
const maxText = 10_000_000;
/** The names that a JSON body may not have either. */
const reserved: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** No row and no column: the workbook as a whole. */
const nowhere = { sheet: '', row: 0, column: '' };

/**
 * Reads a form from an Excel workbook. Sheets and their headings are found whatever their case;
 * texts are kept as they are. Throws Faults `invalid-form` with every error, each with sheet, row (1
 * is the header) and column, and `body-too-large` for what swells when it is unpacked. Nothing that a
 * workbook refers to is followed, nothing in it is run.
 */
export async function readWorkbook(bytes: Uint8Array): Promise<WorkbookRead> {
  try {
    return await readSheetsOf(openWorkbook(bytes));
  } catch (error) {
    if (!(error instanceof ZipError)) throw error;
    throw refusedWorkbook(refusals[error.reason], error.what, error.most, error);
  }
}

interface WorkbookRead {
  readonly definition: FormDefinition;
  readonly warnings: FormIssue[];
}

const refusals = {
  'no-archive': 'not-a-workbook',
  damaged: 'damaged-workbook',
  encrypted: 'encrypted-workbook',
  'too-large': 'workbook-too-large',
} as const satisfies Record<ZipRefusal, string>;

async function readSheetsOf(file: WorkbookPackage): Promise<WorkbookRead> {
  const issues = new WorkbookIssues();
  if (file.hasMacros) issues.warning('macros-left-out', nowhere);
  if (file.hasLinks) issues.warning('links-not-followed', nowhere);
  const found = knownSheets(file, issues);
  issues.refuseErrors();
  const sheets = await readSheets(file, found, issues);
  const text = { length: 0 };
  const rows = new Map<SheetName, Row[]>();
  for (const [sheet, read] of sheets) {
    rows.set(sheet, sheetRows(read, { sheet, issues, text }));
  }
  const settings = onlyRow(rows.get('settings') ?? [], issues);
  issues.refuseErrors();
  const [entities, externalChoices] = [rows.get('entities'), rows.get('external_choices')];
  return {
    definition: {
      survey: rows.get('survey') ?? [],
      choices: rows.get('choices') ?? [],
      settings,
      ...(entities === undefined ? {} : { entities }),
      ...(externalChoices === undefined ? {} : { external_choices: externalChoices }),
    },
    warnings: issues.warnings,
  };
}

/** The sheets that a form has, by name; the others are warned of. */
function knownSheets(
  file: WorkbookPackage,
  issues: WorkbookIssues,
): ReadonlyMap<SheetName, SheetEntry> {
  const found = new Map<SheetName, SheetEntry>();
  const others: string[] = [];
  for (const entry of file.sheets) {
    const written = entry.name.trim().toLowerCase();
    const sheet = sheetNames.find((name) => name === written);
    if (sheet === undefined) others.push(entry.name);
    else if (found.has(sheet)) {
      issues.error('duplicate-sheet', { ...nowhere, sheet: entry.name }, sheet);
    } else found.set(sheet, entry);
  }
  const missing = sheetNames.filter((name) => !found.has(name));
  for (const name of others) {
    const near = nearName(name.trim(), missing) ?? '';
    issues.warning('unknown-sheet', { ...nowhere, sheet: name }, name, near);
  }
  if (!found.has('survey')) {
    const near = nearName('survey', others) ?? '';
    issues.error('missing-sheet', { ...nowhere, sheet: 'survey' }, 'survey', near);
  }
  return found;
}

/** Settings are one row, the first that is not blank, as other tools read them. */
function onlyRow(rows: readonly Row[], issues: WorkbookIssues): Row {
  let settings: Row | undefined;
  for (const [index, row] of rows.entries()) {
    if (Object.values(row).every((cell) => cell === null)) continue;
    const place = { sheet: 'settings', row: rowNumber(index), column: '' };
    if (settings === undefined) settings = row;
    else issues.warning('settings-below', place);
  }
  return settings ?? {};
}

/** Between sheets, which take long to read, others are served. */
async function readSheets(
  workbook: WorkbookPackage,
  found: ReadonlyMap<SheetName, SheetEntry>,
  issues: WorkbookIssues,
): Promise<ReadonlyMap<SheetName, SheetCells>> {
  const context = cellContext(workbook);
  const sheets = new Map<SheetName, SheetCells>();
  for (const [sheet, { part }] of found) {
    // A chart, or a sheet that stands outside of the file.
    if (part === undefined) throw refusedWorkbook('damaged-workbook', sheet);
    await setImmediate();
    const cells = sheetCells(workbook, part, context, bounds);
    refuseTooMany(sheet, cells, issues);
    sheets.set(sheet, cells);
  }
  issues.refuseErrors();
  return sheets;
}

function refuseTooMany(sheet: SheetName, { rows, columns }: SheetCells, issues: WorkbookIssues) {
  if (rows > bounds.rows) {
    const place = { sheet, row: bounds.rows + 1, column: '' };
    issues.error('too-many-rows', place, String(rows), String(bounds.rows));
  }
  if (columns > bounds.columns) {
    const column = columnName(columns - 1);
    const place = { sheet, row: 1, column };
    issues.error('too-many-columns', place, column, columnName(bounds.columns - 1));
  }
}

interface SheetToRead {
  readonly sheet: string;
  readonly issues: WorkbookIssues;
  /** Counts the text of all sheets. */
  readonly text: { length: number };
}

/**
 * The rows of a sheet below its headings, keyed by these. A blank row stays an empty object, so that
 * rows keep their numbers; blank rows at the end are cut. Faults go to `issues`. Throws Fault
 * `body-too-large`.
 */
function sheetRows({ cells }: SheetCells, options: SheetToRead): Row[] {
  const { sheet, issues } = options;
  const [first = [], ...below] = cells;
  const headings = readHeadings(first, options);
  if (headings.every((heading) => heading === '') && below.length > 0) {
    issues.error('missing-headings', { sheet, row: 1, column: '' });
    return [];
  }
  const unnamed = new Set<number>();
  const rows = below.map((values, index) => {
    const row: Record<string, Cell> = {};
    for (const [column, value] of values.entries()) {
      if (value === null || value === '') continue;
      const heading = headings[column] ?? '';
      const place = { sheet, row: index + 2, column: heading };
      if (heading === '') {
        const letters = columnName(column);
        if (!unnamed.has(column)) {
          issues.warning('column-without-heading', { ...place, column: letters }, letters);
        }
        unnamed.add(column);
        continue;
      }
      if (value instanceof CellProblem) {
        issues.error(value.code, place, value.text);
        continue;
      }
      row[heading] = value;
      if (typeof value !== 'string') continue;
      if (!value.isWellFormed()) issues.error('half-character', place);
      options.text.length += value.length;
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
function readHeadings(
  cells: readonly (Cell | CellProblem)[],
  { sheet, issues }: SheetToRead,
): readonly string[] {
  const seen = new Map<string, number>();
  return cells.map((cell, column) => {
    const letters = columnName(column);
    // A formula is read as the value that was stored: there must be one, and it must not be an error.
    if (cell instanceof CellProblem && cell.code !== 'bad-date') {
      issues.error(cell.code, { sheet, row: 1, column: letters }, cell.text);
    }
    const heading = String((cell instanceof CellProblem ? cell.text : cell) ?? '').trim();
    const place = { sheet, row: 1, column: heading };
    if (heading === '') return '';
    const before = seen.get(heading);
    if (before !== undefined) {
      issues.error('duplicate-column', place, heading, `${columnName(before)}, ${letters}`);
    }
    if (reserved.has(heading)) issues.error('reserved-column', place, heading);
    if (!heading.isWellFormed()) issues.error('half-character', place);
    seen.set(heading, column);
    return heading;
  });
}
