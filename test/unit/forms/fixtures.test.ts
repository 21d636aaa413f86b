import { describe, expect, it } from 'vitest';
import { compileForm } from '../../../shared/form/compile/compile-form.ts';
import { glossaryFrom } from '../../../shared/form/validate/glossary.ts';
import type { FormModel } from '../../../shared/form/model.ts';
import { validateAnswers } from '../../../shared/form/validate/validate.ts';
import { InstanceId } from '../../../shared/ids.ts';
import type { JsonObject } from '../../../shared/json.ts';
import { builtInForms, fixtureOf } from '../../support/fixtures.ts';
import { readForm, vocabularyRows } from '../../support/forms-folder.ts';

const vocabularies = vocabularyRows();
const glossary = glossaryFrom(vocabularies.get('glossary') ?? []);

function modelOf(formId: string): FormModel {
  const { model } = compileForm(formId, readForm(formId), vocabularies);
  if (model === undefined) throw new Error(`${formId} does not compile`);
  return model;
}

const validated = (model: FormModel, answers: JsonObject) =>
  validateAnswers(model, answers, {
    now: new Date('2026-11-21T12:00:00Z'),
    uuid: () => '00000000-0000-4000-8000-000000000000',
    glossary,
  });

const places = (issues: readonly { pointer: string; code: string }[]) =>
  issues.map(({ pointer, code }) => `${pointer} ${code}`).sort();

describe.each(builtInForms)('the fixtures of %s', (formId) => {
  const model = modelOf(formId);
  const fixture = fixtureOf(formId);

  it.each(fixture.valid)('$instanceId is right', ({ answers, warnings }) => {
    const result = validated(model, answers);
    expect(result.errors).toEqual([]);
    expect(places(result.warnings)).toEqual(places(warnings ?? []));
    expect(result.answers).toMatchObject(answers);
  });

  it.each(fixture.invalid)('wrong answers are told of, each where it stands: %#', (wrong) => {
    expect(places(validated(model, wrong.answers).errors)).toEqual(places(wrong.expect));
  });

  it('have ids of their own', () => {
    const ids = fixture.valid.map(({ instanceId }) => InstanceId.parse(instanceId));
    expect(new Set(ids).size).toBe(ids.length);
    expect(fixture.formId).toBe(formId);
  });
});

describe('the fixtures', () => {
  it('use a deprecated term somewhere, on purpose', () => {
    const warned = builtInForms.flatMap((formId) =>
      fixtureOf(formId).valid.flatMap(({ warnings }) => warnings ?? []),
    );
    expect(warned.map(({ code }) => code)).toContain('deprecated-term');
  });
});
