import { describe, expect, it } from 'vitest';
import { readWorkbook } from '../../../../../shared/form/files/read-workbook.ts';
import { storedZip } from '../../../../support/stored-zip.ts';
import { faultOf } from '../../../../support/fault-of.ts';
import {
  formats,
  formula,
  relation,
  serial,
  workbookParts,
  type TestCell,
  type TestSheet,
  type TestWorkbook,
} from '../../../../support/workbook-file.ts';

const headings = ['type', 'name', 'label'];
const question = ['text', 'nom', 'Nom'];

function file(workbook: TestWorkbook): Uint8Array {
  return storedZip(workbookParts(workbook));
}

function survey(...rows: (readonly TestCell[])[]): TestSheet {
  return { name: 'survey', rows };
}

/** What a cell of the survey sheet is read as. */
async function read(cell: TestCell, isFrom1904 = false): Promise<unknown> {
  const rows = [
    ['x', 'y'],
    ['', cell],
  ] as const;
  const { definition } = await readWorkbook(file({ sheets: [survey(...rows)], isFrom1904 }));
  return definition.survey[0]?.['y'];
}

/** Code and place of each fault. */
async function faults(bytes: Uint8Array): Promise<unknown[]> {
  const { code, errors } = await faultOf(readWorkbook(bytes));
  expect(code).toBe('invalid-form');
  return errors.map((error) => [error.code, error.at?.sheet, error.at?.row, error.at?.column]);
}

async function warnings(bytes: Uint8Array): Promise<unknown[]> {
  const read = await readWorkbook(bytes);
  return read.warnings.map(({ code, sheet, row, column }) => [code, sheet, row, column]);
}

describe('a workbook', () => {
  it('is read sheet by sheet, whatever the case of their names and the blanks around', async () => {
    const sheets = [
      { name: ' Survey', rows: [headings, question] },
      {
        name: 'CHOICES ',
        rows: [
          ['list_name', 'name', 'region'],
          ['ville', 'dkr', 'Dakar'],
        ],
      },
      {
        name: 'settings',
        rows: [
          ['form_title', 'k'],
          ['Essai', 5],
        ],
      },
      { name: 'entities', rows: [['list_name'], ['lieux']] },
      {
        name: 'external_choices',
        rows: [
          ['list_name', 'name'],
          ['commune', 'c1'],
        ],
      },
    ];
    expect(await readWorkbook(file({ sheets }))).toEqual({
      definition: {
        survey: [{ type: 'text', name: 'nom', label: 'Nom' }],
        choices: [{ list_name: 'ville', name: 'dkr', region: 'Dakar' }],
        settings: { form_title: 'Essai', k: 5 },
        entities: [{ list_name: 'lieux' }],
        external_choices: [{ list_name: 'commune', name: 'c1' }],
      },
      warnings: [],
    });
  });

  it('keeps the place of every row: blank ones between others are there, those at the end are not', async () => {
    const rows = [headings, [], question, [null, '', null], question, [], [null]];
    const { definition } = await readWorkbook(file({ sheets: [survey(...rows)] }));
    const [type, name, label] = question;
    expect(definition.survey).toEqual([{}, { type, name, label }, {}, { type, name, label }]);
  });

  it('keeps columns in order and headings as they are written, trimmed', async () => {
    const rows = [
      [' type ', 'label::Français (fr)', 'Bind::ODK:x'],
      ['text', ' Nom\n', ' '],
    ];
    const { definition } = await readWorkbook(file({ sheets: [survey(...rows)] }));
    expect(Object.entries(definition.survey[0] ?? {})).toEqual([
      ['type', 'text'],
      ['label::Français (fr)', ' Nom\n'],
      ['Bind::ODK:x', ' '],
    ]);
  });

  it('keeps the order of columns that the first row leaves empty, and columns that are empty', async () => {
    const rows = [
      ['type', 'hint', 'toString', 'name', 'note'],
      ['text', null, null, 'a', null],
      ['text', 'b', null, 'b', null],
    ];
    const { definition } = await readWorkbook(file({ sheets: [survey(...rows)] }));
    expect(definition.survey.map((row) => Object.entries(row))).toEqual([
      [
        ['type', 'text'],
        ['hint', null],
        ['toString', null],
        ['name', 'a'],
        ['note', null],
      ],
      [
        ['type', 'text'],
        ['hint', 'b'],
        ['name', 'b'],
      ],
    ]);
  });

  it('may have headings that are numbers, dates and names of JavaScript', async () => {
    const rows = [
      [2027, serial(46_418, formats.date), 'toString', true],
      ['a', 'b', 'c', 'd'],
    ];
    const { definition } = await readWorkbook(file({ sheets: [survey(...rows)] }));
    expect(definition.survey).toEqual([
      { '2027': 'a', '2027-01-31': 'b', toString: 'c', true: 'd' },
    ]);
  });

  it('may write its XML with prefixes, as some programs do', async () => {
    const parts = workbookParts({ sheets: [survey(headings, question)] });
    for (const [name, bytes] of parts) {
      if (!name.endsWith('.xml') || name.startsWith('[')) continue;
      const xml = Buffer.from(bytes).toString();
      const prefixed = xml.replaceAll(/<(\/?)(?=[a-z])/gi, '<$1x:').replace('xmlns=', 'xmlns:x=');
      parts.set(name, Buffer.from(prefixed));
    }
    const [type, name, label] = question;
    const { definition } = await readWorkbook(storedZip(parts));
    expect(definition.survey).toEqual([{ type, name, label }]);
  });

  it('is read in hidden sheets too', async () => {
    const sheets = [{ ...survey(headings, question), state: 'veryHidden' as const }];
    expect((await readWorkbook(file({ sheets }))).definition.survey).toHaveLength(1);
  });
});

