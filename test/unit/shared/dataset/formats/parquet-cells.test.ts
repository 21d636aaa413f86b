import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dateOf, momentOf } from '../../../../../shared/dataset/formats/parquet-columns.ts';

describe('moments in Parquet', () => {
  it('are those of Date, for every date and zone that answers may have', () => {
    const days = fc
      .date({ min: new Date('0001-01-02'), max: new Date('9999-12-30'), noInvalidDate: true })
      .map((date) => date.toISOString().slice(0, -1));
    const zones = fc.constantFrom('Z', '+00:00', '+01:00', '-05:30', '+14:00', '-14:59');
    fc.assert(
      fc.property(days, zones, (day, zone) => {
        expect(momentOf(day + zone)).toBe(Date.parse(day + zone));
      }),
    );
  });

  it.each([
    ['2026-01-15T10:30Z', Date.UTC(2026, 0, 15, 10, 30)],
    ['2026-01-15T10:30:05Z', Date.UTC(2026, 0, 15, 10, 30, 5)],
    ['2026-01-15T10:30:05.1Z', Date.UTC(2026, 0, 15, 10, 30, 5, 100)],
    ['2026-01-15T10:30:05.125000Z', Date.UTC(2026, 0, 15, 10, 30, 5, 125)],
    ['2026-01-15T10:30:05.1250001Z', undefined],
    ['2026-01-15T10:30:05', undefined],
    ['2026-01-15T24:00:00Z', undefined],
    ['2026-01-15', undefined],
    ['2026-02-29T10:30:00Z', undefined],
    ['', undefined],
    [12, undefined],
  ])('%j is %j', (value, moment) => {
    expect(momentOf(value)).toBe(moment);
  });
});

describe('dates in Parquet', () => {
  it.each([
    ['1970-01-01', 0],
    ['1969-12-31', -1],
    ['2000-02-29', 11_016],
    ['2001-02-29', undefined],
    ['2026-1-5', undefined],
    [null, undefined],
  ])('%j is %j', (value, days) => {
    expect(dateOf(value)).toBe(days);
  });
});
