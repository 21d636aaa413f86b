import { afterAll, describe, expect, it } from 'vitest';
import { compileForm } from '../../../../../shared/form/compile/compile-form.ts';
import { emptyGlossary } from '../../../../../shared/form/validate/glossary.ts';
import { validateAnswers } from '../../../../../shared/form/validate/validate.ts';
import { writeXForm } from '../../../../../shared/form/xform/write-xform.ts';
import { settingsOf } from '../../../../support/engine-settings.ts';
import { builtInForms, fixtureOf } from '../../../../support/fixtures.ts';
import { readForm, vocabularyRows } from '../../../../support/forms-folder.ts';
import { XFormsEngine } from '../../../../support/xforms-engine.ts';

const engine = new XFormsEngine();
afterAll(() => engine.close());
const vocabularies = vocabularyRows();

/** `/zones/0/region` as engines write it: `/data/zones[1]/region`. */
const referenceOf = (pointer: string): string =>
  `/data${pointer.replace(/\/(\d+)(?=\/|$)/g, (_, index: string) => `[${Number(index) + 1}]`)}`;

/** Whether a fault is at a question, or at one of the codes that it holds. */
const isAt = (fault: string, question: string): boolean =>
  fault === question || fault.startsWith(`${question}[`);

const cases = builtInForms.flatMap((formId) =>
  fixtureOf(formId).invalid.map(({ answers, expect: expected }) => ({
    formId,
    answers,
    told: expected.map(({ pointer, code }) => `${pointer} ${code}`).join(', '),
  })),
);

describe('What is required and what is constrained', () => {
  it.each(cases)(
    'is the same here and in Web Forms: $formId, $told',
    async ({ formId, answers }) => {
      const { model } = compileForm(formId, readForm(formId), vocabularies);
      if (model === undefined) throw new Error(`${formId} is refused`);
      const { errors } = validateAnswers(model, answers, {
        now: new Date(),
        uuid: () => crypto.randomUUID(),
        glossary: emptyGlossary,
      });
      const { violations } = await engine.fill({
        form: writeXForm(model),
        settings: settingsOf(model, answers),
        valuesOnly: true,
      });
      const ours = errors.map(({ pointer, code }) => ({ reference: referenceOf(pointer), code }));
      const rules = ours.filter(({ code }) => code === 'required' || code === 'constraint');
      // What has not the shape of an answer, or is no choice, cannot be entered there: it is missing.
      const missing = violations.filter(
        ({ reference, condition }) =>
          condition === 'required' &&
          ours.some((one) => one.code !== 'required' && isAt(one.reference, reference)),
      );
      const theirs = violations.filter((one) => !missing.includes(one));
      const told = (reference: string, rule: string) => `${reference} ${rule}`;
      expect(theirs.map(({ reference, condition }) => told(reference, condition)).sort()).toEqual(
        rules.map(({ reference, code }) => told(reference, code)).sort(),
      );
    },
  );
});
