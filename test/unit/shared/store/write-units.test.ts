import { describe, expect, it } from 'vitest';
import type { StoredRecord } from '../../../../shared/store/record-store.ts';
import { totalOf, unitsOfWrite } from '../../../bench/write-units.ts';
import { head, time } from '../../../support/heads.ts';

const made = (second: number, answers: number, more: object = {}): StoredRecord =>
  head('form#0', 'id', time(second), { answers: 'x'.repeat(answers), ...more });
const old = made(1, 3_000);
const history: StoredRecord = { pk: 'form#0', sk: 'id#000001', answers: 'x'.repeat(3_000) };

describe('what a write costs', () => {
  it.each([
    ['a new head: itself, rounded up, and a key in each index', undefined, old, [4, 1, 1, 1]],
    ['one of less than a kilobyte', undefined, made(1, 10), [1, 1, 1, 1]],
    ['a history record: itself alone', undefined, history, [3, 0, 0, 0]],
    ['an edit: the larger of both, and two keys for each index', old, made(2, 9_000), [9, 2, 2, 2]],
    ['an edit that shortens: still the larger', old, made(2, 10), [4, 2, 2, 2]],
    ['the same time again: no index', old, made(1, 3_000, { revision: 2 }), [4, 0, 0, 0]],
    ['a deletion: what was there', old, undefined, [4, 1, 1, 1]],
    ['a deletion of nothing', undefined, undefined, [1, 0, 0, 0]],
  ] as const)('is, for %s', (_, before, now, expected) => {
    const { table, byTime, byOrganisation, inbox } = unitsOfWrite(before, now);
    expect([table, byTime, byOrganisation, inbox]).toEqual(expected);
  });

  it('is one key less for what leaves an index than for what moves within it', () => {
    const { pk, sk, at = '', orgKey = '' } = made(2, 3_000);
    expect(unitsOfWrite(old, { pk, sk, at, orgKey })).toMatchObject({ byTime: 2, inbox: 1 });
  });

  it('is several times as much where indexes hold whole records', () => {
    expect(totalOf(unitsOfWrite(undefined, old, 'all'))).toBe(16);
    expect(totalOf(unitsOfWrite(old, made(2, 3_000), 'all'))).toBe(28);
  });
});
