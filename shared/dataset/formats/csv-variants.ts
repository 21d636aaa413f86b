import type { Scope } from '../rows/layout.ts';
import type { Column, TableColumns } from '../rows/audience-view.ts';
import type { AnswerCells, AudienceTables } from '../rows/audience-row.ts';
import { byteOrderMark, csvMediaType, csvName, csvRow } from './csv.ts';
import {
  canSplit,
  csvColumns,
  variantCells,
  type CsvVariant,
  type VariantCells,
} from './csv-columns.ts';
import { linkedTables, type CsvTable } from './csv-tables.ts';
import type { Format, FormatContext, FormatWriter } from './format.ts';
import { recordsBefore } from './records-before.ts';

/**
 * The tables of `x.csv` once more: `x.fr.csv` with the labels of questions and choices in each of the
 * form's languages, `x.split.csv` and `x.fr.split.csv` with a column for each choice of a
 * `select_multiple`, where there is one.
 */
export const csvVariants: Format = {
  name: 'csv-variants',
  inParts: 'append',
  open: (context) => {
    const writers = variantsOf(context.tables).map((variant) => writerOf(context, variant));
    let records = recordsBefore(context.resumed);
    return {
      row: (row) => {
        records += 1;
        for (const writer of writers) writer.row(row);
      },
      save: () => records,
      end: () => records,
    };
  },
};

/** Beside the plain one, which csv.ts writes. */
export function variantsOf({ languages, main, repeats }: AudienceTables): readonly CsvVariant[] {
  const inLanguages = [undefined, ...languages].map((language) => ({ language, split: false }));
  const splits = [main, ...repeats].some(isSplit);
  return [
    ...inLanguages.slice(1),
    ...(splits ? inLanguages.map(({ language }) => ({ language, split: true })) : []),
  ];
}

/** A table without anything to split has no such file: it would be the same. */
export function hasVariant(table: TableColumns, { split }: CsvVariant): boolean {
  return !split || isSplit(table);
}

function isSplit({ columns }: TableColumns): boolean {
  return columns.some(canSplit);
}

/** `fr`, `split` or `fr.split`. */
export function variantName({ language, split }: CsvVariant): string {
  const parts = [...(language === undefined ? [] : [language.file]), ...(split ? ['split'] : [])];
  return parts.join('.');
}

function writerOf({ head, tables, open }: FormatContext, variant: CsvVariant): FormatWriter {
  return linkedTables(tables, (table, fixed): CsvTable | undefined => {
    if (!hasVariant(table, variant)) return undefined;
    const sink = open(csvName(head.dataset, table, variantName(variant)), csvMediaType);
    const columns = csvColumns(table, variant, tables.languages, fixed);
    sink.write(byteOrderMark + csvRow([...fixed, ...columns.map(({ header }) => header)]));
    return { sink, cells: variantLines(table, variant, tables) };
  });
}

/** Makes the cells of a table's rows in a variant, each after a comma. */
function variantLines(
  table: TableColumns,
  variant: CsvVariant,
  { languages }: AudienceTables,
): CsvTable['cells'] {
  const cells = table.columns.map((column) => variantCells(column, variant, languages));
  if (cells.every((cell) => cell === undefined)) return (row) => row.csvLine();
  return linesOf(table, variant, cells);
}

/** Makers of lines by the scope of their table: audiences that see the same columns share one. */
const makers = new WeakMap<Scope, LineMaker[]>();

interface LineMaker {
  readonly columns: readonly Column[];
  readonly variant: string;
  readonly cells: CsvTable['cells'];
}

function linesOf(
  { scope, columns }: TableColumns,
  variant: CsvVariant,
  cells: readonly (VariantCells | undefined)[],
): CsvTable['cells'] {
  const known = makers.get(scope) ?? [];
  makers.set(scope, known);
  const name = variantName(variant);
  const same = known.find((maker) => maker.variant === name && areSame(maker.columns, columns));
  if (same !== undefined) return same.cells;
  const make = (row: AnswerCells): string => lineOf(row, cells);
  const made: CsvTable['cells'] = (row) => row.lineBy(make);
  known.push({ columns, variant: name, cells: made });
  return made;
}

function areSame(one: readonly Column[], other: readonly Column[]): boolean {
  return (
    one.length === other.length &&
    one.every(({ field, cell }, index) => {
      const twin = other[index];
      return twin?.field === field && twin.cell === cell;
    })
  );
}

function lineOf(row: AnswerCells, cells: readonly (VariantCells | undefined)[]): string {
  let line = '';
  for (let index = 0; index < cells.length; index += 1) {
    const cell = cells[index];
    const plain = row.csv(index);
    line += cell === undefined ? `,${plain}` : cell(row.value(index), plain);
  }
  return line;
}
