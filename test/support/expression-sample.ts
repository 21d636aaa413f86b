import type { EvaluationContext } from '../../shared/form/expression/evaluation-context.ts';
import { parseExpression } from '../../shared/form/expression/parse-expression.ts';
import { contextAt, instanceFromJson } from './instance-from-json.ts';
import './engines.ts';

/** One record that every table of expressions is asked about. */
const record = {
  name: 'Awa Ndiaye',
  age: 34,
  income: 1500.5,
  zero: 0,
  negative: -7,
  empty: null,
  blank: '',
  yes: 'yes',
  word: 'true',
  spaced: '  deux   mots ',
  services: ['water', 'legal', 'shelter'],
  one_service: 'water',
  none: [''],
  dob: '1992-02-29',
  seen: '2026-11-20T23:30:00.000Z',
  at: '18:00:00.000Z',
  place: '14.6937 -17.4441 10 5',
  trace: '14 -17 0 0; 14 -16 0 0; 15 -16 0 0',
  shape: '0 0 0 0; 0 0.01 0 0; 0.01 0.01 0 0; 0.01 0 0 0; 0 0 0 0',
  toString: 'a question',
  'a-b': 9,
  'a.b': 8,
  é1: 'accent',
  contact: { email: 'contact@example.org', inner: { deep: 'bottom' } },
  other: { inner: { low: 'floor' } },
  household: [
    {
      nom: 'Ana',
      ans: 40,
      where: '14 -17',
      double: null,
      visit: [
        { day: 1, note: 'a' },
        { day: 2, note: 'b' },
      ],
    },
    { nom: 'Bia', ans: 7, where: '14 -16', double: null, visit: [{ day: 3, note: 'c' }] },
    { nom: 'Caio', ans: null, where: '15 -16', double: null, visit: [] },
  ],
  nobody: [],
};

const cities = [
  { name: 'dkr', label: 'Dakar', region: 'DK', people: '1438725' },
  { name: 'ths', label: 'Thiès', region: 'TH', people: '391253' },
  { name: 'mbr', label: 'Mbour', region: 'TH', people: '282870' },
].map((row) => new Map(Object.entries(row)));

const lists = new Map([['cities', cities]]);

/** The sample record as seen from the node at `path`. */
export function sampleContext(path = '', more: Partial<EvaluationContext> = {}): EvaluationContext {
  return contextAt(instanceFromJson(record), path, { itemset: (name) => lists.get(name), ...more });
}

/** What an expression makes of the sample record, a node-set as the texts of its nodes. */
export function evaluateSample(
  source: string,
  path = '',
  more: Partial<EvaluationContext> = {},
): string | number | boolean | readonly string[] {
  const value = parseExpression(source).evaluate(sampleContext(path, more));
  return typeof value === 'object' ? value.map((node) => node.text()) : value;
}

/** Expression, what it makes, and where it stands (the root unless said). */
export type SampleRow = readonly [
  source: string,
  expected: string | number | boolean | readonly string[],
  path?: string,
];

/** Rows as cases of a test, the root being where those stand that do not say. */
export function sampleCases(
  rows: readonly SampleRow[],
): { source: string; expected: SampleRow[1]; path: string }[] {
  return rows.map(([source, expected, path = '']) => ({ source, expected, path }));
}
