import { escapedAttribute } from './cell-xml.ts';

/** A sheet as the workbook's parts name it. */
export interface SheetPart {
  readonly name: string;
  /** Of its file: `xl/worksheets/sheet<number>.xml`. */
  readonly number: number;
  /** The cells that the filter is over: `$A$1:$C$9`. */
  readonly range: string;
}

const declaration = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const relations = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const types = 'application/vnd.openxmlformats-officedocument.spreadsheetml';
const packageTypes = 'http://schemas.openxmlformats.org/package/2006';

/** The parts of a workbook (ECMA-376 part 1, 12.3 and 18) besides its sheets, by name. */
export function workbookParts(sheets: readonly SheetPart[]): ReadonlyMap<string, string> {
  return new Map([
    ['xl/styles.xml', stylesPart],
    ['xl/workbook.xml', workbookPart(sheets)],
    ['xl/_rels/workbook.xml.rels', workbookRelations(sheets)],
    [
      '_rels/.rels',
      `${declaration}<Relationships xmlns="${packageTypes}/relationships"><Relationship Id="rId1" Type="${relations}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    ],
    ['[Content_Types].xml', contentTypes(sheets)],
  ]);
}

export function sheetPath(number: number): string {
  return `xl/worksheets/sheet${number}.xml`;
}

function workbookPart(sheets: readonly SheetPart[]): string {
  const listed = sheets.map(
    ({ name, number }) =>
      `<sheet name="${escapedAttribute(name)}" sheetId="${number}" r:id="rId${number}"/>`,
  );
  // Excel looks for its filters under this name.
  const filters = sheets.map(
    ({ name, range }, index) =>
      `<definedName name="_xlnm._FilterDatabase" localSheetId="${index}" hidden="1">'${escapedAttribute(name.replaceAll("'", "''"))}'!${range}</definedName>`,
  );
  return `${declaration}<workbook xmlns="${main}" xmlns:r="${relations}"><bookViews><workbookView/></bookViews><sheets>${listed.join('')}</sheets><definedNames>${filters.join('')}</definedNames></workbook>`;
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

/** Number formats by the index that serial-dates.ts gives styles: they are the same in every language. */
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
