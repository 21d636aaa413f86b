import type { FormDefinition } from '../../shared/form/definition.ts';
import type { JsonObject } from '../../shared/json.ts';
import type { EngineFile } from './xforms-engine.ts';
import './engines.ts';

const text = new TextEncoder();

/**
 * A form with every type of question, groups and repeats in one another, choices that depend on each
 * other, calculations, dynamic defaults, triggers, a list in a file and attachments.
 */
export const everyTypeForm: FormDefinition = {
  survey: [
    { type: 'start', name: 'begun' },
    { type: 'end', name: 'ended' },
    { type: 'today', name: 'on_day' },
    { type: 'deviceid', name: 'device' },
    { type: 'username', name: 'user' },
    { type: 'text', name: 'title', label: 'Title', required: 'yes' },
    {
      type: 'text',
      name: 'code',
      label: 'Code of ${title}',
      hint: 'Four digits',
      constraint: "regex(., '[0-9]{4}')",
      constraint_message: 'Four digits, please',
    },
    { type: 'text', name: 'phone', label: 'Phone', appearance: 'numbers' },
    { type: 'integer', name: 'people', label: 'How many?', default: '3' },
    { type: 'decimal', name: 'amount', label: 'How much?' },
    { type: 'range', name: 'grade', label: 'Grade', parameters: 'start=0 end=10 step=1' },
    { type: 'date', name: 'day', label: 'Which day?', default: 'today()' },
    { type: 'time', name: 'hour', label: 'At what time?' },
    { type: 'dateTime', name: 'moment', label: 'When exactly?' },
    { type: 'select_one yes_no', name: 'agreed', label: 'Agreed?' },
    { type: 'select_multiple services', name: 'offers', label: 'What is offered?' },
    { type: 'select_one needs or_other', name: 'main', label: 'What first?' },
    { type: 'rank services', name: 'order', label: 'In which order?' },
    { type: 'select_one regions', name: 'region', label: 'Region' },
    {
      type: 'select_one districts',
      name: 'district',
      label: 'District',
      choice_filter: 'region = ${region}',
    },
    { type: 'select_one_from_file towns.csv', name: 'town', label: 'Town' },
    { type: 'geopoint', name: 'place', label: 'Where?' },
    { type: 'geotrace', name: 'way', label: 'Which way?' },
    { type: 'geoshape', name: 'area', label: 'Which area?' },
    { type: 'note', name: 'thanks', label: 'Thank you, ${title}' },
    { type: 'acknowledge', name: 'seen', label: 'Seen' },
    { type: 'barcode', name: 'barcode', label: 'Barcode' },
    { type: 'image', name: 'picture', label: 'Picture' },
    { type: 'audio', name: 'sound', label: 'Sound' },
    { type: 'video', name: 'film', label: 'Film' },
    { type: 'file', name: 'paper', label: 'Paper' },
    { type: 'hidden', name: 'secret', default: 'kept' },
    { type: 'calculate', name: 'twice', calculation: '${people} * 2' },
    {
      type: 'calculate',
      name: 'district_label',
      calculation: "jr:choice-name(${district}, '${district}')",
    },
    {
      type: 'calculate',
      name: 'changed',
      calculation: "concat('was ', ${code})",
      trigger: '${code}',
    },
    { type: 'begin group', name: 'contact', label: 'Contact', relevant: "${agreed} = 'yes'" },
    { type: 'text', name: 'email', label: 'E-mail' },
    { type: 'begin group', name: 'address', label: 'Address' },
    { type: 'text', name: 'street', label: 'Street' },
    { type: 'end group' },
    { type: 'end group' },
    { type: 'begin group', name: 'refusal', label: 'Refusal', relevant: "${agreed} = 'no'" },
    { type: 'text', name: 'why', label: 'Why?', required: 'yes' },
    { type: 'end group' },
    { type: 'begin repeat', name: 'person', label: 'Person' },
    { type: 'text', name: 'given', label: 'Name' },
    { type: 'integer', name: 'years', label: 'Age' },
    { type: 'image', name: 'portrait', label: 'Portrait' },
    { type: 'calculate', name: 'rank', calculation: 'position(..)' },
    { type: 'begin repeat', name: 'visit', label: 'Visit of ${given}' },
    { type: 'date', name: 'visited', label: 'When?' },
    { type: 'select_multiple services', name: 'got', label: 'What was given?' },
    { type: 'end repeat' },
    { type: 'calculate', name: 'visits', calculation: 'count(${visit})' },
    { type: 'end repeat' },
    { type: 'begin repeat', name: 'room', label: 'Room', repeat_count: '${people}' },
    { type: 'integer', name: 'beds', label: 'Beds' },
    { type: 'end repeat' },
    { type: 'begin repeat', name: 'nothing', label: 'Nothing' },
    { type: 'text', name: 'void', label: 'Void' },
    { type: 'end repeat' },
    { type: 'calculate', name: 'all_years', calculation: 'sum(${years})' },
    { type: 'calculate', name: 'all_beds', calculation: 'sum(${beds})' },
    {
      type: 'calculate',
      name: 'second',
      calculation: 'indexed-repeat(${given}, ${person}, 2)',
    },
  ],
  choices: [
    { list_name: 'yes_no', name: 'yes', label: 'Yes' },
    { list_name: 'yes_no', name: 'no', label: 'No' },
    { list_name: 'services', name: 'water', label: 'Water' },
    { list_name: 'services', name: 'legal', label: 'Legal aid' },
    { list_name: 'services', name: 'shelter', label: 'Shelter' },
    { list_name: 'needs', name: 'food', label: 'Food' },
    { list_name: 'needs', name: 'rest', label: 'Rest' },
    { list_name: 'regions', name: 'DK', label: 'Dakar' },
    { list_name: 'regions', name: 'TH', label: 'Thiès' },
    { list_name: 'districts', name: 'pikine', label: 'Pikine', region: 'DK' },
    { list_name: 'districts', name: 'mbour', label: 'Mbour', region: 'TH' },
  ],
  settings: {
    form_title: 'Every type',
    version: '1',
    default_language: 'English (en)',
    instance_name: "concat(${title}, ' of ', ${code})",
  },
};