describe('a cell', () => {
  it.each<[string, TestCell, unknown]>([
    ['text', '0123', '0123'],
    ['text like a formula', '=1+1', '=1+1'],
    ['text with blanks', '  a  ', '  a  '],
    [
      'text with an escape',
      { attributes: 't="inlineStr"', xml: '<is><t>a_x000D_b_x005F_x000D_</t></is>' },
      'a\rb_x000D_',
    ],
    [
      'text in the cell',
      { attributes: 't="inlineStr"', xml: '<is><t>a &amp; &#233;</t></is>' },
      'a & é',
    ],
    [
      'rich text',
      {
        attributes: 't="inlineStr"',
        xml: '<is><r><rPr><b/></rPr><t>a</t></r><r><t xml:space="preserve"> b</t></r></is>',
      },
      'a b',
    ],
    [
      'lines of Windows',
      { attributes: 't="inlineStr"', xml: '<is><t>a\r\nb\rc</t></is>' },
      'a\nb\nc',
    ],
    ['a whole number', { xml: '<v>1.0</v>' }, 1],
    ['a number', { xml: '<v>0.10000000000000001</v>' }, 0.1],
    ['nothing but a sign', { xml: '<v>-0</v>' }, 0],
    ['a long number', { xml: '<v>1.2345678901234499E+19</v>' }, '12345678901234499584'],
    ['a huge number', { xml: '<v>1E+25</v>' }, '10000000000000000905969664'],
    ['a small number', { xml: '<v>-1.25E-7</v>' }, '-0.000000125'],
    ['a money amount', serial(1500, formats.money), 1500],
    ['true', true, true],
    ['false', false, false],
    ['a date', serial(46_418, formats.date), '2027-01-31'],
    ['a time', serial(0.354166666666667, formats.time), '08:30:00'],
    ['midnight', serial(0, formats.time), '00:00:00'],
    ['a moment', serial(46_418.354166666664, formats.moment), '2027-01-31T08:30:00'],
    [
      'a moment to the millisecond',
      serial(46_418.5 + 1 / 86_400_000, formats.moment),
      '2027-01-31T12:00:00.001',
    ],
    ['a formula', formula('A1&"x"', 'ax'), 'ax'],
    ['a formula for a number', formula('1+1', 2), 2],
    ['a formula for a truth', formula('1=1', true), true],
    ['a formula for nothing', { attributes: 't="str"', xml: '<f>""</f><v></v>' }, undefined],
    ['a format alone', { attributes: 's="1"', xml: '' }, undefined],
    ['text that looks like an error', '#REF!', '#REF!'],
  ])('with %s is read as such', async (_, cell, expected) => {
    expect(await read(cell)).toBe(expected);
  });

  it('counts its days from 1904 if the workbook says so', async () => {
    expect(await read(serial(44_956, formats.date), true)).toBe('2027-01-31');
    expect(await read(serial(0.5, formats.time), true)).toBe('12:00:00');
  });

  it('has the text of the whole, if it is rich or a link, and stands first of those merged', async () => {
    const link = '<hyperlinks><hyperlink ref="B2" r:id="rId1"/></hyperlinks>';
    const sheet = {
      ...survey(['type', 'name', 'label'], ['text', 'Nom', null]),
      after: `<mergeCells count="1"><mergeCell ref="B2:C2"/></mergeCells>${link}`,
      relations: relation('rId1', 'hyperlink', 'http://192.0.2.1/x', 'External'),
    };
    const { definition, warnings } = await readWorkbook(file({ sheets: [sheet] }));
    expect(definition.survey).toEqual([{ type: 'text', name: 'Nom', label: null }]);
    expect(warnings).toEqual([]);
  });
});

