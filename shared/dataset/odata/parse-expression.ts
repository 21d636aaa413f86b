import type { Bilingual } from '../../text.ts';
import { constant, isNumeric, type Expression, type ExpressionScope } from './expression.ts';
import { callOf, wrongArguments } from './call-function.ts';
import { expressionFunctions } from './expression-functions.ts';
import {
  arithmetic,
  comparison,
  junction,
  negation,
  type Arithmetic,
  type Comparison,
} from './expression-operators.ts';
import { notImplemented, unreadable } from './odata-fault.ts';
import { scanExpression, type Token } from './scan-expression.ts';

/** Parentheses, functions and `not` within one another. */
const mostDepth = 50;

const comparisons: ReadonlyMap<string, Comparison> = new Map(
  (['eq', 'ne', 'gt', 'ge', 'lt', 'le'] as const).map((name) => [name, name]),
);
const sums: ReadonlyMap<string, Arithmetic> = new Map([
  ['add', 'add'],
  ['sub', 'sub'],
]);
const products: ReadonlyMap<string, Arithmetic> = new Map([
  ['mul', 'mul'],
  ['div', 'div'],
  ['mod', 'mod'],
]);
/** What OData has, and this feed does not. */
const unknownOperators: ReadonlySet<string> = new Set(['in', 'has', 'divby']);
const lambdas: ReadonlySet<string> = new Set(['any', 'all']);

/** Reads expressions of OData 4.0 out of one option's text: recursive descent, types checked on the way. */
export class ExpressionParser {
  readonly #scope: ExpressionScope;
  readonly #tokens: readonly Token[];
  #next = 0;
  #depth = 0;

  /** Throws Fault `malformed-request` for text that has no tokens. */
  constructor(text: string, scope: ExpressionScope) {
    this.#scope = scope;
    this.#tokens = scanExpression(scope.option, text);
  }

  get #token(): Token {
    return this.#tokens[this.#next] ?? { kind: 'end', at: 0 };
  }

  /** The keyword or name that comes next, if one does. */
  get word(): string | undefined {
    return this.#token.kind === 'name' ? this.#token.name : undefined;
  }

  /** Takes what comes next if it is that. */
  take(kind: Token['kind'], name?: string): boolean {
    const token = this.#token;
    if (token.kind !== kind) return false;
    if (name !== undefined && (token.kind !== 'name' || token.name !== name)) return false;
    this.#next += 1;
    return true;
  }

  /** A Fault `malformed-request` that says what is wrong with what comes next, or with what stands at `at`. */
  wrong(message: Bilingual, at = this.#token.at): Error {
    return unreadable(this.#scope.option, message, at + 1);
  }

  expression(): Expression {
    return this.#junction('or', () => this.#junction('and', () => this.#comparison()));
  }

  #junction(operator: 'and' | 'or', operand: () => Expression): Expression {
    const first = operand();
    if (this.word !== operator) return first;
    const parts = [this.#truth(first)];
    while (this.take('name', operator)) parts.push(this.#truth(operand()));
    return junction(operator, parts);
  }

  #truth(expression: Expression): Expression {
    if (expression.type === 'Edm.Boolean' || expression.type === 'null') return expression;
    throw this.wrong(
      { fr: 'il faut ici une condition.', en: 'a condition is needed here.' },
      expression.at,
    );
  }

  #comparison(): Expression {
    let left = this.#arithmetic(sums, () => this.#arithmetic(products, () => this.#unary()));
    for (;;) {
      const operator = comparisons.get(this.word ?? '');
      if (operator === undefined) break;
      this.#next += 1;
      const right = this.#arithmetic(sums, () => this.#arithmetic(products, () => this.#unary()));
      const compared = comparison(operator, left, right);
      if (compared === undefined) {
        throw this.wrong(
          {
            fr: `${left.type} et ${right.type} ne se comparent pas par ${operator}.`,
            en: `${left.type} and ${right.type} do not compare by ${operator}.`,
          },
          right.at,
        );
      }
      left = compared;
    }
    if (this.word !== undefined && unknownOperators.has(this.word)) {
      throw this.#unknown(`« ${this.word} »`);
    }
    return left;
  }

  #arithmetic(operators: ReadonlyMap<string, Arithmetic>, operand: () => Expression): Expression {
    let left = operand();
    for (;;) {
      const operator = operators.get(this.word ?? '');
      if (operator === undefined) return left;
      this.#next += 1;
      const right = operand();
      left = arithmetic(operator, this.#number(left), this.#number(right));
    }
  }

  #number(expression: Expression): Expression {
    if (isNumeric(expression.type) || expression.type === 'null') return expression;
    throw this.wrong(
      { fr: 'il faut ici un nombre.', en: 'a number is needed here.' },
      expression.at,
    );
  }

  #unary(): Expression {
    const { at } = this.#token;
    if (this.take('name', 'not'))
      return this.#deeper(() => negation(this.#truth(this.#unary()), at));
    if (this.take('-')) {
      return this.#deeper(() => {
        const inner = this.#number(this.#unary());
        return arithmetic('sub', constant('Edm.Int64', 0, at), inner);
      });
    }
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
    this.#next += 1;
    if (token.name === 'null') return constant('null', null, token.at);
    if (token.name === 'true' || token.name === 'false') {
      return constant('Edm.Boolean', token.name === 'true', token.at);
    }
    if (this.#token.kind === '(') return this.#call(token.name, token.at);
    return this.#path(token.name, token.at);
  }

  #path(first: string, at: number): Expression {
    const path = [first];
    while (this.take('/')) {
      const name = this.word;
      if (name === undefined) {
        throw this.wrong({ fr: 'il faut ici un nom.', en: 'a name is needed here.' });
      }
      if (lambdas.has(name)) throw this.#unknown(`« ${name} »`);
      path.push(name);
      this.#next += 1;
    }
    return this.#scope.property(path, at);
  }

  #call(name: string, at: number): Expression {
    this.take('(');
    if (name === 'now') {
      this.#close();
      return constant('Edm.DateTimeOffset', this.#scope.now.toISOString(), at);
    }
    const known = expressionFunctions.get(name);
    if (known === undefined) throw this.#unknown(`${name}()`);
    const args = this.#deeper(() => this.#arguments());
    const refusal = wrongArguments(name, known, args);
    if (refusal !== undefined) throw this.wrong(refusal.message, refusal.at ?? at);
    return callOf(known, args, at);
  }

  #arguments(): readonly Expression[] {
    const args: Expression[] = [];
    if (this.take(')')) return args;
    do args.push(this.expression());
    while (this.take(','));
    this.#close();
    return args;
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
      fr: `${this.#scope.option}: ${what} n’est pas pris en charge.`,
      en: `${this.#scope.option}: ${what} is not supported.`,
    });
  }

  /** Throws Fault `malformed-request` unless all has been read. */
  end(): void {
    if (this.take('end')) return;
    throw this.wrong({ fr: 'ceci est de trop.', en: 'this is too much.' });
  }
}
