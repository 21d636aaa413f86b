import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Row } from '../../../../../shared/form/definition.ts';
import { answersOf } from '../../../../../shared/form/xform/instance-answers.ts';
import { readInstance } from '../../../../../shared/form/xform/read-instance.ts';
import type { JsonObject, JsonValue } from '../../../../../shared/json.ts';
import { modelOf, validated } from '../../../../support/form-source.ts';
import { elementsOf, escapeXml, instanceXml } from '../../../../support/instance-xml.ts';

const instanceId = 'uuid:6c1b2a4e-0b7e-4b3e-9d5a-1f2e3d4c5b6a';
const choices = ['food', 'care', 'law'].map((name) => ({ list_name: 'services', name }));

const survey: Row[] = [
  { type: 'start', name: 'start' },
  { type: 'audit' },
  { type: 'text', name: 'title' },
  { type: 'text', name: 'toString' },
  { type: 'integer', name: 'people' },
  { type: 'decimal', name: 'budget' },
  { type: 'date', name: 'day' },
  { type: 'time', name: 'hour' },
  { type: 'dateTime', name: 'moment' },
  { type: 'select_one services or_other', name: 'main' },
  { type: 'select_multiple services', name: 'services' },
  { type: 'rank services', name: 'order' },
  { type: 'geopoint', name: 'place' },
  { type: 'geotrace', name: 'way' },
  { type: 'geoshape', name: 'area' },
  { type: 'acknowledge', name: 'agreed' },
  { type: 'image', name: 'photo' },
  { type: 'note', name: 'thanks' },
  { type: 'hidden', name: 'batch' },
  { type: 'calculate', name: 'double', calculation: '${people} * 2' },
  { type: 'calculate', name: 'key', calculation: "once(concat('k', ${people}))" },
  { type: 'calculate', name: 'later', calculation: 'now()', trigger: '${title}' },
  { type: 'begin_group', name: 'contact' },
  { type: 'text', name: 'phone' },
  { type: 'begin_repeat', name: 'sites', repeat_count: '${people} + 1' },
  { type: 'text', name: 'name' },
  { type: 'begin_repeat', name: 'days' },
  { type: 'date', name: 'on' },
  { type: 'end_repeat' },
  { type: 'end_repeat' },
  { type: 'end_group' },
];
const model = modelOf({ survey, choices });

const read = (content: string, meta = '') => {
  const xml = instanceXml({ formId: 'test-form', instanceId, answers: {}, meta });
  const filled = xml.replace('<orx:meta>', () => `${content}<orx:meta>`);
  const { answers, issues } = answersOf(model, readInstance(new TextEncoder().encode(filled)));
  return { answers, told: issues.map(({ code, pointer }) => `${code} ${pointer}`) };
};

it('takes a default picture that was left as it is for no answer, and no path for a file', () => {
  expect(read('<photo>jr://images/map.png</photo>')).toEqual({ answers: {}, told: [] });
  expect(read('<photo>jr://images/../map.png</photo>').told).toEqual(['wrong-type /photo']);
});

interface Case {
  readonly what: string;
  readonly xml: string;
  readonly answers: JsonObject;
}

