import { isDate, isDateTime, isTime } from '../../form/types/iso-dates.ts';
import type { Bilingual } from '../../text.ts';
import { typedValue, type EdmValue } from './edm-value.ts';
import type { ExpressionType } from './expression.ts';
import { unreadable } from './odata-fault.ts';

/** A piece of an expression's text. `at` is where it begins, from 0. */
export type Token =
  | { readonly kind: 'name'; readonly at: number; readonly name: string }
  | {
      readonly kind: 'literal';
      readonly at: number;
      readonly type: ExpressionType;
      readonly value: EdmValue;
    }
  | { readonly kind: Mark | 'end'; readonly at: number };

/** The colon is that of `any` and `all`, which are told apart from what nobody can read. */
type Mark = '(' | ')' | ',' | '/' | '-' | ':';

/** As long as an address may be anyway. */
const mostCharacters = 16_384;

const marks: ReadonlyMap<string, Mark> = new Map(
  (['(', ')', ',', '/', '-', ':'] as const).map((mark) => [mark, mark]),
);
const isSpace = (character: string): boolean => character === ' ' || character === '\t';
const isDigit = (character: string): boolean => character >= '0' && character <= '9';

/** Letters of any script, digits, `_`, and dots within qualified names. */
function isWordPart(character: string): boolean {
  if (character < '\x80') return /^[A-Za-z0-9_.]$/.test(character);
  return /^[\p{L}\p{Nl}\p{Nd}\p{Mn}\p{Mc}]$/u.test(character);
}

/**
 * The tokens of an expression, in one pass over it. Throws Fault `malformed-request` with the position
 * of what cannot be read.
 */
export function scanExpression(option: string, text: string): readonly Token[] {
  const fail = (at: number, message: Bilingual): Error => unreadable(option, message, at + 1);
  if (text.length > mostCharacters) {
    throw unreadable(option, {
      fr: `plus de ${mostCharacters} caractères.`,
      en: `more than ${mostCharacters} characters.`,
    });
  }
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
    const next = text[at + 1] ?? '';
    const begins = at;
    const mark = marks.get(character);
    if (isSpace(character)) {
      at += 1;
    } else if (character === "'") {
      const [value, end] = quoted(text, at);
      if (end === -1) {
        throw fail(at, { fr: 'guillemet sans fin.', en: 'quote without an end.' });
      }
      tokens.push({ kind: 'literal', at, type: 'Edm.String', value });
      at = end;
    } else if (isDigit(character) || (character === '-' && isDigit(next) && mayBeSigned(tokens))) {
      at = endOfNumber(text, at);
      let word = text.slice(begins, at);
      // A plus sign that was not encoded arrives as a space: `…T10:00:00+01:00`.
      if (isDateTime(word) && isDateTime(`${word}+${text.slice(at + 1, at + 6)}`)) {
        word = `${word}+${text.slice(at + 1, at + 6)}`;
        at += 6;
      }
      const literal = literalOf(word);
      if (literal === undefined) {
        throw fail(begins, {
          fr: `« ${word} » n’est ni un nombre, ni une date, ni un moment avec son fuseau.`,
          en: `“${word}” is no number, date, time, or moment with its zone.`,
        });
      }
      tokens.push({ kind: 'literal', at: begins, ...literal });
    } else if (mark !== undefined) {
      tokens.push({ kind: mark, at });
      at += 1;
    } else if (isWordPart(character)) {
      while (at < text.length) {
        const part = String.fromCodePoint(text.codePointAt(at) ?? 0);
        if (!isWordPart(part)) break;
        at += part.length;
      }
      tokens.push({ kind: 'name', at: begins, name: text.slice(begins, at) });
    } else {
      throw fail(at, {
        fr: `le caractère « ${character} » n’a pas de sens ici.`,
        en: `the character “${character}” means nothing here.`,
      });
    }
  }
  tokens.push({ kind: 'end', at: text.length });
  return tokens;
}

/** The text of a literal in quotes, two quotes being one, and where it ends; -1: it does not. */
function quoted(text: string, at: number): readonly [string, number] {
  let value = '';
  let from = at + 1;
  for (;;) {
    const end = text.indexOf("'", from);
    if (end === -1) return ['', -1];
    value += text.slice(from, end);
    if (text[end + 1] !== "'") return [value, end + 1];
    value += "'";
    from = end + 2;
  }
}

/** A minus sign after a value would be a subtraction, which is written `sub`. */
function mayBeSigned(tokens: readonly Token[]): boolean {
  const last = tokens.at(-1);
  return last?.kind !== 'literal' && last?.kind !== ')';
}

/** Numbers, dates and times hold no space, comma or parenthesis. */
function endOfNumber(text: string, begins: number): number {
  let at = begins + 1;
  while (at < text.length && /^[0-9A-Za-z.:+-]$/.test(text[at] ?? '')) at += 1;
  return at;
}

function literalOf(
  word: string,
): { readonly type: ExpressionType; readonly value: EdmValue } | undefined {
  if (isDate(word)) return { type: 'Edm.Date', value: word };
  for (const type of ['Edm.DateTimeOffset', 'Edm.TimeOfDay'] as const) {
    if (type === 'Edm.TimeOfDay' && !isTime(word)) continue;
    const { value, fits } = typedValue(type, word);
    if (fits) return { type, value };
  }
  const number = Number(/^-?[0-9]/.test(word) && !/[xobXOB]/.test(word) ? word : NaN);
  if (Number.isNaN(number)) return undefined;
  const whole = /^-?[0-9]+$/.test(word) && Number.isSafeInteger(number);
  return { type: whole ? 'Edm.Int64' : 'Edm.Double', value: number };
}
