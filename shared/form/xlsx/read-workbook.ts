import type { Sheet } from 'hucre/xlsx';
import { maxRows, rowNumber, type FormDefinition, type Row } from '../definition.ts';
import type { FormIssue } from '../model.ts';
import { nearName } from '../types/near-name.ts';
import { cleanWorkbook } from './clean-workbook.ts';
import { columnLetters, sheetData, type SheetData } from './sheet-data.ts';
import { sheetRows } from './sheet-rows.ts';
import { openWorkbookFile, type SheetEntry, type WorkbookFile } from './workbook-file.ts';
import { refusedWorkbook, WorkbookIssues } from './workbook-issues.ts';

/** The sheets of an XLSForm, in the order in which tools write them. */
const sheetNames = ['survey', 'choices', 'settings', 'entities', 'external_choices'] as const;
type SheetName = (typeof sheetNames)[number];

/** Columns of a sheet: 20 languages of every column that can be translated. */
const maxColumns = 250;

/** No row and no column: the workbook as a whole. */
const nowhere = { sheet: '', row: 0, column: '' };

/**
 * Reads a form from an Excel workbook. Sheets and their headings are found whatever their case;
 * texts are kept as they are. Throws Faults `invalid-form` with every error, each with sheet, row (1
 * is the header) and column, and `body-too-large` for what swells when it is unpacked. Nothing that a
 * workbook refers to is followed, nothing in it is run.
 */
export async function readWorkbook(
  bytes: Uint8Array,
): Promise<{ definition: FormDefinition; warnings: FormIssue[] }> {
  const file = openWorkbookFile(bytes);
  const issues = new WorkbookIssues();
  if (file.hasMacros) issues.warning('macros-left-out', nowhere);
  if (file.hasLinks) issues.warning('links-not-followed', nowhere);
  const found = knownSheets(file, issues);
  issues.refuseErrors();
  const sheets = await readSheets(file, found, issues);
  const text = { length: 0 };
  const rows = new Map<SheetName, Row[]>();
  for (const [sheet, read] of sheets) {
    rows.set(sheet, sheetRows(read, { sheet, isFrom1904: file.isFrom1904, issues, text }));
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
  file: WorkbookFile,
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

async function readSheets(
  file: WorkbookFile,
  found: ReadonlyMap<SheetName, SheetEntry>,
  issues: WorkbookIssues,
): Promise<ReadonlyMap<SheetName, Sheet>> {
  const sheets = new Map<SheetName, SheetData>();
  for (const [sheet, { part }] of found) {
    // A chart, or a sheet that stands outside of the file.
    if (part === undefined) throw refusedWorkbook('damaged-workbook', sheet);
    const data = sheetData(part, file.read(part));
    refuseTooMany(sheet, data, issues);
    sheets.set(sheet, data);
  }
  issues.refuseErrors();
  const withCells = new Map([...sheets].filter(([, { rows }]) => rows > 0));
  const empty = [...sheets.keys()].filter((sheet) => !withCells.has(sheet));
  const read = new Map<SheetName, Sheet>(empty.map((name) => [name, { name, rows: [] }]));
  for (const sheet of withCells.size === 0 ? [] : await readCells(file, withCells)) {
    const name = sheetNames.find((candidate) => candidate === sheet.name);
    if (name !== undefined) read.set(name, sheet);
  }
  return read;
}

function refuseTooMany(sheet: SheetName, { rows, columns }: SheetData, issues: WorkbookIssues) {
  const most = maxRows + 1;
  if (rows > most) {
    const place = { sheet, row: most + 1, column: '' };
    issues.error('too-many-rows', place, String(rows), String(most));
  }
  if (columns > maxColumns) {
    const column = columnLetters(columns);
    const place = { sheet, row: 1, column };
    issues.error('too-many-columns', place, column, columnLetters(maxColumns));
  }
}

async function readCells(
  file: WorkbookFile,
  sheets: ReadonlyMap<SheetName, SheetData>,
): Promise<readonly Sheet[]> {
  const extents = [...sheets.values()];
  const rows = Math.max(...extents.map((extent) => extent.rows));
  const columns = Math.max(...extents.map((extent) => extent.columns));
  const workbook = cleanWorkbook(file, sheets);
  // Few requests read a workbook: no other should pay for loading the library.
  const { readXlsx } = await import('./load-library.ts');
  try {
    const read = await readXlsx(workbook, { range: `A1:${columnLetters(columns)}${rows}` });
    return read.sheets;
  } catch (cause) {
    throw refusedWorkbook('damaged-workbook', 'XML', '', cause);
  }
}
