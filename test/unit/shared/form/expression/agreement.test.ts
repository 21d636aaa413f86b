import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  askWebForms,
  failed,
  knownDifferences,
  posedCorpus,
} from '../../../../support/expression-agreement.ts';
import { corpus, refusedByAll } from '../../../../support/expression-corpus.ts';
import {
  javaRosaByHand,
  javaRosaDifferences,
  notForWebForms,
  webFormsByHand,
  webFormsDifferences,
} from '../../../../support/expression-differences.ts';
import { modelWith, ownResults, type Results } from '../../../../support/expression-forms.ts';
import { ownXformOf, xformOf } from '../../../../support/expression-xform.ts';
import { XFormsEngine } from '../../../../support/xforms-engine.ts';

const known = knownDifferences([...webFormsDifferences, ...webFormsByHand]);
const asked = posedCorpus.filter(({ source }) => !notForWebForms.test(source));
const engine = new XFormsEngine();
let ours: Results = new Map();
let theirs: Results = new Map();

beforeAll(async () => {
  ours = ownResults(posedCorpus);
  theirs = await askWebForms(engine, asked, known);
}, 180_000);
afterAll(() => engine.close());

/** Web Forms writes NaN as nothing, wherever it comes up. */
const withoutNaN = (values: readonly string[] | undefined) =>
  values?.map((value) => (value === '<NaN>' ? '<>' : value));

describe('The corpus', () => {
  it('asks at least 300 expressions, each once where it stands', () => {
    const keys = posedCorpus.map(({ at, source }) => `${at} ${source}`);
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys.length).toBeGreaterThanOrEqual(300);
  });

  it('has every expression that an engine differs about, once per engine', () => {
    for (const differences of [
      [...webFormsDifferences, ...webFormsByHand],
      [...javaRosaDifferences, ...javaRosaByHand],
    ]) {
      const rows = differences.flatMap(([, , sources]) => sources);
      expect(knownDifferences(differences).size).toBe(rows.length);
    }
  });
});

describe.each(corpus.map(([what, at]) => ({ what, at })))('Web Forms on $what', ({ what }) => {
  const here = asked.filter((one) => one.what === what);

  it('makes the same of every expression that is not listed', () => {
    const same = here.filter(({ name }) => !known.has(name));
    const told = (results: Results) =>
      same.map(({ name, source }) => [source, withoutNaN(results.get(name))]);
    expect(told(theirs)).toEqual(told(ours));
  });

  it('still makes of the listed ones what is listed', () => {
    const listed = here.filter(({ name }) => known.has(name));
    const told = (results: Results) =>
      listed.map(({ name, source }) => [source, results.get(name)]);
    expect(told(theirs)).toEqual(told(known));
    for (const { name } of listed) expect(withoutNaN(ours.get(name))).not.toEqual(known.get(name));
  });
});

describe('The XForm that the product writes', () => {
  it('makes the same of every expression, but for what Web Forms sees otherwise', async () => {
    const listed = knownDifferences(webFormsDifferences);
    const own = await askWebForms(engine, asked, listed, ownXformOf);
    expect(asked.map(({ name, source }) => [source, withoutNaN(own.get(name))])).toEqual(
      asked.map(({ name, source }) => [source, withoutNaN(listed.get(name) ?? ours.get(name))]),
    );
  }, 180_000);
});

describe('What is no expression', () => {
  it.each(refusedByAll)('is refused here and by Web Forms: %s', async (source) => {
    const posed = [{ name: 'x1', at: 'root' as const, source }];
    expect(modelWith(posed)).toBeUndefined();
    expect((await askWebForms(engine, posed, new Map())).get('x1')).toEqual(failed);
  });

  it('is told apart from what is one', async () => {
    const form = xformOf([{ name: 'x1', at: 'root', source: '1 + 1' }]);
    const { values } = await engine.fill({ form, valuesOnly: true });
    expect(values).toContainEqual({ reference: '/data/x1', value: '<2>' });
  });
});
