import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Choice } from '../../../../../shared/form/model.ts';
import type { ColumnKind } from '../../../../../shared/dataset/column-kinds.ts';
import { choiceLadder } from '../../../../../shared/dataset/disclosure/choice-ladder.ts';
import { plainLadder } from '../../../../../shared/dataset/disclosure/plain-ladder.ts';
import { pointLadder, pointToken } from '../../../../../shared/dataset/disclosure/points.ts';
import type { Ladder } from '../../../../../shared/dataset/disclosure/rung.ts';

const choice = (name: string, columns: Record<string, string> = {}): Choice => ({
  ...{ name, label: new Map(), media: new Map() },
  columns: new Map(Object.entries(columns)),
});
const listOf = (name: string, ...choices: Choice[]) => {
  const byName = new Map(choices.map((one) => [one.name, one]));
  const [file, valueColumn, labelColumn] = [undefined, 'name', 'label'];
  return { name, file, valueColumn, labelColumn, choices, byName };
};
const regions = listOf('regions', choice('SN01', { country: 'SN' }), choice('SN02'));
const departements = listOf(
  'departements',
  choice('SN0101', { regions: 'SN01' }),
  choice('SN0102', { regions: 'SN01' }),
  choice('SN0201', { regions: 'SN02' }),
  choice('abroad'),
);
const lists = new Map([regions, departements].map((list) => [list.name, list]));
const zones = choiceLadder(departements.byName, lists);

const texts = (ladder: Ladder, value: unknown): readonly string[] =>
  ladder.map(({ text }) => text(JSON.stringify(value)));

describe('what an answer is made coarser to', () => {
  it.each<[ColumnKind, unknown, readonly string[]]>([
    ['integer', 34, ['', '30–34', '30–39', '20–39', '0–99', '0–199']],
    ['integer', -3, ['', '-5–-1', '-10–-1', '-20–-1', '-100–-1', '-200–-1']],
    ['integer', 'many', ['', '', '', '', '', '']],
    ['decimal', 7.25, ['', '7–<8', '5–<10', '0–<10', '0–<20', '0–<100']],
    ['date', '2024-03-05', ['', '2024-03', '2024', '2020–2029']],
    ['dateTime', '2024-03-05T10:00:00.000Z', ['', '2024-03', '2024', '2020–2029']],
    ['date', 'soon', ['', '', '', '']],
    ['text', 'a name', ['', '']],
    ['codes', ['a', 'b'], ['', '']],
    ['boolean', true, ['']],
  ])('of %s, from %j', (kind, value, expected) => {
    expect(texts(plainLadder(kind), value).slice(0, 6)).toEqual(expected);
  });

  it('of a choice, is what its columns name: région, then country', () => {
    expect(texts(zones, 'SN0101')).toEqual(['', 'SN01', 'SN']);
    expect(texts(zones, 'SN0201')).toEqual(['', 'SN02', '']);
    expect(texts(zones, 'abroad')).toEqual(['', '', '']);
    expect(texts(zones, 'unheard of')).toEqual(['', '', '']);
    expect(zones.map(({ done }) => done.fr)).toEqual(['tel quel', 'région', 'pays']);
  });

  it('of a choice with a column general, is that, and goes on from there', () => {
    const kinds = listOf(
      'kinds',
      choice('shelter', { general: 'house' }),
      choice('house', { general: 'place' }),
    );
    const ladder = choiceLadder(kinds.byName, new Map([['kinds', kinds]]));
    expect(texts(ladder, 'shelter')).toEqual(['', 'house', 'place']);
    const round = listOf('round', choice('a', { general: 'b' }), choice('b', { general: 'a' }));
    expect(choiceLadder(round.byName, new Map([['round', round]])).length).toBeLessThan(10);
  });
});

describe('every rung', () => {
  const place = fc.constantFrom('', '14.7 -17.4 adm1', '14.6 -16.2 adm1');
  const tokens: readonly (readonly [string, Ladder, fc.Arbitrary<string>])[] = [
    ['integer', plainLadder('integer'), fc.integer().map(String)],
    [
      'decimal',
      plainLadder('decimal'),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
    ],
    [
      'date',
      plainLadder('date'),
      fc
        .date({ noInvalidDate: true, min: new Date('1000-01-01'), max: new Date('2999-12-31') })
        .map((date) => JSON.stringify(date.toISOString().slice(0, 10))),
    ],
    ['choice', zones, fc.constantFrom(...departements.choices.map(({ name }) => `"${name}"`))],
    [
      'point',
      pointLadder('plain'),
      fc
        .tuple(fc.string(), place, place)
        .map(([exact, adm2, adm1]) => pointToken({ exact, adm2, adm1 }, 'plain')),
    ],
  ];

  it.each(tokens)('of %s is made of whole classes of the one below', (_, ladder, token) => {
    fc.assert(
      fc.property(token, (answer) => {
        for (const [low, { representative: below }] of ladder.entries()) {
          for (const { representative, text } of ladder.slice(low)) {
            expect(representative(below(answer))).toBe(representative(answer));
            expect(text(representative(answer))).toBe(text(answer));
          }
        }
      }),
    );
  });
});
