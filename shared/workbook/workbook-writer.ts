import { ArchiveWriter } from '../zip/write-zip.ts';
import type { FileSink } from '../zip/file-sink.ts';
import { columnName, escapedAttribute, styles, type CellTexts } from './cell-xml.ts';

const declaration = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const relations = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const types = 'application/vnd.openxmlformats-officedocument.spreadsheetml';
const packageTypes = 'http://schemas.openxmlformats.org/package/2006';
/** The header stays in sight. */
const frozen =
  '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/><selection pane="bottomLeft"/>';

/** A column's heading, and how wide it is, in characters. */
export interface Heading {
  readonly title: string;
  readonly width: number;
}

/** A sheet as the workbook's parts name it. */
interface SheetPart {
  readonly name: string;
  /** Of its file: `xl/worksheets/sheet<number>.xml`. */
  readonly number: number;
  /** The cells that the filter is over: `$A$1:$C$9`. */
  readonly range: string;
}

/** One sheet in the making: its header, then row after row. */
export class Sheet {
  readonly sink: FileSink;
  readonly #columns: number;
  readonly #filtered: boolean;
  /** Rows written so far, the header among them. */
  #rows = 1;

  /** `first`: the sheet that is open when the workbook is. */
  constructor(
    sink: FileSink,
    headings: readonly Heading[],
    texts: CellTexts,
    { first, filtered }: { readonly first: boolean; readonly filtered: boolean },
  ) {
    this.sink = sink;
    this.#columns = headings.length;
    this.#filtered = filtered;
    const widths = headings.map(
      ({ width }, index) =>
        `<col min="${index + 1}" max="${index + 1}" width="${width}" customWidth="1"/>`,
    );
    const cols = widths.length === 0 ? '' : `<cols>${widths.join('')}</cols>`;
    const cells = headings.map(
      ({ title }, index) => `<c r="${columnName(index)}1" s="${styles.header}${texts.text(title)}`,
    );
    sink.write(
      `${declaration}<worksheet xmlns="${main}"><sheetViews><sheetView${first ? ' tabSelected="1"' : ''} workbookViewId="0">${frozen}</sheetView></sheetViews>${cols}<sheetData><row r="1">${cells.join('')}</row>`,
    );
  }

  /** Rows below the header. */
  get dataRows(): number {
    return this.#rows - 1;
  }

  /** The number of the row that is written next. */
  next(): number {
    return (this.#rows += 1);
  }

  /** Writes a row: what follows `<c r="A1` for each cell from the first column on, '' for none. */
  row(cells: readonly string[]): void {
    const number = this.next();
    const written = cells.map((cell, index) =>
      cell === '' ? '' : `<c r="${columnName(index)}${number}${cell}`,
    );
    this.sink.write(`<row r="${number}">${written.join('')}</row>`);
  }

  /** All its cells, as a filter names them: `$A$1:$C$9`. */
  get range(): string {
    return `$A$1:$${columnName(this.#columns - 1)}$${this.#rows}`;
  }

  end(): void {
    const filter = this.#filtered ? `<autoFilter ref="${this.range.replaceAll('$', '')}"/>` : '';
    this.sink.write(`</sheetData>${filter}</worksheet>`);
    this.sink.end();
  }
}

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
  readonly texts: CellTexts;
  readonly #filtered: boolean;
  readonly #archive = new ArchiveWriter();
  readonly #groups: SheetGroup[] = [];
  readonly #names = new Set<string>();
  #sheets = 0;

