import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fault } from '../../../../../shared/fault.ts';
import { readWorkbook } from '../../../../../shared/form/files/read-workbook.ts';
import { storedZip } from '../../../../support/stored-zip.ts';
import { faultOf } from '../../../../support/fault-of.ts';
import { hostileZip, zipped } from '../../../../support/hostile-zip.ts';
import { workbookParts, type TestCell } from '../../../../support/workbook-file.ts';

const rows: TestCell[][] = [
  ['type', 'name'],
  ['text', 'nom'],
];
const sheets = [{ name: 'survey', rows }];
const sheet = 'xl/worksheets/sheet1.xml';
const strings = 'xl/sharedStrings.xml';

function partsOf(): Map<string, Uint8Array> {
  return workbookParts({ sheets });
}

/** The workbook with one of its parts changed. */
function changed(part: string, change: (xml: string) => string): Uint8Array {
  const parts = partsOf();
  parts.set(part, Buffer.from(change(Buffer.from(parts.get(part) ?? '').toString())));
  return zipped(parts);
}

function withBytes(part: string, bytes: Uint8Array): Uint8Array {
  return zipped(new Map([...partsOf(), [part, bytes]]));
}

function without(part: string): Uint8Array {
  const parts = partsOf();
  parts.delete(part);
  return zipped(parts);
}

/** The workbook with other cells on its sheet. */
function withCells(cells: string): Uint8Array {
  const data = `<sheetData>${cells}</sheetData>`;
  return changed(sheet, (xml) => xml.replace(/<sheetData>.*<\/sheetData>/s, () => data));
}

async function refusal(bytes: Uint8Array): Promise<[string, string | undefined]> {
  const { code, errors } = await faultOf(readWorkbook(bytes));
  return [code, errors[0]?.code];
}

const compound = Buffer.from('d0cf11e0a1b11ae1', 'hex');
const encrypted = Buffer.concat([
  compound,
  Buffer.alloc(512),
  Buffer.from('EncryptedPackage', 'utf16le'),
]);
const named = (name: string, content: string): Uint8Array =>
  storedZip(new Map([[name, Buffer.from(content)]]));

describe('what is no workbook', () => {
  it.each([
    ['nothing', Buffer.alloc(0), 'not-a-workbook', ''],
    ['noise', Buffer.from('00ff00ff00ff', 'hex'), 'not-a-workbook', ''],
    ['a picture', Buffer.from('89504e470d0a1a0a0000', 'hex'), 'not-a-workbook', ''],
    ['a CSV file', Buffer.from('type,name\ntext,nom\n'), 'other-format', 'CSV'],
    ['a web page called .xls', Buffer.from('<html><table>'), 'other-format', 'HTML'],
    ['a PDF', Buffer.from('%PDF-1.7'), 'other-format', 'PDF'],
    ['an old workbook', Buffer.concat([compound, Buffer.alloc(600)]), 'other-format', '.xls'],
    ['a workbook with a password', encrypted, 'encrypted-workbook', ''],
    [
      'an OpenDocument sheet',
      named('mimetype', 'application/vnd.oasis.opendocument.spreadsheet'),
      'other-format',
      '.ods',
    ],
    ['another OpenDocument', named('mimetype', 'application/epub+zip'), 'other-format', 'epub'],
    ['a binary workbook', named('xl/workbook.bin', ''), 'other-format', '.xlsb'],
    ['a letter', named('word/document.xml', ''), 'other-format', '.docx'],
    [
      'slides',
      changed('xl/workbook.xml', (xml) => xml.replaceAll('workbook', 'presentation')),
      'not-a-workbook',
      '',
    ],
    ['an archive of something else', named('photo.jpg', ''), 'not-a-workbook', ''],
    ['an archive of a workbook', named('form.xlsx', 'PK'), 'not-a-workbook', ''],
  ])('is refused: %s', async (_, bytes, code, word) => {
    const { code: fault, errors } = await faultOf(readWorkbook(bytes));
    expect([fault, errors.map((error) => error.code)]).toEqual(['invalid-form', [code]]);
    expect(errors[0]?.message.fr).toContain(word);
  });
});

describe('a damaged workbook', () => {
  it.each([
    ['lacks a sheet', without(sheet)],
    ['lacks its strings', without(strings)],
    ['lacks its styles', without('xl/styles.xml')],
    ['lacks its workbook', without('xl/workbook.xml')],
    ['is cut within XML', changed('xl/workbook.xml', (xml) => xml.slice(0, -20))],
    ['has a sheet without end', changed(sheet, (xml) => xml.replace('</sheetData>', ''))],
    ['has tags without end', withCells('<row r="1"><c r="A1"')],
    ['has cells nowhere', withCells('<row r="0"><c r="A0"><v>1</v></c></row>')],
    ['has columns among its cells', withCells('<cols><col min="1" max="16384"/></cols>')],
    ['is not in UTF-8', withBytes(sheet, Buffer.from('fffe3c00', 'hex'))],
    [
      'declares entities in its sheet',
      changed(sheet, (xml) =>
        xml.replace('<worksheet', '<!DOCTYPE x [<!ENTITY a "b">]><worksheet'),
      ),
    ],
    [
      'declares entities in its strings',
      changed(strings, (xml) =>
        xml.replace('<sst', '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]><sst'),
      ),
    ],
    [
      'declares entities in its workbook',
      changed('xl/workbook.xml', (xml) => xml.replace('<workbook', '<!DOCTYPE x><workbook')),
    ],
    [
      'uses entities that nobody declared',
      changed('xl/workbook.xml', (xml) => xml.replace('survey', '&survey;')),
    ],
  ])('is refused when it %s', async (_, bytes) => {
    expect(await refusal(bytes)).toEqual(['invalid-form', 'damaged-workbook']);
  });

  const withTarget = (target: string): Uint8Array =>
    changed('xl/_rels/workbook.xml.rels', (xml) => xml.replace('worksheets/sheet1.xml', target));

  it.each([
    '../../../../etc/hostname',
    '/etc/hostname',
    'http://192.0.2.1/a" TargetMode="External',
  ])('is not read outside of its archive: %s', async (target) => {
    expect(await refusal(withTarget(target))).toEqual(['invalid-form', 'damaged-workbook']);
  });

  it.each(['../xl/worksheets/sheet1.xml', './worksheets/SHEET1.xml', '/xl/worksheets/sheet1.xml'])(
    'is none whose parts are named another way: %s',
    async (target) => {
      expect((await readWorkbook(withTarget(target))).definition.survey).toHaveLength(1);
    },
  );
});

