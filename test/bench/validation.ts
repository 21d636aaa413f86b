import { randomUUID } from 'node:crypto';
import { compileForm } from '../../shared/form/compile/compile-form.ts';
import { FormDefinitionSchema } from '../../shared/form/definition-schema.ts';
import { emptyGlossary } from '../../shared/form/validate/glossary.ts';
import { validateAnswers } from '../../shared/form/validate/validate.ts';
import type { JsonObject } from '../../shared/json.ts';
import { alternate, median, type Bench } from './figures.ts';
import { surveyAnswers, surveyForm } from './survey-form.ts';
import '../support/engines.ts';

const questions = 250;
const bodies = 2_000;
const runs = 9;

/** Mean microseconds for each of the bodies. */
function each(act: (body: string) => unknown, texts: readonly string[]): Promise<number> {
  const started = performance.now();
  for (const text of texts) act(text);
  return Promise.resolve((1000 * (performance.now() - started)) / texts.length);
}

export const validationBench: Bench = {
  name: 'validation',
  async run() {
    const definition = FormDefinitionSchema.parse(surveyForm(questions));
    const { model } = compileForm('bench', definition, new Map());
    if (model === undefined) throw new Error('The form of the bench is wrong.');
    const texts = Array.from({ length: bodies }, (_, row) =>
      JSON.stringify(surveyAnswers(questions, row)),
    );
    const context = { now: new Date(), uuid: randomUUID, glossary: emptyGlossary };
    const parse = (text: string): JsonObject => JSON.parse(text) as JsonObject;
    const parsed = texts.map(parse);
    let next = 0;
    const validate = (): unknown => {
      const answers = parsed[next++ % bodies];
      const { errors } = validateAnswers(model, answers ?? {}, context);
      if (errors.length > 0) throw new Error(JSON.stringify(errors));
      return errors;
    };
    await each(parse, texts);
    await each(validate, texts);
    const { first, second } = await alternate(
      runs,
      () => each(parse, texts),
      () => each(validate, texts),
    );
    const ours = median(second);
    const floor = median(first);
    return [
      {
        what: `validation of ${questions} answers`,
        measured: `${ours.toFixed(0)} µs`,
        baseline: `JSON.parse of the body: ${floor.toFixed(0)} µs`,
        value: ours / floor,
        unit: '×',
        target: { atMost: 20 },
      },
    ];
  },
};
