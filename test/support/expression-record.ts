import type { QuestionType } from '../../shared/form/types/question-types.ts';

/** One question of the record that expressions are asked about, with its answer as text. */
export interface RecordQuestion {
  readonly name: string;
  readonly type: QuestionType;
  readonly value: string;
  readonly list?: string;
}

interface RecordGroup {
  readonly name: string;
  readonly children: readonly RecordNode[];
}

interface RecordRepeat {
  readonly name: string;
  /** One list of children per instance: the same names in the same order. */
  readonly instances: readonly (readonly RecordNode[])[];
}

export type RecordNode = RecordQuestion | RecordGroup | RecordRepeat;

const q = (name: string, type: QuestionType, value: string, list?: string): RecordQuestion => ({
  name,
  type,
  value,
  ...(list === undefined ? {} : { list }),
});

const visit = (day: string, note: string): readonly RecordNode[] => [
  q('day', 'integer', day),
  q('note', 'text', note),
];

const person = (
  who: string,
  years: string,
  where: string,
  ...visits: readonly (readonly RecordNode[])[]
): readonly RecordNode[] => [
  q('who', 'text', who),
  q('years', 'integer', years),
  q('where', 'geopoint', where),
  q('skill', 'select_one', who === 'Ana' ? 'legal' : '', 'services'),
  { name: 'visit', instances: visits },
];

/** The record: every type of answer, empty ones too, groups, and a repeat within a repeat. */
export const record: readonly RecordNode[] = [
  q('name', 'text', 'Awa Ndiaye'),
  q('age', 'integer', '34'),
  q('income', 'decimal', '1500.5'),
  q('zero', 'integer', '0'),
  q('negative', 'integer', '-7'),
  q('empty', 'text', ''),
  q('unknown', 'integer', ''),
  q('digits', 'text', '0123'),
  q('phone', 'text', '+221770000000'),
  q('word', 'text', 'true'),
  q('accents', 'text', 'Été à Thiès 😀'),
  q('csv', 'text', 'a,b,c'),
  q('yes', 'select_one', 'yes', 'yes_no'),
  q('services', 'select_multiple', 'water legal shelter', 'services'),
  q('one_service', 'select_one', 'water', 'services'),
  q('no_service', 'select_multiple', '', 'services'),
  q('city', 'select_one', 'ths', 'cities'),
  q('dob', 'date', '1992-02-29'),
  q('seen', 'dateTime', '2026-11-20T23:30:00.000+00:00'),
  q('at', 'time', '18:00:00.000+00:00'),
  q('place', 'geopoint', '14.6937 -17.4441 10 5'),
  q('trace', 'geotrace', '14 -17 0 0;14 -16 0 0;15 -16 0 0'),
  q('shape', 'geoshape', '14 -17 0 0;14 -16.99 0 0;14.01 -16.99 0 0;14.01 -17 0 0;14 -17 0 0'),
  {
    name: 'contact',
    children: [
      q('email', 'text', 'contact@example.org'),
      { name: 'inner', children: [q('deep', 'text', 'bottom')] },
    ],
  },
  {
    name: 'household',
    instances: [
      person('Ana', '40', '14 -17 0 0', visit('1', 'a'), visit('2', 'b')),
      person('Bia', '7', '14 -16 0 0', visit('3', 'c')),
      person('Caio', '', '15 -16 0 0', visit('', '')),
    ],
  },
];

/** Lists of choices: the columns of each row. */
export const lists: Readonly<Record<string, readonly Readonly<Record<string, string>>[]>> = {
  yes_no: [
    { name: 'yes', label: 'Yes' },
    { name: 'no', label: 'No' },
  ],
  services: [
    { name: 'water', label: 'Water and hygiene' },
    { name: 'legal', label: 'Legal aid' },
    { name: 'shelter', label: 'Shelter' },
    { name: 'food', label: 'Food' },
  ],
  cities: [
    { name: 'dkr', label: 'Dakar', region: 'DK', people: '1438725' },
    { name: 'ths', label: 'Thiès', region: 'TH', people: '391253' },
    { name: 'mbr', label: 'Mbour', region: 'TH', people: '282870' },
  ],
};
