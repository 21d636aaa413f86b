import * as fc from 'fast-check';
import { numberToText } from '../../../../../shared/form/types/number-text.ts';
import { describe, expect, it } from 'vitest';
import { compareEqual } from '../../../../../shared/form/expression/compare.ts';
import { textToNumber } from '../../../../../shared/form/expression/convert.ts';
import { ExpressionError } from '../../../../../shared/form/expression/expression-error.ts';
import { functionTable } from '../../../../../shared/form/expression/functions/function-table.ts';
import { dateText, parseMoment } from '../../../../../shared/form/expression/moment.ts';
import { tokenize } from '../../../../../shared/form/expression/lexer.ts';
import { parseExpression } from '../../../../../shared/form/expression/parse-expression.ts';
import { evaluateSample, sampleContext } from '../../../../support/expression-sample.ts';
import { contextAt, instanceFromJson } from '../../../../support/instance-from-json.ts';
import '../../../../support/engines.ts';

/** Parses and, if that works, evaluates in every way: only ExpressionError may come out. */
function survive(source: string): void {
  try {
    const expression = parseExpression(source);
    for (const path of ['', 'age', 'household[2]/nom']) {
      const context = sampleContext(path);
      expression.evaluate(context);
      expression.evaluateBoolean(context);
      expression.evaluateNumber(context);
      expression.evaluateString(context);
    }
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    expect(error.offset).toBeGreaterThanOrEqual(0);
    expect(error.offset).toBeLessThanOrEqual(source.length);
    expect(error.text.fr).not.toBe('');
    expect(error.text.en).not.toBe('');
  }
}

const piece = fc.constantFrom(
  ...['${age}', '${nom}', '${household}', '.', '..', '/', '/data', '*', '[', ']', '(', ')', ','],
  ...['+', '-', 'div', 'mod', 'and', 'or', '=', '!=', '<', '>=', '|', '1', '.5', "'a'", "''", ' '],
  ...["'2020-01-01'", '${empty}', '${place}', "instance('cities')/root/item", 'name', '${x', '"'],
  ...[...functionTable.keys()].map((name) => `${name}(`),
);

describe('Whatever the text', () => {
  it('parsing and evaluating throw nothing but ExpressionError', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 60 }), survive));
  });

  it('so do scraps of expressions put together', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => survive(pieces.join(''))),
      { numRuns: 3000 },
    );
  });

  it('so do calls of every function with any arguments', () => {
    const argument = fc.constantFrom(
      ...["''", "'a'", "'-1'", '0', '-3', '1 div 0', '0 div 0', 'true()', '${empty}', '${nom}'],
      ...['${age}', '${dob}', '${shape}', '${household}', '/data/missing', '.', "'%Y'", '99999999'],
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...functionTable.keys()),
        fc.array(argument, { maxLength: 5 }),
        (name, args) => survive(`${name}(${args.join(', ')})`),
      ),
      { numRuns: 3000 },
    );
  });

  it('tokens hold every character but blanks', () => {
    const text = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(' '));
    fc.assert(
      fc.property(text, (source) => {
        let tokens;
        try {
          tokens = tokenize(source);
        } catch (error) {
          if (error instanceof ExpressionError) return;
          throw error;
        }
        const blanks = /[ \t\r\n]/g;
        const held = tokens.map((token) => token.raw).join('');
        expect(held.replace(blanks, '')).toBe(source.replace(blanks, ''));
      }),
    );
  });
});

interface Tree {
  readonly xpath: string;
  readonly value: number;
}

const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 6, depthSize: 'large' },
    fc.nat({ max: 99 }).map((value): Tree => ({ xpath: String(value), value })),
    tie('tree').map((one): Tree => ({ xpath: `-(${one.xpath})`, value: -one.value })),
    fc.tuple(tie('tree'), fc.constantFrom('+', '-', '*', 'div', 'mod'), tie('tree')).map(combine),
  ),
}));

function combine([a, operator, b]: [Tree, string, Tree]): Tree {
  const xpath = `(${a.xpath} ${operator} ${b.xpath})`;
  const values = new Map([
    ['+', a.value + b.value],
    ['-', a.value - b.value],
    ['*', a.value * b.value],
    ['div', a.value / b.value],
    ['mod', a.value % b.value],
  ]);
  return { xpath, value: values.get(operator) ?? Number.NaN };
}

