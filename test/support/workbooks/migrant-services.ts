import { formats, type TestCell, type TestWorkbook } from '../workbook-file.ts';

/** Headings in bold, as people make them. */
const bold = (text: string): TestCell => ({
  attributes: `t="inlineStr" s="${formats.bold}"`,
  xml: `<is><t>${text}</t></is>`,
});

const columns = [
  'type',
  'name',
  'label::Français (fr)',
  'label::English (en)',
  'hint::Français (fr)',
  'hint::English (en)',
  'required',
  'relevant',
  'appearance',
  'constraint',
  'constraint_message::Français (fr)',
  'constraint_message::English (en)',
  'calculation',
  'choice_filter',
  'repeat_count',
  'parameters',
  'default',
];

/** A row of the survey by heading, as short as it is read. */
function row(
  type: string,
  name: string,
  fr = '',
  en = '',
  more: Readonly<Record<string, TestCell>> = {},
): TestCell[] {
  const cells: Readonly<Record<string, TestCell>> = {
    type,
    name,
    'label::Français (fr)': fr,
    'label::English (en)': en,
    ...more,
  };
  return columns.map((column) => {
    const cell = cells[column] ?? null;
    return cell === '' ? null : cell;
  });
}

const survey = [
  row('start', 'start'),
  row('end', 'end'),
  row('today', 'today'),
  row('deviceid', 'deviceid'),
  row('note', 'intro', 'Services offerts aux personnes **migrantes**', 'Services for **migrants**'),
  [],
  row('begin_group', 'structure', 'La structure', 'The organisation', { appearance: 'field-list' }),
  row('text', 'nom', 'Nom de la structure', 'Name of the organisation', { required: 'true' }),
  row('select_one genre', 'genre', 'Genre de structure', 'Kind of organisation', {
    required: 'true',
    appearance: 'minimal',
  }),
  row('text', 'telephone', 'Téléphone de l’accueil', 'Phone of the desk', {
    'hint::Français (fr)': 'Neuf chiffres, sans espace.',
    'hint::English (en)': 'Nine digits, no space.',
    appearance: 'numbers',
    constraint: "regex(., '^[0-9]{9}$')",
    'constraint_message::Français (fr)': 'Il faut neuf chiffres.',
    'constraint_message::English (en)': 'Nine digits are needed.',
  }),
  row('end_group', ''),
  row('begin_group', 'lieu', 'Où ?', 'Where?'),
  row('select_one region', 'region', 'Région', 'Region', { required: 'true' }),
  row('select_one departement', 'departement', 'Département', 'Department', {
    choice_filter: 'region = ${region}',
    required: 'true',
  }),
  row('geopoint', 'position', 'Position', 'Position', { appearance: 'placement-map' }),
  row('end_group', ''),
  row('select_multiple service', 'services', 'Services rendus', 'Services', {
    required: 'true',
    constraint: "not(selected(., 'aucun') and count-selected(.) > 1)",
    'constraint_message::Français (fr)': '« Aucun » va seul.',
    'constraint_message::English (en)': '"None" stands alone.',
  }),
  row('select_one oui_non', 'mineurs', 'Des mineurs sont-ils reçus ?', 'Are minors received?'),
  row('integer', 'places', 'Nombre de places', 'Places', {
    relevant: "selected(${services}, 'hebergement')",
    constraint: '. >= 1 and . <= 500',
    'constraint_message::Français (fr)': 'De 1 à 500.',
    'constraint_message::English (en)': 'From 1 to 500.',
  }),
  row('integer', 'nombre_jours', 'Jours d’ouverture par semaine', 'Days open a week', {
    constraint: '. >= 0 and . <= 7',
    default: 0,
  }),
  row('begin_repeat', 'permanence', 'Permanence', 'Opening', { repeat_count: '${nombre_jours}' }),
  row('select_one jour', 'jour', 'Jour', 'Day', { required: 'true' }),
  row('time', 'de', 'De', 'From'),
  row('time', 'a', 'À', 'To', {
    constraint: '. > ${de}',
    'constraint_message::Français (fr)': 'Après l’ouverture.',
    'constraint_message::English (en)': 'After it opens.',
  }),
  row('integer', 'accueillis', 'Personnes reçues, en moyenne', 'People received, on average'),
  row('end_repeat', ''),
  row('calculate', 'par_semaine', '', '', { calculation: 'sum(${accueillis})' }),
  row('calculate', 'charge', '', '', {
    calculation: 'if(${nombre_jours} > 0, round(${par_semaine} div ${nombre_jours}, 1), 0)',
  }),
  row('note', 'bilan', '${par_semaine} personnes par semaine', '${par_semaine} people a week', {
    relevant: '${par_semaine} > 0',
  }),
  row('range', 'besoin', 'Besoin de soutien', 'Need for support', {
    parameters: 'start=0 end=10 step=1',
  }),
  row('image', 'photo', 'Photo de la façade', 'Picture of the front', {
    parameters: 'max-pixels=1024',
  }),
  row('select_one oui_non', 'accord', 'Accord pour publier', 'May be published', {
    required: 'true',
  }),
];

const choice = (list: string, name: string, fr: string, en = fr, region = ''): TestCell[] => [
  list,
  name,
  fr,
  en,
  region === '' ? null : region,
];

const choices = [
  choice('genre', 'association', 'Association', 'Association'),
  choice('genre', 'service_public', 'Service public', 'Public service'),
  choice('genre', 'ong', 'ONG internationale', 'International NGO'),
  [],
  choice('region', 'dakar', 'Dakar'),
  choice('region', 'thies', 'Thiès'),
  choice('region', 'kolda', 'Kolda'),
  [],
  choice('departement', 'pikine', 'Pikine', 'Pikine', 'dakar'),
  choice('departement', 'rufisque', 'Rufisque', 'Rufisque', 'dakar'),
  choice('departement', 'mbour', 'Mbour', 'Mbour', 'thies'),
  choice('departement', 'velingara', 'Vélingara', 'Vélingara', 'kolda'),
  [],
  choice('service', 'accueil', 'Accueil et orientation', 'Reception and orientation'),
  choice('service', 'hebergement', 'Hébergement', 'Shelter'),
  choice('service', 'sante', 'Soins', 'Health care'),
  choice('service', 'droit', 'Aide juridique', 'Legal aid'),
  choice('service', 'aucun', 'Aucun', 'None'),
  [],
  ...['lundi', 'mardi', 'mercredi', 'jeudi', 'vendredi', 'samedi', 'dimanche'].map((day) =>
    choice('jour', day, day, day),
  ),
  choice('oui_non', 'oui', 'Oui', 'Yes'),
  choice('oui_non', 'non', 'Non', 'No'),
];

/** Services for migrants, as an NGO writes such a form for KoboToolbox: groups, cascade, repeat, sums. */
export const migrantServices: TestWorkbook = {
  sheets: [
    { name: 'survey', rows: [columns.map(bold), ...survey] },
    {
      name: 'choices',
      rows: [
        ['list_name', 'name', 'label::Français (fr)', 'label::English (en)', 'region'].map(bold),
        ...choices,
      ],
    },
    {
      name: 'settings',
      rows: [
        ['form_title', 'id_string', 'version', 'default_language', 'style', 'instance_name'].map(
          bold,
        ),
        [
          'Services aux migrants',
          'services-migrants',
          'vX1 (2027-01-31 08:30:00)',
          'Français (fr)',
          'theme-grid',
          'concat(${nom}, " - ", ${region})',
        ],
      ],
    },
  ],
};
