import type { AnswerShape } from './answer-shapes.ts';
import type { QuestionType } from './model.ts';

export interface QuestionTypeRow {
  readonly type: QuestionType;
  /** As forms write it: lower case, words parted by one space (`_` reads as a space). */
  readonly aliases: readonly string[];
  readonly shape: AnswerShape;
  /**
   * Who gives the answer: a person, the client by itself (start, deviceid…), the server (calculate),
   * or nobody (note). Only a person can be asked to answer what is required or to respect a constraint.
   */
  readonly answeredBy: 'person' | 'client' | 'server' | 'nobody';
  /** Its type cell names a list of choices. */
  readonly list?: true;
  /** It is free text, in which a term of the glossary may stand. */
  readonly prose?: true;
}

const row = (
  type: QuestionType,
  shape: AnswerShape,
  answeredBy: QuestionTypeRow['answeredBy'],
  aliases: readonly string[] = [],
  more: { list?: true; prose?: true } = {},
): QuestionTypeRow => ({
  type,
  shape,
  answeredBy,
  aliases: [type.toLowerCase().replaceAll('_', ' '), ...aliases],
  ...more,
});

/** Every question type. A new type is one row here: reading, validation and schemas follow from it. */
export const questionTypes: readonly QuestionTypeRow[] = [
  row('text', 'text', 'person', ['string', 'q string', 'add text prompt'], { prose: true }),
  row('integer', 'integer', 'person', ['int', 'q int', 'add integer prompt']),
  row('decimal', 'number', 'person', ['q decimal', 'add decimal prompt']),
  row('range', 'number', 'person'),
  row('date', 'date', 'person', ['q date', 'add date prompt']),
  row('time', 'time', 'person', ['add time prompt']),
  row('dateTime', 'dateTime', 'person', [
    'date time',
    'q datetime',
    'q date time',
    'add datetime prompt',
    'add date time prompt',
  ]),
  row(
    'select_one',
    'code',
    'person',
    ['select one from', 'select one using', 'select1', 'add select one prompt using'],
    { list: true },
  ),
  row(
    'select_multiple',
    'codes',
    'person',
    [
      'select multiple from',
      'select multiple using',
      'select all that apply',
      'select all that apply from',
      'add select multiple prompt using',
    ],
    { list: true },
  ),
  row('rank', 'codes', 'person', [], { list: true }),
  row('geopoint', 'geopoint', 'person', [
    ...['gps', 'location', 'q geopoint', 'q location', 'add location prompt'],
  ]),
  row('geotrace', 'geotrace', 'person', ['q geotrace']),
  row('geoshape', 'geoshape', 'person', ['q geoshape']),
  row('note', 'none', 'nobody', ['q note', 'add note prompt']),
  row('calculate', 'scalar', 'server', ['calculation', 'q calculate', 'add calculate prompt']),
  row('hidden', 'scalar', 'client'),
  row('acknowledge', 'acknowledge', 'person', [
    'trigger',
    'q acknowledge',
    'add acknowledge prompt',
  ]),
  row('barcode', 'text', 'person', ['q barcode', 'add barcode prompt']),
  row('image', 'attachment', 'person', [
    ...['photo', 'q image', 'q picture', 'add image prompt', 'add photo prompt'],
  ]),
  row('audio', 'attachment', 'person', ['q audio', 'add audio prompt']),
  row('video', 'attachment', 'person', ['q video', 'add video prompt']),
  row('file', 'attachment', 'person', ['add file prompt']),
  row('start', 'dateTime', 'client', ['start time', 'get start time']),
  row('end', 'dateTime', 'client', ['end time', 'get end time']),
  row('today', 'date', 'client', ['get today']),
  row('deviceid', 'text', 'client', [
    ...['device id', 'get device id', 'uri:deviceid', 'imei'],
    ...['simserial', 'sim id', 'get sim id', 'uri:simserial'],
  ]),
  row('username', 'text', 'client', ['uri:username']),
  row('phonenumber', 'text', 'client', [
    ...['phone number', 'get phone number', 'uri:phonenumber'],
    ...['subscriberid', 'subscriber id', 'get subscriber id', 'uri:subscriberid'],
  ]),
  row('email', 'text', 'client', ['uri:email']),
  row('audit', 'attachment', 'client'),
  row('background-audio', 'attachment', 'client'),
  row('start-geopoint', 'geopoint', 'client', ['background-geopoint']),
];

