import { liveStateNames } from '../../../submission/records/submission.ts';
import { CellTexts, styles } from '../../../workbook/cell-xml.ts';
import { Workbook, type Heading } from '../../../workbook/workbook-writer.ts';
import {
  repeatLeads,
  type AudienceRow,
  type AudienceTables,
  type LeadColumn,
} from '../../rows/audience-row.ts';
import type { ColumnKind } from '../../../form/types/question-types.ts';
import { choiceLabels, labelIn, labelledHeaders } from '../../rows/column-labels.ts';
import type { Column, TableColumns } from '../../rows/audience-view.ts';
import type { DatasetHead } from '../../versions/version-place.ts';
import type { Format, FormatWriter } from '../format.ts';
import { cellWriter, type WriteCell } from './cells.ts';
import { sheetLimits, TableSheets, type SheetLimits } from './table-sheets.ts';
import { isWord, word, type Word } from './workbook-words.ts';

const mediaType = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

/** Excel workbooks, one in each of the form's languages: `x.xlsx` in its default one, `x.<language>.xlsx`. */
export const xlsx: Format = {
  name: 'xlsx',
  inParts: {
    omitted: ({ head, tables }) =>
      tables.languages.map(({ file }, index) => workbookName(head, index === 0 ? '' : file)),
  },
  open: ({ head, tables, body }) => {
    const books = tables.languages.map(({ code, file: variant }, index) => {
      const book = new DatasetWorkbook(head, tables, code, sheetLimits);
      const file = body({
        name: workbookName(head, index === 0 ? '' : variant),
        mediaType,
        body: book.body,
        fail: (error) => {
          book.fail(error);
        },
      });
      return { book, file };
    });
    return {
      row: (row) => {
        for (const { book } of books) book.row(row);
      },
      drained: async () => {
        for (const { book } of books) await book.drained();
      },
      end: () => {
        const counts = books.map(({ book, file }) => (file.rows = book.end()));
        // A workbook that lacks rows must not pass for one of those that have them.
        return Math.min(...counts);
      },
    };
  },
};

function workbookName({ dataset }: DatasetHead, variant: string): string {
  return `${dataset}${variant === '' ? '' : `.${variant}`}.xlsx`;
}

interface BookTable {
  readonly sheets: TableSheets;
  readonly leads: readonly WriteCell[];
  readonly entries: (Omit<CodebookEntry, 'sheet'> & { readonly index: number })[];
}

/** States, which the public does not see unless the form says so, in the language of the workbook. */
const states = liveStateNames satisfies readonly Word[];

const [narrow, wide] = [10, 40];
/** Narrow columns show dates as `####`. */
const narrowest: Readonly<Record<ColumnKind, number>> = {
  date: 12,
  dateTime: 22,
  time: 12,
  text: narrow,
  code: narrow,
  codes: narrow,
  file: narrow,
  json: narrow,
  integer: narrow,
  decimal: narrow,
  boolean: narrow,
};

/** The rows of a dataset as one audience sees them, as a workbook in one language. */
class DatasetWorkbook implements FormatWriter {
  readonly #book = new Workbook(new CellTexts({ exact: false }), { filtered: true });
  readonly #head: DatasetHead;
  readonly #tables: AudienceTables;
  /** This language first, then the form's others: what one lacks, the next may have. */
  readonly #languages: readonly string[];
  readonly #main: BookTable;
  readonly #repeats: readonly BookTable[];

