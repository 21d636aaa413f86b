import { liveStateNames } from '../../../submission/submission.ts';
import { choiceLabels, labelIn, labelledHeaders } from '../../column-labels.ts';
import type { Instance } from '../../instance.ts';
import type { ColumnKind } from '../../column-kinds.ts';
import type { Scope } from '../../layout.ts';
import type { TableColumns, View } from '../../view.ts';
import type { AudienceTables, DatasetHead, FormatWriter, PublishedRow } from '../format.ts';
import { cellWriter, type WriteCell } from './cells.ts';
import { numberCell } from './cell-xml.ts';
import { writeCodebook, writeTexts, type CodebookEntry } from './codebook.ts';
import type { Heading } from './sheet.ts';
import { TableSheets, type SheetLimits } from './table-sheets.ts';
import { Workbook } from './workbook.ts';
import { isWord, word, type Word } from './words.ts';

interface BookTable {
  readonly sheets: TableSheets;
  readonly entries: (Omit<CodebookEntry, 'sheet'> & { readonly index: number })[];
}

/** States, which the public does not see unless the form says so, in the language of the workbook. */
const states = liveStateNames satisfies readonly Word[];

const repeatLeads = ['id', 'parent_id', 'index'] as const satisfies readonly Word[];

const [narrow, wide] = [10, 40];
/** Narrow columns show dates as `####`. */
const narrowest: Readonly<Record<ColumnKind, number>> = {
  ...{ date: 12, dateTime: 22, time: 12 },
  ...{ text: narrow, code: narrow, codes: narrow, file: narrow, json: narrow },
  ...{ integer: narrow, decimal: narrow, boolean: narrow },
};

/** The rows of a dataset as one audience sees them, as a workbook in one language. */
export class DatasetWorkbook implements FormatWriter {
  readonly #book = new Workbook();
  readonly #head: DatasetHead;
  readonly #tables: AudienceTables;
  /** This language first, then the form's others: what one lacks, the next may have. */
  readonly #languages: readonly string[];
  readonly #meta: readonly WriteCell[];
  readonly #main: BookTable;
  readonly #repeats: ReadonlyMap<Scope, BookTable>;

  constructor(head: DatasetHead, tables: AudienceTables, language: string, limits: SheetLimits) {
    const languages = [language, ...tables.languages.map(({ code }) => code)];
    this.#head = head;
    this.#tables = tables;
    this.#languages = [...new Set(languages)];
    const metaLabels = tables.meta.map(({ header }) => this.#statesOf(header));
    this.#meta = tables.meta.map(({ kind }, index) =>
      cellWriter(kind, metaLabels[index] ?? new Map(), this.#book.texts),
    );
    const name = word('data', language);
    const meta = tables.meta.map(({ header, kind }) => ({ header, kind }));
    this.#main = this.#table(tables.main, { name, leads: meta, passed: true }, limits);
    const leads = repeatLeads.map((header) => ({
      header,
      kind: header === 'index' ? ('integer' as const) : ('text' as const),
    }));
    this.#repeats = new Map(
      tables.repeats.map((table) => {
        const { name } = table.scope;
        return [table.scope, this.#table(table, { name, leads, passed: false }, limits)];
      }),
    );
  }

  get body(): AsyncIterable<Uint8Array> {
    return this.#book.body;
  }

  row(row: PublishedRow): void {
    const { instance, view } = row;
    const leads = this.#tables.meta.map(({ value }, index) => {
      const text = value(row);
      return text === undefined ? '' : (this.#meta[index]?.(text) ?? '');
    });
    this.#main.sheets.row(leads, instance.values, slotsOf(instance, view));
    if (instance.repeats.length > 0) this.#writeRepeats(instance, row.id, view);
  }

  async drained(): Promise<void> {
    await this.#book.drained();
  }

