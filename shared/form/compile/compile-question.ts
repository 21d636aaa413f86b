import type { Translations } from '../../text.ts';
import {
  noClientFacts,
  choicesFromOf,
  listOf,
  readChoiceFilter,
  readDefault,
  readFlag,
  readHxl,
  readImportance,
  readReadonly,
  readSensitive,
  readTrigger,
  type SurveyContext,
} from './question-cells.ts';
import { checkParameters, readParameters, readRange } from './parameters.ts';
import { oneWord, readYesNo } from './cell-values.ts';
import { parseExpression } from '../expression/parse-expression.ts';
import type { CellPlace } from '../form-issues.ts';
import { audiences, type Question, type Repeat } from '../model.ts';
import type { OutlineQuestion } from './outline.ts';

/** What a question has in common with groups and repeats. */
export type QuestionBase = Pick<
  Question,
  'name' | 'path' | 'label' | 'relevant' | 'row' | 'client'
>;

const precisions = ['exact', 'adm2', 'adm1'] as const;
const none: Translations = new Map();

/** Reads the row of a question. */
export function compileQuestion(
  node: OutlineQuestion,
  base: QuestionBase,
  repeat: Repeat | undefined,
  context: SurveyContext,
): Question {
  const { row, type } = node;
  const { defaultLanguage, issues, parse } = context;
  const place = (column: string): CellPlace => row.place(column);

  const parameters = readParameters(row.text('parameters'));
  const calculation = parse(row, 'calculation');
  const fallback = readDefault(node, context);
  const hint = row.translations('hint', defaultLanguage);
  const said = base.label.size + hint.size + base.client.media.size;
  if (type.answeredBy === 'person' && said === 0) {
    issues.add('missing-label', place('label'), node.name);
  }
  if (type.type === 'calculate' && calculation === undefined && fallback === undefined) {
    if (row.text('calculation') === '') {
      issues.add('missing-calculation', place('calculation'), node.name);
    }
  }
  if (type.type === 'range' && readRange(parameters) === undefined) {
    issues.add('bad-range', place('parameters'), row.text('parameters'));
  }
  if (/\bsearch\s*\(/.test(row.text('appearance'))) {
    issues.add('search-appearance', place('appearance'));
  }
  checkParameters(node, parameters, context);
  const word = <Word extends string>(
    column: string,
    words: readonly Word[],
    code: 'bad-visibility' | 'bad-precision',
  ): Word | undefined => oneWord(row.text(column), words, code, place(column), issues);
  const visibility = word('visibility', audiences, 'bad-visibility') ?? 'coordinator';
  const precision = word('precision', precisions, 'bad-precision');
  if (type.place !== 'none' && visibility === 'public' && precision === undefined) {
    issues.add('place-hidden', place('precision'), node.name);
  }
  const list = listOf(node, parameters, context);
  return {
    ...base,
    kind: 'question',
    type: type.type,
    repeat,
    hint,
    required: readYesNo(row.text('required')) ?? parse(row, 'required') ?? false,
    requiredMessage: row.translations('required_message', defaultLanguage),
    constraint: parse(row, 'constraint'),
    constraintMessage: row.translations('constraint_message', defaultLanguage),
    calculation,
    trigger: readTrigger(node, context),
    ...readReadonly(row, context),
    default: fallback,
    list,
    choicesFrom: choicesFromOf(node),
    choiceFilter: readChoiceFilter(node, list, context),
    orOther: node.orOther,
    parameters,
    appearance: row.text('appearance'),
    visibility,
    precision,
    quasiIdentifier: readFlag('quasi_identifier', row, context),
    sensitive: readSensitive(row, context),
    importance: readImportance(row, context),
    // Both depend on other questions and on the settings: see free-texts.ts.
    freeText: true,
    reviewText: readFlag('review_text', row, context),
    hxl: readHxl(row, context),
  };
}

/** The text that goes with `other`. It is as visible as the question that it belongs to. */
export function otherOf(question: Question): Question {
  const name = `${question.name}_other`;
  return {
    ...question,
    name,
    path: [...question.path.slice(0, -1), name],
    type: 'text',
    label: new Map([
      ['fr', 'Précisez'],
      ['en', 'Please specify'],
    ]),
    hint: none,
    relevant: parseExpression(`selected(../${question.name}, 'other')`),
    required: false,
    requiredMessage: none,
    constraint: undefined,
    constraintMessage: none,
    calculation: undefined,
    trigger: [],
    client: noClientFacts,
    default: undefined,
    list: undefined,
    choicesFrom: undefined,
    choiceFilter: undefined,
    orOther: false,
    parameters: new Map(),
    appearance: '',
    precision: undefined,
    hxl: undefined,
  };
}
