import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Choice } from '../../../../../shared/form/model.ts';
import type { ColumnKind } from '../../../../../shared/form/types/question-types.ts';
import {
  choiceHierarchy,
  plainHierarchy,
  pointHierarchy,
  pointToken,
  versionHierarchy,
  versionToken,
  type Hierarchy,
} from '../../../../../shared/dataset/rows/hierarchy.ts';

const choice = (name: string, columns: Record<string, string> = {}): Choice => ({
  name,
  label: new Map(),
  media: new Map(),
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
const zones = choiceHierarchy(departements.byName, lists);

const texts = (hierarchy: Hierarchy, value: unknown): readonly string[] =>
  hierarchy.map(({ text }) => text(JSON.stringify(value)));

describe('what an answer is made coarser to', () => {
  it.each<[ColumnKind, unknown, readonly string[]]>([
    ['integer', 34, ['', '30–34', '30–39', '20–39', '0–39', '0–79']],
    ['integer', -3, ['', '-5–-1', '-10–-1', '-20–-1', '-40–-1', '-80–-1']],
    ['integer', 'many', ['', '', '', '', '', '']],
    ['decimal', 7.25, ['', '7–<8', '5–<10', '0–<10', '0–<20', '0–<40']],
    ['date', '2024-03-05', ['', '2024-03', '2024-01–2024-03', '2024', '2020–2024', '2020–2029']],
    [
      'dateTime',
      '2026-12-05T10:00:00.000Z',
      ['', '2026-12', '2026-10–2026-12', '2026', '2025–2029', '2020–2029'],
    ],
    ['date', 'soon', ['', '', '', '', '', '']],
    ['text', 'a name', ['', '']],
    ['codes', ['a', 'b'], ['', '']],
    ['boolean', true, ['', '']],
  ])('of %s, from %j', (kind, value, expected) => {
    expect(texts(plainHierarchy(kind), value).slice(0, 6)).toEqual(expected);
  });

  it('of a choice, is what its columns name: région, then country', () => {
    expect(texts(zones, 'SN0101')).toEqual(['', 'SN01', 'SN', '']);
    expect(texts(zones, 'SN0201')).toEqual(['', 'SN02', '', '']);
    expect(texts(zones, 'abroad')).toEqual(['', '', '', '']);
    expect(texts(zones, 'unheard of')).toEqual(['', '', '', '']);
    expect(zones.map(({ label }) => label.fr)).toEqual([
      'tel quel',
      'région',
      'pays',
      'non publié',
    ]);
  });

  it('of a choice with a column general, is that, and goes on from there', () => {
    const kinds = listOf(
      'kinds',
      choice('shelter', { general: 'house' }),
      choice('house', { general: 'place' }),
    );
    const hierarchy = choiceHierarchy(kinds.byName, new Map([['kinds', kinds]]));
    expect(texts(hierarchy, 'shelter')).toEqual(['', 'house', 'place', '']);
    const round = listOf('round', choice('a', { general: 'b' }), choice('b', { general: 'a' }));
    expect(choiceHierarchy(round.byName, new Map([['round', round]])).length).toBeLessThan(10);
  });
});

describe('every level', () => {
  const place = fc.constantFrom('', '14.7 -17.4 adm1', '14.6 -16.2 adm1');
  const tokens: readonly (readonly [string, Hierarchy, fc.Arbitrary<string>])[] = [
    ['integer', plainHierarchy('integer'), fc.integer().map(String)],
    [
      'decimal',
      plainHierarchy('decimal'),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
    ],
    [
      'date',
      plainHierarchy('date'),
      fc
        .date({ noInvalidDate: true, min: new Date('1000-01-01'), max: new Date('2999-12-31') })
        .map((date) => JSON.stringify(date.toISOString().slice(0, 10))),
    ],
    ['choice', zones, fc.constantFrom(...departements.choices.map(({ name }) => `"${name}"`))],
    [
      'version',
      versionHierarchy,
      fc
        .tuple(fc.constantFrom('1', '2', '3'), fc.constantFrom('x', 'y'))
        .map(([version, layout]) => versionToken(version, layout)),
    ],
    [
      'point',
      pointHierarchy('plain'),
      fc
        .tuple(fc.string(), place, place)
        .map(([exact, adm2, adm1]) => pointToken({ exact, adm2, adm1 }, 'plain')),
    ],
  ];

  it.each(tokens)('of %s is made of whole classes of the one below', (_, hierarchy, token) => {
    fc.assert(
      fc.property(token, (answer) => {
        for (const [low, { representative: below }] of hierarchy.entries()) {
          for (const { representative, text } of hierarchy.slice(low)) {
            const once = below(answer);
            // Nothing is left of an answer that is nothing at a level.
            const again = once === '' ? '' : representative(once);
            if (once !== '' || representative(answer) === '')
              expect(again).toBe(representative(answer));
            if (representative(answer) !== '')
              expect(text(representative(answer))).toBe(text(answer));
          }
        }
      }),
    );
  });
});