  end(): number {
    for (const { sheets } of this.#allTables()) sheets.end();
    const [language = ''] = this.#languages;
    writeCodebook(this.#book, this.#tables, language, this.#codebook());
    this.#writeAbout(language);
    this.#book.end();
    return this.#main.sheets.rows;
  }

  fail(error: Error): void {
    this.#book.fail(error);
  }

  #writeRepeats(instance: Instance, id: string, view: View): void {
    const { texts } = this.#book;
    for (const rows of instance.repeats) {
      for (const [index, row] of rows.entries()) {
        const table = this.#repeats.get(row.scope);
        if (table === undefined || !view.repeats.has(row.scope)) continue;
        const rowId = `${id}/${index + 1}`;
        const leads = [texts.text(rowId), texts.text(id), numberCell(index + 1, texts)];
        table.sheets.row(leads, row.values, slotsOf(row, view));
        if (row.repeats.length > 0) this.#writeRepeats(row, rowId, view);
      }
    }
  }

  #allTables(): readonly BookTable[] {
    return [this.#main, ...this.#repeats.values()];
  }

  #table(
    { columns }: TableColumns,
    {
      name,
      leads,
      passed,
    }: {
      readonly name: string;
      readonly leads: readonly { readonly header: string; readonly kind: ColumnKind }[];
      readonly passed: boolean;
    },
    limits: SheetLimits,
  ): BookTable {
    const [language = ''] = this.#languages;
    const leadTitles = leads.map(({ header }) =>
      isWord(header) ? word(header, language) : header,
    );
    const titles = labelledHeaders(columns, this.#languages, leadTitles);
    const labels = columns.map(({ choices }) => choiceLabels(choices, this.#languages));
    const sheets = new TableSheets(
      this.#book,
      {
        ...{ name, passed },
        leads: leads.map(({ kind }, index) => headingOf(leadTitles[index] ?? '', kind)),
        columns: columns.map(({ kind }, index) => ({
          ...headingOf(titles[index] ?? '', kind),
          write: cellWriter(kind, labels[index] ?? new Map(), this.#book.texts),
        })),
      },
      limits,
    );
    const entries = [
      ...leads.map(({ header, kind }, index) => ({
        ...{ header, type: kind, column: undefined, index: -1 },
        ...{ title: leadTitles[index] ?? '', labels: this.#statesOf(header) },
      })),
      ...columns.map((column, index) => ({
        ...{ header: column.header, column, index },
        ...{ title: titles[index] ?? '', labels: labels[index] ?? new Map<string, string>() },
        type: (column.field.current ?? column.field.question).type,
      })),
    ];
    return { sheets, entries };
  }

  #statesOf(header: string): ReadonlyMap<string, string> {
    const [language = ''] = this.#languages;
    return new Map(header === 'state' ? states.map((code) => [code, word(code, language)]) : []);
  }

  *#codebook(): Generator<CodebookEntry> {
    for (const { sheets, entries } of this.#allTables()) {
      for (const { index, ...entry } of entries) yield { ...entry, sheet: sheets.sheetsOf(index) };
    }
  }

  #writeAbout(language: string): void {
    const { dataset, version, cutOff, license, title } = this.#head;
    const rows = this.#allTables().map(({ sheets }) => [
      `${word('rows', language)} (${sheets.sheetsOf(-1)})`,
      String(sheets.rows),
    ]);
    const { cut } = this.#book.texts;
    const about: readonly (readonly string[])[] = [
      [word('dataset', language), dataset],
      [word('version', language), version],
      [word('cutOff', language), cutOff],
      [word('license', language), license ?? ''],
      [word('audience', language), word(this.#tables.audience, language)],
      ...rows,
      [word('times', language), word('timesMeaning', language)],
      [word('cut', language), String(cut)],
      ['', word('cutMeaning', language)],
    ];
    const headings = [
      { title: word('title', language), width: 28 },
      { title: labelIn(new Map(Object.entries(title)), this.#languages) || dataset, width: 80 },
    ];
    writeTexts(this.#book, word('about', language), headings, about);
  }
}

function slotsOf(instance: Instance, view: View): readonly number[] {
  return view.selections.get(instance.scope)?.slots ?? [];
}

function headingOf(title: string, kind: ColumnKind): Heading {
  const width = Math.min(wide, Math.max(narrowest[kind], title.length + 3));
  return { title, width };
}
