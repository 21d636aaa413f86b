import * as z from 'zod';

/** A cell as it comes from a workbook, YAML or JSON. */
export const Cell = z.union([z.string(), z.number(), z.boolean(), z.null()]);
export type Cell = z.infer<typeof Cell>;

/** A row of a sheet, keyed by the workbook's own column headings (`label::Français (fr)`). */
export const Row = z.record(z.string(), Cell);
export type Row = z.infer<typeof Row>;

/** The most rows that a sheet of a form may have. */
export const maxRows = 20_000;

const Sheet = z.array(Row).max(maxRows);

/** An XLSForm as data: the sheets of the workbook under their names. Other sheets are left out. */
export const FormDefinition = z.object({
  survey: Sheet,
  choices: Sheet.default([]),
  settings: Row.default({}),
  /** Kept for the tools that know it, ignored here. */
  entities: Sheet.optional(),
  /** Choices of `select_one_external`. */
  external_choices: Sheet.optional(),
  /**
   * Rows of the list files (`regions.csv`) as they were when the form was compiled, by file name: so
   * that a stored definition is whole by itself for ever. Set by compileForm, never by an author.
   */
  files: z.record(z.string(), Sheet).optional(),
});
export type FormDefinition = z.infer<typeof FormDefinition>;

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
