import type { JsonValue } from '../../json.ts';
import type { AnswerShape } from '../answer-shapes.ts';
import { numberToText } from '../expression/convert.ts';
import type { QuestionElement } from './instance-plan.ts';

/** Shapes whose text is the answer itself, whitespace included. */
const verbatim: ReadonlySet<AnswerShape> = new Set(['text', 'scalar']);
const numeric: ReadonlySet<AnswerShape> = new Set(['integer', 'number']);
const places: ReadonlySet<AnswerShape> = new Set(['geopoint', 'geotrace', 'geoshape']);
const moments: ReadonlySet<AnswerShape> = new Set(['time', 'dateTime']);

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
  if (verbatim.has(shapeName)) return { value: text === '' ? undefined : text, isWrong: false };
  const trimmed = text.trim();
  if (trimmed === '') return { value: undefined, isWrong: false };
  // A default picture that was left as it is: a file of the form, which phones send with no answer.
  if (shapeName === 'attachment' && formFile.test(trimmed)) {
    return { value: undefined, isWrong: false };
  }
  const value =
    shapeName === 'attachment'
      ? shape.read({ file: trimmed })
      : shape.parse(plain(shapeName, trimmed));
  return { value, isWrong: value === undefined };
}

/** The same in the one way of writing it that answers have. */
function plain(shapeName: AnswerShape, text: string): string {
  if (numeric.has(shapeName) || places.has(shapeName)) {
    return /[eE]/.test(text)
      ? text.replace(scientific, (found) => numberToText(Number(found)))
      : text;
  }
  if (!moments.has(shapeName)) return text;
  return text.replace(shortOffset, (_, start: string, minutes = '00') => `${start}:${minutes}`);
}
