import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sortedLines } from '../../../../../shared/dataset/segments/sorted-lines.ts';

async function* batchesOf(lines: readonly string[], size: number) {
  for (let from = 0; from < lines.length; from += size) {
    yield await Promise.resolve(lines.slice(from, from + size));
  }
}

async function sorted(lines: readonly string[], size: number, held?: number): Promise<string[]> {
  const all: string[] = [];
  for await (const batch of sortedLines(batchesOf(lines, size), held)) all.push(...batch);
  return all;
}

describe('lines that are sorted', () => {
  it('come in order, whether they were held or had to wait in files', async () => {
    const line = fc.string({
      unit: fc.constantFrom('a', 'b', 'é', '\u{1f33f}', '"'),
      maxLength: 9,
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(line, { maxLength: 60 }),
        fc.integer({ min: 1, max: 7 }),
        fc.constantFrom(1, 5, 40, undefined),
        async (lines, size, held) => {
          expect(await sorted(lines, size, held)).toEqual([...lines].sort());
        },
      ),
      { numRuns: 60 },
    );
  });

  it('are many: runs longer than a block, and longer than what a spool holds in memory', async () => {
    const lines = Array.from(
      { length: 3_000 },
      (_, n) => `${(n * 7919) % 3_000} ${'é'.repeat(3_000)}`,
    );
    expect(await sorted(lines, 100, 2_000_000)).toEqual([...lines].sort());
  });
});
