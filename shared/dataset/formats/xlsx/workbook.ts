import { ArchiveWriter } from '../../../zip/archive-writer.ts';
import { CellTexts } from './cell-xml.ts';
import { Sheet, type Heading } from './sheet.ts';
import { sheetPath, workbookParts, type SheetPart } from './workbook-parts.ts';

/** Longer ones Excel does not take. */
const longestName = 31;

/** Sheets that belong together: a table that one sheet cannot hold goes on in others. */
export interface SheetGroup {
  readonly name: string;
  /** Passed on while they are written; the sheets of other groups wait for them: see ArchiveWriter. */
  readonly passed: boolean;
  readonly sheets: { readonly sheet: Sheet; readonly part: Omit<SheetPart, 'range'> }[];
}

/** A workbook (ECMA-376) in the making, sheet by sheet. */
export class Workbook {
  readonly texts = new CellTexts();
  readonly #archive = new ArchiveWriter();
  readonly #groups: SheetGroup[] = [];
  readonly #names = new Set<string>();
  #sheets = 0;

  get body(): AsyncIterable<Uint8Array> {
    return this.#archive.body;
  }

  /** Groups stand in the workbook in the order in which they were made. */
  group(name: string, { passed }: { readonly passed: boolean }): SheetGroup {
    const group = { name, passed, sheets: [] };
    this.#groups.push(group);
    return group;
  }

  /** The next sheet of a group. Of groups that are passed on, one sheet is open at a time. */
  open(group: SheetGroup, headings: readonly Heading[]): Sheet {
    const number = (this.#sheets += 1);
    const path = sheetPath(number);
    const sink = group.passed ? this.#archive.pass(path) : this.#archive.hold(path);
    const sheet = new Sheet(sink, headings, this.texts, { first: number === 1 });
    group.sheets.push({ sheet, part: { name: this.#nameOf(group.name), number } });
    return sheet;
  }

  async drained(): Promise<void> {
    await this.#archive.drained();
  }

  /** Writes what tells of the sheets, all of which have ended. */
  end(): void {
    const parts = this.#groups.flatMap(({ sheets }) =>
      sheets.map(({ sheet, part }) => ({ ...part, range: sheet.range })),
    );
    for (const [name, content] of workbookParts(parts)) this.#archive.put(name, content);
    this.#archive.end();
  }

  fail(error: Error): void {
    this.#archive.fail(error);
  }

  /** What Excel takes for a sheet's name, and no two the same, whatever their case. */
  #nameOf(wanted: string): string {
    const plain = wanted
      .toWellFormed()
      .replaceAll(/[[\]:*?/\\\p{Cc}]/gu, '_')
      .replaceAll(/^'+|'+$/g, '');
    const base = plain === '' || plain.toLowerCase() === 'history' ? `${plain}_` : plain;
    let name = shortened(base, longestName);
    for (let number = 2; this.#names.has(name.toLowerCase()); number += 1) {
      const suffix = ` (${number})`;
      name = shortened(base, longestName - suffix.length) + suffix;
    }
    this.#names.add(name.toLowerCase());
    return name;
  }
}

/** At most so many UTF-16 units, which Excel counts; no character is cut in two. */
function shortened(text: string, most: number): string {
  let short = '';
  for (const character of text) {
    if (short.length + character.length > most) break;
    short += character;
  }
  return short;
}