/** The file that `towns.csv` is. */
export const towns: EngineFile = {
  name: 'towns.csv',
  type: 'text/csv',
  bytes: text.encode('name,label\nsaly,Saly\njoal,Joal-Fadiouth\n'),
};

/** What goes with the answers. Files are told by what they hold: each begins as its type does. */
export const everyTypeFiles: readonly EngineFile[] = [
  { name: 'front.png', type: 'image/png', bytes: png() },
  { name: 'ana.png', type: 'image/png', bytes: png() },
  {
    name: 'voice.mp3',
    type: 'audio/mpeg',
    bytes: text.encode('ID3\u0004\u0000\u0000\u0000\u0000\u0000\u0000'),
  },
  { name: 'minutes.pdf', type: 'application/pdf', bytes: text.encode('%PDF-1.4\n%%EOF\n') },
];

function png(): Uint8Array {
  const base64 =
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==';
  return Uint8Array.from(Buffer.from(base64, 'base64'));
}

/** Answers to all that a person is asked, with what phones are known to get wrong. */
export const everyTypeAnswers: JsonObject = {
  title: 'L’été & <l’eau> à Thiès 😀',
  code: '0123',
  phone: '+221770000000',
  people: 2,
  amount: -0.25,
  grade: 7,
  day: '2026-02-28',
  hour: '08:30:00.000Z',
  moment: '2026-02-28T23:59:59.000Z',
  agreed: 'yes',
  offers: ['water', 'shelter'],
  main: 'other',
  main_other: 'Bread',
  order: ['shelter', 'water', 'legal'],
  region: 'TH',
  district: 'mbour',
  town: 'joal',
  place: { lat: 14.6937, lon: -17.4441, altitude: 10, accuracy: 5 },
  way: [
    { lat: 14, lon: -17, altitude: 0, accuracy: 0 },
    { lat: 14.5, lon: -16.5, altitude: 0, accuracy: 0 },
  ],
  area: [
    { lat: 14, lon: -17, altitude: 0, accuracy: 0 },
    { lat: 14, lon: -16, altitude: 0, accuracy: 0 },
    { lat: 15, lon: -16, altitude: 0, accuracy: 0 },
    { lat: 14, lon: -17, altitude: 0, accuracy: 0 },
  ],
  seen: 'OK',
  barcode: '000123456789',
  picture: { file: 'front.png' },
  sound: { file: 'voice.mp3' },
  paper: { file: 'minutes.pdf' },
  contact: { email: 'contact@example.org', address: { street: 'Rue 10, n° 4' } },
  person: [
    {
      given: 'Ana',
      years: 40,
      portrait: { file: 'ana.png' },
      visit: [
        { visited: '2026-01-01', got: ['water'] },
        { visited: '2026-01-02', got: ['legal', 'shelter'] },
      ],
    },
    { given: 'Bia', years: 0, visit: [{ visited: '2025-12-31' }] },
  ],
  room: [{ beds: 4 }, { beds: 1 }],
};
