import type { Question } from '../model.ts';
import { typeRow } from '../types/question-types.ts';
import { isTriggered } from './binds.ts';
import type { XFormParts } from './xform-parts.ts';
import { xmlAttributes } from '../../xml-text.ts';

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
