import type { AudienceTables } from '../../rows/audience-row.ts';
import type { Column } from '../../rows/view.ts';
import { styles } from '../../../workbook/cell-xml.ts';
import type { Heading, Workbook } from '../../../workbook/workbook-writer.ts';
import { word, type Word } from './words.ts';

/** A column as the codebook tells of it. */
export interface CodebookEntry {
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
export function writeCodebook(
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
        ...[sheet, title, header, question?.path.join('/') ?? '', type],
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
export function writeTexts(
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
