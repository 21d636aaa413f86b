import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fault } from '../../../../../shared/fault.ts';
import { maxListFileBytes, readListFile } from '../../../../../shared/form/files/list-file.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const read = (name: string, text: string): unknown => readListFile(name, bytes(text));

function faultOf(name: string, content: Uint8Array): Fault {
  try {
    readListFile(name, content);
  } catch (cause) {
    if (cause instanceof Fault) return cause;
    throw cause;
  }
  throw new Error('No fault.');
}

const feature = (geometry: unknown, more: object = {}): object => ({
  type: 'Feature',
  geometry,
  properties: { title: 'Puits', depth: 12, open: true },
  ...more,
});
const collection = (...features: object[]): string =>
  JSON.stringify({ type: 'FeatureCollection', features });

describe('a list file', () => {
  it.each<[string, string, string, unknown]>([
    [
      'with a byte order mark, quotes and Windows line ends',
      'régions.csv',
      '\ufeffname,label\r\nSN01,"Dakar, ville"\r\nSN02,"dit ""Thiès"""\r\n',
      [
        { name: 'SN01', label: 'Dakar, ville' },
        { name: 'SN02', label: 'dit "Thiès"' },
      ],
    ],
    ['parted by semicolons', 'a.csv', 'name;label\n1;A, B\n', [{ name: '1', label: 'A, B' }]],
    [
      'whose codes begin with zeros',
      'a.CSV',
      'name,tel\n007,+221770000000\n',
      [{ name: '007', tel: '+221770000000' }],
    ],
    [
      'with blank rows, blank cells, blanks around, a column without heading and short rows',
      'a.csv',
      'name , label,,x\n\n a , A ,lost\n,,,\nb\n',
      [{ name: 'a', label: 'A' }, { name: 'b' }],
    ],
    [
      'with a line break in a cell',
      'a.csv',
      'name,label\na,"A\nB"\n',
      [{ name: 'a', label: 'A\nB' }],
    ],
    ['of nothing', 'a.csv', '', []],
    ['of a header', 'a.csv', 'name,label\n', []],
    [
      'of XML',
      'a.xml',
      '<?xml version="1.0"?>\n<root>\n <item><name>a</name><label>A &amp; <![CDATA[<B>]]></label><x/></item>\n</root>',
      [{ name: 'a', label: 'A & <B>' }],
    ],
    ['of XML without items', 'a.xml', '<root/>', []],
    [
      'of GeoJSON',
      'a.geojson',
      collection(
        feature({ type: 'Point', coordinates: [-17.4, 14.7] }, { id: 'p1' }),
        feature(
          {
            type: 'LineString',
            coordinates: [
              [-17, 14],
              [-16, 15, 30],
            ],
          },
          { id: 2 },
        ),
        feature({
          type: 'Polygon',
          coordinates: [
            [
              [0, 0],
              [1, 0],
              [1, 1],
              [0, 0],
            ],
          ],
        }),
      ),
      [
        { id: 'p1', title: 'Puits', depth: '12', open: 'true', geometry: '14.7 -17.4 0 0' },
        { id: '2', title: 'Puits', depth: '12', open: 'true', geometry: '14 -17 0 0; 15 -16 30 0' },
        {
          title: 'Puits',
          depth: '12',
          open: 'true',
          geometry: '0 0 0 0; 0 1 0 0; 1 1 0 0; 0 0 0 0',
        },
      ],
    ],
  ])('is read: %s', (_, name, text, rows) => {
    expect(read(name, text)).toEqual(rows);
  });

  it('keeps a column called __proto__ as a column', () => {
    const [row = {}] = readListFile('a.csv', bytes('name,__proto__\na,b\n'));
    expect(Object.entries(row)).toEqual([
      ['name', 'a'],
      ['__proto__', 'b'],
    ]);
  });

  it.each<[string, string, string | Uint8Array, string, number]>([
    ['another kind of file', 'regions.xlsx', 'x', 'bad-list-file', 0],
    ['a name without extension', '.csv', 'x', 'bad-list-file', 0],
    ['not UTF-8', 'a.csv', Uint8Array.of(0xe9, 0x2c), 'bad-encoding', 0],
    ['UTF-16', 'a.csv', Uint8Array.of(0xff, 0xfe, 0x61, 0), 'bad-encoding', 0],
    ['a control character', 'a.csv', 'name\na\u0000\n', 'bad-encoding', 0],
    ['too large', 'a.csv', new Uint8Array(maxListFileBytes + 1).fill(97), 'list-too-large', 0],
    ['a column twice', 'a.csv', 'name,name\na,b\n', 'duplicate-column', 1],
    ['a comma that is not quoted', 'a.csv', 'name,label\na,A\nb,B, C\n', 'broken-csv', 3],
    ['a quote that does not close', 'a.csv', 'name,label\na,"A\n', 'broken-csv', 2],
    ['a cell too long', 'a.csv', `name,label\na,${'x'.repeat(32_768)}\n`, 'cell-too-long', 2],
    [
      'too many rows',
      'a.csv',
      `name\n${Array.from({ length: 20_001 }, (_, at) => `r${at}\n`).join('')}`,
      'too-many-rows',
      20_002,
    ],
    [
      'too many columns',
      'a.csv',
      ['c', 'x']
        .map((c) => Array.from({ length: 201 }, (_, at) => c + String(at)).join())
        .join('\n'),
      'too-many-columns',
      2,
    ],
    ['too many headings', 'a.csv', `${','.repeat(1_000)}\na\n`, 'too-many-columns', 1],
    ['a DOCTYPE', 'a.xml', '<!DOCTYPE r [<!ENTITY e "x">]><r/>', 'bad-xml-list', 1],
    ['an entity of its own', 'a.xml', '<r><item><name>&e;</name></item></r>', 'bad-xml-list', 1],
    ['XML cut short', 'a.xml', '<r><item><name>a', 'bad-xml-list', 1],
    ['XML of something else', 'a.xml', '<r><row><name>a</name></row></r>', 'bad-xml-list', 1],
    ['XML too deep', 'a.xml', '<r><item><a><b/></a></item></r>', 'bad-xml-list', 1],
    ['text between items', 'a.xml', '<r>x</r>', 'bad-xml-list', 1],
    ['no JSON', 'a.geojson', '{', 'bad-geojson', 0],
    ['no collection', 'a.geojson', '{"type":"Feature"}', 'bad-geojson', 0],
    [
      'a geometry that phones cannot read',
      'a.geojson',
      collection(feature({ type: 'MultiPoint', coordinates: [] })),
      'bad-geojson',
      2,
    ],
  ])('is refused with the reason: %s', (_, name, content, code, row) => {
    const fault = faultOf(name, typeof content === 'string' ? bytes(content) : content);
    expect(fault.code).toBe('invalid-form');
    expect(fault.errors).toMatchObject([{ code, at: { sheet: name, row } }]);
    expect(fault.errors[0]?.message.fr).toMatch(/[.)?]$/);
    expect(fault.errors[0]?.message.en).toMatch(/[.)?]$/);
  });

  it('gives back the cells that were written', () => {
    const cell = fc
      .string({ unit: 'grapheme' })
      .map((text) => text.replaceAll(/[\p{Cc}\ufffe\uffff]/gu, '').trim());
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell), { maxLength: 20 }), (rows) => {
        const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
        const text = ['name,label', ...rows.map((row) => row.map(quoted).join(','))].join('\n');
        const kept = rows.filter((row) => row.some((each) => each !== ''));
        expect(
          readListFile('a.csv', bytes(text)).map((row) => [row['name'] ?? '', row['label'] ?? '']),
        ).toEqual(kept);
      }),
    );
  });

  it.each(['csv', 'xml', 'geojson'])('is read or refused, whatever it holds: %s', (extension) => {
    const scraps = fc.oneof(
      fc.uint8Array({ maxLength: 100 }),
      fc.string().map(bytes),
      fc
        .array(
          fc.constantFrom(
            '<r>',
            '</r>',
            '<item>',
            '</item>',
            '<name>',
            '"',
            ',',
            '\n',
            '{',
            '[',
            'a',
          ),
          { maxLength: 30 },
        )
        .map((parts) => bytes(parts.join(''))),
    );
    fc.assert(
      fc.property(scraps, (content) => {
        try {
          expect(Array.isArray(readListFile(`a.${extension}`, content))).toBe(true);
        } catch (cause) {
          expect(cause).toBeInstanceOf(Fault);
        }
      }),
    );
  });
});