describe('Arithmetic', () => {
  it('agrees with JavaScript for trees of operators in parentheses', () => {
    fc.assert(
      fc.property(tree, ({ xpath, value }) => {
        expect(evaluateSample(xpath)).toEqual(value);
      }),
    );
  });

  it('agrees with JavaScript on precedence without parentheses', () => {
    const operators = fc.constantFrom('+', '-', '*', 'div', 'mod');
    const links = fc.array(fc.tuple(operators, fc.nat({ max: 99 })), { maxLength: 12 });
    fc.assert(
      fc.property(fc.nat({ max: 99 }), links, (first, rest) => {
        const xpath = rest.reduce((text, [op, value]) => `${text} ${op} ${value}`, String(first));
        expect(evaluateSample(xpath)).toEqual(sumOfProducts(first, rest));
      }),
    );
  });
});

/** The same chain, reckoned the other way round: products first, then their sum. */
function sumOfProducts(first: number, rest: readonly (readonly [string, number])[]): number {
  const terms: number[] = [];
  let product = first;
  let sign = 1;
  for (const [operator, value] of rest) {
    if (operator === '*') product *= value;
    else if (operator === 'div') product /= value;
    else if (operator === 'mod') product %= value;
    else {
      terms.push(sign * product);
      [sign, product] = [operator === '-' ? -1 : 1, value];
    }
  }
  return [...terms, sign * product].reduce((sum, term) => sum + term);
}

describe('Conversion', () => {
  it('gives every finite number back from its text, which has no exponent', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const text = numberToText(value);
        expect(text).toMatch(/^-?\d+(\.\d+)?$/);
        expect(textToNumber(text, 0)).toBe(value === 0 ? 0 : value);
      }),
    );
  });

  it('gives every day back from its number', () => {
    const days = fc.integer({ min: -719_528, max: 2_932_896 });
    fc.assert(
      fc.property(days, fc.integer({ min: -720, max: 840 }), (day, offset) => {
        expect(parseMoment(dateText(day), offset)?.days).toBe(day);
      }),
    );
  });

  it('compares two node-sets as all pairs of their nodes would', () => {
    const texts = fc.array(fc.constantFrom('', 'a', 'b', '1'), { maxLength: 4 });
    fc.assert(
      fc.property(texts, texts, fc.boolean(), (a, b, equal) => {
        const root = instanceFromJson({
          a: a.map((text) => ({ text })),
          b: b.map((text) => ({ text })),
        });
        const set = (name: string) => root.children(name).flatMap((one) => one.children('text'));
        const pairs = a.some((one) => b.some((other) => (one === other) === equal));
        expect(compareEqual(set('a'), set('b'), equal, 0)).toBe(pairs);
      }),
    );
  });
});

describe('References in nested repeats', () => {
  it('mean the instances that the asking node stands in, whatever the shape', () => {
    const shape = fc.array(fc.array(fc.nat(), { minLength: 1, maxLength: 4 }), {
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(shape, fc.nat(), fc.nat(), (values, some, other) => {
        const outer = some % values.length;
        const inner = other % (values[outer]?.length ?? 1);
        const root = instanceFromJson({
          outer: values.map((row) => ({ inner: row.map((value) => ({ value })), own: null })),
        });
        const at = `outer[${outer + 1}]/inner[${inner + 1}]/value`;
        const read = (source: string, path: string) =>
          parseExpression(source).evaluate(contextAt(root, path));
        const texts = (nodes: ReturnType<typeof read>) =>
          typeof nodes === 'object' ? nodes.map((node) => node.text()) : nodes;
        const row = (values[outer] ?? []).map(numberToText);
        expect(texts(read('${value}', at))).toEqual([row[inner]]);
        expect(texts(read('${value}', `outer[${outer + 1}]/own`))).toEqual(row);
        expect(texts(read('${value}', ''))).toEqual(values.flat().map(numberToText));
        expect(read('position(..)', at)).toBe(inner + 1);
        expect(
          read(`indexed-repeat(\${value}, \${outer}, ${outer + 1}, \${inner}, ${inner + 1})`, ''),
        ).toBe(row[inner]);
      }),
    );
  });
});
