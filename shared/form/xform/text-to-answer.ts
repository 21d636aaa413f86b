import type { JsonValue } from '../../json.ts';
import type { AnswerShape } from '../types/answer-shapes.ts';
import { numberToText } from '../types/number-text.ts';
import type { QuestionElement } from './instance-plan.ts';

/** How the text of each shape is read: as it stands, or with what older clients write otherwise mended. */
const readings: Readonly<
  Record<AnswerShape, 'verbatim' | 'trimmed' | 'numbers' | 'moment' | 'file'>
> = {
  none: 'trimmed',
  text: 'verbatim',
  scalar: 'verbatim',
  integer: 'numbers',
  number: 'numbers',
  date: 'trimmed',
  time: 'moment',
  dateTime: 'moment',
  code: 'trimmed',
  codes: 'trimmed',
  geopoint: 'numbers',
  geotrace: 'numbers',
  geoshape: 'numbers',
  acknowledge: 'trimmed',
  attachment: 'file',
};

/** A number as Java writes very large and very small ones: `1.0E7`. */
const scientific = /(?<![^\s;])[+-]?\d{1,17}(?:\.\d{1,17})?[eE][+-]?\d{1,3}(?![^\s;])/g;
/** The address of a file of the form itself. */
const formFile = /^jr:\/\/(?:images|audio|video|file)\/[^/]+$/;
/** An offset in whole hours, as older clients write it: `10:00:00.000+03`. */
const shortOffset = /(:\d{2}(?:\.\d{1,9})?[+-]\d{2})(\d{2})?$/;

/**
 * The answer that the text of an element means: undefined if it says nothing, or a text that is no
 * answer of this shape. `0123` and `+221770000000` stay texts where texts are asked for.
 */
export function answerOf(
  { shapeName, shape }: QuestionElement,
  text: string,
): { readonly value: JsonValue | undefined; readonly isWrong: boolean } {
  const reading = readings[shapeName];
  if (reading === 'verbatim') return { value: text === '' ? undefined : text, isWrong: false };
  const trimmed = text.trim();
  if (trimmed === '') return { value: undefined, isWrong: false };
  // A default picture that was left as it is: a file of the form, which phones send with no answer.
  if (reading === 'file' && formFile.test(trimmed)) {
    return { value: undefined, isWrong: false };
  }
  const value =
    reading === 'file' ? shape.read({ file: trimmed }) : shape.parse(plain(reading, trimmed));
  return { value, isWrong: value === undefined };
}

/** The same in the one way of writing it that answers have. */
function plain(reading: (typeof readings)[AnswerShape], text: string): string {
  if (reading === 'numbers') {
    return /[eE]/.test(text)
      ? text.replace(scientific, (found) => numberToText(Number(found)))
      : text;
  }
  if (reading !== 'moment') return text;
  return text.replace(shortOffset, (_, start: string, minutes = '00') => `${start}:${minutes}`);
}
