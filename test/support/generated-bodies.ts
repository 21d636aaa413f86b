import * as fc from 'fast-check';
import type { Row } from '../../shared/form/definition.ts';
import type { JsonObject } from '../../shared/json.ts';
import { multipart, type SentFile } from './collect.ts';
import { instanceXml } from './instance-xml.ts';

/** The form that generated bodies are for: every kind of answer, a group, a repeat in it. */
export const generatedForm: JsonObject & { readonly survey: Row[] } = {
  survey: [
    { type: 'start', name: 'start' },
    { type: 'audit', name: 'audit' },
    { type: 'text', name: 'title', required: 'yes' },
    { type: 'text', name: 'toString', constraint: "regex(., '(a+)+$')" },
    { type: 'integer', name: 'people', constraint: '. >= 0' },
    { type: 'decimal', name: 'budget' },
    { type: 'date', name: 'day' },
    { type: 'time', name: 'hour' },
    { type: 'dateTime', name: 'moment' },
    { type: 'select_one services or_other', name: 'main' },
    { type: 'select_multiple services', name: 'services', relevant: '${people} > 3' },
    { type: 'geopoint', name: 'place' },
    { type: 'geotrace', name: 'way' },
    { type: 'image', name: 'photo' },
    { type: 'calculate', name: 'double', calculation: '${people} * 2' },
    { type: 'begin_group', name: 'contact', label: 'Contact' },
    { type: 'text', name: 'phone' },
    { type: 'begin_repeat', name: 'sites', label: 'Sites' },
    { type: 'text', name: 'name' },
    { type: 'end_repeat' },
    { type: 'end_group' },
  ].map((row) => (row.type.startsWith('end') ? row : { label: 'x', ...row })),
  choices: ['food', 'care', 'law'].map((name) => ({ list_name: 'services', name, label: name })),
  settings: { form_title: 'Fuzz', version: '1', audience: 'members', review: 'none' },
};

export interface GeneratedBody {
  readonly via: 'json' | 'openrosa';
  readonly contentType: string;
  readonly body: Buffer;
}

const plainText = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 30 })
  .map((made) => made.replaceAll(/[\p{Cc}\ufffe\uffff]/gu, 'é'));
const wildText = fc.string({ unit: 'binary', maxLength: 30 });
const degrees = (most: number) => fc.integer({ min: -most, max: most });
const place = fc.record({ lat: degrees(90), lon: degrees(180) });
const sites = (text: fc.Arbitrary<string>) =>
  fc.array(fc.record({ name: text }, { requiredKeys: [] }), { minLength: 1, maxLength: 5 });

/** Answers that keep to the form. */
const goodAnswers = fc.record(
  {
    title: plainText,
    toString: fc.nat(3_000).map((length) => 'a'.repeat(length + 1)),
    people: fc.nat(),
    budget: fc.integer().map((cents) => cents / 100),
    day: fc.constant('2026-11-21'),
    hour: fc.constant('10:00:00.000+01:00'),
    moment: fc.constant('2026-11-21T10:00:00.000+01:00'),
    main: fc.constantFrom('food', 'care', 'other'),
    services: fc.subarray(['food', 'care', 'law'], { minLength: 1 }),
    place,
    way: fc.array(place, { minLength: 2, maxLength: 4 }),
    photo: fc.constantFrom({ file: 'a.jpg' }, { file: 'b.jpg' }),
    contact: fc.record({ phone: plainText, sites: sites(plainText) }, { requiredKeys: [] }),
  },
  { requiredKeys: ['title'] },
);

/** Answers as they should not be. */
const wildAnswers = fc.record(
  {
    title: wildText,
    toString: fc.nat(3_000).map((length) => `${'a'.repeat(length)}!`),
    people: fc.oneof(fc.integer(), fc.double(), wildText),
    budget: wildText,
    day: fc.constantFrom('2026-02-30', 'x'),
    hour: fc.constantFrom('10:00:00.000+01', '99'),
    main: fc.constantFrom('food', 'x'),
    services: fc.subarray(['food', 'other', 'none']),
    place: fc.record({ lat: degrees(200), lon: degrees(400) }),
    photo: fc.constantFrom({ file: '../x' }, { file: '' }),
    contact: fc.record({ phone: wildText, sites: sites(wildText) }, { requiredKeys: [] }),
    unknown: fc.jsonValue({ maxDepth: 3 }),
  },
  { requiredKeys: [] },
);
const answers = fc.oneof(
  { weight: 3, arbitrary: goodAnswers },
  { weight: 1, arbitrary: wildAnswers },
  {
    weight: 1,
    arbitrary: fc.tuple(goodAnswers, wildAnswers).map(([good, wild]) => ({ ...good, ...wild })),
  },
);

