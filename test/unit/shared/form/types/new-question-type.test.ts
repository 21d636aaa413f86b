import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { shownBy } from '../../../../../shared/form/visibility.ts';
import type { Question } from '../../../../../shared/form/model.ts';
import {
  questionTypes,
  type QuestionTypeRow,
} from '../../../../../shared/form/types/question-types.ts';
import { writeXForm } from '../../../../../shared/form/xform/write-xform.ts';
import { list, modelOf } from '../../../../support/form-source.ts';
import { programOf } from '../../../../support/program-of.ts';

/** The form's question of a type, as public as forms can make it. */
function published(row: QuestionTypeRow, reviewText: boolean): Question {
  const name = row.type === 'audit' ? 'audit' : 'a';
  const { questions } = modelOf({
    survey: [
      {
        type: row.choices === 'none' ? row.type : `${row.type} l`,
        name,
        label: 'A',
        visibility: 'public',
        precision: 'exact',
        ...(row.type === 'calculate' ? { calculation: '1' } : {}),
        ...(row.type === 'range' ? { parameters: 'start=0 end=10 step=1' } : {}),
        ...(reviewText ? { review_text: 'yes' } : {}),
      },
    ],
    choices: list('l', 'x'),
    settings: { review: 'required' },
  });
  const [question] = questions;
  if (question === undefined) throw new TypeError(row.type);
  return question;
}

describe.each(questionTypes)('a question of type $type', (row) => {
  it('shows the public no words that nobody has read', () => {
    expect(shownBy(published(row, false), 'public')).toBe(row.words ? 'hidden' : 'plain');
    expect(shownBy(published(row, true), 'public')).toBe('plain');
  });

  it('shows the public a place as exactly as the form says, and no place without that', () => {
    const question = { ...published(row, true), precision: undefined };
    expect(shownBy(question, 'public')).toBe(row.place === 'none' ? 'plain' : 'hidden');
    const places = { geopoint: 'point', geotrace: 'line', geoshape: 'area' } as const;
    const isPlace =
      row.shape === 'geopoint' || row.shape === 'geotrace' || row.shape === 'geoshape';
    expect(row.place).toBe(isPlace ? places[row.shape] : 'none');
  });

  it('has a control if a person answers it, else a client knows what to do', () => {
    const l = list('l', 'x');
    const type = row.choices === 'none' ? row.type : `${row.type} l`;
    const name = row.type === 'audit' ? 'audit' : 'a';
    const parameters = row.type === 'range' ? 'start=0 end=10 step=1' : '';
    const calculation = row.type === 'calculate' ? '1' : '';
    const survey = [{ type, name, label: 'A', parameters, calculation }];
    const xml = writeXForm(modelOf({ survey, choices: l }));
    const body = xml.slice(xml.indexOf('<h:body'));
    const isAsked = row.answeredBy === 'person' || row.answeredBy === 'nobody';
    expect(body.includes(`<${row.control?.tag ?? 'none'} ref="/data/a"`)).toBe(isAsked);
    expect(xml).toMatch(new RegExp(`<bind nodeset="[^"]*${name}" type="${row.bind}|type="int"`));
  });
});

const path = join(import.meta.dirname, '../../../../../shared/form/types/question-types.ts');
const options: ts.CompilerOptions = {
  strict: true,
  exactOptionalPropertyTypes: true,
  noEmit: true,
  types: [],
  module: ts.ModuleKind.NodeNext,
  target: ts.ScriptTarget.ES2024,
  allowImportingTsExtensions: true,
  skipLibCheck: true,
};

/** A type as the compiler asks for one: a text, answered by a person. */
const facts = {
  type: "'story'",
  aliases: '[]',
  prose: 'true',
  choices: "'none'",
  place: "'none'",
  shape: "'text'",
  words: 'true',
  mediaTypes: '[]',
  columnKind: "'text'",
  settings: '[]',
  answeredBy: "'person'",
  control: "asks('input')",
  preload: 'undefined',
  action: 'undefined',
  default: "'answer'",
  bind: "'string'",
  parameters: '{}',
};

/** Which of the rows, added to the table one at a time, do not compile. */
function refused(rows: readonly Readonly<Record<string, string>>[]): readonly boolean[] {
  const source = ts.sys.readFile(path) ?? '';
  const end = '] as const satisfies readonly QuestionTypeFacts[];';
  expect(source).toContain(end);
  const texts = new Map(
    rows.map((row, index) => {
      const cells = Object.entries(row).map(([fact, value]) => `${fact}: ${value}`);
      const name = path.replace('question-types.ts', `question-types-${index}.ts`);
      return [name, source.replace(end, `{ ${cells.join(', ')} },\n${end}`)];
    }),
  );
  const program = programOf(texts, options);
  return [...texts.keys()].map(
    (name) => program.getSemanticDiagnostics(program.getSourceFile(name)).length > 0,
  );
}

describe('a new question type', () => {
  it('compiles with every fact, and with none left out', { timeout: 240_000 }, () => {
    const forgetful = Object.keys(facts).map((fact) =>
      Object.fromEntries(Object.entries(facts).filter(([other]) => other !== fact)),
    );
    const [whole, ...without] = refused([facts, ...forgetful]);
    expect(whole).toBe(false);
    expect(Object.keys(facts).filter((_, index) => without[index] !== true)).toEqual([]);
  });

  it.each([
    ['a text that is no words', { words: 'false' }],
    ['a file that is no words', { shape: "'attachment'", mediaTypes: "['a/b']", words: 'false' }],
    ['a file of any kind', { shape: "'attachment'", columnKind: "'file'" }],
    ['asked of a person with nothing to answer with', { control: 'undefined' }],
  ])('is not %s', { timeout: 240_000 }, (_, wrong) => {
    expect(refused([{ ...facts, ...wrong }])).toEqual([true]);
  });
});