const byType = new Map(questionTypes.map((entry) => [entry.type, entry]));

/** The row of a type. */
export function typeRow(type: QuestionType): QuestionTypeRow {
  const found = byType.get(type);
  if (found === undefined) throw new TypeError(`No row for question type ${type}.`);
  return found;
}

/** Where the choices of a select come from: the choices sheet, a file, or the sheet external_choices. */
export type ListSource = 'choices' | 'file' | 'external';

/** What the `type` cell of a survey row says. */
export type TypeCell =
  | {
      readonly kind: 'question';
      readonly row: QuestionTypeRow;
      /** The list's name; with source `file`, the file's. */
      readonly list: string;
      readonly source: ListSource;
      readonly orOther: boolean;
    }
  | { readonly kind: 'begin'; readonly block: 'group' | 'repeat' }
  | { readonly kind: 'end'; readonly block: 'group' | 'repeat' }
  /** A file that expressions read, named as the row is: it asks nothing. */
  | { readonly kind: 'data'; readonly extension: 'csv' | 'xml' };

const blocks = new Map<string, TypeCell>();
for (const kind of ['begin', 'end'] as const) {
  for (const block of ['group', 'repeat'] as const) blocks.set(`${kind} ${block}`, { kind, block });
  blocks.set(`${kind} looped group`, { kind, block: 'repeat' });
  blocks.set(`${kind} lgroup`, { kind, block: 'repeat' });
}
for (const extension of ['csv', 'xml'] as const) {
  blocks.set(`${extension}-external`, { kind: 'data', extension });
  blocks.set(`${extension} external`, { kind: 'data', extension });
}

const byAlias = new Map(
  questionTypes.flatMap((entry) => entry.aliases.map((alias) => [alias, entry] as const)),
);

interface SelectAlias {
  readonly entry: QuestionTypeRow;
  readonly source: ListSource;
}

/** Every way to begin the type cell of a select. */
const selects = new Map<string, SelectAlias>();
for (const [alias, entry] of byAlias) {
  if (entry.list === true) selects.set(alias, { entry, source: 'choices' });
}
for (const [alias, type, source] of [
  ['select one from file', 'select_one', 'file'],
  ['select multiple from file', 'select_multiple', 'file'],
  ['select one external', 'select_one', 'external'],
] as const) {
  selects.set(alias, { entry: typeRow(type), source });
}
const longestAliasWords = Math.max(...[...selects.keys()].map((alias) => alias.split(' ').length));

/** Longer cells name no type, whatever they hold. */
const maxTypeLength = 300;

/** Reads a `type` cell: `select_one régions or_other`, `begin group`, `photo`… Undefined: no such type. */
export function readType(cell: string): TypeCell | undefined {
  if (cell.length > maxTypeLength) return undefined;
  const plain = plainType(cell);
  const block = blocks.get(plain);
  if (block !== undefined) return block;
  const select = selects.get(plain);
  const whole = select?.entry ?? byAlias.get(plain);
  if (whole !== undefined) {
    const source = select?.source ?? 'choices';
    return { kind: 'question', row: whole, list: '', source, orOther: false };
  }
  return readSelect(cell.trim());
}

/** A type as the aliases are written: lower case, words parted by one space. */
export function plainType(cell: string): string {
  return cell.toLowerCase().replaceAll('_', ' ').split(/\s+/).filter(Boolean).join(' ');
}

/** The list's name keeps its capitals and underscores, so the alias is cut off the cell as it stands. */
function readSelect(cell: string): TypeCell | undefined {
  const orOther = /\s+(?:or_other|or other|or specify other)$/i.exec(cell);
  const head = orOther === null ? cell : cell.slice(0, orOther.index);
  const words = [...head.matchAll(/[^\s_]+/g)];
  for (let count = Math.min(longestAliasWords, words.length - 1); count >= 1; count--) {
    const alias = words
      .slice(0, count)
      .map((word) => word[0].toLowerCase())
      .join(' ');
    const found = selects.get(alias);
    const last = words[count - 1];
    if (found === undefined || last === undefined) continue;
    const rest = head.slice(last.index + last[0].length);
    if (!/^\s/.test(rest)) continue;
    const { entry, source } = found;
    return { kind: 'question', row: entry, list: rest.trim(), source, orOther: orOther !== null };
  }
  return undefined;
}