/** So few that replays, conflicts and edits come about. */
const instanceId = fc.nat(3_000).map((id) => `uuid:fuzz-${String(id).padStart(8, '0')}`);
const file: fc.Arbitrary<SentFile> = fc.record({
  name: fc.oneof(
    { weight: 20, arbitrary: fc.constantFrom('a.jpg', 'b.jpg', 'audit.csv', 'é.png') },
    fc.constant('../x'),
  ),
  type: fc.constantFrom('image/jpeg', 'text/csv', 'x'),
  bytes: fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
});

const fragments = [
  '<!DOCTYPE d [<!ENTITY a "b">]>',
  '&a;',
  '&#0;',
  '&#xD800;',
  ']]>',
  '<![CDATA[',
  '<!--',
  '<?xml?>',
  '</data>',
  '<title>',
  '<title/>',
  '<a xmlns:x="">',
  '<meta><instanceID/></meta>',
  '\ufeff',
  '\0',
  '\r',
  '"__proto__":{"a":1},',
  '"constructor":1,',
  '1e400',
  '9007199254740993',
  '\\ud800',
  '{',
  '[',
  '"',
  ',',
  '\r\n--',
  '--\r\n',
  '\r\n\r\n',
  'Content-Disposition: form-data; name="a"',
  '\xff',
  '<a>'.repeat(200),
  '['.repeat(200),
  '{"a":'.repeat(200),
  '&amp;'.repeat(500),
  'x'.repeat(5_000),
];

type Change = (body: Buffer) => Buffer;
const at = (body: Buffer, share: number): number => Math.floor(body.length * share);
const share = fc.double({ min: 0, max: 1, noNaN: true });

/** What happens to a body on a bad line, in a bad client or in bad hands. */
const change: fc.Arbitrary<Change> = fc.oneof(
  share.map(
    (end): Change =>
      (body) =>
        body.subarray(0, at(body, end)),
  ),
  fc.tuple(share, fc.nat(255)).map(([place_, byte]): Change => (body) => {
    const changed = Buffer.from(body);
    if (changed.length > 0) changed[Math.min(at(body, place_), body.length - 1)] = byte;
    return changed;
  }),
  fc.tuple(share, fc.constantFrom(...fragments)).map(([place_, fragment]): Change => (body) => {
    const middle = at(body, place_);
    return Buffer.concat([body.subarray(0, middle), Buffer.from(fragment), body.subarray(middle)]);
  }),
  fc.tuple(share, share).map(([from, to]): Change => (body) => {
    const [start, end] = [Math.min(from, to), Math.max(from, to)].map((part) => at(body, part));
    return Buffer.concat([body.subarray(0, end), body.subarray(start)]);
  }),
);
const changes = fc.oneof(
  { weight: 3, arbitrary: fc.constant<Change[]>([]) },
  { weight: 2, arbitrary: fc.array(change, { minLength: 1, maxLength: 3 }) },
);
const changed = (body: Buffer, all: readonly Change[]): Buffer =>
  all.reduce((before, next) => next(before), body);

const plain = (made: object): JsonObject => JSON.parse(JSON.stringify(made)) as JsonObject;

const json: fc.Arbitrary<GeneratedBody> = fc
  .tuple(instanceId, answers, changes)
  .map(([id, made, all]) => ({
    via: 'json',
    contentType: 'application/json',
    body: changed(Buffer.from(JSON.stringify({ instanceId: id, answers: plain(made) })), all),
  }));

const openRosa: fc.Arbitrary<GeneratedBody> = fc
  .record({
    id: instanceId,
    deprecatedId: fc.oneof({ weight: 6, arbitrary: fc.constant(undefined) }, instanceId),
    version: fc.constantFrom('1', '1', '2'),
    made: answers,
    inXml: changes,
    files: fc.uniqueArray(file, { maxLength: 3, selector: ({ name }) => name }),
    isIncomplete: fc.boolean(),
    inBody: fc.oneof({ weight: 3, arbitrary: fc.constant<Change[]>([]) }, changes),
    type: fc.oneof(
      { weight: 20, arbitrary: fc.constant('') },
      fc.constantFrom('; charset=utf-16', '0'),
    ),
  })
  .map(({ id, deprecatedId, version, made, inXml, files, isIncomplete, inBody, type }) => {
    const whole = instanceXml({
      formId: 'fuzz',
      version,
      instanceId: id,
      answers: plain(made),
      ...(deprecatedId === undefined ? {} : { deprecatedId }),
    });
    const xml = changed(Buffer.from(whole), inXml);
    const { body, headers } = multipart(xml, files, isIncomplete, 'generated');
    const contentType = `${headers['content-type'] ?? ''}${type}`;
    return { via: 'openrosa', contentType, body: changed(body, inBody) };
  });

/** How often a body is sent again, as one whose answer was lost. */
const again = 10;

/** Bodies of both interfaces, valid and mutilated, some of them twice; the same ones for the same seed. */
export function generatedBodies(count: number, seed: number): GeneratedBody[] {
  const bodies = fc.sample(fc.oneof(json, openRosa), { numRuns: count, seed });
  return bodies
    .flatMap((body, index) => (index % again === 0 ? [body, body] : [body]))
    .slice(0, count);
}
