import { nodesOf, type FormNode, type Question, type Repeat } from '../model.ts';
import { readRange } from '../compile/parameters.ts';
import { typeRow } from '../types/question-types.ts';
import { metaName } from './node-paths.ts';
import type { XFormParts } from './xform-parts.ts';
import { xmlAttributes } from '../../xml-text.ts';

type Attributes = Map<string, string | undefined>;

/** Every `<bind>`: types, rules and messages of the nodes, in the form's order. */
export function binds(parts: XFormParts): string {
  const { model, paths } = parts;
  const { instanceName } = model.settings;
  let written = '';
  for (const node of nodesOf(model.root)) {
    if (node.kind === 'repeat') written += countBind(node, parts);
    const header = node.kind === 'group' ? parts.generated.headers.get(node) : undefined;
    if (header !== undefined) written += bind(paths.absolute(header), [['type', 'string']]);
    const attributes = node.kind === 'question' ? ofQuestion(node, parts) : ofBlock(node, parts);
    for (const [name, value] of parts.own(node.client.bind, node)) attributes.set(name, value);
    attributes.delete('nodeset');
    if (attributes.size > 0) written += bind(parts.refOf(node), attributes);
  }
  const meta = (name: string): string => paths.absolute([metaName, name]);
  written += bind(meta('orx:instanceID'), [
    ['type', 'string'],
    ['readonly', 'true()'],
    ['jr:preload', 'uid'],
  ]);
  if (instanceName === undefined) return written;
  return (
    written +
    bind(meta('orx:instanceName'), [
      ['type', 'string'],
      ['calculate', parts.xpath(instanceName, [metaName, 'orx:instanceName'])],
    ])
  );
}

function bind(
  nodeset: string,
  attributes: Iterable<readonly [string, string | undefined]>,
): string {
  return `<bind${xmlAttributes([['nodeset', nodeset], ...attributes])}/>`;
}

function countBind(repeat: Repeat, parts: XFormParts): string {
  const path = parts.generated.counts.get(repeat);
  if (path === undefined || repeat.count === undefined) return '';
  return bind(parts.paths.absolute(path), [
    ['type', 'string'],
    ['readonly', 'true()'],
    ['calculate', parts.xpath(repeat.count, path)],
  ]);
}

function ofBlock({ relevant, path }: FormNode, parts: XFormParts): Attributes {
  const attributes: Attributes = new Map();
  if (relevant !== undefined) attributes.set('relevant', parts.xpath(relevant, path));
  return attributes;
}

function ofQuestion(question: Question, parts: XFormParts): Attributes {
  const { type, path, parameters, required, constraint, calculation, relevant } = question;
  const ref = parts.refOf(question);
  const say = (kind: string, text: Question['requiredMessage']): string | undefined =>
    parts.itext.message(`${ref}:${kind}`, { text, from: path });
  const row = typeRow(type);
  const [preload, preloadParams] = row.preload ?? [];
  const attributes: Attributes = new Map([
    ['type', type === 'range' ? rangeType(parameters) : row.bind],
    ['required', requirement(required, path, parts)],
    ['jr:requiredMsg', say('jr:requiredMsg', question.requiredMessage)],
    ['relevant', relevant && parts.xpath(relevant, path)],
    ['constraint', constraint && parts.xpath(constraint, path)],
    ['jr:constraintMsg', say('jr:constraintMsg', question.constraintMessage)],
    [
      'calculate',
      calculation && !isTriggered(question) ? parts.xpath(calculation, path) : undefined,
    ],
    ['readonly', readonlyRule(question, parts)],
    ['jr:preload', preload],
    ['jr:preloadParams', preloadParams],
  ]);
  for (const [name, { element, attribute }] of Object.entries(row.parameters)) {
    if (element === 'bind') attributes.set(attribute, parameters.get(name));
  }
  return attributes;
}

/** Whether another question's change, not any change, makes the client compute this one. */
function isTriggered({ trigger }: Question): boolean {
  return trigger.length > 0;
}

function requirement(
  required: Question['required'],
  path: readonly string[],
  parts: XFormParts,
): string | undefined {
  if (typeof required === 'object') return parts.xpath(required, path);
  return required ? 'true()' : undefined;
}

function readonlyRule(question: Question, parts: XFormParts): string | undefined {
  if (question.type === 'note' || question.readonly) return 'true()';
  const { readonlyWhen, path } = question;
  return readonlyWhen && parts.xpath(readonlyWhen, path);
}

/** A range of whole numbers has whole numbers for answers. */
function rangeType(parameters: Question['parameters']): string {
  const bounds = readRange(parameters);
  const whole = bounds !== undefined && Object.values(bounds).every(Number.isInteger);
  const written = ['start', 'end', 'step'].some(
    (name) => parameters.get(name)?.includes('.') === true,
  );
  return whole && !written ? 'int' : 'decimal';
}

/** What happens when a new record is opened, outside repeats: defaults to compute, a place to take… */
export function modelActions(parts: XFormParts): string {
  return parts.model.questions.map((question) => opening(question, parts)).join('');
}

/** What happens in a new instance of a repeat, for the questions that stand in it directly. */
export function repeatActions(questions: readonly Question[], parts: XFormParts): string {
  return questions.map((question) => setDefault(question, 'odk-new-repeat', parts)).join('');
}

/** What happens when the answer to the question named `trigger` changes. */
export function triggeredActions(question: Question, parts: XFormParts): string {
  const ref = parts.refOf(question);
  const event = 'xforms-value-changed';
  if (typeRow(question.type).action === 'odk:setgeopoint') {
    return `<odk:setgeopoint${xmlAttributes([
      ['ref', ref],
      ['event', event],
    ])}/>`;
  }
  const { calculation, path } = question;
  return setvalue(ref, event, calculation && parts.xpath(calculation, path));
}

function opening(question: Question, parts: XFormParts): string {
  const ref = parts.refOf(question);
  const { action } = typeRow(question.type);
  if (action === 'odk:setgeopoint' && !isTriggered(question)) {
    return `<odk:setgeopoint${xmlAttributes([
      ['ref', ref],
      ['event', 'odk-instance-first-load'],
    ])}/>`;
  }
  if (action === 'odk:recordaudio') {
    return `<odk:recordaudio${xmlAttributes([
      ['ref', ref],
      ['event', 'odk-instance-load'],
      ['odk:quality', question.parameters.get('quality')],
    ])}/>`;
  }
  return setDefault(question, 'odk-instance-first-load', parts);
}

function setDefault(question: Question, event: string, parts: XFormParts): string {
  const { default: computed, path } = question;
  if (typeof computed !== 'object') return '';
  return setvalue(parts.refOf(question), event, parts.xpath(computed, path));
}

function setvalue(ref: string, event: string, value: string | undefined): string {
  return `<setvalue${xmlAttributes([
    ['ref', ref],
    ['event', event],
    ['value', value],
  ])}/>`;
}
