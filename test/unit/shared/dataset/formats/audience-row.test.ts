import { describe, expect, expectTypeOf, it } from 'vitest';
import type { AudienceRow } from '../../../../../shared/dataset/rows/audience-row.ts';
import { ndjson } from '../../../../../shared/dataset/formats/ndjson.ts';
import type { JsonObject } from '../../../../../shared/json.ts';
import { audiences, type Audience } from '../../../../../shared/form/model.ts';
import { shownRecords, writtenBy } from '../../../../support/written-rows.ts';

const hidden = 'canary';
const form = {
  survey: [
    { type: 'integer', name: 'open', label: 'O', visibility: 'public' },
    { type: 'geopoint', name: 'place', label: 'P', visibility: 'coordinator' },
    { type: 'text', name: 'name', label: 'N', visibility: 'coordinator' },
    { type: 'begin_repeat', name: 'r', label: 'R' },
    { type: 'integer', name: 'seen', label: 'S', visibility: 'public' },
    { type: 'text', name: 'unseen', label: 'U', visibility: 'coordinator' },
    { type: 'end_repeat' },
    { type: 'begin_repeat', name: 'secrets', label: 'S' },
    { type: 'text', name: 'secret', label: 'S', visibility: 'coordinator' },
    { type: 'end_repeat' },
  ],
  choices: [],
};
const answersOf = (number: number): JsonObject => ({
  open: 40 + number,
  name: `${hidden}-name`,
  unknown: `${hidden}-unknown`,
  place: { lat: 7.319, lon: 8.1537 },
  r: [{ seen: 17, unseen: `${hidden}-unseen` }],
  secrets: [{ secret: `${hidden}-secret` }],
});
const records = new Map([
  ['public-1', answersOf(1)],
  ['public-2', answersOf(2)],
]);
const rowsFor = (audience: Audience): Iterator<AudienceRow> =>
  shownRecords(form, { geometry: 'place' }, audience, records).rows()[Symbol.iterator]();
const firstFor = (audience: Audience): AudienceRow => {
  const { value } = rowsFor(audience).next() as { value: AudienceRow };
  return value;
};

/** Every text and number that whoever holds a value can come to without knowing its source. */
function reachable(from: unknown): readonly string[] {
  const found: string[] = [];
  const seen = new Set<unknown>();
  const waiting = [from];
  while (waiting.length > 0) {
    const value = waiting.pop();
    if (typeof value === 'string' || typeof value === 'number') found.push(String(value));
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null) continue;
    if (seen.has(value)) continue;
    seen.add(value);
    if (value instanceof Map) waiting.push(...value.keys(), ...value.values());
    if (value instanceof Set) waiting.push(...value);
    for (let owner: unknown = value; isOwner(owner); owner = Object.getPrototypeOf(owner)) {
      for (const name of Reflect.ownKeys(owner)) {
        const property = Object.getOwnPropertyDescriptor(owner, name);
        if (property === undefined) continue;
        waiting.push(property.get === undefined ? property.value : property.get.call(value));
      }
    }
  }
  return found;
}

function isOwner(value: unknown): value is object {
  const plain: readonly unknown[] = [Object.prototype, Array.prototype, Function.prototype];
  return typeof value === 'object' && value !== null && !plain.includes(value);
}

/** What its methods say, whatever they are asked. */
function said(row: AudienceRow): readonly string[] {
  const columns = [
    ...Array.from({ length: 64 }, (_, index) => index - 8),
    0.5,
    Number.NaN,
    Infinity,
  ];
  const cells = columns.flatMap((column) => [row.value(column), row.csv(column), row.json(column)]);
  const whole = [row.csvLine(), row.leadLine(), row.answersJson(), row.geometry()];
  return [...cells, ...whole, ...row.children.flatMap(said)].map((one) =>
    one === undefined ? '' : JSON.stringify(one),
  );
}

describe('a row that a format is handed', () => {
  it('has these members and no others, by type', () => {
    expectTypeOf<keyof AudienceRow>().toEqualTypeOf<
      | ('table' | 'id' | 'parentId' | 'index' | 'leads' | 'children' | 'rows')
      | ('leadLine' | 'value' | 'csv' | 'json' | 'csvLine' | 'lineBy' | 'geometry' | 'answersJson')
    >();
    const row = firstFor('public');
    expect(Reflect.ownKeys(row).toSorted()).toEqual(['id', 'index', 'parentId', 'table']);
  });

  it.each(['public', 'members'] as const)('leads %s to nothing that it may not see', (audience) => {
    const row = firstFor(audience);
    const texts = [...reachable(row), ...said(row)].join('\n');
    expect(texts).toContain('41');
    expect(texts).toContain('17');
    expect(texts).toContain('public-1/1');
    for (const one of [hidden, '7.319', '8.1537', 'secret']) expect(texts).not.toContain(one);
  });

  it('leads the coordinator to all of it', () => {
    const row = firstFor('coordinator');
    const texts = [...reachable(row), ...said(row)].join('\n');
    for (const one of ['name', 'unknown', 'unseen', 'secret']) {
      expect(texts).toContain(`${hidden}-${one}`);
    }
    expect(row.geometry()?.json).toContain('8.1537');
    expect(row.children.map((child) => child.geometry())).toEqual([undefined, undefined]);
  });

  it.each(audiences)(
    'says nothing of the next record to a writer for %s that kept it',
    (audience) => {
      const rows = rowsFor(audience);
      const first = (rows.next() as { value: AudienceRow }).value;
      expect(first.csv(0)).toBe('41');
      const second = (rows.next() as { value: AudienceRow }).value;
      expect(second.csv(0)).toBe('42');
      const asks: readonly ((row: AudienceRow) => unknown)[] = [
        (row) => row.value(0),
        (row) => row.csv(0),
        (row) => row.json(0),
        (row) => row.csvLine(),
        (row) => row.answersJson(),
        (row) => row.geometry(),
        (row) => row.children,
        (row) => row.rows,
        (row) => row.lineBy(() => ''),
      ];
      for (const ask of asks) expect(() => ask(first)).toThrow(TypeError);
    },
  );

  it('is of one table of those that its audience has', async () => {
    const { tables, rows } = shownRecords(form, {}, 'public', records);
    for (const record of rows()) {
      expect(record.rows.map(({ table, id }) => [table, id])).toEqual([
        [0, record.id],
        [1, `${record.id}/1`],
      ]);
    }
    expect(tables.repeats.map(({ scope }) => scope.name)).toEqual(['r']);
    const files = await writtenBy(ndjson, shownRecords(form, {}, 'public', records));
    expect(files?.get('f.ndjson')?.toString()).toBe(
      '{"id":"public-1","answers":{"open":41,"r":[{"seen":17}]}}\n{"id":"public-2","answers":{"open":42,"r":[{"seen":17}]}}\n',
    );
  });
});
