import { answerShapes } from '../../shared/form/types/answer-shapes.ts';
import { compileForm } from '../../shared/form/compile/compile-form.ts';
import type { FormDefinition, Row } from '../../shared/form/definition.ts';
import { emptyGlossary } from '../../shared/form/validate/glossary.ts';
import type { FormModel } from '../../shared/form/model.ts';
import { typeRow } from '../../shared/form/types/question-types.ts';
import { validateAnswers } from '../../shared/form/validate/validate.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../shared/json.ts';
import type { Place } from './expression-corpus.ts';
import { lists, record, type RecordNode, type RecordQuestion } from './expression-record.ts';
import './engines.ts';

/** An expression where it stands, with the name of the calculate that holds it. */
export interface Posed {
  readonly name: string;
  readonly at: Place;
  readonly source: string;
}

/** What an expression makes: one text per instance of the place where it stands, between `<` and `>`. */
export type Results = ReadonlyMap<string, readonly string[]>;

/** Marked at both ends, so that blanks, an empty text and NaN can be told apart in any engine. */
export const marked = (source: string): string => `concat('<', string(${source}), '>')`;

/** The record and the expressions as the sheets of a form. */
function definitionOf(posed: readonly Posed[]): FormDefinition {
  const calculates = (at: Place): Row[] =>
    posed
      .filter((one) => one.at === at)
      .map(({ name, source }) => ({ type: 'calculate', name, calculation: marked(source) }));
  const rows = (nodes: readonly RecordNode[]): Row[] =>
    nodes.flatMap((node) => {
      if ('type' in node) return [questionRow(node)];
      const isRepeat = 'instances' in node;
      const kind = isRepeat ? 'repeat' : 'group';
      const children = isRepeat ? (node.instances[0] ?? []) : node.children;
      const place = placeOf(node.name);
      return [
        { type: `begin ${kind}`, name: node.name, label: node.name },
        ...rows(children),
        ...(place === undefined ? [] : calculates(place)),
        { type: `end ${kind}` },
      ];
    });
  return {
    survey: [...rows(record), ...calculates('root')],
    choices: Object.entries(lists).flatMap(([list_name, choices]) =>
      choices.map((choice) => ({ list_name, ...choice })),
    ),
    settings: {
      form_id: 'expressions',
      form_title: 'Expressions',
      version: '1',
      default_language: 'English (en)',
    },
  };
}

export function placeOf(name: string): Place | undefined {
  return name === 'household' || name === 'visit' ? name : undefined;
}

function questionRow({ name, type, list }: RecordQuestion): Row {
  return { type: list === undefined ? type : `${type} ${list}`, name, label: name };
}

/** The form of some expressions; undefined if it is refused. */
export function modelWith(posed: readonly Posed[]): FormModel | undefined {
  return compileForm('expressions', definitionOf(posed), new Map()).model;
}

/** The record's answers, as a client of the JSON API sends them. */
const recordAnswers: JsonObject = answersOf(record);

function answersOf(nodes: readonly RecordNode[]): JsonObject {
  const answers: Record<string, JsonValue> = {};
  for (const node of nodes) {
    if ('children' in node) answers[node.name] = answersOf(node.children);
    else if ('instances' in node) answers[node.name] = node.instances.map(answersOf);
    else if (node.value !== '') {
      const read = answerShapes[typeRow(node.type).shape].parse(node.value);
      if (read === undefined) throw new Error(`${node.name} cannot be ${node.value}`);
      answers[node.name] = read;
    }
  }
  return answers;
}

/** What the product makes of the expressions: validation does the calculations again. */
export function ownResults(posed: readonly Posed[]): Results {
  const model = modelWith(posed);
  if (model === undefined) throw new Error('The form of the expressions is refused.');
  const { answers, errors } = validateAnswers(model, recordAnswers, {
    now: new Date('2026-11-21T12:00:00.000Z'),
    uuid: () => crypto.randomUUID(),
    glossary: emptyGlossary,
  });
  if (errors.length > 0) throw new Error(JSON.stringify(errors));
  return new Map(posed.map(({ name, at }) => [name, valuesAt(answers, at, name)]));
}

function valuesAt(answers: JsonObject, at: Place, name: string): string[] {
  const households = instancesOf(answers, 'household');
  const holders = {
    root: [answers],
    household: households,
    visit: households.flatMap((household) => instancesOf(household, 'visit')),
  };
  return holders[at].map((holder) => {
    const value = holder[name];
    return typeof value === 'string' ? value : '';
  });
}

function instancesOf(holder: JsonObject, name: string): JsonObject[] {
  const instances = holder[name];
  return Array.isArray(instances) ? (instances as readonly JsonValue[]).filter(isJsonObject) : [];
}
