import type { Place } from './expression-corpus.ts';

/**
 * Where another engine makes something else of an expression than we do: why, where the expressions
 * stand, and each expression with what the engine makes of it; without that, it fails there.
 */
export type Differences = readonly (readonly [
  reason: string,
  at: Place,
  rows: readonly (readonly [source: string, ...theirs: string[]])[],
])[];

/**
 * What Web Forms is not asked: it takes once() for a circle, since its value is asked for what it
 * was, and takes seconds of deep recursion to fail.
 */
export const notForWebForms = /^once\(/;

/** Web Forms 0.22. Beside these, it writes NaN as nothing. */
export const webFormsDifferences: Differences = [
  ['It has no minus of a minus, which XPath 1.0 has (§3.5).', 'root', [['--3'], ['---3']]],
  [
    'It compares numbers bit by bit; Collect takes two for one within 1e-12, and so do we.',
    'root',
    [
      ['0.1 + 0.2 = 0.3', '<false>'],
      ['0.1 * 3 = 0.3', '<false>'],
    ],
  ],
  [
    'It writes an exponent, which XPath 1.0 does not (§4.2).',
    'root',
    [['1 div 10000000', '<1e-7>']],
  ],
  [
    'It reads numbers as JavaScript does; XPath 1.0 has no plus sign, exponent or hexadecimal (§4.4), and a phone number is none.',
    'root',
    [
      ["'+3' + 1", '<4>'],
      ["'3e2' + 1", '<301>'],
      ["'0x10' + 1", '<17>'],
      ['number(${phone})', '<221770000000>'],
    ],
  ],
  [
    'It asks whether the question is there, as XPath does; Collect and we ask what was answered.',
    'root',
    [
      ['boolean(${empty})', '<true>'],
      ['boolean(${zero})', '<true>'],
      ['not(${unknown})', '<false>'],
      ['not(${zero})', '<false>'],
      ["if(${unknown}, 'some', 'none')", '<some>'],
      ["if(${zero}, 'some', 'none')", '<some>'],
      ['count(${household}[years])', '<3>'],
    ],
  ],
  [
    'Its and and or give back an operand instead of true or false (XPath 1.0, §3.4).',
    'root',
    [
      ['${empty} and ${name}', '<Awa Ndiaye>'],
      ['${empty} or ${name}', '<>'],
      ['${zero} or ${empty}', '<0>'],
    ],
  ],
  [
    'It knows true in lower case alone; Collect and we take capitals too.',
    'root',
    [["boolean-from-string('TRUE')", '<false>']],
  ],
  [
    'It does not take -1 for no minimum there, as the specification says of both checklists.',
    'root',
    [['weighted-checklist(-1, 5, true(), -3)', '<false>']],
  ],
  [
    'It rounds a half away from 0; XPath 1.0 rounds it up (§4.4).',
    'root',
    [
      ['round(-2.5)', '<-3>'],
      ['round(-0.5)', '<-1>'],
    ],
  ],
  [
    'It rounds the binary number; Collect and we round the decimals as written.',
    'root',
    [['round(1.005, 2)', '<1>']],
  ],
  [
    'An unanswered question makes its sum, least and greatest no number; Collect and we leave it out.',
    'root',
    [
      ['max(${age}, ${unknown})', '<>'],
      ['min(${unknown}, ${age})', '<>'],
      ['min(${years})', '<>'],
      ['max(${years})', '<>'],
      ['max(${years}, 99)', '<>'],
      ['sum(${years})', '<>'],
      ['sum(${day})', '<>'],
      ['sum(${who})', '<>'],
      ['sum(/data/missing)', '<>'],
      ['sum(${age} | ${years})'],
    ],
  ],
  [
    'An unanswered question makes its sum, least and greatest no number; Collect and we leave it out.',
    'household',
    [
      ['sum(${day})', '<3>', '<3>', '<>'],
      ['sum(../visit/day)', '<3>', '<3>', '<>'],
      ['sum(../../household/years)', '<>', '<>', '<>'],
      ['sum(${household}/years)', '<>', '<>', '<>'],
      ['sum(/data/household/years)', '<>', '<>', '<>'],
    ],
  ],
  [
    'An unanswered question makes its sum, least and greatest no number; Collect and we leave it out.',
    'visit',
    [
      ['sum(../../visit/day)', '<3>', '<3>', '<3>', '<>'],
      ['sum(${day})', '<1>', '<2>', '<3>', '<>'],
    ],
  ],
  [
    'A part of the text is enough for its regex(); Collect and we match the whole.',
    'root',
    [
      ["regex('abcd', 'abc')", '<true>'],
      ["regex('xabc', 'abc')", '<true>'],
      ["regex('abc', 'b')", '<true>'],
      ["regex('été', '\\w+')", '<true>'],
    ],
  ],
  [
    'Its date() keeps the time of day; the specification makes a date of it.',
    'root',
    [
      ['date(18262.9)', '<2020-01-01T21:36:00.000+00:00>'],
      ["date('2020-02-29T23:59:00.000+00:00')", '<2020-02-29T23:59:00.000+00:00>'],
      ['date(${seen})', '<2026-11-20T23:30:00.000+00:00>'],
      ['today() = date(now())', '<false>'],
    ],
  ],
  [
    'It writes an offset of 0 as +00:00 where we write Z, and leaves a date without time as it is.',
    'root',
    [
      ["date-time('2020-01-01T12:00:00.000+00:00')", '<2020-01-01T12:00:00.000+00:00>'],
      ["date-time('2020-01-01T12:00:00.000+02:00')", '<2020-01-01T10:00:00.000+00:00>'],
      ['date-time(18262.5)', '<2020-01-01T12:00:00.000+00:00>'],
      ["date-time('2020-01-01')", '<2020-01-01>'],
    ],
  ],
  [
    'It does not know %% as a percent sign.',
    'root',
    [["format-date('2020-03-04', '100%%')", '<100%%>']],
  ],
  [
    'It formats no number of days.',
    'root',
    [["format-date(date('2020-03-04') + 1, '%Y-%m-%d')", '<>']],
  ],
  [
    'It looks for one code; Collect and we look for the text between blanks.',
    'root',
    [["selected('a b', 'a b')", '<false>']],
  ],
  [
    'It cannot sort a union yet.',
    'root',
    [
      ["count(instance('cities')/root/item | instance('services')/root/item)"],
      ['count(${who} | ${years})'],
      ["join(' ', ${name} | ${age})"],
      ["join(' ', ${age} | ${name})"],
    ],
  ],
  [
    'It refuses to measure fewer than two points.',
    'root',
    [['distance(${empty})'], ['distance(${place})']],
  ],
  [
    'It reads an absolute path over all instances; Collect and we read it in the instance where the expression stands.',
    'household',
    [['/data/household/who', '<Ana>', '<Ana>', '<Ana>']],
  ],
  [
    'It has no instance 0; Collect and we take the first.',
    'household',
    [['indexed-repeat(${who}, ${household}, position(..) - 1)', '<>', '<Ana>', '<Bia>']],
  ],
];

/** JavaRosa 6, which ODK Collect runs. */
export const javaRosaDifferences: Differences = [
  [
    'It writes large and small numbers with an exponent, which XPath 1.0 does not (§4.2).',
    'root',
    [
      ['1000000 * 1000000', '<1.0E12>'],
      ['123456789 * 1000', '<1.23456789E11>'],
      ['1 div 1000000', '<1.0E-6>'],
      ['1 div 10000000', '<1.0E-7>'],
      ['9007199254740993', '<9.007199254740992E15>'],
      ['string(0.000001)', '<1.0E-6>'],
      ['string(100000000000000000000)', '<1.0E20>'],
      ['int(12345678901)', '<1.2345678901E10>'],
    ],
  ],
  [
    'It reads a comma as a decimal point; XPath 1.0 does not (§4.4).',
    'root',
    [["'1,5' + 1", '<2.5>']],
  ],
  [
    'It makes no number of a date in a text; the specification does.',
    'root',
    [["number('2020-01-01')", '<NaN>']],
  ],
  [
    'It cannot follow * to nodes of different names.',
    'root',
    [['/data/contact/*/deep'], ['count(/data/contact/*)']],
  ],
  [
    'It does not take -1 for no bound there, as the specification says of both checklists.',
    'root',
    [
      ['weighted-checklist(-1, 5, true(), -3)', '<false>'],
      ['weighted-checklist(5, -1, ${age} > 3, 5, ${age} > 99, 9)', '<false>'],
    ],
  ],
  [
    'It rounds towards 0 there; XPath rounds to the nearest.',
    'root',
    [
      ['round(-36.33, -1)', '<-30>'],
      ['round(distance(${place}, ${where}), 0)'],
      ["round(area('14 -17;14 -16.99;14.01 -16.99;14.01 -17;14 -17'), 0)"],
    ],
  ],
  [
    'It takes several nodes only as the one argument; the specification as any.',
    'root',
    [['max(${years}, 99)'], ["concat(${who}, '!')"], ["join('-', ${who}, 'z')"]],
  ],
  [
    'It orders texts as numbers, which a date in quotes is not for it; the specification makes numbers of dates. Authors write date(…).',
    'root',
    [
      ["date('2020-01-01') > '2019-12-31'", '<false>'],
      ["'2020-01-01' < '2020-01-02'", '<false>'],
      ["${dob} < '2000-01-01'", '<false>'],
      ["${seen} > '2026-11-20'", '<false>'],
      ["${seen} < '2026-11-21'", '<false>'],
    ],
  ],
  [
    'It orders moments by their day; the specification by the time too.',
    'root',
    [
      ['now() > today()', '<false>'],
      ["${seen} > date('2026-11-20')", '<false>'],
    ],
  ],
  [
    'A moment as a text is its day alone there; the specification has its time too.',
    'root',
    [
      ["date-time('2020-01-01T12:00:00.000+00:00')", '<2020-01-01>'],
      ["date-time('2020-01-01T12:00:00.000+02:00')", '<2020-01-01>'],
      ['date-time(18262.5)', '<2020-01-01>'],
      ["date-time('2020-01-01')", '<2020-01-01>'],
    ],
  ],
  [
    'It ends the form over a text that is no date, and takes a time only from a question of that type.',
    'root',
    [
      ["decimal-date-time('x')"],
      ["decimal-time('12:00:00.000+00:00')"],
      ["decimal-time('06:00')"],
      ["decimal-time('18:00:00.000')"],
      ["decimal-time('x')"],
    ],
  ],
  [
    'It has no unions.',
    'root',
    [
      ["count(instance('cities')/root/item | instance('services')/root/item)"],
      ['count(${who} | ${years})'],
      ['count(${name} | ${name})'],
      ["join(' ', ${name} | ${age})"],
      ["join(' ', ${age} | ${name})"],
      ['sum(${age} | ${years})'],
    ],
  ],
  [
    'It compares no node-set of several nodes; XPath 1.0 compares any of them (§3.4).',
    'root',
    [
      ["${who} = 'Bia'"],
      ["${who} = 'Zoe'"],
      ["${who} != 'Bia'"],
      ['${years} > 39'],
      ['${years} < 7'],
      ['${years} = 7'],
      ['${day} = ${years}'],
      ['count(/data/household[visit/day = 3])'],
    ],
  ],
  ['Its predicates take comparisons alone.', 'root', [['count(${household}[years])', '<0>']]],
  [
    'Collect itself adds pulldata() to JavaRosa.',
    'root',
    [
      ["pulldata('cities', 'label', 'name', 'ths')"],
      ["pulldata('cities', 'people', 'name', ${city})"],
      ["pulldata('cities', 'label', 'name', 'none')"],
      ["pulldata('cities', 'name', 'region', 'DK')"],
    ],
  ],
  [
    'It counts an absolute path to a repeat from within as the one instance; Web Forms and we count all.',
    'household',
    [['count(/data/household)', '<1>', '<1>', '<1>']],
  ],
];

/**
 * What differs only where the XForm is written as other converters write it: references to a repeat
 * from within as absolute paths, numbers in predicates as they are. The product writes both in a way
 * that every engine understands as we do.
 */
export const webFormsByHand: Differences = [
  [
    'It refuses the position of several nodes.',
    'household',
    [['position(${household})'], ['${household}[position() = position(${household}) - 1]/who']],
  ],
  [
    'It refuses the position of several nodes.',
    'visit',
    [['position(${household})'], ['position(${visit})']],
  ],
];

export const javaRosaByHand: Differences = [
  [
    'A number in a predicate selects nothing there; in XPath it is a position.',
    'root',
    [
      ["instance('cities')/root/item[2]/name", '<>'],
      ["instance('cities')/root/item[region = 'TH'][2]/label", '<>'],
      ["instance('cities')/root/item[selected('ths mbr', name)][1]/name", '<>'],
      ['/data/household[2]/who', '<>'],
      ['/data/household[1]/visit[2]/note', '<>'],
      ["join(',', /data/household[1]/visit/note)", '<>'],
    ],
  ],
  [
    'A number in a predicate selects nothing there; in XPath it is a position.',
    'visit',
    [['../../visit[1]/note', '<>', '<>', '<>', '<>']],
  ],
  [
    'It reads an absolute path to a repeat from within as the one instance around.',
    'household',
    [
      ["concat(position(..), '/', count(${household}))", '<1/1>', '<2/1>', '<3/1>'],
      ["join(' ', ${household}/who)", '<Ana>', '<Bia>', '<Caio>'],
      ['sum(${household}/years)', '<40>', '<7>', '<0>'],
      ['${household}[position() = position(${household}) - 1]/who', '<>', '<>', '<>'],
    ],
  ],
  [
    'It reads an absolute path to a repeat from within as the one instance around.',
    'visit',
    [
      ['count(${household})', '<1>', '<1>', '<1>', '<1>'],
      ['count(${household}/visit)', '<1>', '<1>', '<1>', '<1>'],
    ],
  ],
  [
    'A relative path to a repeat is all of its instances, of which it takes the first.',
    'visit',
    [['position(${visit})', '<1>', '<1>', '<1>', '<1>']],
  ],
];
