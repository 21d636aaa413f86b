import { describe, expect, it } from 'vitest';
import {
  evaluateSample,
  sampleCases,
  type SampleRow,
} from '../../../../support/expression-sample.ts';

const nan = Number.NaN;

const atGreenwich: readonly SampleRow[] = [
  ["number('1970-01-01')", 0],
  ["number('1969-12-31')", -1],
  ["number('1970-01-01T12:00:00Z')", 0.5],
  ["number('1970-01-01T12:00:00.000+02:00')", 10 / 24],
  ["number('1970-01-01T06:00')", 0.25],
  ["number('2023-02-29')", nan],
  ["number('2024-02-29')", 19782],
  ["number('2024-13-01')", nan],
  ["number('2024-00-10')", nan],
  ["number('2024-1-1')", nan],
  ["number('0001-01-01')", -719162],
  ["number('2020-01-01T25:00')", nan],
  ["number('2020-01-01T24:00')", 18263],
  ["number('2020-01-01T24:01')", nan],
  ["number('2020-01-01Tnoon')", nan],
  ["number('10:00:00')", nan],
  ['today() - ${dob}', 12684],
  ['int((today() - ${dob}) div 365.25)', 34],
  ["date('2020-01-01') + 7", 18269],
  ["date(date('2020-01-01') + 7)", '2020-01-08'],
  ["date(date('2020-02-28') + 1.9)", '2020-02-29'],
  ["'2020-01-02' > '2020-01-01'", true],
  ["'2020-01-02' < '2020-01-01'", false],
  ["'2020-01-01' <= date('2020-01-01')", true],
  ["'2020-01-01' = date('2020-01-01')", true],
  ["'2020-01-01' = date('2020-01-01') + 0", true],
  ['${dob} < today()', true],
  ['. <= today()', true, 'dob'],
  ['. >= today()', false, 'dob'],
  ['${dob} = "1992-02-29"', true],
  ['${dob} = 8094', true],
  ['${empty} < today()', false],
  ['${seen} < now()', true],
  ['${seen} > today() - 1', true],
  ['${seen} < today()', true],
  ['round((now() - ${seen}) * 24 * 60, 0)', 651],
  ['today()', '2026-11-21'],
  ['now()', '2026-11-21T10:20:30.400Z'],
  ["now() = '2026-11-21T10:20:30.400Z'", true],
  ["date('2020-01-31T23:59:59Z')", '2020-01-31'],
  ['date(18262)', '2020-01-01'],
  ["date('18262.9')", '2020-01-01'],
  ['date(-0.5)', '1969-12-31'],
  ["date('')", ''],
  ["date('yesterday')", ''],
  ["date('2023-02-29')", ''],
  ['date(1 div 0)', ''],
  ['date(pow(10, 12))', ''],
  ['date(-719163)', '0000-12-31'],
  ['date(-800000)', ''],
  ['date(${dob})', '1992-02-29'],
  ['date-time(18262.5)', '2020-01-01T12:00:00.000Z'],
  ["date-time('2020-01-01')", '2020-01-01T00:00:00.000Z'],
  ["date-time('2020-01-01T10:00:00+01:00')", '2020-01-01T09:00:00.000Z'],
  ["date-time('')", ''],
  ["decimal-date-time('1970-01-01T12:00:00Z')", 0.5],
  ["decimal-date-time('1970-01-02')", 1],
  ['decimal-date-time(3.5)', 3.5],
  ["decimal-date-time('')", nan],
  ['decimal-time(${at})', 0.75],
  ["decimal-time('12:00:00.000+03:00')", 0.375],
  ["decimal-time('01:00:00-23:00')", 0],
  ["decimal-time('2020-01-01T18:00:00Z')", 0.75],
  ['decimal-time(2.25)', 0.25],
  ["decimal-time('')", nan],
  ["decimal-time('25:00')", nan],
  ["format-date('2020-01-05', '%Y %y %m %n %d %e')", '2020 20 01 1 05 5'],
  ["format-date('2020-08-05', '%a %e %b %Y')", 'mer. 5 août 2020'],
  ["format-date-time('2020-01-05T08:05:09.007Z', '%H %h %M %S %3')", '08 8 05 09 007'],
  ["format-date('2020-01-05', '100%% %x %')", '100% %x %'],
  ["format-date('', '%Y')", ''],
  ["format-date('never', '%Y')", ''],
  ['format-date(18262, "%Y-%m-%d")', '2020-01-01'],
  ['format-date(${dob}, "%d/%m/%Y")', '29/02/1992'],
  ['format-date(today(), "%m")', '11'],
  ['format-date-time(now(), "%H:%M")', '10:20'],
  ['format-date(pow(10, 12), "%Y")', ''],
];

const twoHoursEast: readonly SampleRow[] = [
  ['now()', '2026-11-21T12:20:30.400+02:00'],
  ["number('2020-01-01')", 18262],
  ["number('2020-01-01T00:00:00+02:00')", 18262],
  ["number('2020-01-01T00:00:00')", 18262],
  ["'2020-01-01T00:00:00+02:00' >= '2020-01-01'", true],
  ["date('2019-12-31T23:00:00Z')", '2020-01-01'],
  ['date(18262)', '2020-01-01'],
  ["decimal-date-time('1970-01-01T02:00:00+02:00')", 0],
  ["decimal-date-time('1970-01-01T00:00:00Z')", 0],
  ["date-time(decimal-date-time('2020-01-01T10:00:00Z'))", '2020-01-01T12:00:00.000+02:00'],
  ["decimal-time('10:00:00Z')", 0.5],
  ["decimal-time('12:00:00')", 0.5],
  ["format-date-time('2020-01-01T10:00:00Z', '%H:%M')", '12:00'],
];

describe('At the offset of Senegal and Mali', () => {
  it.each(sampleCases(atGreenwich))(
    '$source at $path is $expected',
    ({ source, expected, path }) => {
      expect(evaluateSample(source, path)).toEqual(expected);
    },
  );
});

describe('Two hours east', () => {
  it.each(sampleCases(twoHoursEast))('$source at $path is $expected', ({ source, expected }) => {
    expect(evaluateSample(source, '', { utcOffsetMinutes: 120 })).toEqual(expected);
  });
});

describe('The day of today()', () => {
  it.each([
    ['2026-11-21T23:30:00.000Z', 60, '2026-11-22', '2026-11-22T00:30:00.000+01:00'],
    ['2026-11-21T00:30:00.000Z', -210, '2026-11-20', '2026-11-20T21:00:00.000-03:30'],
    ['1969-12-31T12:00:00.000Z', 0, '1969-12-31', '1969-12-31T12:00:00.000Z'],
  ])('is the local one: %s at %i minutes', (instant, utcOffsetMinutes, today, now) => {
    const world = { now: new Date(instant), utcOffsetMinutes };
    expect(evaluateSample('today()', '', world)).toBe(today);
    expect(evaluateSample('now()', '', world)).toBe(now);
  });
});

describe('format-date()', () => {
  it('names months and days in English where the form does', () => {
    const source = "format-date('2020-08-05', '%a %e %b')";
    expect(evaluateSample(source, '', { language: 'en' })).toBe('Wed 5 Aug');
    expect(evaluateSample(source, '', { language: 'wo' })).toBe('mer. 5 août');
  });
});
