import { ExpressionError } from './expression-error.ts';
import { tokenize, type Token } from './lexer.ts';
import {
  binaryLevels,
  type BinaryOperator,
  type PathStart,
  type Step,
  type Syntax,
} from './syntax.ts';

/** More than any form needs, and few enough that neither parsing nor evaluating exhausts the stack. */
const maxDepth = 100;
const maxLength = 32_000;

/** Reads an expression by recursive descent. Throws ExpressionError. */
export function parse(source: string): Syntax {
  if (source.length > maxLength) {
    throw new ExpressionError(
      'expression-too-long',
      maxLength,
      `Expression de plus de ${maxLength} caractères.`,
      `Expression longer than ${maxLength} characters.`,
    );
  }
  return new Parser(tokenize(source)).parseAll();
}

class Parser {
  readonly #tokens: readonly Token[];
  #next = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  parseAll(): Syntax {
    const first = this.#peek();
    if (first.kind === 'end') {
      throw new ExpressionError('empty-expression', 0, 'Expression vide.', 'Empty expression.');
    }
    const syntax = this.#expression();
    if (this.#peek().kind !== 'end') throw this.#unexpected();
    return syntax;
  }

  #peek(ahead = 0): Token {
    return this.#tokens[this.#next + ahead] ?? { kind: 'end', offset: 0, raw: '' };
  }

  #at(raw: string): boolean {
    const token = this.#peek();
    return token.raw === raw && (token.kind === 'symbol' || token.kind === 'operator');
  }

  #accept(raw: string): boolean {
    if (!this.#at(raw)) return false;
    this.#next++;
    return true;
  }

  #expect(raw: string): void {
    if (!this.#accept(raw)) throw this.#unexpected(raw);
  }

  /** One whole expression: at the top, in parentheses, in a predicate, as an argument. */
  #expression(): Syntax {
    const { offset } = this.#peek();
    if (this.#depth++ > maxDepth) {
      throw new ExpressionError(
        'expression-too-deep',
        offset,
        `Plus de ${maxDepth} parenthèses imbriquées.`,
        `More than ${maxDepth} nested parentheses.`,
      );
    }
    const syntax = this.#binary(0);
    this.#depth--;
    return syntax;
  }

  #binary(level: number): Syntax {
    const operators: readonly BinaryOperator[] | undefined = binaryLevels[level];
    if (operators === undefined) return this.#unary();
    const first = this.#binary(level + 1);
    const rest: { operator: BinaryOperator; operand: Syntax }[] = [];
    for (;;) {
      const token = this.#peek();
      const operator =
        token.kind === 'operator' ? operators.find((one) => one === token.raw) : undefined;
      if (operator === undefined) break;
      this.#next++;
      rest.push({ operator, operand: this.#binary(level + 1) });
    }
    return rest.length === 0 ? first : { type: 'chain', first, rest, offset: first.offset };
  }

  #unary(): Syntax {
    const { offset } = this.#peek();
    let times = 0;
    while (this.#accept('-')) times++;
    const operand = this.#union();
    return times === 0 ? operand : { type: 'minus', times, operand, offset };
  }

  #union(): Syntax {
    const first = this.#path();
    const parts = [first];
    while (this.#accept('|')) parts.push(this.#path());
    return parts.length === 1 ? first : { type: 'union', parts, offset: first.offset };
  }

  #path(): Syntax {
    const token = this.#peek();
    const { offset } = token;
    if (this.#accept('/')) {
      const steps = this.#atStep() ? this.#steps() : [];
      return { type: 'path', start: { from: 'root' }, predicates: [], steps, offset };
    }
    if (this.#atStep()) {
      const steps = this.#steps();
      return { type: 'path', start: { from: 'context' }, predicates: [], steps, offset };
    }
    const reference = this.#reference();
    const primary = reference === undefined ? this.#primary() : undefined;
    const predicates = this.#predicates();
    const steps = this.#accept('/') ? this.#steps() : [];
    if (reference !== undefined)
      return { type: 'path', start: reference, predicates, steps, offset };
    if (primary === undefined) throw this.#unexpected();
    if (predicates.length === 0 && steps.length === 0) return primary;
    const start: PathStart = { from: 'expression', expression: primary };
    return { type: 'path', start, predicates, steps, offset };
  }

  #reference(): PathStart | undefined {
    const token = this.#peek();
    if (token.kind !== 'reference') return undefined;
    this.#next++;
    return { from: token.lastSaved ? 'last-saved' : 'reference', name: token.name };
  }

  #primary(): Syntax {
    const token = this.#peek();
    const { offset } = token;
    if (token.kind === 'number' || token.kind === 'text') {
      this.#next++;
      return token.kind === 'number'
        ? { type: 'number', value: token.value, offset }
        : { type: 'text', value: token.value, offset };
    }
    if (this.#accept('(')) {
      const inner = this.#expression();
      this.#expect(')');
      return inner;
    }
    if (token.kind !== 'name') throw this.#unexpected();
    this.#next++;
    this.#expect('(');
    const args: Syntax[] = [];
    if (!this.#at(')')) {
      do args.push(this.#expression());
      while (this.#accept(','));
    }
    this.#expect(')');
    return { type: 'call', name: token.raw, arguments: args, offset };
  }

  /** Whether a location step begins here; a name before `(` begins a call instead. */
  #atStep(): boolean {
    const token = this.#peek();
    if (token.kind === 'name') return this.#peek(1).raw !== '(' || this.#peek(1).kind !== 'symbol';
    return token.kind === 'symbol' && ['.', '..', '*', '@'].includes(token.raw);
  }

  #steps(): readonly Step[] {
    const steps = [this.#step()];
    while (this.#accept('/')) steps.push(this.#step());
    return steps;
  }

  #step(): Step {
    const token = this.#peek();
    if (!this.#atStep() || token.raw === '@') throw this.#unexpected();
    this.#next++;
    if (this.#at('::')) throw this.#unexpected();
    return { test: token.raw, predicates: this.#predicates() };
  }

  #predicates(): readonly Syntax[] {
    const predicates: Syntax[] = [];
    while (this.#accept('[')) {
      predicates.push(this.#expression());
      this.#expect(']');
    }
    return predicates;
  }

  #unexpected(expected?: string): ExpressionError {
    return unexpectedToken(this.#peek(), this.#tokens[this.#next - 1], expected);
  }
}

/** XPath that XLSForm clients do not have, by the token that gives it away. */
const unsupported = new Map([
  ['//', { fr: 'Le raccourci //', en: 'The shorthand //' }],
  ['@', { fr: 'Un attribut @', en: 'An attribute @' }],
  ['::', { fr: 'Un axe ::', en: 'An axis ::' }],
]);

/** The error for a token that cannot stand where it does, with the likeliest remedy. */
function unexpectedToken(
  token: Token,
  previous: Token | undefined,
  expected: string | undefined,
): ExpressionError {
  const { offset, raw } = token;
  const hint = remedy(token, previous);
  const fr = (expected === undefined ? '' : ` ${expected} attendu.`) + (hint?.fr ?? '');
  const en = (expected === undefined ? '' : ` Expected ${expected}.`) + (hint?.en ?? '');
  if (token.kind === 'end') {
    return new ExpressionError(
      'unexpected-end',
      offset,
      `L’expression s’arrête trop tôt : complétez-la.${fr}`,
      `The expression ends too early: complete it.${en}`,
    );
  }
  const absent = unsupported.get(raw);
  if (absent !== undefined) {
    return new ExpressionError(
      'unsupported',
      offset,
      `${absent.fr} n’existe pas dans XLSForm : nommez la question par \${nom}.`,
      `${absent.en} does not exist in XLSForm: name the question by \${name}.`,
    );
  }
  return new ExpressionError(
    'unexpected-token',
    offset,
    `Élément inattendu : ${raw}.${fr === '' ? ' Retirez-le, ou écrivez ce qui manque devant lui.' : fr}`,
    `Unexpected: ${raw}.${en === '' ? ' Take it out, or write what is missing before it.' : en}`,
  );
}

function remedy(token: Token, previous: Token | undefined): { fr: string; en: string } | undefined {
  const lower = token.raw.toLowerCase();
  if (token.kind === 'name' && ['and', 'or', 'div', 'mod'].includes(lower)) {
    return { fr: ` Écrivez ${lower} en minuscules.`, en: ` Write ${lower} in lower case.` };
  }
  if (token.kind === 'name' && ['et', 'ou'].includes(lower)) {
    const word = lower === 'et' ? 'and' : 'or';
    return { fr: ` Écrivez ${word}.`, en: ` Write ${word}.` };
  }
  if (previous?.raw === '/') {
    return { fr: ' Pour diviser, écrivez div.', en: ' To divide, write div.' };
  }
  if (previous?.kind === 'text') {
    return {
      fr: ' Un texte qui contient une apostrophe s’écrit entre guillemets droits : "l\'eau".',
      en: ' Text that holds an apostrophe goes between double quotes: "l\'eau".',
    };
  }
  return undefined;
}
