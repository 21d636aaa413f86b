import { ExpressionError } from './expression-error.ts';

interface Lexeme {
  readonly offset: number;
  /** The source text of the token, for messages. */
  readonly raw: string;
}

export type Token = Lexeme &
  (
    | { readonly kind: 'number'; readonly value: number }
    | { readonly kind: 'text'; readonly value: string }
    | { readonly kind: 'reference'; readonly name: string; readonly lastSaved: boolean }
    | { readonly kind: 'name' }
    | { readonly kind: 'operator' }
    | { readonly kind: 'symbol' }
    | { readonly kind: 'end' }
  );

const blank = /[ \t\r\n]+/y;
const number = /\d+(?:\.\d*)?|\.\d+/y;
const text = /"[^"]*"|'[^']*'/y;
const letters = String.raw`[\p{L}_][\p{L}\p{M}\p{N}_.·-]*`;
const name = new RegExp(`${letters}(?::${letters})?`, 'uy');
const reference = new RegExp(String.raw`\$\{\s*(last-saved#)?(${letters})\s*\}`, 'uy');
const mark = /\/\/|::|\.\.|!=|<=|>=|[-+*=<>|/()[\],.@]/y;
const operatorMarks = new Set(['*', '/', '//', '|', '+', '-', '=', '!=', '<', '<=', '>', '>=']);
const operatorNames = new Set(['and', 'or', 'mod', 'div']);

/** Habits of other languages and of word processors, with what to write instead. */
const mistakes: readonly (readonly [string, string])[] = [
  ['&lt;', '<'],
  ['&gt;', '>'],
  ['&&', 'and'],
  ['&', 'and'],
  ['||', 'or'],
  ['==', '='],
  ['=>', '>='],
  ['=<', '<='],
  ['<>', '!='],
  ['!', 'not(…)'],
  ['%', 'mod'],
  ['≤', '<='],
  ['≥', '>='],
  ['≠', '!='],
  ['×', '*'],
  ['÷', 'div'],
  ['−', '-'],
  ['–', '-'],
  ['—', '-'],
  [';', ','],
  ['{', '${…}'],
  ['#', '${…}'],
  ['^', 'pow(…, …)'],
];
const smartQuotes = new Set('‘’‚“”„«»´`′″');
const wideBlanks = /[\u00a0\u2000-\u200b\u202f\u2060\u3000\ufeff]/;

/**
 * Splits an expression into tokens, `*`, `and`, `or`, `mod` and `div` told apart from names by what
 * stands before them (XPath 1.0 §3.7). Throws ExpressionError.
 */
export function tokenize(source: string): readonly Token[] {
  const tokens: Token[] = [];
  let offset = 0;
  let previous: Token | undefined;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = offset;
    return pattern.exec(source);
  };
  for (;;) {
    offset += take(blank)?.[0].length ?? 0;
    if (offset >= source.length) break;
    previous = readToken(source, offset, previous, take);
    tokens.push(previous);
    offset += previous.raw.length;
  }
  tokens.push({ kind: 'end', offset: source.length, raw: '' });
  return tokens;
}

function readToken(
  source: string,
  offset: number,
  previous: Token | undefined,
  take: (pattern: RegExp) => RegExpExecArray | null,
): Token {
  for (const [wrong, right] of mistakes) {
    if (source.startsWith(wrong, offset) && !source.startsWith('!=', offset)) {
      throw unexpectedCharacter(wrong, offset, right);
    }
  }
  let match = take(number);
  if (match) return { kind: 'number', offset, raw: match[0], value: Number(match[0]) };
  match = take(text);
  if (match) return { kind: 'text', offset, raw: match[0], value: match[0].slice(1, -1) };
  match = take(reference);
  if (match) {
    const [raw, lastSaved, referred = ''] = match;
    return { kind: 'reference', offset, raw, name: referred, lastSaved: lastSaved !== undefined };
  }
  match = take(name);
  if (match) {
    const isOperator = operatorNames.has(match[0]) && endsOperand(previous);
    return { kind: isOperator ? 'operator' : 'name', offset, raw: match[0] };
  }
  match = take(mark);
  if (match) {
    const [raw] = match;
    const isOperator = operatorMarks.has(raw) && (raw !== '*' || endsOperand(previous));
    return { kind: isOperator ? 'operator' : 'symbol', offset, raw };
  }
  throw unreadable(source, offset);
}

/** Whether an operand may end with this token, so that an operator must follow it. */
function endsOperand(token: Token | undefined): boolean {
  if (token === undefined || token.kind === 'operator') return false;
  return !(token.kind === 'symbol' && ['@', '::', '(', '[', ','].includes(token.raw));
}

function unreadable(source: string, offset: number): ExpressionError {
  const character = String.fromCodePoint(source.codePointAt(offset) ?? 0);
  if (smartQuotes.has(character)) {
    return new ExpressionError(
      'smart-quote',
      offset,
      `Guillemet typographique ${character} : écrivez une apostrophe droite ' ou un guillemet droit ".`,
      `Curly quote ${character}: write a straight quote ' or ".`,
    );
  }
  if (wideBlanks.test(character)) {
    return new ExpressionError(
      'unexpected-character',
      offset,
      'Espace insécable ou invisible : remplacez-la par une espace ordinaire.',
      'Unbreakable or invisible space: replace it by an ordinary space.',
    );
  }
  if (character === '"' || character === "'") {
    return new ExpressionError(
      'unterminated-text',
      offset,
      `Texte ouvert par ${character} et jamais fermé. Un texte qui contient une apostrophe s’écrit entre guillemets droits : "l'eau".`,
      `Text opened by ${character} and never closed. Text that holds an apostrophe goes between double quotes: "l'eau".`,
    );
  }
  if (character === '$') {
    return new ExpressionError(
      'invalid-reference',
      offset,
      'Référence mal écrite : ${nom}, le nom commençant par une lettre ou _.',
      'Malformed reference: ${name}, the name beginning with a letter or _.',
    );
  }
  return unexpectedCharacter(character, offset);
}

function unexpectedCharacter(found: string, offset: number, right?: string): ExpressionError {
  const fr = right === undefined ? '' : ` Écrivez ${right}.`;
  const en = right === undefined ? '' : ` Write ${right}.`;
  return new ExpressionError(
    'unexpected-character',
    offset,
    `Caractère inattendu : ${found}.${fr}`,
    `Unexpected character: ${found}.${en}`,
  );
}
