import type { AnswerShape } from './answer-shapes.ts';
import {
  anything,
  noAttribute,
  number,
  onBind,
  onControl,
  packageName,
  seed,
  trueFalse,
  whole,
  words,
  type TypeParameter,
} from './parameter-rules.ts';

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

/** The XForms element that asks a question; one of uploads says what may be chosen. */
type Control =
  | {
      readonly tag: 'input' | 'range' | 'select1' | 'select' | 'odk:rank' | 'trigger';
      readonly mediaType: undefined;
    }
  | { readonly tag: 'upload'; readonly mediaType: string };

interface Facts {
  readonly type: string;
  /** Further names that forms give it: lower case, words parted by one space (`_` reads as a space). */
  readonly aliases: readonly string[];
  /** It is free text, in which a term of the glossary may stand. */
  readonly prose: boolean;
  /** Its type cell names a list, of whose choices an answer has one, several, or all in an order. */
  readonly choices: 'none' | 'one' | 'several' | 'order';
  /** What its answer is on the ground. */
  readonly place: 'none' | 'point' | 'line' | 'area';
  /** The settings that may name a question of it. */
  readonly settings: readonly ('consent' | 'geometry')[];
  /**
   * What a fixed value in the column `default` is: an answer (that may hold hyphens, which are no
   * subtraction), the name of a file of the form, or a text that nothing is known of.
   */
  readonly default: 'answer' | 'answer with hyphens' | 'file of the form' | 'any text';
  /** What its column holds; of a point, each of its cells. */
  readonly columnKind: ColumnKind;
  /** The data type of its XForms bind. */
  readonly bind: string;
  /** What a client fills in by itself: `jr:preload` and `jr:preloadParams`. */
  readonly preload: readonly [string, string] | undefined;
  /** What a client does by itself to answer it. */
  readonly action: 'odk:setgeopoint' | 'odk:recordaudio' | undefined;
  /** The parameters that XLSForm knows of it, by name. */
  readonly parameters: Readonly<Record<string, TypeParameter>>;
}

/**
 * Who gives the answer: a person, the client by itself (start, deviceid…), the server (calculate),
 * or nobody (note). Only a person can be asked to answer what is required or to respect a constraint,
 * and needs something to answer with.
 */
type Asked =
  | { readonly answeredBy: 'person'; readonly control: Control }
  | {
      readonly answeredBy: 'client' | 'server' | 'nobody';
      readonly control: Control | undefined;
    };

/**
 * What an answer is, and whether it is words that somebody or some device wrote: then nobody knows
 * beforehand what they say of whom. A text is always words, and of a file, its name is.
 */
type Said =
  | { readonly shape: 'text'; readonly words: true; readonly mediaTypes: readonly [] }
  | {
      readonly shape: 'attachment';
      readonly words: true;
      /** What it takes (`image/*`: every image); or what the form says, by default documents. */
      readonly mediaTypes: readonly [string, ...string[]] | 'as the form says';
    }
  | {
      readonly shape: Exclude<AnswerShape, 'text' | 'attachment'>;
      readonly words: boolean;
      readonly mediaTypes: readonly [];
    };

/** Every fact about a question type. All are required: what a row forgets does not compile. */
type QuestionTypeFacts = Facts & Asked & Said;

const asks = (tag: Exclude<Control['tag'], 'upload'>): Control => ({ tag, mediaType: undefined });
const uploads = (mediaType: string): Control => ({ tag: 'upload', mediaType });
const recordings = ['audio/*', 'video/*', 'application/ogg', 'application/vnd.ms-asf'] as const;
const quality = words('voice-only', 'low', 'normal', 'external');
const mock = { 'allow-mock-accuracy': onBind(trueFalse, 'odk:allow-mock-accuracy') };
const line = {
  ...mock,
  'reference-geometry': noAttribute(anything),
  incremental: onControl(words('true', 'yes'), 'incremental'),
};
const select = { randomize: noAttribute(trueFalse), seed: noAttribute(seed) };

/**
 * Every question type that a server meets, without their list names: a new one is one row here.
 * Reading, validation, schemas, XForms, columns and who may see its answers follow from it. Laid out
 * by hand, for its rows to be read one above the other.
 */
