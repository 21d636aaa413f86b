import { canonicalJson } from '../json.ts';

/** A cell as it comes from a workbook, YAML or JSON. */
export type Cell = string | number | boolean | null;

/** A row of a sheet, keyed by the workbook's own column headings (`label::Français (fr)`). */
export type Row = Record<string, Cell>;

/** The most rows that a sheet of a form may have. */
export const maxRows = 20_000;

/** An XLSForm as data: the sheets of the workbook under their names. Other sheets are left out. */
export interface FormDefinition {
  survey: Row[];
  choices: Row[];
  settings: Row;
  /** Kept for the tools that know it, ignored here. */
  entities?: Row[] | undefined;
  /** Choices of `select_one_external`. */
  external_choices?: Row[] | undefined;
  /**
   * Rows of the list files (`regions.csv`) as they were when the form was compiled, by file name: so
   * that a stored definition is whole by itself for ever. Set by compileForm, never by an author.
   */
  files?: Record<string, Row[]> | undefined;
}

/**
 * A cell's text, trimmed; numbers as JSON writes them, booleans as Excel shows them and pyxform reads
 * them: someone who typed `true` for a choice's code finds `TRUE` in the sheet, and compares with that.
 */
export function cellText(cell: Cell | undefined): string {
  if (cell === undefined || cell === null) return '';
  if (typeof cell === 'boolean') return cell ? 'TRUE' : 'FALSE';
  return String(cell).trim();
}

/** The row of the workbook in which the sheet's row number `index` (from 0) stands: 1 is the header. */
export function rowNumber(index: number): number {
  return index + 2;
}

/**
 * True if two definitions say the same, though one came from YAML and the other from a workbook: cells
 * that are empty, the order of columns, and whether a cell holds `1` as a number or as a text mean
 * nothing.
 */
export function sameMeaning(one: FormDefinition, other: FormDefinition): boolean {
  return meaning(one) === meaning(other);
}

function meaning({
  settings,
  files = {},
  survey,
  choices,
  entities,
  ...more
}: FormDefinition): string {
  return canonicalJson({
    survey: cellsOf(survey),
    choices: cellsOf(choices),
    entities: cellsOf(entities),
    external: cellsOf(more.external_choices),
    settings: cellsOf([settings]),
    files: Object.entries(files).flatMap(([name, rows]) => [name, cellsOf(rows)]),
  });
}

/** Names and texts of the cells of each row that has some. Lists, for a column may be called `__proto__`. */
function cellsOf(rows: readonly Row[] = []): readonly (readonly string[])[] {
  return rows
    .map((row) =>
      Object.entries(row)
        .map(([column, cell]) => [column.trim(), cellText(cell)] as const)
        .filter(([, text]) => text !== '')
        .sort(([one], [other]) => (one < other ? -1 : 1))
        .flat(),
    )
    .filter((cells) => cells.length > 0);
}
