import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Diversity } from '../../../../../shared/dataset/disclosure/equivalence-classes.ts';

/** Answers of records to one question each: a set of codes, sorted. */
const said = fc.subarray(['a', 'b', 'c']);
const records = fc.array(fc.tuple(said, said), { maxLength: 7 });
const wanted = fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 }));

type Records = readonly (readonly (readonly string[])[])[];

const of = (l: readonly number[], answers: Records): Diversity => {
  const diversity = new Diversity(l);
  for (const answer of answers) diversity.add(answer);
  return diversity;
};

const merged = (l: readonly number[], ...parts: readonly Diversity[]): Diversity => {
  const all = new Diversity(l);
  for (const part of parts) all.addAll(part);
  return all;
};

/** The rule as it is written, of one question. */
const isDiverse = (l: number, answers: readonly (readonly string[])[]): boolean => {
  if (answers.every((codes) => codes.length === 0)) return true;
  const different = new Set(answers.map((codes) => codes.join(' ')));
  const common = ['a', 'b', 'c'].some((code) => answers.every((codes) => codes.includes(code)));
  return different.size >= l && !common;
};

describe('the diversity of sensitive answers', () => {
  it('is what the rule says, of each question and of all', () => {
    fc.assert(
      fc.property(wanted, records, (l, answers) => {
        const diversity = of(l, answers);
        const expected = l.map((least, question) =>
          isDiverse(
            least,
            answers.map((answer) => answer[question] ?? []),
          ),
        );
        expect(l.map((_, question) => diversity.isDiverseIn(question))).toEqual(expected);
        expect(diversity.isDiverse).toBe(expected.every(Boolean));
      }),
    );
  });

  it('is the same however records are put together', () => {
    fc.assert(
      fc.property(wanted, records, records, records, (l, one, two, three) => {
        const parts = [one, two, three].map((answers) => of(l, answers));
        const [a = of(l, []), b = of(l, []), c = of(l, [])] = parts;
        const ways = [
          of(l, [...one, ...two, ...three]),
          merged(l, merged(l, a, b), c),
          merged(l, a, merged(l, b, c)),
          merged(l, c, a, b),
        ];
        const found = ways.map((way) => l.map((_, question) => way.isDiverseIn(question)));
        for (const each of found) expect(each).toEqual(found[0]);
      }),
    );
  });

  it('leaves what is put into another as it was', () => {
    const [one, two] = [of([2], [[['a']]]), of([2], [[['b']]])];
    expect(merged([2], one, two).isDiverse).toBe(true);
    expect([one.isDiverse, two.isDiverse]).toEqual([false, false]);
  });
});
