import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keyOrder, SmallestRows } from '../../../../../shared/dataset/odata/smallest-rows.ts';

const rows = fc.array(
  fc.record({ rank: fc.integer({ min: 0, max: 20 }), length: fc.integer({ min: 0, max: 60 }) }),
  { maxLength: 40 },
);

describe('the smallest rows', () => {
  it('are the first ones of all in their order, without a gap, whatever their length', () => {
    const mosts = fc.record({
      rows: fc.integer({ min: 1, max: 12 }),
      bytes: fc.integer({ min: 1, max: 300 }),
    });
    fc.assert(
      fc.property(rows, mosts, fc.boolean(), (offered, most, descending) => {
        const compare = keyOrder([descending]);
        const kept = new SmallestRows(compare, most);
        const all = offered.map(({ rank, length }, at) => ({
          key: { ranks: [rank], at: { offset: at, inRecord: 0 } },
          text: String(at).padStart(length, '.'),
        }));
        for (const { key, text } of all) kept.offer(key, () => text);
        const sorted = [...all].sort((one, other) => compare(one.key, other.key));
        const first = sorted.slice(0, kept.length).map(({ text }) => text);
        expect(kept.texts).toEqual(first);
        expect(kept.more).toBe(kept.length < all.length);
        expect(kept.length).toBeLessThanOrEqual(most.rows);
        const bytes = first.reduce((sum, text) => sum + text.length, 0);
        expect(kept.length <= 1 || bytes <= most.bytes).toBe(true);
        expect(all.length === 0 || kept.length > 0).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it('put null first, and last where the order is turned round', () => {
    const at = { offset: 0, inRecord: 0 };
    const [none, some] = [
      { ranks: [null], at },
      { ranks: ['a'], at },
    ];
    expect(keyOrder([false])(none, some)).toBeLessThan(0);
    expect(keyOrder([true])(none, some)).toBeGreaterThan(0);
  });

  it('are not written where they have no place', () => {
    const kept = new SmallestRows(keyOrder([false]), { rows: 1, bytes: 1000 });
    let written = 0;
    for (let offset = 0; offset < 10; offset += 1) {
      kept.offer({ ranks: [offset], at: { offset, inRecord: 0 } }, () => String((written += 1)));
    }
    expect(written).toBe(1);
  });
});
