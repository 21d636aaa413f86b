import type { Question, QuestionType } from '../form/model.ts';

/**
 * What the values of a column are, for formats that have types. `code` and `codes` are choices,
 * `file` the name of an attachment, `json` a line or an area as JSON text; dates and times are ISO 8601
 * texts as they were answered.
 */
export type ColumnKind =
  | 'text'
  | 'code'
  | 'codes'
  | 'integer'
  | 'decimal'
  | 'boolean'
  | 'date'
  | 'time'
  | 'dateTime'
  | 'file'
  | 'json';

/** The cells of a point that questions of type geopoint have. */
export type PointCell = 'latitude' | 'longitude' | 'altitude' | 'accuracy' | 'precision';

const kinds: Readonly<Record<QuestionType, ColumnKind>> = {
  text: 'text',
  integer: 'integer',
  decimal: 'decimal',
  range: 'decimal',
  date: 'date',
  time: 'time',
  dateTime: 'dateTime',
  select_one: 'code',
  select_multiple: 'codes',
  rank: 'codes',
  geopoint: 'decimal',
  'start-geopoint': 'decimal',
  geotrace: 'json',
  geoshape: 'json',
  note: 'text',
  calculate: 'text',
  hidden: 'text',
  acknowledge: 'text',
  barcode: 'text',
  image: 'file',
  audio: 'file',
  video: 'file',
  file: 'file',
  start: 'dateTime',
  end: 'dateTime',
  today: 'date',
  deviceid: 'text',
  username: 'text',
  phonenumber: 'text',
  email: 'text',
  audit: 'file',
  'background-audio': 'file',
};

/** The kind of a question's answers; a select whose choices are other answers holds text. */
export function kindOf({ type, list }: Question): ColumnKind {
  const kind = kinds[type];
  return kind === 'code' && list === undefined ? 'text' : kind;
}

/** The kind of a column that holds answers of both kinds: versions may ask the same name differently. */
export function commonKind(one: ColumnKind, other: ColumnKind): ColumnKind {
  if (one === other) return one;
  const numbers: readonly ColumnKind[] = ['integer', 'decimal'];
  return numbers.includes(one) && numbers.includes(other) ? 'decimal' : 'text';
}
