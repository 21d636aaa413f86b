import fc from 'fast-check';
import { readXlsx } from 'hucre/xlsx';
import { describe, expect, it } from 'vitest';
import type { Cell, FormDefinition, Row } from '../../../../../shared/form/definition.ts';
import { readWorkbook } from '../../../../../shared/form/files/read-workbook.ts';
import { writeWorkbook } from '../../../../../shared/form/files/write-workbook.ts';
import { ZipArchive } from '../../../../../shared/zip/read-zip.ts';
import { faultOf } from '../../../../support/fault-of.ts';
import { formsInFolder, readForm } from '../../../../support/forms-folder.ts';
import { meaning } from '../../../../support/forms-written.ts';

function form(survey: Row[], more: Partial<FormDefinition> = {}): FormDefinition {
  return { survey, choices: [], settings: {}, ...more };
}

/** What is read of the workbook that was written. */
async function again(definition: FormDefinition): Promise<FormDefinition> {
  return (await readWorkbook(await writeWorkbook(definition))).definition;
}

const hostile = [
  '=1+1',
  '=HYPERLINK("http://192.0.2.1","x")',
  '+221770000000',
  '-1',
  '@SUM(A1)',
  "'quoted",
  '0123',
  '1e5',
  '1.10',
  'TRUE',
  '2027-01-31',
  '#REF!',
  '#N/A',
  '_x000D_',
  '_x0041_x0042_',
  '__x0041__',
  '_x005F_x0041_',
  '_X0041_',
  'a\nb',
  'a\r\nb\rc',
  '\ttab\t',
  ' around ',
  '\n',
  '\u00a0',
  '\u0000\u0001\u001f\u007f\u0085',
  '\ufeff\ufffe\uffff',
  '<b>&amp;</b> ]]> "q"',
  '${nom} « é » 日本 🧭 e\u0301',
  'x'.repeat(32_767),
];

const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({
    unit: fc.constantFrom('_', 'x', '0', '4', '1', 'D', ' ', '\n', '\r', '=', '&', '<'),
  }),
  fc.constantFrom(...hostile),
);
const cell: fc.Arbitrary<Cell> = fc.oneof(
  { weight: 5, arbitrary: text },
  fc.integer(),
  fc.double({ noDefaultInfinity: true, noNaN: true }),
  fc.boolean(),
  fc.constant(null),
);
const heading = fc
  .oneof(text, fc.constantFrom('type', 'name', 'label::Français (fr)', 'toString', '0', 'a:b'))
  .map((written) => written.trim().slice(0, 40).trim())
  .filter((written) => !['', '__proto__', 'constructor', 'prototype'].includes(written));
const sheet = fc.uniqueArray(heading, { minLength: 1, maxLength: 6 }).chain((headings) =>
  fc.array(
    fc
      .tuple(...headings.map(() => cell))
      .map((cells): Row =>
        Object.fromEntries(headings.map((name, at) => [name, cells[at] ?? null])),
      ),
    { maxLength: 6 },
  ),
);