// prettier-ignore
const rows = [
  {
    type: 'text', aliases: ['string', 'q string', 'add text prompt'],
    shape: 'text', answeredBy: 'person', words: true, prose: true,
    choices: 'none', place: 'none', settings: [],
    default: 'answer', columnKind: 'text', mediaTypes: [],
    bind: 'string', control: asks('input'), preload: undefined, action: undefined,
    parameters: { rows: onControl(whole, 'rows') },
  },
  {
    type: 'integer', aliases: ['int', 'q int', 'add integer prompt'],
    shape: 'integer', answeredBy: 'person', words: false, prose: false,
    choices: 'none', place: 'none', settings: [],
    default: 'answer', columnKind: 'integer', mediaTypes: [],
    bind: 'int', control: asks('input'), preload: undefined, action: undefined,
    parameters: {},
  },
  {
    type: 'decimal', aliases: ['q decimal', 'add decimal prompt'],
    shape: 'number', answeredBy: 'person', words: false, prose: false,
    choices: 'none', place: 'none', settings: [],
    default: 'answer', columnKind: 'decimal', mediaTypes: [],
    bind: 'decimal', control: asks('input'), preload: undefined, action: undefined,
    parameters: {},
  },
  {
    type: 'range', aliases: [],
    shape: 'number', answeredBy: 'person', words: false, prose: false,
    choices: 'none', place: 'none', settings: [],
    default: 'answer', columnKind: 'decimal', mediaTypes: [],
    bind: 'decimal', control: asks('range'), preload: undefined, action: undefined,
    parameters: {
      // Its bounds are checked together, by readRange, and written as they are understood.
      start: noAttribute(anything),
      end: noAttribute(anything),
      step: noAttribute(anything),
      tick_interval: onControl(number, 'odk:tick-interval'),
      placeholder: onControl(number, 'odk:placeholder'),
      tick_labelset: noAttribute(anything),
    },
  },
  {
    type: 'date', aliases: ['q date', 'add date prompt'],
    shape: 'date', answeredBy: 'person', words: false, prose: false,
    choices: 'none', place: 'none', settings: [],
    default: 'answer with hyphens', columnKind: 'date', mediaTypes: [],
    bind: 'date', control: asks('input'), preload: undefined, action: undefined,
    parameters: {},
  },
  {
    type: 'time', aliases: ['add time prompt'],
    shape: 'time', answeredBy: 'person', words: false, prose: false,
    choices: 'none', place: 'none', settings: [],
    default: 'answer', columnKind: 'time', mediaTypes: [],
    bind: 'time', control: asks('input'), preload: undefined, action: undefined,
    parameters: {},
  },
  {
    type: 'dateTime',
    aliases: [
      'date time', 'q datetime', 'q date time', 'add datetime prompt',
      'add date time prompt',
    ],
    shape: 'dateTime', answeredBy: 'person', words: false, prose: false,
    choices: 'none', place: 'none', settings: [],
    default: 'answer with hyphens', columnKind: 'dateTime', mediaTypes: [],
    bind: 'dateTime', control: asks('input'), preload: undefined, action: undefined,
    parameters: {},
  },
  {
    type: 'select_one',
    aliases: [
      'select one from', 'select one using', 'select1', 'add select one prompt using',
    ],
    shape: 'code', answeredBy: 'person', words: false, prose: false,
    choices: 'one', place: 'none', settings: ['consent', 'geometry'],
    default: 'answer', columnKind: 'code', mediaTypes: [],
    bind: 'string', control: asks('select1'), preload: undefined, action: undefined,
    parameters: select,
  },
  {
    type: 'select_multiple',
    aliases: [
      'select multiple from', 'select multiple using', 'select all that apply',
      'select all that apply from', 'add select multiple prompt using',
    ],
    shape: 'codes', answeredBy: 'person', words: false, prose: false,
    choices: 'several', place: 'none', settings: [],
    default: 'answer', columnKind: 'codes', mediaTypes: [],
    bind: 'string', control: asks('select'), preload: undefined, action: undefined,
    parameters: select,
  },
  {
    type: 'rank', aliases: [],
    shape: 'codes', answeredBy: 'person', words: false, prose: false,
    choices: 'order', place: 'none', settings: [],
    default: 'answer', columnKind: 'codes', mediaTypes: [],
    bind: 'odk:rank', control: asks('odk:rank'), preload: undefined, action: undefined,
    parameters: select,
  },
  {
    type: 'geopoint',
    aliases: [
      'gps', 'location', 'q geopoint', 'q location', 'add location prompt',
    ],
    shape: 'geopoint', answeredBy: 'person', words: false, prose: false,
    choices: 'none', place: 'point', settings: ['geometry'],
    default: 'answer with hyphens', columnKind: 'decimal', mediaTypes: [],
    bind: 'geopoint', control: asks('input'), preload: undefined, action: undefined,
    parameters: {
      'capture-accuracy': onControl(number, 'accuracyThreshold'),
      'warning-accuracy': onControl(number, 'unacceptableAccuracyThreshold'),
      ...mock,
      'reference-geometry': noAttribute(anything),
    },
  },
  {
    type: 'geotrace', aliases: ['q geotrace'],
    shape: 'geotrace', answeredBy: 'person', words: false, prose: false,
    choices: 'none', place: 'line', settings: ['geometry'],
    default: 'answer with hyphens', columnKind: 'json', mediaTypes: [],
    bind: 'geotrace', control: asks('input'), preload: undefined, action: undefined,
    parameters: line,
  },
  {
    type: 'geoshape', aliases: ['q geoshape'],
    shape: 'geoshape', answeredBy: 'person', words: false, prose: false,
    choices: 'none', place: 'area', settings: ['geometry'],
    default: 'answer with hyphens', columnKind: 'json', mediaTypes: [],
    bind: 'geoshape', control: asks('input'), preload: undefined, action: undefined,
    parameters: line,
  },
  {
    type: 'note', aliases: ['q note', 'add note prompt'],
    shape: 'none', answeredBy: 'nobody', words: false, prose: false,
    choices: 'none', place: 'none', settings: [],
    default: 'any text', columnKind: 'text', mediaTypes: [],
    bind: 'string', control: asks('input'), preload: undefined, action: undefined,
    parameters: {},
  },
  {
    type: 'calculate', aliases: ['calculation', 'q calculate', 'add calculate prompt'],
    shape: 'scalar', answeredBy: 'server', words: false, prose: false,
    choices: 'none', place: 'none', settings: [],
    default: 'answer', columnKind: 'text', mediaTypes: [],
    bind: 'string', control: undefined, preload: undefined, action: undefined,
    parameters: {},
  },
  {
    type: 'hidden', aliases: [],
    shape: 'scalar', answeredBy: 'client', words: true, prose: false,
    choices: 'none', place: 'none', settings: [],
    default: 'answer', columnKind: 'text', mediaTypes: [],
    bind: 'string', control: undefined, preload: undefined, action: undefined,
    parameters: {},
  },
  {
    type: 'acknowledge', aliases: ['trigger', 'q acknowledge', 'add acknowledge prompt'],
    shape: 'acknowledge', answeredBy: 'person', words: false, prose: false,
    choices: 'none', place: 'none', settings: ['consent'],
    default: 'answer', columnKind: 'text', mediaTypes: [],
    bind: 'string', control: asks('trigger'), preload: undefined, action: undefined,
    parameters: {},
  },
  {
    type: 'barcode', aliases: ['q barcode', 'add barcode prompt'],
    shape: 'text', answeredBy: 'person', words: true, prose: false,
    choices: 'none', place: 'none', settings: [],
    default: 'answer', columnKind: 'text', mediaTypes: [],
    bind: 'barcode', control: asks('input'), preload: undefined, action: undefined,
    parameters: {},
  },
  {
    type: 'image',
    aliases: [
      'photo', 'q image', 'q picture', 'add image prompt', 'add photo prompt',
    ],
    shape: 'attachment', answeredBy: 'person', words: true, prose: false,
    choices: 'none', place: 'none', settings: [],
    default: 'file of the form', columnKind: 'file', mediaTypes: ['image/*'],
    bind: 'binary', control: uploads('image/*'), preload: undefined, action: undefined,
    parameters: {
      'max-pixels': onBind(whole, 'orx:max-pixels'),
      app: onControl(packageName, 'intent'),
    },
  },
  {
    type: 'audio', aliases: ['q audio', 'add audio prompt'],
    shape: 'attachment', answeredBy: 'person', words: true, prose: false,
    choices: 'none', place: 'none', settings: [],
    default: 'any text', columnKind: 'file', mediaTypes: recordings,
    bind: 'binary', control: uploads('audio/*'), preload: undefined, action: undefined,
    parameters: { quality: onBind(quality, 'odk:quality') },
  },
  {
    type: 'video', aliases: ['q video', 'add video prompt'],
    shape: 'attachment', answeredBy: 'person', words: true, prose: false,
    choices: 'none', place: 'none', settings: [],
    default: 'any text', columnKind: 'file', mediaTypes: recordings,
    bind: 'binary', control: uploads('video/*'), preload: undefined, action: undefined,
    parameters: {},
  },
  {
    type: 'file', aliases: ['add file prompt'],
    shape: 'attachment', answeredBy: 'person', words: true, prose: false,
    choices: 'none', place: 'none', settings: [],
    default: 'any text', columnKind: 'file', mediaTypes: 'as the form says',
    // What Collect takes for "any file".
    bind: 'binary', control: uploads('application/*'), preload: undefined, action: undefined,
    parameters: {},
  },
  {
    type: 'start', aliases: ['start time', 'get start time'],
    shape: 'dateTime', answeredBy: 'client', words: false, prose: false,
    choices: 'none', place: 'none', settings: [],
    default: 'answer', columnKind: 'dateTime', mediaTypes: [],
    bind: 'dateTime', control: undefined, preload: ['timestamp', 'start'], action: undefined,
    parameters: {},
  },
  {
    type: 'end', aliases: ['end time', 'get end time'],
    shape: 'dateTime', answeredBy: 'client', words: false, prose: false,
    choices: 'none', place: 'none', settings: [],
    default: 'answer', columnKind: 'dateTime', mediaTypes: [],
    bind: 'dateTime', control: undefined, preload: ['timestamp', 'end'], action: undefined,
    parameters: {},
  },
  {
    type: 'today', aliases: ['get today'],
    shape: 'date', answeredBy: 'client', words: false, prose: false,
    choices: 'none', place: 'none', settings: [],
    default: 'answer', columnKind: 'date', mediaTypes: [],
    bind: 'date', control: undefined, preload: ['date', 'today'], action: undefined,
    parameters: {},
  },
  {
    type: 'deviceid',
    aliases: [
      'device id', 'get device id', 'uri:deviceid', 'imei', 'simserial', 'sim id',
      'get sim id', 'uri:simserial',
    ],
    shape: 'text', answeredBy: 'client', words: true, prose: false,
    choices: 'none', place: 'none', settings: [],
    default: 'answer', columnKind: 'text', mediaTypes: [],
    bind: 'string', control: undefined, preload: ['property', 'deviceid'], action: undefined,
    parameters: {},
  },
  {
    type: 'username', aliases: ['uri:username'],
    shape: 'text', answeredBy: 'client', words: true, prose: false,
    choices: 'none', place: 'none', settings: [],
    default: 'answer', columnKind: 'text', mediaTypes: [],
    bind: 'string', control: undefined, preload: ['property', 'username'], action: undefined,
    parameters: {},
  },
  {
    type: 'phonenumber',
    aliases: [
      'phone number', 'get phone number', 'uri:phonenumber', 'subscriberid', 'subscriber id',
      'get subscriber id', 'uri:subscriberid',
    ],
    shape: 'text', answeredBy: 'client', words: true, prose: false,
    choices: 'none', place: 'none', settings: [],
    default: 'answer', columnKind: 'text', mediaTypes: [],
    bind: 'string', control: undefined, preload: ['property', 'phonenumber'], action: undefined,
    parameters: {},
  },
  {
    type: 'email', aliases: ['uri:email'],
    shape: 'text', answeredBy: 'client', words: true, prose: false,
    choices: 'none', place: 'none', settings: [],
    default: 'answer', columnKind: 'text', mediaTypes: [],
    bind: 'string', control: undefined, preload: ['property', 'email'], action: undefined,
    parameters: {},
  },
  {
    type: 'audit', aliases: [],
    shape: 'attachment', answeredBy: 'client', words: true, prose: false,
    choices: 'none', place: 'none', settings: [],
    default: 'any text', columnKind: 'file', mediaTypes: ['text/csv', 'text/plain', 'text/comma-separated-values', 'application/csv'],
    bind: 'binary', control: undefined, preload: undefined, action: undefined,
    parameters: {
      'identify-user': onBind(trueFalse, 'odk:identify-user'),
      'track-changes': onBind(trueFalse, 'odk:track-changes'),
      'track-changes-reasons': onBind(words('on-form-edit'), 'odk:track-changes-reasons'),
      'location-priority': onBind(
        words('no-power', 'low-power', 'balanced', 'high-accuracy'),
        'odk:location-priority',
      ),
      'location-min-interval': onBind(whole, 'odk:location-min-interval'),
      'location-max-age': onBind(whole, 'odk:location-max-age'),
    },
  },
  {
    type: 'background-audio', aliases: [],
    shape: 'attachment', answeredBy: 'client', words: true, prose: false,
    choices: 'none', place: 'none', settings: [],
    default: 'any text', columnKind: 'file', mediaTypes: recordings,
    bind: 'binary', control: undefined, preload: undefined, action: 'odk:recordaudio',
    parameters: { quality: noAttribute(words('voice-only', 'low', 'normal')) },
  },
  {
    type: 'start-geopoint', aliases: ['background-geopoint'],
    shape: 'geopoint', answeredBy: 'client', words: false, prose: false,
    choices: 'none', place: 'point', settings: [],
    default: 'answer', columnKind: 'decimal', mediaTypes: [],
    bind: 'geopoint', control: undefined, preload: undefined, action: 'odk:setgeopoint',
    parameters: {},
  },
] as const satisfies readonly QuestionTypeFacts[];

/** The XLSForm question types, without their list names and aliases. */
export type QuestionType = (typeof rows)[number]['type'];
export type QuestionTypeRow = QuestionTypeFacts & { readonly type: QuestionType };

export const questionTypes: readonly QuestionTypeRow[] = rows;

const byType: ReadonlyMap<QuestionType, QuestionTypeRow> = new Map(
  questionTypes.map((row) => [row.type, row]),
);

/** The row of a type. */
export function typeRow(type: QuestionType): QuestionTypeRow {
  const found = byType.get(type);
  if (found === undefined) throw new TypeError(`No row for question type ${type}.`);
  return found;
}