describe('an element becomes the answer that a JSON caller would send', () => {
  const point = { lat: 14.7, lon: -17.45, altitude: 12, accuracy: 4.5 };
  const cases: Case[] = [
    { what: 'nothing', xml: '<title/><people></people><contact/>', answers: {} },
    { what: 'a text', xml: '<title>Santé &amp; abri</title>', answers: { title: 'Santé & abri' } },
    { what: 'a text of digits', xml: '<title>0123</title>', answers: { title: '0123' } },
    {
      what: 'a phone number',
      xml: '<contact><phone>+221770000000</phone></contact>',
      answers: { contact: { phone: '+221770000000' } },
    },
    { what: 'whitespace of a text', xml: '<title> a\n b </title>', answers: { title: ' a\n b ' } },
    {
      what: 'a question named as a member of objects',
      xml: '<toString>x</toString>',
      answers: { toString: 'x' },
    },
    { what: 'an integer', xml: '<people> 0012 </people>', answers: { people: 12 } },
    { what: 'a decimal', xml: '<budget>-3.50</budget>', answers: { budget: -3.5 } },
    {
      what: 'a decimal as Java writes it',
      xml: '<budget>1.0E7</budget>',
      answers: { budget: 10_000_000 },
    },
    { what: 'a date', xml: '<day>2026-11-21</day>', answers: { day: '2026-11-21' } },
    {
      what: 'a time with an offset',
      xml: '<hour>10:00:00.000+01:00</hour>',
      answers: { hour: '10:00:00.000+01:00' },
    },
    {
      what: 'a moment with an offset',
      xml: '<start>2026-11-21T10:00:00.000+01:00</start>',
      answers: { start: '2026-11-21T10:00:00.000+01:00' },
    },
    {
      what: 'a moment with an offset in hours, as older clients write it',
      xml: '<moment>2026-11-21T10:00:00.000-03</moment><hour>10:00:00.000+03</hour>',
      answers: { moment: '2026-11-21T10:00:00.000-03:00', hour: '10:00:00.000+03:00' },
    },
    { what: 'a choice', xml: '<main>food</main>', answers: { main: 'food' } },
    {
      what: 'another choice than those offered',
      xml: '<main>other</main><main_other>Soins</main_other>',
      answers: { main: 'other', main_other: 'Soins' },
    },
    {
      what: 'several choices and their order',
      xml: '<services>food  law\n</services><order>law care food</order>',
      answers: { services: ['food', 'law'], order: ['law', 'care', 'food'] },
    },
    { what: 'a place', xml: '<place>14.7 -17.45 12.0 4.5</place>', answers: { place: point } },
    {
      what: 'a place near the meridian, as Java writes it',
      xml: '<place>5.6 -5.6E-4 0.0 0.0</place>',
      answers: { place: { lat: 5.6, lon: -0.00056, altitude: 0, accuracy: 0 } },
    },
    {
      what: 'a line and an area',
      xml: '<way>14.7 -17.45 12 4.5; 14.7 -17.45 12 4.5;</way><area>1 1;1 2;2 2;1 1</area>',
      answers: {
        way: [point, point],
        area: [
          { lat: 1, lon: 1 },
          { lat: 1, lon: 2 },
          { lat: 2, lon: 2 },
          { lat: 1, lon: 1 },
        ],
      },
    },
    { what: 'an acknowledgement', xml: '<agreed>OK</agreed>', answers: { agreed: 'OK' } },
    { what: 'a file', xml: '<photo>été 1.jpg</photo>', answers: { photo: { file: 'été 1.jpg' } } },
    { what: 'a hidden value', xml: '<batch>007</batch>', answers: { batch: '007' } },
    {
      what: 'groups and repeats, empty ones too',
      xml:
        '<contact><sites><name>A</name><days><on>2026-11-21</on></days><days/></sites>' +
        '<phone/><sites/></contact>',
      answers: { contact: { sites: [{ name: 'A', days: [{ on: '2026-11-21' }, {}] }, {}] } },
    },
    {
      what: 'a repeat without its template',
      xml: '<contact><sites jr:template=""><name>x</name></sites></contact>',
      answers: {},
    },
    {
      what: 'a calculation only where the server cannot do it again without it',
      xml: '<double>24</double><key>k12</key><later>2026</later>',
      answers: { key: 'k12', later: '2026' },
    },
    {
      what: 'nothing of a note or of a node that the XForm adds',
      xml: '<thanks>Merci</thanks><contact><sites_count>3</sites_count></contact>',
      answers: {},
    },
  ];

  it.each(cases)('$what', ({ xml, answers }) => {
    expect(read(xml)).toEqual({ answers, told: [] });
  });

  it('in any namespace', () => {
    expect(read('<x:title xmlns:x="urn:x">a</x:title>').answers).toEqual({ title: 'a' });
  });

  it('and the log in meta is the answer of the question that keeps it', () => {
    expect(read('', '<orx:audit>audit.csv</orx:audit>')).toEqual({
      answers: { audit: { file: 'audit.csv' } },
      told: [],
    });
  });

  it('and other facts in meta are no answers', () => {
    const meta = '<orx:instanceName>Visite</orx:instanceName><orx:userID>x</orx:userID>';
    expect(read('', meta)).toEqual({ answers: {}, told: [] });
  });

  it('so that a calculation keeps its type, whatever the phone wrote', () => {
    const { answers } = read('<people>6</people><double>12</double>');
    expect(validated(model, answers).answers).toMatchObject({ people: 6, double: 12 });
  });
});

