import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attackAll, inWords } from './attacks.ts';
import { randomForm } from './random-form.ts';
import { randomHistory } from './scenario.ts';

describe('a form that nobody has thought about', () => {
  it('gives nobody and nothing away, over 60 records and 5 compiles', async () => {
    await fc.assert(
      fc.asyncProperty(randomForm, async (form) => {
        const view = await randomHistory(form, { records: 60, compiles: 5 });
        expect(inWords(await attackAll(view))).toBe('');
      }),
      // Each costs a second or so: what was found is told as it was found.
      { numRuns: 15, endOnFailure: true },
    );
  });
});
