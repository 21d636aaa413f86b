import { typeRow } from '../../form/types/question-types.ts';
import type { JsonValue } from '../../json.ts';
import type { AnswerCells, AudienceTables } from '../rows/audience-row.ts';
import type { Column, TableColumns } from '../rows/audience-view.ts';
import { csvCellForPeople, csvText, harmless } from '../rows/cell-text.ts';
import { choiceLabels, labelledHeaders } from '../rows/column-labels.ts';
import type { FileLanguage } from '../rows/file-languages.ts';
import type { Scope } from '../rows/layout.ts';
import {
  byteOrderMark,
  csvMediaType,
  csvName,
  csvRow,
  type CsvTable,
  linkedTables,
} from './csv-format.ts';
import { type Format, type FormatContext, type FormatWriter, recordsBefore } from './format.ts';

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

/** Beside the plain one, which csv-format.ts writes. */
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

/** How a table is written in CSV. */
export interface CsvVariant {
  /** Headers and choices are told by their labels in this language; undefined: by names and codes. */
  readonly language: FileLanguage | undefined;
  /** Each `select_multiple` is followed by a column of 0 and 1 for each of its choices. */
  readonly split: boolean;
}

/** What stands under one header. */
export interface CsvColumn {
  readonly header: string;
  readonly column: Column;
  /** The code of the choice that the column says 0 or 1 of; undefined: the answer itself. */
  readonly choice: string | undefined;
}

/** A list of a country's communes is not spread over thirty thousand columns. */
const mostSplit = 1_000;

/** Whether the answers are choices that each can have a column. Those of `rank` are an order, all of them. */
function canSplit({ kind, choices, field }: Column): boolean {
  const ranked = typeRow(field.question.type).choices === 'order';
  return kind === 'codes' && !ranked && choices.size > 0 && choices.size <= mostSplit;
}

/** The columns of a table's answers; `fixed` are the headers that stand before them. */
export function csvColumns(
  { columns }: TableColumns,
  { language, split }: CsvVariant,
  languages: readonly FileLanguage[],
  fixed: readonly string[],
): readonly CsvColumn[] {
  const order = languagesFrom(language, languages);
  const headers =
    language === undefined
      ? columns.map(({ header }) => header)
      : labelledHeaders(columns, order, fixed);
  const taken = new Set([...fixed, ...headers]);
  return columns.flatMap((column, index): CsvColumn[] => {
    const header = harmless(headers[index] ?? column.header);
    const whole = { header, column, choice: undefined };
    if (!split || !canSplit(column)) return [whole];
    const labels = language === undefined ? undefined : choiceLabels(column.choices, order);
    const parts = [...column.choices.keys()].map((choice): CsvColumn => {
      const wanted = `${header}/${labels?.get(choice) ?? choice}`;
      let name = wanted;
      for (let number = 2; taken.has(name); number += 1) name = `${wanted}_${number}`;
      taken.add(name);
      return { header: name, column, choice };
    });
    return [whole, ...parts];
  });
}

/** In which order languages are looked at for a label: the one that is wanted, then the form's own. */
export function languagesFrom(
  wanted: FileLanguage | undefined,
  languages: readonly FileLanguage[],
): readonly string[] {
  return [...(wanted === undefined ? [] : [wanted]), ...languages].map(({ code }) => code);
}

/** Cells, each after a comma, of an answer; undefined: the cell that every table has of it. */
export type VariantCells = (value: JsonValue | undefined, plain: string) => string;

/** What a column's cells are in a variant, if they are not the plain ones. */
export function variantCells(
  column: Column,
  { language, split }: CsvVariant,
  languages: readonly FileLanguage[],
): VariantCells | undefined {
  const { choices, cell, kind } = column;
  if (cell !== undefined) return undefined;
  if (choices.size === 0) {
    if (language === undefined || kind !== 'text') return undefined;
    return (value, plain) => `,${csvCellForPeople(value, plain)}`;
  }
  const labels =
    language === undefined ? undefined : choiceLabels(choices, languagesFrom(language, languages));
  const answer = labels === undefined ? undefined : labelCell(column, labels);
  const parts = split && canSplit(column) ? partCells([...choices.keys()]) : undefined;
  if (parts === undefined) return answer;
  return (value, plain) => (answer?.(value, plain) ?? `,${plain}`) + parts(value);
}

/** What is no code of the list stays as it is. */
function labelCell({ kind }: Column, labels: ReadonlyMap<string, string>): VariantCells {
  const ready = new Map([...labels].map(([code, label]) => [code, `,${csvText(label)}`]));
  // Answers may have been free text in another version: a text may look like a code.
  const lone = kind === 'code' || kind === 'codes';
  return (value, plain) => {
    if (Array.isArray(value)) {
      const codes = (value as readonly JsonValue[]).map(codeOf);
      const texts = codes.map((code) =>
        code === undefined ? undefined : (labels.get(code) ?? code),
      );
      return texts.includes(undefined) ? `,${plain}` : `,${csvText(texts.join('; '))}`;
    }
    const code = lone ? codeOf(value) : undefined;
    return (code === undefined ? undefined : ready.get(code)) ?? `,${plain}`;
  };
}

function codeOf(value: JsonValue | undefined): string | undefined {
  return value === undefined || typeof value === 'object' ? undefined : String(value);
}

/** 0 or 1 for each choice; empty if there is no such answer. */
function partCells(codes: readonly string[]): (value: JsonValue | undefined) => string {
  const places = new Map(codes.map((code, place) => [code, place]));
  const empty = ','.repeat(codes.length);
  const none = codes.map(() => '0');
  return (value) => {
    if (!Array.isArray(value)) return empty;
    const flags = [...none];
    for (const item of value as readonly JsonValue[]) {
      const place = places.get(codeOf(item) ?? '');
      if (place !== undefined) flags[place] = '1';
    }
    return `,${flags.join(',')}`;
  };
}
