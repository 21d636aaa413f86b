import { isDate, isTime } from '../../form/types/iso-dates.ts';
import type { Bilingual } from '../../text.ts';
import { typedValue, type EdmValue } from './edm-value.ts';
import {
  binaryOperators,
  constant,
  functionNamed,
  minus,
  negation,
  requireCondition,
  type Expression,
  type ExpressionType,
} from './filter-expression.ts';
import { notImplemented, unreadable } from './odata-fault.ts';

/** What an expression may name: properties, also those of the row above. */
export interface ExpressionScope {
  /** For messages: `$filter`, `$orderby`. */
  readonly option: string;
  /** The expression that a path such as `parent/state` stands for. Throws Faults for any other. */
  readonly property: (path: readonly string[], at: number) => Expression;
  readonly now: Date;
}

/** What `$filter` says. Throws Faults: `malformed-request` with the position, `not-implemented`. */
export function parseFilter(text: string, scope: ExpressionScope): Expression {
  const parser = new ExpressionParser(text, scope);
  const filter = parser.expression();
  parser.end();
  return requireCondition(filter, parser.wrong);
}

/** One term of `$orderby`. */
export interface OrderTerm {
  readonly by: Expression;
  readonly descending: boolean;
}

/** What `$orderby` says, the first term counting most. Throws as `parseFilter`. */
export function parseOrder(text: string, scope: ExpressionScope): readonly OrderTerm[] {
  const parser = new ExpressionParser(text, scope);
  const terms: OrderTerm[] = [];
  do {
    const by = parser.expression();
    if (by.type === 'Edm.GeographyPoint') {
      throw parser.wrong(
        { fr: 'les lieux n’ont pas d’ordre.', en: 'places have no order.' },
        by.at,
      );
    }
    const descending = parser.take('name', 'desc');
    if (!descending) parser.take('name', 'asc');
    terms.push({ by, descending });
  } while (parser.take(','));
  parser.end();
  return terms;
}

/** As long as an address may be anyway. */
const mostCharacters = 16_384;
/** Parentheses, functions and `not` within one another. */
const mostDepth = 50;
/** What OData has, and this feed does not. */
const unknownOperators: ReadonlySet<string> = new Set(['in', 'has', 'divby']);
const lambdas: ReadonlySet<string> = new Set(['any', 'all']);

/** Reads expressions of OData 4.0 out of one option's text, by operator precedence. */
class ExpressionParser {
  readonly #scope: ExpressionScope;
  readonly #tokens: readonly Token[];
  #next = 0;
  #depth = 0;

  constructor(text: string, scope: ExpressionScope) {
    this.#scope = scope;
    this.#tokens = tokensOf(scope.option, text);
  }

  get #token(): Token {
    return this.#tokens[this.#next] ?? { kind: 'end', at: 0 };
  }

  /** The keyword or name that comes next; '': none does. */
  get #word(): string {
    return this.#token.kind === 'name' ? this.#token.name : '';
  }

  /** Takes what comes next if it is that. */
  take(kind: Token['kind'], name?: string): boolean {
    if (this.#token.kind !== kind || (name !== undefined && this.#word !== name)) return false;
    this.#next += 1;
    return true;
  }

  /** A Fault `malformed-request` that says what is wrong with what comes next, or with what stands at `at`. */
  readonly wrong = (message: Bilingual, at = this.#token.at): Error =>
    unreadable(this.#scope.option, message, at + 1);

  /** As far as operators of at least this precedence lead. */
  expression(precedence = 0): Expression {
    let left = this.#unary();
    for (;;) {
      if (unknownOperators.has(this.#word)) throw this.#unknown(`« ${this.#word} »`);
      const operator = binaryOperators.get(this.#word);
      if (operator === undefined || operator.precedence < precedence) return left;
      this.#next += 1;
      left = operator.join(left, this.expression(operator.precedence + 1), this.wrong);
    }
  }

  #unary(): Expression {
    const { at } = this.#token;
    if (this.take('name', 'not')) {
      return this.#deeper(() => negation(this.#unary(), at, this.wrong));
    }
    if (this.take('-')) return this.#deeper(() => minus(this.#unary(), at, this.wrong));
    return this.#primary();
  }

  #primary(): Expression {
    const token = this.#token;
    if (token.kind === 'literal') {
      this.#next += 1;
      return constant(token.type, token.value, token.at);
    }
    if (this.take('(')) {
      return this.#deeper(() => {
        const inner = this.expression();
        this.#close();
        return inner;
      });
    }
    if (token.kind !== 'name') {
      throw this.wrong({
        fr: 'il faut ici une valeur, une propriété ou une fonction.',
        en: 'a value, a property or a function is needed here.',
      });
    }
    const { name, at } = token;
    this.#next += 1;
    if (name === 'null') return constant('null', null, at);
    if (name === 'true' || name === 'false') return constant('Edm.Boolean', name === 'true', at);
    return this.take('(') ? this.#call(name, at) : this.#path(name, at);
  }

  #path(first: string, at: number): Expression {
    const path = [first];
    while (this.take('/')) {
      const name = this.#word;
      if (lambdas.has(name)) throw this.#unknown(`« ${name} »`);
      if (!this.take('name')) {
        throw this.wrong({ fr: 'il faut ici un nom.', en: 'a name is needed here.' });
      }
      path.push(name);
    }
    return this.#scope.property(path, at);
  }

  #call(name: string, at: number): Expression {
    if (name === 'now') {
      this.#close();
      return constant('Edm.DateTimeOffset', this.#scope.now.toISOString(), at);
    }
    const call = functionNamed(name);
    if (call === undefined) throw this.#unknown(`${name}()`);
    const args: Expression[] = [];
    if (!this.take(')')) {
      this.#deeper(() => {
        do args.push(this.expression());
        while (this.take(','));
        this.#close();
      });
    }
    return call(args, at, this.wrong);
  }

  #close(): void {
    if (this.take(')')) return;
    throw this.wrong({
      fr: 'il manque une parenthèse fermante.',
      en: 'a closing parenthesis is missing.',
    });
  }

  #deeper<T>(read: () => T): T {
    this.#depth += 1;
    if (this.#depth > mostDepth) {
      throw this.wrong({
        fr: `plus de ${mostDepth} niveaux d’imbrication.`,
        en: `nested more than ${mostDepth} deep.`,
      });
    }
    const result = read();
    this.#depth -= 1;
    return result;
  }

  #unknown(what: string): Error {
    return notImplemented({
      fr: `${this.#scope.option} : ${what} n’est pas pris en charge.`,
      en: `${this.#scope.option}: ${what} is not supported.`,
    });
  }

  /** Throws Fault `malformed-request` unless all has been read. */
  end(): void {
    if (this.take('end')) return;
    throw this.wrong({ fr: 'ceci est de trop.', en: 'this is too much.' });
  }
}

