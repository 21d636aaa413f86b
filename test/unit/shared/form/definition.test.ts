import { describe, expect, it } from 'vitest';
import { type FormDefinition, sameMeaning } from '../../../../shared/form/definition.ts';
import { FormLibrary } from '../../../../shared/form/library/form-library.ts';
import { readWorkbook } from '../../../../shared/form/files/read-workbook.ts';
import { writeWorkbook } from '../../../../shared/form/files/write-workbook.ts';
import { formsInFolder, readForm, vocabularyRows } from '../../../support/forms-folder.ts';
import { MemoryObjectStore } from '../../../support/memory-object-store.ts';
import { MemoryRecordStore } from '../../../support/memory-record-store.ts';

const form: FormDefinition = {
  survey: [
    { type: 'text', name: 'a', label: 'A', required: true },
    { type: 'integer', name: 'b', label: 'B', default: 1 },
  ],
  choices: [],
  settings: { version: '1' },
};
const [first = {}, second = {}] = form.survey;

describe('two definitions', () => {
  it.each<[string, FormDefinition]>([
    [
      'columns in another order',
      { ...form, survey: [{ label: 'A', required: true, name: 'a', type: 'text' }, second] },
    ],
    ['empty cells', { ...form, survey: [{ ...first, hint: null, relevant: '' }, second] }],
    [
      'numbers and truth as texts',
      {
        ...form,
        survey: [
          { ...first, required: 'TRUE' },
          { ...second, default: '1' },
        ],
      },
    ],
    ['rows and sheets that are empty', { ...form, survey: [first, {}, second], entities: [] }],
  ])('say the same in spite of %s', (_, other) => {
    expect(sameMeaning(form, other)).toBe(true);
  });

  it.each<[string, FormDefinition]>([
    ['another cell', { ...form, survey: [first, { ...second, default: 2 }] }],
    ['another column', { ...form, survey: [first, { ...second, hint: '1' }] }],
    ['rows in another order', { ...form, survey: [second, first] }],
    ['another setting', { ...form, settings: { version: '1', review: 'none' } }],
    ['another choice', { ...form, choices: [{ list_name: 'l', name: 'x' }] }],
    ['other rows in a file', { ...form, files: { 'l.csv': [{ name: 'x' }] } }],
  ])('do not say the same with %s', (_, other) => {
    expect(sameMeaning(form, other)).toBe(false);
  });
});

it.each(formsInFolder())(
  'the form %s, taken home as a workbook and brought back, is what is published',
  async (formId) => {
    const registry = new MemoryRecordStore();
    const library = new FormLibrary(registry, new MemoryObjectStore(), () => new Date(0));
    for (const [name, rows] of vocabularyRows()) await library.putVocabulary(name, rows);
    await library.putDraft(formId, readForm(formId));
    const published = await library.publish(formId);
    const workbook = await writeWorkbook(await library.definition(formId));
    const back = await library.putDraft(formId, (await readWorkbook(workbook)).definition);
    expect(back.changes).toEqual([]);
    expect((await library.publish(formId)).versions).toHaveLength(published.versions.length);
  },
);
