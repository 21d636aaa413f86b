import { answerShapes } from '../../shared/form/types/answer-shapes.ts';
import type { FormModel, FormNode, Question } from '../../shared/form/model.ts';
import { typeRow } from '../../shared/form/types/question-types.ts';
import { isJsonObject, own, type JsonObject, type JsonValue } from '../../shared/json.ts';
import type { Setting } from './xforms-engine.ts';

/** What a person does to give these answers: one setting per question that asks her something. */
export function settingsOf(model: FormModel, answers: JsonObject): Setting[] {
  return model.root.children.flatMap((child) => settingsAt(child, answers, '/data'));
}

function settingsAt(node: FormNode, answers: JsonObject, path: string): Setting[] {
  const reference = `${path}/${node.name}`;
  const value = own(answers, node.name);
  if (node.kind === 'question') {
    return value === undefined || !isAsked(node) ? [] : [{ reference, value: textOf(node, value) }];
  }
  if (node.kind === 'group') {
    const inside = value !== undefined && isJsonObject(value) ? value : {};
    return node.children.flatMap((child) => settingsAt(child, inside, reference));
  }
  const rows = Array.isArray(value) ? (value as readonly JsonValue[]).filter(isJsonObject) : [];
  if (rows.length === 0) return [{ reference, value: '' }];
  return rows.flatMap((row, index) =>
    node.children.flatMap((child) => settingsAt(child, row, `${reference}[${index + 1}]`)),
  );
}

/** Whether a person answers it, and neither the client nor a calculation does. */
export function isAsked({ type, calculation }: Question): boolean {
  return typeRow(type).answeredBy === 'person' && calculation === undefined;
}

function textOf({ type }: Question, value: JsonValue): string {
  const file = isJsonObject(value) ? own(value, 'file') : undefined;
  return typeof file === 'string' ? file : answerShapes[typeRow(type).shape].text(value);
}

/**
 * The answers that persons gave: nothing that a client or the server adds, no empty group or repeat.
 * Clients write the codes of a select_multiple in the list's order, and a place with all it can have.
 */
export function givenAnswers(model: FormModel, answers: JsonObject): JsonObject {
  return givenIn(model.root.children, answers);
}

function givenIn(nodes: readonly FormNode[], answers: JsonObject): JsonObject {
  const given: Record<string, JsonValue> = {};
  for (const node of nodes) {
    const value = own(answers, node.name);
    if (value === undefined) continue;
    if (node.kind === 'question') {
      if (isAsked(node)) given[node.name] = asClientsWrite(node, value);
    } else if (Array.isArray(value)) {
      const rows = (value as readonly JsonValue[]).filter(isJsonObject);
      if (rows.length > 0) given[node.name] = rows.map((row) => givenIn(node.children, row));
    } else if (isJsonObject(value)) {
      const group = givenIn(node.children, value);
      if (Object.keys(group).length > 0) given[node.name] = group;
    }
  }
  return given;
}

function asClientsWrite({ type, list }: Question, value: JsonValue): JsonValue {
  if (type === 'select_multiple' && Array.isArray(value)) {
    const chosen = new Set<JsonValue>(value as readonly JsonValue[]);
    return (list?.choices ?? []).map(({ name }) => name).filter((code) => chosen.has(code));
  }
  if (type === 'geopoint' && isJsonObject(value)) return { altitude: 0, accuracy: 0, ...value };
  // The server adds to a file's name what it knows of the file.
  const file = isJsonObject(value) ? own(value, 'file') : undefined;
  return file === undefined ? value : { file };
}
