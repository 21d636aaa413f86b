import { refusedWorkbook } from './workbook-issues.ts';
import { partElements, xmlText, type PartElement } from './xml-part.ts';
import { ZipArchive } from './zip-archive.ts';

/** A sheet as the workbook lists it. */
export interface SheetEntry {
  readonly name: string;
  /** The part that holds it; undefined for sheets without cells, such as charts. */
  readonly part: string | undefined;
}

/** What of a workbook's package matters to a form; nothing else of it is unpacked. */
export interface WorkbookFile {
  readonly sheets: readonly SheetEntry[];
  readonly sharedStrings: string | undefined;
  readonly styles: readonly PartElement[];
  /** Days are counted from 1904, as old Macs did. */
  readonly isFrom1904: boolean;
  readonly hasMacros: boolean;
  readonly hasLinks: boolean;
  /** The XML of a part. */
  read(part: string): string;
}

interface Relation {
  readonly type: string;
  readonly part: string;
}

/** Opens a workbook. Throws Faults `invalid-form` with what the file is instead, and `body-too-large`. */
export function openWorkbookFile(bytes: Uint8Array): WorkbookFile {
  refuseOtherFiles(bytes);
  const zip = new ZipArchive(bytes);
  refuseOtherPackages(zip);
  const read = (part: string): string => xmlText(part, zip.read(part));
  const roots = [...relationsOf(zip, '', read).values()];
  const workbook = roots.find(({ type }) => type === 'officeDocument')?.part;
  if (workbook === undefined) throw refusedWorkbook('not-a-workbook');
  const elements = partElements(workbook, read(workbook));
  if (elements[0]?.name !== 'workbook') throw refusedWorkbook('not-a-workbook');
  const relations = relationsOf(zip, workbook, read);
  const partOf = (type: string): string | undefined => {
    const part = [...relations.values()].find((relation) => relation.type === type)?.part;
    return part === undefined ? undefined : read(part);
  };
  const styles = partOf('styles');
  const properties = elements.find(({ name }) => name === 'workbookPr')?.attributes;
  return {
    sheets: elements
      .filter(({ name, parent }) => name === 'sheet' && parent === 'sheets')
      .map(({ attributes }) => {
        const relation = relations.get(attributes.get('rel:id') ?? '');
        const part = relation?.type === 'worksheet' ? relation.part : undefined;
        return { name: attributes.get('name') ?? '', part };
      }),
    sharedStrings: partOf('sharedStrings'),
    styles: styles === undefined ? [] : partElements('styles.xml', styles),
    isFrom1904: ['1', 'true'].includes(properties?.get('date1904') ?? ''),
    hasMacros: zip.names.some((name) => name.endsWith('vbaproject.bin')),
    hasLinks: zip.names.some((name) => name.includes('/externallinks/')),
    read,
  };
}

/** The parts that a part refers to, by id; '' is the package. Those outside of the package are passed over. */
function relationsOf(
  zip: ZipArchive,
  part: string,
  read: (part: string) => string,
): ReadonlyMap<string, Relation> {
  const folder = part.slice(0, part.lastIndexOf('/') + 1);
  const file = `${folder}_rels/${part.slice(folder.length)}.rels`;
  const relations = new Map<string, Relation>();
  if (!zip.has(file)) return relations;
  for (const { name, attributes } of partElements(file, read(file))) {
    if (name !== 'Relationship' || attributes.get('TargetMode') === 'External') continue;
    const type = attributes.get('Type') ?? '';
    relations.set(attributes.get('Id') ?? '', {
      type: type.slice(type.lastIndexOf('/') + 1),
      part: resolved(folder, attributes.get('Target') ?? ''),
    });
  }
  return relations;
}

/** `../x` and `/xl/x` as seen from a folder of the package. A path never leaves the archive. */
function resolved(folder: string, target: string): string {
  const path = target.replaceAll('\\', '/');
  const steps: string[] = [];
  for (const step of (path.startsWith('/') ? path : folder + path).split('/')) {
    if (step === '..') steps.pop();
    else if (step !== '.' && step !== '') steps.push(step);
  }
  return steps.join('/');
}

const compoundFile = Buffer.from('d0cf11e0a1b11ae1', 'hex');
const encryptedPackage = Buffer.from('EncryptedPackage', 'utf16le');

function refuseOtherFiles(bytes: Uint8Array): void {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (file.subarray(0, 8).equals(compoundFile)) {
    if (file.includes(encryptedPackage)) throw refusedWorkbook('encrypted-workbook');
    throw refusedWorkbook('other-format', 'Excel 97-2003 (.xls)');
  }
  if (file.subarray(0, 5).toString('latin1') === '%PDF-') {
    throw refusedWorkbook('other-format', 'PDF');
  }
  if (file.subarray(0, 2).toString('latin1') === 'PK') return;
  const start = file.subarray(0, 4_096).toString('utf8');
  if (/^\ufeff?\s*<(?:\?xml|!doctype|html|table)/i.test(start)) {
    throw refusedWorkbook('other-format', 'HTML / XML');
  }
  if (!start.includes('\u0000') && /[,;\t]/.test(start))
    throw refusedWorkbook('other-format', 'CSV');
  throw refusedWorkbook('not-a-workbook');
}

function refuseOtherPackages(zip: ZipArchive): void {
  if (zip.has('mimetype')) {
    const type = zip.read('mimetype').subarray(0, 100).toString('latin1');
    throw refusedWorkbook(
      'other-format',
      type.includes('spreadsheet') ? 'OpenDocument (.ods)' : type.trim(),
    );
  }
  if (zip.has('xl/workbook.bin')) throw refusedWorkbook('other-format', 'Excel (.xlsb)');
  if (zip.has('word/document.xml')) throw refusedWorkbook('other-format', 'Word (.docx)');
}