/** A piece of an expression's text. `at` is where it begins, from 0. */
type Token =
  | { readonly kind: 'name'; readonly at: number; readonly name: string }
  | ({ readonly kind: 'literal'; readonly at: number } & Literal)
  | { readonly kind: Mark | 'end'; readonly at: number };

interface Literal {
  readonly type: ExpressionType;
  readonly value: EdmValue;
}

/** The colon is that of `any` and `all`, which are refused by name. */
type Mark = '(' | ')' | ',' | '/' | '-' | ':';

const marks: ReadonlyMap<string, Mark> = new Map(
  (['(', ')', ',', '/', '-', ':'] as const).map((mark) => [mark, mark]),
);

/**
 * A text in quotes, two quotes being one; a number, date or time, in whose zone a plus sign that was not
 * encoded arrives as a space (`…T10:00:00+01:00`); a name of letters of any script, with dots if it is
 * qualified.
 */
const word =
  /(?<text>(?:'[^']*')+(?!'))|(?<number>\d[\dA-Za-z.:+-]*(?:(?<=T[\d:.]+) \d\d:\d\d)?)|(?<name>[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{Nd}\p{Mn}\p{Mc}_.]*)/uy;

/** The tokens of an expression. Throws Fault `malformed-request` with the position of what cannot be read. */
function tokensOf(option: string, text: string): readonly Token[] {
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
    const mark = marks.get(character);
    word.lastIndex = at;
    const found = word.exec(text);
    if (found !== null) {
      tokens.push(tokenOf(option, found));
      at = word.lastIndex;
    } else if (mark !== undefined || character === ' ' || character === '\t') {
      if (mark !== undefined) tokens.push({ kind: mark, at });
      at += 1;
    } else {
      const message =
        character === "'"
          ? { fr: 'guillemet sans fin.', en: 'quote without an end.' }
          : {
              fr: `le caractère « ${character} » n’a pas de sens ici.`,
              en: `the character “${character}” means nothing here.`,
            };
      throw unreadable(option, message, at + 1);
    }
  }
  return [...tokens, { kind: 'end', at: text.length }];
}

function tokenOf(option: string, { index: at, groups = {} }: RegExpExecArray): Token {
  const { text, number, name } = groups;
  if (name !== undefined) return { kind: 'name', at, name };
  if (text !== undefined) {
    const value = text.slice(1, -1).replaceAll("''", "'");
    return { kind: 'literal', at, type: 'Edm.String', value };
  }
  const literal = literalOf((number ?? '').replace(' ', '+'));
  if (literal !== undefined) return { kind: 'literal', at, ...literal };
  const message = {
    fr: `« ${number ?? ''} » n’est ni un nombre, ni une date, ni un moment avec son fuseau.`,
    en: `“${number ?? ''}” is no number, date, time, or moment with its zone.`,
  };
  throw unreadable(option, message, at + 1);
}

function literalOf(word: string): Literal | undefined {
  if (isDate(word)) return { type: 'Edm.Date', value: word };
  const type = isTime(word) ? 'Edm.TimeOfDay' : 'Edm.DateTimeOffset';
  const { value, fits } = typedValue(type, word);
  if (fits) return { type, value };
  if (!/^\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i.test(word)) return undefined;
  const number = Number(word);
  const whole = /^\d+$/.test(word) && Number.isSafeInteger(number);
  return { type: whole ? 'Edm.Int64' : 'Edm.Double', value: number };
}
