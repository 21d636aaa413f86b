import type { JsonObject, JsonValue } from '../../json.ts';
import type { Translations } from '../../text.ts';
import { answerShapes } from '../types/answer-shapes.ts';
import type { FormModel, FormNode, Group, Question, Repeat } from '../model.ts';
import { readRange } from '../compile/parameters.ts';
import { typeRow } from '../types/question-types.ts';
import { maxInstances } from './build-answer-tree.ts';

/**
 * JSON Schema 2020-12 of the answers to a form, as they are kept: what a schema can say of them.
 * Relevance, constraints and choice filters are the form's own and stay with it; hence `required` has
 * only what is required whatever else is answered. Titles are in the form's default language.
 */
export function answersSchema(model: FormModel): JsonObject {
  const writer = new SchemaWriter(model.settings.defaultLanguage);
  const title = writer.text(model.settings.title);
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: title ?? model.formId,
    ...writer.block(model.root),
  };
}

class SchemaWriter {
  readonly #language: string;

  constructor(language: string) {
    this.#language = language;
  }

  text(texts: Translations): string | undefined {
    return texts.get(this.#language) ?? [...texts.values()][0];
  }

  block(block: Group | Repeat): JsonObject {
    const answered = block.children.filter(
      (child) => child.kind !== 'question' || typeRow(child.type).shape !== 'none',
    );
    const required = answered.filter(isAlwaysRequired).map((child) => child.name);
    return {
      type: 'object',
      properties: Object.fromEntries(answered.map((child) => [child.name, this.#node(child)])),
      ...(required.length === 0 ? {} : { required }),
      additionalProperties: false,
    };
  }

  #node(node: FormNode): JsonObject {
    const title = this.text(node.label);
    const about = title === undefined ? {} : { title };
    if (node.kind === 'question') return { ...about, ...this.#question(node) };
    if (node.kind === 'group') return { ...about, ...this.block(node) };
    return { ...about, type: 'array', items: this.block(node), maxItems: maxInstances };
  }

  #question(question: Question): JsonObject {
    const description = this.text(question.hint);
    return {
      ...(description === undefined ? {} : { description }),
      ...answerShapes[typeRow(question.type).shape].schema,
      ...limits(question),
      ...(question.calculation === undefined ? {} : { readOnly: true }),
    };
  }
}

function limits(question: Question): Record<string, JsonValue> {
  const codes = question.list === undefined ? undefined : [...question.list.byName.keys()];
  if (codes !== undefined) {
    return typeRow(question.type).choices === 'one'
      ? { enum: codes }
      : { items: { type: 'string', enum: codes } };
  }
  if (question.type === 'range') {
    const range = readRange(question.parameters);
    return range === undefined ? {} : { minimum: range.min, maximum: range.max };
  }
  // An empty text is no answer: kept answers hold none.
  return typeRow(question.type).shape === 'text' ? { minLength: 1 } : {};
}

/** A group is required if something in it is, whatever else is answered. */
function isAlwaysRequired(node: FormNode): boolean {
  if (node.relevant !== undefined || node.kind === 'repeat') return false;
  if (node.kind === 'group') return node.children.some(isAlwaysRequired);
  return node.required === true && typeRow(node.type).answeredBy === 'person';
}
