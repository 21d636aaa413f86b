import { describe, expect, it } from 'vitest';
import { instantOf, typedValue } from '../../../../../shared/dataset/odata/edm-value.ts';

describe('an answer in the type of its column', () => {
  it.each([
    ['Edm.Int64', 12, 12],
    ['Edm.Int64', Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
    ['Edm.Double', 1.5, 1.5],
    ['Edm.Boolean', false, false],
    ['Edm.Date', '2024-02-29', '2024-02-29'],
    ['Edm.TimeOfDay', '10:30', '10:30:00'],
    ['Edm.TimeOfDay', '10:30:15.250', '10:30:15.250'],
    ['Edm.DateTimeOffset', '2026-01-01T10:30Z', '2026-01-01T10:30:00Z'],
    ['Edm.DateTimeOffset', '2026-01-01T10:30:00.5+01:00', '2026-01-01T10:30:00.5+01:00'],
    ['Edm.String', '', ''],
    ['Edm.String', '=1+1', '=1+1'],
    ['Edm.String', 12, '12'],
    ['Edm.String', true, 'true'],
    ['Edm.String', ['a', 'b'], 'a b'],
    ['Edm.String', { file: 'a b.jpg', bytes: 1 }, 'a b.jpg'],
    ['Edm.String', [{ lat: 1, lon: 2 }], '[{"lat":1,"lon":2}]'],
  ] as const)('%s holds %j', (type, answer, value) => {
    expect(typedValue(type, answer)).toEqual({ value, fits: true });
  });

  it.each([
    ['Edm.Int64', '12'],
    ['Edm.Int64', 1.5],
    ['Edm.Int64', 2 ** 53],
    ['Edm.Double', '1.5'],
    ['Edm.Boolean', 'OK'],
    ['Edm.Date', '2026-02-29'],
    ['Edm.Date', '2026-01-01T10:00:00Z'],
    ['Edm.TimeOfDay', '25:00'],
    ['Edm.DateTimeOffset', '2026-01-01'],
    ['Edm.DateTimeOffset', '2026-01-01T10:30:00'],
    ['Edm.DateTimeOffset', ['2026-01-01T10:30:00Z']],
  ] as const)('%s does not hold %j', (type, answer) => {
    expect(typedValue(type, answer)).toEqual({ value: null, fits: false });
  });

  it('is a time of day without its zone, which is told beside it', () => {
    const typed = typedValue('Edm.TimeOfDay', '10:30:00.000+01:00');
    expect(typed).toEqual({ value: '10:30:00.000', fits: false });
  });
});

describe('a moment', () => {
  it.each([
    ['2026-01-01T00:00:00Z', Date.UTC(2026, 0, 1)],
    ['2026-01-01T01:00:00+01:00', Date.UTC(2026, 0, 1)],
    ['2025-12-31T23:00:00.25-01:00', Date.UTC(2026, 0, 1) + 250],
    ['2026-01-01T00:00:00.000500Z', Date.UTC(2026, 0, 1) + 0.5],
  ])('%s is so many milliseconds since 1970', (text, expected) => {
    expect(instantOf(text)).toBe(expected);
  });
});