/** A part of this many MB that deflates to almost nothing. */
const blanks = (megabytes: number): Buffer => Buffer.alloc(megabytes * 2 ** 20, ' ');

describe('a workbook that swells', () => {
  const part = (name: string, content: string): Uint8Array => changed(name, () => content);
  const long = 'x'.repeat(32_000);
  const many = '<si><t>a</t></si>'.repeat(700_000);
  const references = Array.from(
    { length: 1_000 },
    (_, at) => `<row r="${at + 2}"><c r="A${at + 2}" t="s"><v>0</v></c></row>`,
  );

  it.each([
    ['a sheet of a million rows', withCells('<row><c><v>1</v></c></row>'.repeat(1_300_000))],
    ['strings without number', part(strings, `<sst>${many}</sst>`)],
    [
      'one string a thousand times',
      zipped(
        new Map([
          ...workbookParts({ sheets: [{ name: 'survey', rows: [[long]] }] }),
          [
            sheet,
            Buffer.from(
              `<worksheet><sheetData><row r="1"><c r="A1"><v>1</v></c></row>${references.join('')}</sheetData></worksheet>`,
            ),
          ],
        ]),
      ),
    ],
    [
      'a workbook of blanks',
      hostileZip(
        [...partsOf()].map(([name, content]) => ({
          name,
          content: name === 'xl/workbook.xml' ? blanks(40) : content,
        })),
      ),
    ],
  ])('is too large: %s', async (_, bytes) => {
    expect(bytes.length).toBeLessThan(4_000_000);
    expect(await refusal(bytes)).toEqual(['body-too-large', 'workbook-too-large']);
  });

  it('may do so where nobody reads', async () => {
    const parts = partsOf();
    parts.set('xl/media/image1.png', blanks(40));
    parts.set('form.xlsx', zipped(partsOf()));
    const { definition } = await readWorkbook(zipped(parts));
    expect(definition.survey).toEqual([{ type: 'text', name: 'nom' }]);
  });

  it.each([
    ['rows', withCells('<row><c><v>1</v></c></row>'.repeat(100_000)), 'too-many-rows'],
    [
      'rows far apart',
      withCells('<row r="1048576"><c r="A1048576"><v>1</v></c></row>'),
      'too-many-rows',
    ],
    ['columns', withCells(`<row>${'<c><v>1</v></c>'.repeat(17_000)}</row>`), 'too-many-columns'],
    [
      'columns far apart',
      withCells('<row r="1"><c r="XFD1"><v>1</v></c></row>'),
      'too-many-columns',
    ],
  ])('is refused for its %s', async (_, bytes, code) => {
    expect(await refusal(bytes)).toEqual(['invalid-form', code]);
  });
});

describe('a workbook of any bytes', () => {
  /** Read, or refused: no other error. */
  async function settles(bytes: Uint8Array): Promise<void> {
    await readWorkbook(bytes).catch((error: unknown) => {
      if (!(error instanceof Fault)) throw error;
    });
  }

  it('is read or refused, with any of its bytes changed', async () => {
    const whole = zipped(partsOf());
    const change = fc.tuple(fc.nat(whole.length - 1), fc.nat(255));
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 20 }), async (changes) => {
        const bytes = Buffer.from(whole);
        for (const [at, value] of changes) bytes[at] = value;
        await settles(bytes);
      }),
      { numRuns: 300 },
    );
  });

  it('is read or refused, with any of the XML of its parts cut, doubled or replaced', async () => {
    const parts = partsOf();
    const names = [...parts.keys()];
    const piece = fc.oneof(
      fc.string({ maxLength: 20 }),
      fc.constantFrom(
        '<row>',
        '<c r="A1">',
        '</c>',
        '<c r="ZZ9"/>',
        '&#0;',
        '&#xD800;',
        '<![CDATA[',
        '-->',
        '<is>',
        '<f>',
        '"',
      ),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          name: fc.constantFrom(...names),
          at: fc.double({ min: 0, max: 1, noNaN: true }),
          cut: fc.nat(60),
          piece,
        }),
        async ({ name, at, cut, piece: text }) => {
          const xml = Buffer.from(parts.get(name) ?? '').toString();
          const from = Math.floor(at * xml.length);
          const broken = xml.slice(0, from) + text + xml.slice(from + cut);
          await settles(storedZip(new Map([...parts, [name, Buffer.from(broken)]])));
        },
      ),
      { numRuns: 500 },
    );
  });
});
