import { describe, expect, it } from 'vitest';
import {
  ExpressionError,
  type ExpressionErrorCode,
} from '../../../../../shared/form/expression/expression-error.ts';
import { parseExpression } from '../../../../../shared/form/expression/parse-expression.ts';
import { sampleContext } from '../../../../support/expression-sample.ts';
import '../../../../support/engines.ts';

function refusalOf(source: string): ExpressionError {
  try {
    parseExpression(source);
  } catch (error) {
    if (error instanceof ExpressionError) return error;
    throw error;
  }
  throw new Error(`accepted: ${source}`);
}

const nested = (depth: number): string => `${'('.repeat(depth)}1${')'.repeat(depth)}`;

const refused: readonly (readonly [string, ExpressionErrorCode, number, RegExp?])[] = [
  ['', 'empty-expression', 0],
  ['  \n', 'empty-expression', 0],
  ['1 +', 'unexpected-end', 3],
  ['(1', 'unexpected-end', 2, /Expected \)/],
  ['concat(1, 2', 'unexpected-end', 11],
  ['${a}[1', 'unexpected-end', 6],
  ['1 2', 'unexpected-token', 2],
  ['1)', 'unexpected-token', 1],
  ['()', 'unexpected-token', 1],
  ['concat(1,)', 'unexpected-token', 9],
  ['concat(,1)', 'unexpected-token', 7],
  ['* 3 *', 'unexpected-token', 2],
  ['+ 1', 'unexpected-token', 0],
  ['1 + * 2 3', 'unexpected-token', 6],
  ['${a} AND ${b}', 'unexpected-token', 5, /Write and/],
  ['${a} et ${b}', 'unexpected-token', 5, /Write and/],
  ['${a} ou ${b}', 'unexpected-token', 5, /Write or/],
  ['${a} / ${b}', 'unexpected-token', 7, /write div/],
  ["'l'eau'", 'unterminated-text', 6, /double quotes/],
  ["'l'eau", 'unexpected-token', 3, /double quotes/],
  ["'abc", 'unterminated-text', 0],
  ['"abc', 'unterminated-text', 0],
  ['${a} == 1', 'unexpected-character', 5, /Write =/],
  ['${a} => 1', 'unexpected-character', 5, /Write >=/],
  ['${a} =< 1', 'unexpected-character', 5, /Write <=/],
  ['${a} && ${b}', 'unexpected-character', 5, /Write and/],
  ['${a} || ${b}', 'unexpected-character', 5, /Write or/],
  ['${a} <> 1', 'unexpected-character', 5, /Write !=/],
  ['!${a}', 'unexpected-character', 0, /not/],
  ['5 % 2', 'unexpected-character', 2, /mod/],
  ['${a} ≥ 1', 'unexpected-character', 5, /Write >=/],
  ['${a} – 1', 'unexpected-character', 5, /Write -/],
  ['${a} &lt; 1', 'unexpected-character', 5, /Write </],
  ['if(1; 2; 3)', 'unexpected-character', 4, /Write ,/],
  ['#{a}', 'unexpected-character', 0, /\$\{…\}/],
  ['1 + \\', 'unexpected-character', 4],
  ['${a}\u00a0= 1', 'unexpected-character', 4, /space/],
  ['${a} = 1\u200b', 'unexpected-character', 8, /space/],
  ['😀', 'unexpected-character', 0],
  ['${a} = ‘oui’', 'smart-quote', 7, /straight quote/],
  ['${a} = “oui”', 'smart-quote', 7],
  ['${a} = «oui»', 'smart-quote', 7],
  ['${a} = ’x’', 'smart-quote', 7],
  ['${}', 'invalid-reference', 0],
  ['${1a}', 'invalid-reference', 0],
  ['${a b}', 'invalid-reference', 0],
  ['${a', 'invalid-reference', 0],
  ['$a', 'invalid-reference', 0],
  ['${last-saved#}', 'invalid-reference', 0],
  ['//a', 'unsupported', 0, /\/\//],
  ['/data//a', 'unsupported', 5],
  ['@id', 'unsupported', 0],
  ['/data/@id', 'unsupported', 6],
  ['child::a', 'unsupported', 5],
  ["jr:itext('a')", 'unsupported', 0, /label::/],
  ['selectd(${a}, 1)', 'unknown-function', 0, /Did you mean selected\(\)/],
  ['1 + Round(2)', 'unknown-function', 4, /Did you mean round\(\)/],
  ['countselected(${a})', 'unknown-function', 0, /count-selected/],
  ['fi(1, 2, 3)', 'unknown-function', 0, /Did you mean if\(\)/],
  ['concta(1)', 'unknown-function', 0, /Did you mean concat\(\)/],
  ['frobnicate()', 'unknown-function', 0, /frobnicate\(\)\. Take one of XLSForm's/],
  ['constructor()', 'unknown-function', 0],
  ['__proto__()', 'unknown-function', 0],
  ['toString()', 'unknown-function', 0],
  ['text()', 'unknown-function', 0],
  ['not()', 'wrong-arguments', 0, /0 argument\(s\) instead of 1/],
  ['if(1, 2)', 'wrong-arguments', 0],
  ['concat()', 'wrong-arguments', 0, /at least 1/],
  ['1 + round(1, 2, 3)', 'wrong-arguments', 4, /1 to 2/],
  ['indexed-repeat(${a}, ${b}, 1, ${c})', 'wrong-arguments', 0, /3, 5, 7/],
  ['weighted-checklist(1, 2, 3, 4, 5)', 'wrong-arguments', 0],
  ["digest('a', 'CRC32')", 'wrong-arguments', 12, /SHA-256/],
  ["digest('a', 'MD5', 'octal')", 'wrong-arguments', 19, /hex/],
  ["jr:choice-name('a', 1)", 'wrong-arguments', 20],
  ["jr:choice-name('a', 'two words')", 'wrong-arguments', 20],
  ['choice-label(., 1)', 'wrong-arguments', 13],
  ["count('a')", 'not-nodes', 6],
  ['sum(1 + 2)', 'not-nodes', 4],
  ['position(1)', 'not-nodes', 9],
  ["'a' | ${b}", 'not-nodes', 0],
  ['${b} | 1', 'not-nodes', 7],
  ["'a'[1]", 'not-nodes', 0],
  ['(1)/a', 'not-nodes', 1],
  ['today()/a', 'not-nodes', 0],
  ["indexed-repeat('a', ${b}, 1)", 'not-nodes', 15],
  ['randomize(1)', 'not-nodes', 10],
  ["regex(., '(')", 'invalid-regex', 9],
  ["regex(., '[a')", 'invalid-regex', 9],
  ["regex(., '(?=a)b')", 'invalid-regex', 9, /lookahead/],
  ["regex(., '(?!a)b')", 'invalid-regex', 9],
  ["regex(., '(?<=a)b')", 'invalid-regex', 9],
  ["regex(., '(a)\\1')", 'invalid-regex', 9, /backreference/],
  ["regex(., 'a{2000}')", 'invalid-regex', 9],
  [nested(101), 'expression-too-deep', 101],
  [`${'not('.repeat(200)}1${')'.repeat(200)}`, 'expression-too-deep', 404],
  [`${'a['.repeat(200)}1${']'.repeat(200)}`, 'expression-too-deep', 202],
  [nested(15_999), 'expression-too-deep', 101],
  ['1'.padEnd(32_001), 'expression-too-long', 32_000],
];

describe('An expression is refused', () => {
  it.each(refused.map((row) => [row[0].slice(0, 40), ...row] as const))(
    '%s',
    (_, source, code, offset, words) => {
      const error = refusalOf(source);
      expect(error.code).toBe(code);
      expect(error.offset).toBe(offset);
      if (words !== undefined) expect(error.message).toMatch(words);
    },
  );

  it('in French and English', () => {
    expect(refusalOf('selectd(1, 2)').text).toEqual({
      fr: 'Fonction inconnue : selectd(). Vouliez-vous dire selected() ?',
      en: 'Unknown function: selectd(). Did you mean selected()?',
    });
  });
});

describe('An expression within the bounds is accepted', () => {
  it.each([
    ['100 nested parentheses', nested(100), 1],
    ['32,000 characters', '1'.padEnd(32_000), 1],
    ['16,000 operators', `1${' + 1'.repeat(7_999)}`, 8000],
    ['8,000 comparisons in a row', `1${' = 1'.repeat(7_999)}`, 1],
    ['10,000 minus signs', `${'-'.repeat(10_000)}1`, 1],
    ['5,000 predicates', `count(/data${'[1]'.repeat(5_000)})`, 1],
    ['10,000 steps', `count(/data${'/.'.repeat(10_000)})`, 1],
    ['10,000 arguments', `sum(/data/age) + max(${'1,'.repeat(10_000)}1)`, 35],
    ['10,000 unions', `count(/data/age${'|/d/a'.repeat(6_000)})`, 1],
    ['5,000 alternatives', `${'false() or '.repeat(2_900)}true()`, 1],
  ])('%s', (_, source, expected) => {
    expect(parseExpression(source).evaluateNumber(sampleContext())).toBe(expected);
  });
});

describe('An evaluation', () => {
  it.each([
    ['that examines too many rows', manyRows(9)],
    ['that makes too long a text', manyJoins(20)],
  ])('%s is stopped', (_, source) => {
    const expression = parseExpression(source);
    expect(() => expression.evaluate(sampleContext())).toThrow(
      expect.objectContaining({ name: 'ExpressionError', code: 'too-costly' }),
    );
  });

  it.each([28, 10_000])('runs (a+)+$ over %i letters in linear time', (length) => {
    const context = sampleContext();
    const letters = 'a'.repeat(length);
    expect(parseExpression(`regex('${letters}', '(a+)+$')`).evaluateBoolean(context)).toBe(true);
    expect(parseExpression(`regex('${letters}!', '(a+)+$')`).evaluateBoolean(context)).toBe(false);
  });

  it('matches nothing with a computed pattern that is too long', () => {
    const pattern = `concat('${'a'.repeat(1000)}', '?')`;
    const source = `regex('${'a'.repeat(1000)}', ${pattern})`;
    expect(parseExpression(source).evaluateBoolean(sampleContext())).toBe(false);
  });
});

function manyRows(depth: number): string {
  const inner = "instance('cities')/root/item[../../root/item[../../root/item[";
  return `count(${inner.repeat(depth)}true()${']]]'.repeat(depth)})`;
}

function manyJoins(depth: number): string {
  return `${'join('.repeat(depth)}'ab'${', /data/household/nom, /data/household/nom)'.repeat(depth)}`;
}