describe('faults of a workbook', () => {
  it('are all told, each with sheet, row and column', async () => {
    const error = { attributes: 't="e"', xml: '<f>Z9</f><v>#REF!</v>' };
    const sheets = [
      survey(
        ['type', 'name', 'name', error, '__proto__'],
        [],
        [error, formula('1+1'), serial(-5, formats.date)],
      ),
      { name: 'choices', rows: [[], ['ville', 'dkr']] },
      { name: 'settings', rows: [['form_title'], [{ attributes: 't="e"', xml: '<v>#N/A</v>' }]] },
    ];
    expect(await faults(file({ sheets }))).toEqual([
      ['duplicate-column', 'survey', 1, 'name'],
      ['formula-error', 'survey', 1, 'D'],
      ['reserved-column', 'survey', 1, '__proto__'],
      ['formula-error', 'survey', 3, 'type'],
      ['formula-without-value', 'survey', 3, 'name'],
      ['bad-date', 'survey', 3, 'name'],
      ['missing-headings', 'choices', 1, ''],
      ['formula-error', 'settings', 2, 'form_title'],
    ]);
  });

  it('say what to do, in French and in English', async () => {
    const { errors } = await faultOf(
      readWorkbook(file({ sheets: [survey(['type', 'type'], ['x'])] })),
    );
    expect(errors[0]?.message).toEqual({
      fr: 'La colonne « type » est donnée deux fois (A, B) : n’en gardez qu’une.',
      en: 'The column "type" is given twice (A, B): keep one.',
    });
  });

  it.each([
    [
      'no survey sheet',
      [{ name: 'suvey', rows: [headings] }],
      [['missing-sheet', 'survey', 0, '']],
    ],
    [
      'two sheets of a name',
      [survey(headings), { name: 'Survey ', rows: [] }],
      [['duplicate-sheet', 'Survey ', 0, '']],
    ],
    [
      'half a character',
      [survey(['x'], [{ attributes: 't="inlineStr"', xml: '<is><t>_xD83D_</t></is>' }])],
      [['half-character', 'survey', 2, 'x']],
    ],
    [
      'too many columns',
      [survey(Array.from({ length: 251 }, (_, at) => `c${at}`))],
      [['too-many-columns', 'survey', 1, 'IQ']],
    ],
  ])('include %s', async (_, sheets, expected) => {
    expect(await faults(file({ sheets }))).toEqual(expected);
  });

  it('include too many rows, where the first is too many', async () => {
    const rows = Array.from({ length: 20_002 }, (_, at) => [at === 0 ? 'x' : at]);
    expect(await faults(file({ sheets: [survey(...rows)] }))).toEqual([
      ['too-many-rows', 'survey', 20_002, ''],
    ]);
  });

  it('do not include formulas of columns without a heading, of which a warning is told', async () => {
    const error = { attributes: 't="e"', xml: '<f>1/0</f><v>#DIV/0!</v>' };
    const bytes = file({ sheets: [survey(['type', null], ['text', error])] });
    expect(await warnings(bytes)).toEqual([['column-without-heading', 'survey', 2, 'B']]);
  });

  it('do not include cells that are formatted but empty, however far away', async () => {
    const sheet = survey(headings, question);
    const parts = workbookParts({ sheets: [sheet] });
    const xml = Buffer.from(parts.get('xl/worksheets/sheet1.xml') ?? '').toString();
    const far = '<row r="1048576"><c r="XFD1048576" s="6"/></row></sheetData>';
    parts.set('xl/worksheets/sheet1.xml', Buffer.from(xml.replace('</sheetData>', far)));
    expect((await readWorkbook(storedZip(parts))).definition.survey).toHaveLength(1);
  });
});

describe('warnings of a workbook', () => {
  it('name the sheets and columns that are not read, once each', async () => {
    const sheets = [
      survey(['type', null, 'name'], ['text', 'note', 'a'], ['text', 'note', 'b', 'x']),
      { name: 'choixes', rows: [] },
      { name: 'Brouillon', rows: [['x']] },
      { name: 'settings', rows: [['form_title'], [], ['Essai'], [], ['Autre']] },
    ];
    const bytes = file({ sheets });
    expect(await warnings(bytes)).toEqual([
      ['unknown-sheet', 'choixes', 0, ''],
      ['unknown-sheet', 'Brouillon', 0, ''],
      ['column-without-heading', 'survey', 2, 'B'],
      ['column-without-heading', 'survey', 3, 'D'],
      ['settings-below', 'settings', 5, ''],
    ]);
    const { definition, warnings: told } = await readWorkbook(bytes);
    expect(definition.settings).toEqual({ form_title: 'Essai' });
    expect(told.slice(0, 2).map(({ message }) => message.fr)).toEqual([
      'La feuille « choixes » n’est pas lue. Vouliez-vous dire « choices » ?',
      'La feuille « Brouillon » n’est pas lue.',
    ]);
  });

  it('tell of macros and of links to other workbooks, which nobody runs or follows', async () => {
    const bytes = file({
      sheets: [survey(['x'], [formula('[1]Feuil1!A1', 'lu')])],
      parts: new Map([
        ['xl/vbaProject.bin', 'Sub Auto_Open()'],
        ['xl/externalLinks/externalLink1.xml', '<!DOCTYPE x SYSTEM "http://192.0.2.1/x"><x/>'],
      ]),
      relations: relation('rIdLink', 'externalLink', 'http://192.0.2.1/a.xlsx', 'External'),
    });
    expect(await warnings(bytes)).toEqual([
      ['macros-left-out', '', 0, ''],
      ['links-not-followed', '', 0, ''],
    ]);
    expect((await readWorkbook(bytes)).definition.survey).toEqual([{ x: 'lu' }]);
  });
});