describe('a form written as a workbook', () => {
  it('comes back with the same meaning, whatever stands in its cells', async () => {
    const definition = fc.record({
      survey: sheet,
      choices: sheet,
      settings: sheet.map(([row = {}]) => row),
      entities: sheet,
      external_choices: sheet,
    });
    await fc.assert(
      fc.asyncProperty(definition, async (written) => {
        const read = await again(written);
        expect(meaning(read)).toEqual(meaning(written));
        // Once it has come from a workbook it does not change any more, its columns neither.
        expect(JSON.stringify(await again(read))).toBe(JSON.stringify(read));
      }),
      { numRuns: 150 },
    );
  });

  it.each(hostile)('keeps the text %j as text', async (value) => {
    expect((await again(form([{ x: value }]))).survey).toEqual([{ x: value }]);
  });

  it.each(hostile.map((value) => value.trim()).filter((value) => value !== ''))(
    'may have the heading %j',
    async (value) => {
      expect((await again(form([{ [value]: 'x' }]))).survey).toEqual([{ [value]: 'x' }]);
    },
  );

  it.each<[Cell, Cell]>([
    [0, 0],
    [-0, 0],
    [-1.5, -1.5],
    [0.1, 0.1],
    [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
    [1e16, '10000000000000000'],
    [1e21, '1e+21'],
    [1e-7, '1e-7'],
    [true, true],
    [false, false],
  ])('keeps %j', async (value, expected) => {
    expect((await again(form([{ x: value }]))).survey).toEqual([{ x: expected }]);
  });

  it('has every column in order of first appearance, and keeps blank rows', async () => {
    const rows = [{ type: 'text', ' name ': 'a' }, {}, { hxl: '#org', name: 'b', type: 'note' }];
    const bytes = await writeWorkbook(form(rows));
    const { sheets } = await readXlsx(bytes);
    expect(sheets.map(({ name }) => name)).toEqual(['survey', 'choices', 'settings']);
    expect(sheets[0]?.rows).toEqual([
      ['type', 'name', 'hxl'],
      ['text', 'a', null],
      [null, null, null],
      ['note', 'b', '#org'],
    ]);
  });

  it('has bold headings that stay in view, and columns as wide as what they hold', async () => {
    const rows = [{ type: 'text', label: 'Une question assez longue', hint: 'x'.repeat(500) }];
    const { sheets } = await readXlsx(await writeWorkbook(form(rows)), { readStyles: true });
    expect(sheets[0]?.freezePane).toEqual({ rows: 1 });
    expect(sheets[0]?.cells?.get('0,0')?.style?.font?.bold).toBe(true);
    expect(sheets[0]?.cells?.get('1,0')?.style?.font?.bold).toBeUndefined();
    expect(sheets[0]?.columns?.map(({ width }) => width)).toEqual([10, 27, 60]);
  });

  it('says what its sheet of choices is for, if it has none', async () => {
    const { sheets } = await readXlsx(await writeWorkbook(form([])));
    expect(sheets[1]?.rows).toEqual([['list_name', 'name', 'label']]);
  });

  it('has no formula, no link and no macro', async () => {
    const bytes = await writeWorkbook(form(hostile.map((x) => ({ x }))));
    const archive = new ZipArchive(bytes);
    expect(archive.names.filter((name) => /extern|vba|hyperlink/.test(name))).toEqual([]);
    const xml = archive.read('xl/worksheets/sheet1.xml').toString();
    expect(xml).not.toMatch(/<f[ >]|t="e"|hyperlink/);
  });

  it('is XML for every reader, whatever stands in its cells', async () => {
    const archive = new ZipArchive(await writeWorkbook(form(hostile.map((x) => ({ x })))));
    const strings = archive.read('xl/worksheets/sheet1.xml').toString();
    const illegal = (unit: string): boolean =>
      (unit < ' ' && !'\t\n\r'.includes(unit)) || unit === '\ufffe' || unit === '\uffff';
    expect(Array.from(strings).filter(illegal)).toEqual([]);
    expect(strings).toContain('\ufeff_xFFFE__xFFFF_');
  });

  it('does not tell when it was written', async () => {
    const archive = new ZipArchive(await writeWorkbook(form([{ x: 'a' }])));
    expect(archive.names.filter((name) => name.startsWith('docprops/'))).toEqual([]);
  });

  it('has the same bytes every time, and leaves out the rows of list files', async () => {
    const definition = form([{ type: 'text', name: 'a' }]);
    const bytes = await writeWorkbook(definition);
    const files = { 'a.csv': [{ name: 'x' }] };
    expect(await writeWorkbook({ ...structuredClone(definition), files })).toEqual(bytes);
  });

  it('is refused with more columns than Excel has', async () => {
    const row = Object.fromEntries(Array.from({ length: 16_385 }, (_, at) => [`c${at}`, 'x']));
    const { code, errors } = await faultOf(writeWorkbook(form([row])));
    expect([code, errors[0]?.code]).toEqual(['invalid-form', 'too-many-columns']);
  });

  it('comes back as it was, if it is built in', async () => {
    for (const formId of formsInFolder()) {
      const definition = readForm(formId);
      expect(meaning(await again(definition)), formId).toEqual(meaning(definition));
    }
  });
});
