import { formats, formula, serial, type TestCell, type TestWorkbook } from '../workbook-file.ts';

const rich: TestCell = {
  attributes: 't="inlineStr"',
  xml: '<is><r><t xml:space="preserve">Date de la </t></r><r><rPr><b/></rPr><t>visite</t></r></is>',
};

/** A form whose cells are numbers, dates, truths and formulas where text would do. */
export const cellKinds: TestWorkbook = {
  sheets: [
    {
      name: 'survey',
      rows: [
        ['type', 'name', 'label', 'required', 'default', 'constraint', 'relevant'],
        ['date', 'visite', rich, true, serial(46_418, formats.date), '. <= today()', null],
        ['time', 'heure', 'Heure', false, serial(0.354166666666667, formats.time), null, null],
        [
          'integer',
          'menages',
          formula('"Ménages de "&"Pikine"', 'Ménages de Pikine'),
          null,
          formula('10*2', 20),
          null,
          null,
        ],
        ['decimal', 'taux', 'Taux', null, 0.1, null, null],
        [
          formula('"select_one "&"niveau"', 'select_one niveau'),
          'niveau',
          'Niveau',
          null,
          1,
          null,
          null,
        ],
        ['text', 'suite', 'Suite', null, null, null, formula('"${niveau} > "&1', '${niveau} > 1')],
        ['text', 'code', 'Code', null, '0123', null, null],
      ],
    },
    {
      name: 'choices',
      rows: [
        ['list_name', 'name', 'label'],
        ...[1, 2, 3].map((name) => [
          'niveau',
          name,
          formula(`"Niveau "&B${name + 1}`, `Niveau ${name}`),
        ]),
      ],
    },
    {
      name: 'settings',
      rows: [
        ['form_title', 'version', 'due'],
        ['Cellules', 2027013101, serial(46_446, formats.date)],
      ],
    },
  ],
};
