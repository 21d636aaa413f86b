import { parseXml, XmlError, type XmlAttributes } from '../../parse-xml.ts';
import { ZipArchive } from '../../zip/read-zip.ts';
import { refusedWorkbook } from './workbook-messages.ts';

/** A sheet as the workbook lists it. */
export interface SheetEntry {
  readonly name: string;
  /** The part that holds it; undefined for sheets without cells, such as charts. */
  readonly part: string | undefined;
}

/** What of a workbook's package matters to a form; nothing else of it is unpacked. */
export interface WorkbookPackage {
  readonly sheets: readonly SheetEntry[];
  /** The part with the strings that cells share. */
  readonly strings: string | undefined;
  readonly styles: string | undefined;
  /** Days are counted from 1904, as old Macs did. */
  readonly isFrom1904: boolean;
  readonly hasMacros: boolean;
  readonly hasLinks: boolean;
  /** Reads the XML of a part. Throws Faults `invalid-form` and `body-too-large`. */
  read(part: string, reader: PartReader): void;
}

/** Receives what a part holds; names come without their prefixes, `parent` is '' for the root. */
export interface PartReader {
  open(name: string, parent: string, attributes: XmlAttributes): void;
  close?(name: string, parent: string): void;
  text?(text: string): void;
}

interface Relation {
  readonly type: string;
  readonly part: string;
}

/** Drawings and extensions nest some twenty levels; a root declares some thirty namespaces. */
const limits = { depth: 256, attributes: 1_000 };

/** Opens a workbook. Throws Faults `invalid-form` with what the file is instead, and `body-too-large`. */
export function openWorkbook(bytes: Uint8Array): WorkbookPackage {
  refuseOtherFiles(bytes);
  const zip = new ZipArchive(bytes);
  refuseOtherPackages(zip);
  const roots = [...relationsOf(zip, '').values()];
  const workbook = roots.find(({ type }) => type === 'officeDocument')?.part;
  if (workbook === undefined) throw refusedWorkbook('not-a-workbook');
  const relations = relationsOf(zip, workbook);
  const partOf = (type: string): string | undefined =>
    [...relations.values()].find((relation) => relation.type === type)?.part;
  const sheets: SheetEntry[] = [];
  let isFrom1904 = false;
  readPart(zip, workbook, {
    open: (name, parent, attributes) => {
      if (parent === '' && name !== 'workbook') throw refusedWorkbook('not-a-workbook');
      if (name === 'workbookPr') isFrom1904 = /^(?:1|true)$/.test(attributes.get('date1904') ?? '');
      if (name !== 'sheet' || parent !== 'sheets') return;
      const [, id = ''] = [...attributes].find(([key]) => key.endsWith(':id')) ?? [];
      const relation = relations.get(id);
      const part = relation?.type === 'worksheet' ? relation.part : undefined;
      sheets.push({ name: attributes.get('name') ?? '', part });
    },
  });
  return {
    sheets,
    strings: partOf('sharedStrings'),
    styles: partOf('styles'),
    isFrom1904,
    hasMacros: zip.names.some((name) => name.endsWith('vbaproject.bin')),
    hasLinks: zip.names.some((name) => name.includes('/externallinks/')),
    read: (part, reader) => {
      readPart(zip, part, reader);
    },
  };
}

function readPart(zip: ZipArchive, part: string, reader: PartReader): void {
  const bytes = zip.read(part);
  const open: string[] = [];
  try {
    parseXml(
      new TextDecoder('utf-8', { fatal: true }).decode(bytes),
      {
        open: (written, attributes) => {
          const name = written.slice(written.indexOf(':') + 1);
          reader.open(name, open.at(-1) ?? '', attributes);
          open.push(name);
        },
        close: () => {
          const name = open.pop() ?? '';
          reader.close?.(name, open.at(-1) ?? '');
        },
        text: (text) => reader.text?.(text),
      },
      limits,
    );
  } catch (cause) {
    if (cause instanceof XmlError && cause.reason === 'doctype') {
      throw refusedWorkbook('damaged-workbook', `${part}: DOCTYPE`, '', cause);
    }
    const isDamaged = cause instanceof XmlError || cause instanceof TypeError;
    throw isDamaged ? refusedWorkbook('damaged-workbook', part, '', cause) : cause;
  }
}

/** The parts that a part refers to, by id; '' is the package. Those outside of the package are passed over. */
function relationsOf(zip: ZipArchive, part: string): ReadonlyMap<string, Relation> {
  const folder = part.slice(0, part.lastIndexOf('/') + 1);
  const file = `${folder}_rels/${part.slice(folder.length)}.rels`;
  const relations = new Map<string, Relation>();
  if (!zip.has(file)) return relations;
  readPart(zip, file, {
    open: (name, _, attributes) => {
      if (name !== 'Relationship' || attributes.get('TargetMode') === 'External') return;
      const type = attributes.get('Type') ?? '';
      relations.set(attributes.get('Id') ?? '', {
        type: type.slice(type.lastIndexOf('/') + 1),
        part: resolved(folder, attributes.get('Target') ?? ''),
      });
    },
  });
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
