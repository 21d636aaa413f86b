import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileForm } from '../../../shared/form/compile/compile-form.ts';
import { FormId } from '../../../shared/ids.ts';
import { CsvAnswers } from '../../../local/csv-answers.ts';

const { model } = compileForm(
  FormId.parse('essai'),
  {
    survey: [
      { type: 'text', name: 'title', label: 'Titre' },
      { type: 'integer', name: 'people', label: 'Personnes' },
      { type: 'begin_group', name: 'contact', label: 'Contact' },
      { type: 'text', name: 'toString', label: 'Note' },
      { type: 'geopoint', name: 'where', label: 'Où' },
      { type: 'end_group' },
      { type: 'select_multiple services', name: 'services', label: 'Services' },
      { type: 'calculate', name: 'double', calculation: '${people} * 2' },
      { type: 'begin_repeat', name: 'sites', label: 'Sites' },
      { type: 'text', name: 'place', label: 'Lieu' },
      { type: 'end_repeat' },
    ],
    choices: [{ list_name: 'services', name: 'food', label: 'Repas' }],
    settings: { version: '1', default_language: 'fr' },
  },
  new Map(),
);
if (model === undefined) throw new Error('The form of this test does not compile.');
const csv = new CsvAnswers(model);
const answersOf = (cells: Record<string, string>) =>
  csv.read(new Map(Object.entries(cells))).answers;

describe('CsvAnswers', () => {
  it.each([
    [
      { title: 'Un', people: '3' },
      { title: 'Un', people: 3 },
    ],
    [{ title: '', people: '' }, {}],
    [{ people: '-2' }, { people: -2 }],
    [{ people: '0123' }, { people: '0123' }],
    [{ people: '1e3' }, { people: '1e3' }],
    [{ title: '12' }, { title: '12' }],
    [{ 'contact/toString': 'x' }, { contact: { toString: 'x' } }],
    [
      { 'contact/where/latitude': '14.7', 'contact/where/longitude': '-17.4' },
      { contact: { where: { lat: 14.7, lon: -17.4 } } },
    ],
    [{ services: 'food  care ' }, { services: ['food', 'care'] }],
    [{ double: '6' }, {}],
  ])('reads %j', (cells, answers) => {
    expect(answersOf(cells)).toEqual(answers);
  });

  it.each([
    ["'=SUM(A1)", '=SUM(A1)'],
    ["'+221", '+221'],
    ["'-1", '-1'],
    ["'@x", '@x'],
    ["'tis", "'tis"],
    ["''=x", "''=x"],
    ["'", "'"],
  ])('takes off the mark that an export puts before a formula: %s', (cell, title) => {
    expect(answersOf({ title: cell })).toEqual({ title });
  });

  it('keeps any other text as it is', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: 'grapheme' }), (title) => {
        fc.pre(!title.startsWith("'"));
        expect(answersOf({ title })).toEqual({ title });
      }),
    );
  });

  it('takes id and version from the columns of an export, and leaves the rest of them', () => {
    const cells = new Map([
      ['id', 'abc-12345'],
      ['organisation', 'ong-a'],
      ['form_version', '1'],
      ['state', 'accepted'],
      ['title', 'Un'],
    ]);
    expect(csv.read(cells)).toEqual({
      instanceId: 'abc-12345',
      formVersion: '1',
      answers: { title: 'Un' },
    });
  });

  it('tells headings that no question has, those of repeats too', () => {
    const headings = ['id', 'title', 'double', 'contact/where/accuracy', 'titel', 'sites/place'];
    expect(csv.unknown([...headings, 'received_at'])).toEqual(['titel', 'sites/place']);
  });
});
