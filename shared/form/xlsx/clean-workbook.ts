import type { SheetData } from './sheet-data.ts';
import { storedZip } from './stored-zip.ts';
import type { WorkbookFile } from './workbook-file.ts';
import { refusedWorkbook } from './workbook-issues.ts';
import type { PartElement } from './xml-part.ts';

/** The longest format code that Excel takes. */
const maxFormatLength = 255;
/** Elements of the table of strings: the reader makes an object of each. 20,000 rows have about 300,000. */
const maxStringElements = 600_000;

const declaration = '<?xml version="1.0" encoding="UTF-8"?>';
const relationships = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';

/**
 * A workbook of nothing but these sheets, their strings and the formats that tell dates from numbers,
 * for a reader that would otherwise follow whatever a package refers to.
 */
export function cleanWorkbook(
  file: WorkbookFile,
  sheets: ReadonlyMap<string, SheetData>,
): Uint8Array {
  const strings = file.sharedStrings;
  if (strings !== undefined) refuseTooMany(strings);
  const parts = [...sheets].map(([name, { xml }], index) => ({
    name,
    xml,
    file: `sheet${index + 1}.xml`,
  }));
  const text = new Map([
    [
      '[Content_Types].xml',
      '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
    ],
    ['_rels/.rels', relations([['r1', 'officeDocument', 'xl/workbook.xml']])],
    [
      'xl/workbook.xml',
      `<workbook xmlns:r="${relationships}"><workbookPr date1904="${file.isFrom1904 ? 1 : 0}"/><sheets>${parts
        .map(
          ({ name }, index) =>
            `<sheet name="${name}" sheetId="${index + 1}" r:id="s${index + 1}"/>`,
        )
        .join('')}</sheets></workbook>`,
    ],
    [
      'xl/_rels/workbook.xml.rels',
      relations([
        ...parts.map(
          (part, index) => [`s${index + 1}`, 'worksheet', `worksheets/${part.file}`] as const,
        ),
        ['styles', 'styles', 'styles.xml'],
        ['strings', 'sharedStrings', 'sharedStrings.xml'],
      ]),
    ],
    ['xl/styles.xml', stylesOf(file.styles)],
    ['xl/sharedStrings.xml', strings ?? '<sst/>'],
    ...parts.map((part) => [`xl/worksheets/${part.file}`, part.xml] as const),
  ]);
  const files = new Map([...text].map(([name, xml]) => [name, Buffer.from(xml)]));
  return storedZip(files, { checksums: false });
}

function relations(rows: readonly (readonly [id: string, type: string, target: string])[]): string {
  const list = rows.map(
    ([id, type, target]) =>
      `<Relationship Id="${id}" Type="${relationships}/${type}" Target="${target}"/>`,
  );
  return `${declaration}<Relationships>${list.join('')}</Relationships>`;
}

/** Number formats and which cells have them; fonts and colours mean nothing here. */
function stylesOf(elements: readonly PartElement[]): string {
  const formats = elements
    .filter(({ name }) => name === 'numFmt')
    .map(({ attributes }) => [attributes.get('numFmtId') ?? '', attributes.get('formatCode') ?? ''])
    .filter(([, code = '']) => code.length <= maxFormatLength)
    .map(
      ([id = '', code = '']) => `<numFmt numFmtId="${escaped(id)}" formatCode="${escaped(code)}"/>`,
    );
  const cells = elements
    .filter(({ name, parent }) => name === 'xf' && parent === 'cellXfs')
    .map(({ attributes }) => `<xf numFmtId="${escaped(attributes.get('numFmtId') ?? '0')}"/>`);
  return `<styleSheet><numFmts>${formats.join('')}</numFmts><cellXfs>${cells.join('')}</cellXfs></styleSheet>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}

function refuseTooMany(text: string): void {
  let count = 0;
  for (let at = text.indexOf('<'); at !== -1; at = text.indexOf('<', at + 1)) count += 1;
  // Each opens and closes.
  if (count > 2 * maxStringElements) {
    throw refusedWorkbook('workbook-too-large', 'sharedStrings', String(maxStringElements));
  }
}