describe('what cannot be an answer is left out and told', () => {
  it.each([
    [
      'a question that is not asked',
      '<a/><b>1</b><c><d>2</d></c>',
      ['unknown-question /b', 'unknown-question /c'],
    ],
    [
      'one in a repeat',
      '<contact><sites/><sites><x>1</x></sites></contact>',
      ['unknown-question /contact/sites/1/x'],
    ],
    [
      'answers that are not of the shape asked for',
      '<people>3.5</people><budget>1e400</budget><day>2026-02-30</day><hour>25:00</hour>' +
        '<moment>2026-11-21</moment><place>91 0</place><way>1 1</way><area>1 1;2 2;3 3;4 4</area>' +
        '<agreed>yes</agreed><photo>../x.jpg</photo>',
      ['people', 'budget', 'day', 'hour', 'moment', 'place', 'way', 'area', 'agreed', 'photo'].map(
        (name) => `wrong-type /${name}`,
      ),
    ],
    ['a text where there are questions', '<contact>Awa</contact>', ['wrong-type /contact']],
    ['a text beside the questions', 'Awa', ['wrong-type ']],
    ['elements where a text is asked for', '<title><b>x</b></title>', ['wrong-type /title']],
    ['a number that is not exact', '<people>9007199254740993</people>', ['wrong-type /people']],
  ])('%s', (_, xml, told) => {
    expect(read(xml).told).toEqual(told);
  });

  it('and of two answers to one question the first is kept', () => {
    expect(
      read('<title>a</title><title>b</title><contact><phone>1</phone></contact><contact/>'),
    ).toEqual({
      answers: { title: 'a', contact: { phone: '1' } },
      told: ['duplicate-answer /title', 'duplicate-answer /contact'],
    });
  });

  it('but no more than a reader can bear', () => {
    const xml = Array.from({ length: 2_000 }, (_, index) => `<q${index}>x</q${index}>`).join('');
    expect(read(xml).told.length).toBeLessThan(600);
  });
});

describe('any answers', () => {
  const text = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
    .filter((made) => !/[\p{Cc}\ufffe\uffff]/u.test(made));
  const codes = fc.subarray(['food', 'care', 'law'], { minLength: 1 });
  const place = fc.record({
    lat: fc.integer({ min: -900_000, max: 900_000 }).map((value) => value / 10_000 + 0),
    lon: fc.integer({ min: -1_800_000, max: 1_800_000 }).map((value) => value / 10_000 + 0),
    altitude: fc.nat(5_000),
    accuracy: fc.nat(100),
  });
  const sites = fc.array(
    fc.record(
      {
        name: text,
        days: fc.array(fc.record({ on: fc.constant('2026-11-21') }), {
          minLength: 1,
          maxLength: 3,
        }),
      },
      { requiredKeys: [] },
    ),
    { minLength: 1, maxLength: 4 },
  );
  const answers = fc.record(
    {
      title: text,
      toString: text,
      people: fc.integer(),
      budget: fc.integer().map((value) => value / 100 + 0),
      main: fc.constantFrom('food', 'other'),
      services: codes,
      order: codes,
      place,
      way: fc.array(place, { minLength: 2, maxLength: 5 }),
      photo: fc.record({ file: fc.constantFrom('a.jpg', 'été.png') }),
      contact: fc.record({ phone: text, sites }),
    },
    { requiredKeys: [] },
  );

  it('come out of their XML as they went in', () => {
    fc.assert(
      fc.property(answers, (sent) => {
        const plain = JSON.parse(JSON.stringify(sent)) as JsonObject;
        expect(read(elementsOf(plain))).toEqual({ answers: plain, told: [] });
      }),
      { numRuns: 500 },
    );
  });

  it('may be mixed up in any way without an error', () => {
    const names = [
      ...survey.flatMap(({ name }) => (typeof name === 'string' ? [name] : [])),
      'meta',
      'x',
    ];
    const tree: fc.Arbitrary<string> = fc.letrec<{ node: string; content: string }>((tie) => ({
      node: fc
        .tuple(fc.constantFrom(...names), tie('content'))
        .map(([name, content]) => `<${name}>${content}</${name}>`),
      content: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        text.map(escapeXml),
        fc.array(tie('node'), { maxLength: 6 }).map((all) => all.join('')),
      ),
    })).content;
    fc.assert(
      fc.property(tree, (xml) => {
        const { answers: made, told } = read(xml);
        expect(typeof made).toBe('object');
        expect(Array.isArray(told)).toBe(true);
        const checked: { answers: JsonValue } = validated(model, made);
        expect(typeof checked.answers).toBe('object');
      }),
      { numRuns: 500 },
    );
  });
});
