import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attackAll, inWords } from './attacks.ts';
import { randomForm, type RandomForm } from './random-form.ts';
import { randomHistory } from './scenario.ts';

const question = {
  importance: 3,
  precision: null,
  place: 'top',
  conditional: false,
  visibility: 'public',
  quasi: false,
  sensitive: true,
} as const satisfies Partial<RandomForm['asked'][number]>;

/** Sensitive answers that are known beforehand: they follow from a marked one, or are places. */
const knownBeforehand: RandomForm = {
  asked: [
    { ...question, type: 'calculate' },
    { ...question, type: 'calculate', quasi: true, sensitive: false },
    { ...question, type: 'geoshape', precision: 'exact' },
  ],
  k: 3,
  review: 'none',
  consent: false,
  metadata: [],
  seed: 1,
};

describe('a form that nobody has thought about', () => {
  it('gives nobody and nothing away, over 60 records and 5 compiles', async () => {
    await fc.assert(
      fc.asyncProperty(randomForm, async (form) => {
        const view = await randomHistory(form, { records: 60, compiles: 5 });
        expect(inWords(await attackAll(view))).toBe('');
      }),
      // Each costs a second or so: what was found is told as it was found.
      { numRuns: 15, endOnFailure: true, examples: [[knownBeforehand]] },
    );
  });
});