  constructor(head: DatasetHead, tables: AudienceTables, language: string, limits: SheetLimits) {
    const languages = [language, ...tables.languages.map(({ code }) => code)];
    this.#head = head;
    this.#tables = tables;
    this.#languages = [...new Set(languages)];
    const name = word('data', language);
    this.#main = this.#table(tables.main, { name, leads: tables.meta, passed: true }, limits);
    this.#repeats = tables.repeats.map((table) => {
      const { name } = table.scope;
      return this.#table(table, { name, leads: repeatLeads, passed: false }, limits);
    });
  }

  get body(): AsyncIterable<Uint8Array> {
    return this.#book.body;
  }

  row({ rows }: AudienceRow): void {
    for (const row of rows) {
      const table = row.table === 0 ? this.#main : this.#repeats[row.table - 1];
      const leads = row.leads.map(({ value }, index) =>
        value === undefined ? '' : (table?.leads[index]?.(value) ?? ''),
      );
      table?.sheets.row(leads, row);
    }
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

  #allTables(): readonly BookTable[] {
    return [this.#main, ...this.#repeats];
  }

  #table(
    { columns }: TableColumns,
    {
      name,
      leads,
      passed,
    }: {
      readonly name: string;
      readonly leads: readonly LeadColumn[];
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
        name,
        passed,
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
        header,
        type: kind,
        column: undefined,
        index: -1,
        title: leadTitles[index] ?? '',
        labels: this.#statesOf(header),
      })),
      ...columns.map((column, index) => ({
        header: column.header,
        column,
        index,
        title: titles[index] ?? '',
        labels: labels[index] ?? new Map<string, string>(),
        type: (column.field.current ?? column.field.question).type,
      })),
    ];
    const leadCells = leads.map(({ header, kind }) =>
      cellWriter(kind, this.#statesOf(header), this.#book.texts),
    );
    return { sheets, leads: leadCells, entries };
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

function headingOf(title: string, kind: ColumnKind): Heading {
  const width = Math.min(wide, Math.max(narrowest[kind], title.length + 3));
  return { title, width };
}

/** A column as the codebook describes it. */
interface CodebookEntry {
  /** The sheets that it stands in, and what it is called there. */
  readonly sheet: string;
  readonly title: string;
  /** What every other format calls it. */
  readonly header: string;
  readonly type: string;
  readonly column: Column | undefined;
  /** What stands in cells for each code. */
  readonly labels: ReadonlyMap<string, string>;
}

/** The sheet that says what each column is, in all languages of the form. */
function writeCodebook(
  book: Workbook,
  { languages }: AudienceTables,
  language: string,
  entries: Iterable<CodebookEntry>,
): void {
  const codes = languages.map(({ code }) => code);
  const heading = (name: Word, width: number): Heading => ({ title: word(name, language), width });
  const inEach = (name: Word): Heading[] =>
    codes.map((code) => ({ title: `${word(name, language)} (${code})`, width: 40 }));
  const headings = [
    heading('sheet', 16),
    heading('column', 30),
    ...(['name', 'path'] as const).map((name) => heading(name, 24)),
    heading('type', 16),
    ...inEach('label'),
    ...inEach('hint'),
    heading('choices', 40),
    heading('visibility', 16),
    heading('exactness', 16),
  ];
  const rows = function* (): Generator<readonly string[]> {
    for (const { sheet, title, header, type, column, labels } of entries) {
      const question = column?.field.current ?? column?.field.question;
      yield [
        sheet,
        title,
        header,
        question?.path.join('/') ?? '',
        type,
        ...codes.map((code) => question?.label.get(code) ?? ''),
        ...codes.map((code) => question?.hint.get(code) ?? ''),
        [...labels].map(([code, label]) => `${code} = ${label}`).join('\n'),
        question === undefined ? '' : word(question.visibility, language),
        question?.precision ?? '',
      ];
    }
  };
  writeTexts(book, word('codebook', language), headings, rows());
}

/** A sheet of texts. */
function writeTexts(
  book: Workbook,
  name: string,
  headings: readonly Heading[],
  rows: Iterable<readonly string[]>,
): void {
  const sheet = book.open(book.group(name, { passed: true }), headings);
  for (const row of rows) {
    sheet.row(
      row.map((text) => (text === '' ? '' : `" s="${styles.wrapped}${book.texts.text(text)}`)),
    );
  }
  sheet.end();
}
