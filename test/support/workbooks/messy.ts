import type { TestWorkbook } from '../workbook-file.ts';

/** A form in which much is wrong, as it arrives by mail on the evening before the mission. */
export const messy: TestWorkbook = {
  sheets: [
    { name: 'Lisez-moi', rows: [['À remplir avant vendredi']] },
    {
      name: 'Survey ',
      rows: [
        [
          'type ',
          'name',
          ' Label::Français (fr)',
          'relevent',
          'relevant',
          null,
          'calculation',
          'required',
        ],
        ['text', 'nom ', 'Nom de l’association  ', null, null, 'à revoir', null, 'OUI'],
        [],
        ['text', 'nom', 'Nom, encore', null, null, null, null, null],
        ['selct_one ville', 'ville', 'Ville', null, null, null, null, null],
        ['select_one quartier', 'quartier', 'Quartier', null, null, null, null, null],
        ['integer', 'âge moyen', 'Âge', null, '${nom} = “Dakar”', null, null, null],
        ['integer', 'nombre', 'Nombre', null, '${nomm} != ‘’', null, null, null],
        ['begin group', 'suite', 'Suite', null, null, null, null, null],
        ['calculate', 'a', null, null, null, null, '${b} + 1', null],
        ['calculate', 'b', null, null, null, null, '${a} + 1', null],
        ['date', 'jour', 'Jour', null, 'today( > .', null, null, null],
        [null, null, 'une ligne sans type', null, null, null, null, null],
        [null, '   ', null, null, null, null, null, null],
        [],
      ],
    },
    {
      name: 'CHOICES',
      rows: [
        ['list name', 'name', 'label::Français (fr)', 'label::English (en)'],
        ['ville', 'dakar', 'Dakar', 'Dakar'],
        ['ville', 'dakar', 'Dakar (centre)', null],
        [null, 'thies', 'Thiès', null],
        ['ville', null, 'Kolda', null],
      ],
    },
    { name: 'setting', rows: [['form_title'], ['Enquête']] },
  ],
};