  /** `filtered`: each sheet has a filter over its columns. */
  constructor(texts: CellTexts, { filtered }: { readonly filtered: boolean }) {
    this.texts = texts;
    this.#filtered = filtered;
  }

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
    const sheet = new Sheet(sink, headings, this.texts, {
      first: number === 1,
      filtered: this.#filtered,
    });
    group.sheets.push({ sheet, part: { name: this.#nameOf(group.name), number } });
    return sheet;
  }

  async drained(): Promise<void> {
    await this.#archive.drained();
  }

  /** Writes the parts that list the sheets, all of which have ended. */
  end(): void {
    const parts = this.#groups.flatMap(({ sheets }) =>
      sheets.map(({ sheet, part }) => ({ ...part, range: sheet.range })),
    );
    for (const [name, content] of workbookParts(parts, this.#filtered))
      this.#archive.put(name, content);
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

/** The parts of a workbook (ECMA-376 part 1, 12.3 and 18) besides its sheets, by name. */
function workbookParts(
  sheets: readonly SheetPart[],
  filtered: boolean,
): ReadonlyMap<string, string> {
  return new Map([
    ['xl/styles.xml', stylesPart],
    ['xl/workbook.xml', workbookPart(sheets, filtered)],
    ['xl/_rels/workbook.xml.rels', workbookRelations(sheets)],
    [
      '_rels/.rels',
      `${declaration}<Relationships xmlns="${packageTypes}/relationships"><Relationship Id="rId1" Type="${relations}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    ],
    ['[Content_Types].xml', contentTypes(sheets)],
  ]);
}

function sheetPath(number: number): string {
  return `xl/worksheets/sheet${number}.xml`;
}

function workbookPart(sheets: readonly SheetPart[], filtered: boolean): string {
  const listed = sheets.map(
    ({ name, number }) =>
      `<sheet name="${escapedAttribute(name)}" sheetId="${number}" r:id="rId${number}"/>`,
  );
  // Excel looks for its filters under this name.
  const filters = sheets.map(
    ({ name, range }, index) =>
      `<definedName name="_xlnm._FilterDatabase" localSheetId="${index}" hidden="1">'${escapedAttribute(name.replaceAll("'", "''"))}'!${range}</definedName>`,
  );
  const names = filtered ? `<definedNames>${filters.join('')}</definedNames>` : '';
  return `${declaration}<workbook xmlns="${main}" xmlns:r="${relations}"><bookViews><workbookView/></bookViews><sheets>${listed.join('')}</sheets>${names}</workbook>`;
}

function workbookRelations(sheets: readonly SheetPart[]): string {
  const listed = sheets.map(
    ({ number }) =>
      `<Relationship Id="rId${number}" Type="${relations}/worksheet" Target="worksheets/sheet${number}.xml"/>`,
  );
  return `${declaration}<Relationships xmlns="${packageTypes}/relationships">${listed.join('')}<Relationship Id="rId${sheets.length + 1}" Type="${relations}/styles" Target="styles.xml"/></Relationships>`;
}

function contentTypes(sheets: readonly SheetPart[]): string {
  const listed = sheets.map(
    ({ number }) =>
      `<Override PartName="/${sheetPath(number)}" ContentType="${types}.worksheet+xml"/>`,
  );
  return `${declaration}<Types xmlns="${packageTypes}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${types}.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="${types}.styles+xml"/>${listed.join('')}</Types>`;
}

/** Number formats by the index that cell-xml.ts gives styles: they are the same in every language. */
const numberFormats = [
  'yyyy\\-mm\\-dd',
  'yyyy\\-mm\\-dd\\ hh:mm:ss',
  'yyyy\\-mm\\-dd\\ hh:mm:ss"Z"',
  'hh:mm:ss',
  'hh:mm:ss"Z"',
];
const firstFormat = 164;

const stylesPart = ((): string => {
  const formats = numberFormats.map(
    (code, index) =>
      `<numFmt numFmtId="${firstFormat + index}" formatCode="${escapedAttribute(code)}"/>`,
  );
  const plain = 'fontId="0" fillId="0" borderId="0" xfId="0"';
  const wrapped = '<alignment vertical="top" wrapText="1"/>';
  const cells = [
    `<xf numFmtId="0" ${plain}/>`,
    `<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1" applyAlignment="1">${wrapped}</xf>`,
    ...numberFormats.map(
      (_, index) => `<xf numFmtId="${firstFormat + index}" ${plain} applyNumberFormat="1"/>`,
    ),
    `<xf numFmtId="0" ${plain} applyAlignment="1">${wrapped}</xf>`,
  ];
  const font = '<sz val="11"/><name val="Calibri"/><family val="2"/>';
  return `${declaration}<styleSheet xmlns="${main}"><numFmts count="${formats.length}">${formats.join('')}</numFmts><fonts count="2"><font>${font}</font><font><b/>${font}</font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="${cells.length}">${cells.join('')}</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`;
})();
