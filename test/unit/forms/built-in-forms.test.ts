import { describe, expect, it } from 'vitest';
import { compileForm } from '../../../shared/form/compile/compile-form.ts';
import { builtInForms } from '../../support/fixtures.ts';
import { readForm, vocabularyRows } from '../../support/forms-folder.ts';

const vocabularies = vocabularyRows();

const seeds = [
  '000_1a8d47ed9268e18d.txt',
  '001_98adf806f30f2b9a.txt',
  '002_3aff12e4fd29e25d.txt',
  '003_d10396bd2ef29cf9.txt',
  '004_106dc5bc54586199.txt',
];

const hxlTags = new Set([
  '#org+name',
  '#org+acronym',
  '#org+type',
  '#sector+code',
  '#activity+name',
  '#activity+code',
  '#status',
  '#country+code',
  '#adm1+code',
  '#adm1+name',
  '#adm2+code',
  '#geo',
  '#date+start',
  '#date+end',
  '#meta+id',
]);

describe('the folder of forms', () => {
  it('holds the forms that the network has agreed on', () => {
    expect(builtInForms).toEqual(
      expect.arrayContaining([
        'organisation',
        'initiative',
        'presence',
        'resource-person',
        'mapping-tool',
        'plan-activity',
        'activity-report',
        'recommendation',
      ]),
    );
  });

  it('tells of every paper that the project starts from', () => {
    const cited = builtInForms.map((formId) => String(readForm(formId).settings['seed'])).join(' ');
    for (const seed of seeds) expect(cited).toContain(seed);
  });

  it('has an organisation profile that every member owes', () => {
    expect(readForm('organisation').settings['expected']).toBe('members');
  });
});

describe.each(builtInForms)('the form %s', (formId) => {
  const definition = readForm(formId);

  it('compiles without an error or a warning', () => {
    const { model, errors, warnings } = compileForm(formId, definition, vocabularies);
    expect(errors).toEqual([]);
    expect(warnings).toEqual([]);
    expect(model?.languages).toEqual(expect.arrayContaining(['fr', 'en']));
  });

  it('says everything in French and in English', () => {
    const columns = ['label', 'hint', 'constraint_message', 'required_message'];
    const rows = [...definition.survey, ...definition.choices, definition.settings];
    for (const row of rows) {
      for (const column of columns) {
        const said = ['Français (fr)', 'English (en)'].map((language) =>
          Boolean(row[`${column}::${language}`]),
        );
        expect(said[0], JSON.stringify(row)).toBe(said[1]);
      }
    }
    expect(definition.settings).toHaveProperty('form_title');
    expect(definition.settings).toHaveProperty('form_title_en');
    for (const row of definition.survey.filter(({ name }) => name !== undefined)) {
      expect(row['label::Français (fr)'], JSON.stringify(row)).toBeTruthy();
    }
  });

  it('explains each constraint', () => {
    for (const row of definition.survey.filter(({ constraint }) => constraint !== undefined)) {
      expect(row['constraint_message::Français (fr)'], JSON.stringify(row)).toBeTruthy();
    }
  });

  it('has names and tags that other tools read too', () => {
    for (const { name, hxl } of definition.survey) {
      if (name !== undefined) expect(name).toMatch(/^[a-z][a-z0-9_]*$/);
      if (hxl !== undefined) expect(hxlTags).toContain(hxl);
    }
  });

  it('repeats no list that is a vocabulary', () => {
    const own = new Set(definition.choices.map((row) => String(row['list_name'])));
    expect([...own].filter((name) => vocabularies.has(name))).toEqual([]);
  });
});
