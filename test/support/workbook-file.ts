import { columnName } from '../../shared/workbook/cell-xml.ts';

/** What stands in a cell: nothing, a text (shared), a number, a boolean, or XML as it is written. */
export type TestCell = null | string | number | boolean | RawCell;

/** The attributes (`t`, `s`) and content of a `<c>`. */
export interface RawCell {
  readonly attributes?: string;
  readonly xml: string;
}

export interface TestSheet {
  readonly name: string;
  readonly rows: readonly (readonly TestCell[])[];
  readonly state?: 'hidden' | 'veryHidden';
  /** What stands before and after `<sheetData>`. */
  readonly before?: string;
  readonly after?: string;
  /** Relationships of the sheet. */
  readonly relations?: string;
}

export interface TestWorkbook {
  readonly sheets: readonly TestSheet[];
  readonly isFrom1904?: boolean;
  /** Further parts of the package. */
  readonly parts?: ReadonlyMap<string, string>;
  /** Further relationships of the workbook. */
  readonly relations?: string;
  readonly contentTypes?: string;
}

/** Styles of cells (attribute `s`), by what they show. */
export const formats = { date: 1, time: 2, moment: 3, elapsed: 4, money: 5, bold: 6 } as const;

const declaration = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const packaging = 'http://schemas.openxmlformats.org/package/2006';
const excel = 'application/vnd.openxmlformats-officedocument.spreadsheetml';

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** A formula with the value that was stored for it; none: as a program writes it that does not calculate. */
export function formula(text: string, value?: string | number | boolean): RawCell {
  const xml = `<f>${escaped(text)}</f>`;
  if (value === undefined) return { xml };
  const type = typeof value === 'string' ? 'str' : typeof value === 'boolean' ? 'b' : 'n';
  const stored = typeof value === 'boolean' ? Number(value) : escaped(String(value));
  return { attributes: `t="${type}"`, xml: `${xml}<v>${stored}</v>` };
}

/** A number shown in one of the formats: days since the end of 1899. */
export function serial(value: number, format: number): RawCell {
  return { attributes: `s="${format}"`, xml: `<v>${value}</v>` };
}

/**
 * The parts of a workbook as Excel lays them out, by name: written here by hand, so that tests do not
 * read with the eyes of the library that wrote.
 */
export function workbookParts(workbook: TestWorkbook): Map<string, Uint8Array> {
  const strings = new Map<string, number>();
  const { sheets } = workbook;
  const parts = new Map<string, string>([
    [
      '[Content_Types].xml',
      `<Types xmlns="${packaging}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${excel}.sheet.main+xml"/>${sheets
        .map(
          (_, index) =>
            `<Override PartName="/xl/worksheets/sheet${index + 1}.xml" ContentType="${excel}.worksheet+xml"/>`,
        )
        .join(
          '',
        )}<Override PartName="/xl/styles.xml" ContentType="${excel}.styles+xml"/><Override PartName="/xl/sharedStrings.xml" ContentType="${excel}.sharedStrings+xml"/>${workbook.contentTypes ?? ''}</Types>`,
    ],
    ['_rels/.rels', relationships(relation('rId1', 'officeDocument', 'xl/workbook.xml'))],
    [
      'xl/workbook.xml',
      `<workbook xmlns="${main}" xmlns:r="${office}">${workbook.isFrom1904 === true ? '<workbookPr date1904="1"/>' : ''}<sheets>${sheets
        .map(
          ({ name, state }, index) =>
            `<sheet name="${escaped(name)}" sheetId="${index + 1}"${state === undefined ? '' : ` state="${state}"`} r:id="rId${index + 1}"/>`,
        )
        .join('')}</sheets></workbook>`,
    ],
    [
      'xl/_rels/workbook.xml.rels',
      relationships(
        sheets
          .map((_, index) =>
            relation(`rId${index + 1}`, 'worksheet', `worksheets/sheet${index + 1}.xml`),
          )
          .join('') +
          relation('rIdStyles', 'styles', 'styles.xml') +
          relation('rIdStrings', 'sharedStrings', 'sharedStrings.xml') +
          (workbook.relations ?? ''),
      ),
    ],
    ['xl/styles.xml', styles],
    ...sheets.map(
      (sheet, index) => [`xl/worksheets/sheet${index + 1}.xml`, sheetXml(sheet, strings)] as const,
    ),
    ...sheets.flatMap(({ relations }, index) =>
      relations === undefined
        ? []
        : [[`xl/worksheets/_rels/sheet${index + 1}.xml.rels`, relationships(relations)] as const],
    ),
    [
      'xl/sharedStrings.xml',
      `<sst xmlns="${main}" count="${strings.size}" uniqueCount="${strings.size}">${[
        ...strings.keys(),
      ]
        .map((text) => `<si><t xml:space="preserve">${escaped(text)}</t></si>`)
        .join('')}</sst>`,
    ],
    ...(workbook.parts ?? []),
  ]);
  return new Map([...parts].map(([name, xml]) => [name, Buffer.from(declaration + xml)]));
}

/** A row of a `.rels` part. */
export function relation(id: string, type: string, target: string, mode = ''): string {
  const external = mode === '' ? '' : ` TargetMode="${mode}"`;
  return `<Relationship Id="${id}" Type="${office}/${type}" Target="${escaped(target)}"${external}/>`;
}

function relationships(rows: string): string {
  return `<Relationships xmlns="${packaging}/relationships">${rows}</Relationships>`;
}

function sheetXml(sheet: TestSheet, strings: Map<string, number>): string {
  const rows = sheet.rows.map((cells, row) => {
    const written = cells.map((cell, column) =>
      cellXml(cell, `${columnName(column)}${row + 1}`, strings),
    );
    // As Excel does, a blank row is not written at all.
    return written.every((xml) => xml === '')
      ? ''
      : `<row r="${row + 1}">${written.join('')}</row>`;
  });
  return `<worksheet xmlns="${main}" xmlns:r="${office}">${sheet.before ?? ''}<sheetData>${rows.join('')}</sheetData>${sheet.after ?? ''}</worksheet>`;
}

function cellXml(cell: TestCell, reference: string, strings: Map<string, number>): string {
  if (cell === null) return '';
  if (typeof cell === 'object') {
    return `<c r="${reference}" ${cell.attributes ?? ''}>${cell.xml}</c>`;
  }
  if (typeof cell === 'number') return `<c r="${reference}"><v>${cell}</v></c>`;
  if (typeof cell === 'boolean') return `<c r="${reference}" t="b"><v>${Number(cell)}</v></c>`;
  const index = strings.get(cell) ?? strings.size;
  strings.set(cell, index);
  return `<c r="${reference}" t="s"><v>${index}</v></c>`;
}

const styles = `<styleSheet xmlns="${main}"><numFmts count="3"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd\\ hh:mm"/><numFmt numFmtId="165" formatCode="[h]:mm:ss"/><numFmt numFmtId="166" formatCode="#,##0\\ &quot;F CFA&quot;"/></numFmts><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="7">${[
  0, 14, 20, 164, 165, 166, 0,
]
  .map(
    (format, index) =>
      `<xf numFmtId="${format}" fontId="${index === 6 ? 1 : 0}" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>`,
  )
  .join('')}</cellXfs></styleSheet>`;
