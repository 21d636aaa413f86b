import { describe, expect, it } from 'vitest';
import { compileForm } from '../../../../../shared/form/compile/compile-form.ts';
import type { JsonObject } from '../../../../../shared/json.ts';
import { Instance } from '../../../../../shared/dataset/rows/row-instance.ts';
import { layoutOf } from '../../../../../shared/dataset/rows/layout.ts';
import { readerOf } from '../../../../../shared/dataset/rows/answer-reader.ts';

const survey = [
  { type: 'text', name: 'who', 'label::Français (fr)': 'Qui' },
  { type: 'date', name: 'day', 'label::Français (fr)': 'Jour' },
  { type: 'integer', name: 'count', 'label::Français (fr)': 'Combien' },
  { type: 'select_multiple kind', name: 'kinds', 'label::Français (fr)': 'Sortes' },
  { type: 'geopoint', name: 'place', 'label::Français (fr)': 'Lieu' },
];
const choices = ['a', 'b'].map((name) => ({
  list_name: 'kind',
  name,
  'label::Français (fr)': name,
}));
const settings = { form_title: 'T', version: '1', geometry: 'place' };
const { asStored: model } = compileForm('t', { survey, choices, settings }, new Map());
const layout = layoutOf([model]);
const read = readerOf(model, layout);
const instance = new Instance(layout);

function filled(answers: JsonObject): Instance {
  instance.clear();
  read(answers, instance);
  return instance;
}

const slots = new Map(layout.fields.map(({ key, slot }) => [key, slot]));
const slotOf = (key: string): number => slots.get(key) ?? 0;
const whole: JsonObject = {
  who: 'Awa, "la grande"',
  day: '2026-01-15',
  count: 7,
  kinds: ['a', 'b'],
  place: { lat: 14.5, lon: -17.25 },
};

describe('an instance', () => {
  it.each<[question: string, csv: string, json: string, answer: string]>([
    ['who', '"Awa, ""la grande"""', '"Awa, \\"la grande\\""', '"Awa, \\"la grande\\""'],
    ['day', '2026-01-15', '"2026-01-15"', '"2026-01-15"'],
    ['count', '7', '7', '7'],
    ['kinds', 'a b', '"a b"', '["a","b"]'],
  ])('has the texts of %s, whichever is asked for first', (question, csv, json, answer) => {
    const slot = slotOf(question);
    const answerFirst = filled(whole);
    expect(answerFirst.answerText(slot)).toBe(answer);
    expect(answerFirst.json[slot]).toBe(json);
    expect(answerFirst.csv[slot]).toBe(csv);
    const jsonFirst = filled(whole);
    expect(jsonFirst.json[slot]).toBe(json);
    expect(jsonFirst.answerText(slot)).toBe(answer);
  });

  it('keeps no text of the record before', () => {
    const before = filled(whole);
    const answers = [...slots.values()].map((slot) => before.answerText(slot));
    const told = [...before.csv, ...before.json, ...answers];
    expect(told.some((text) => text !== '')).toBe(true);
    const { csv, json, nested } = filled({});
    expect([...csv, ...json, ...nested].filter((text) => text !== '')).toEqual([]);
    expect(instance.answerText(slotOf('who'))).toBe('');
  });

  it('has the geometry beside the cells of a point', () => {
    const exact = layout.fields.find(({ key }) => key === 'place')?.geometry?.exact ?? 0;
    const { json, csv } = filled(whole);
    expect(json[exact]).toBe('{"type":"Point","coordinates":[-17.25,14.5]}');
    expect(json.slice(slotOf('place'), slotOf('place') + 2)).toEqual(['14.5', '-17.25']);
    expect(csv[exact]).toBe('');
  });

  it('makes a formula harmless in CSV even where a date was asked', () => {
    expect(filled({ day: '=1+1' }).csv[slotOf('day')]).toBe("'=1+1");
  });
});
