import { describe, expect, it } from 'vitest';
import { NodePaths } from '../../../../../shared/form/xform/node-paths.ts';
import {
  printXPath,
  hasReference,
  textWithPaths,
} from '../../../../../shared/form/xform/print-xpath.ts';
import { modelOf } from '../../../../support/form-source.ts';

const paths = new NodePaths(
  modelOf({
    survey: [
      { type: 'text', name: 'a' },
      { type: 'text', name: 'a_b' },
      { type: 'text', name: 'a-b' },
      { type: 'begin group', name: 'g' },
      { type: 'text', name: 'in_g' },
      { type: 'begin repeat', name: 'r' },
      { type: 'text', name: 'q' },
      { type: 'text', name: 'q2' },
      { type: 'begin group', name: 'h' },
      { type: 'text', name: 'deep' },
      { type: 'end group' },
      { type: 'begin repeat', name: 's' },
      { type: 'text', name: 'w' },
      { type: 'text', name: 'w2' },
      { type: 'end repeat' },
      { type: 'end repeat' },
      { type: 'end group' },
      { type: 'begin repeat', name: 'other' },
      { type: 'text', name: 'o' },
      { type: 'end repeat' },
    ],
  }),
);
const outside = ['a'];
const inRepeat = ['g', 'r', 'q'];
const inGroup = ['g', 'r', 'h', 'deep'];
const nested = ['g', 'r', 's', 'w'];

describe('an expression of XLSForm as XPath', () => {
  it.each([
    // What is written is kept: no reference, nothing to do.
    [outside, " . > 1 and  ../x = 'a' ", " . > 1 and  ../x = 'a' "],
    [outside, 'true()', 'true()'],
    // Outside repeats: absolute paths.
    [outside, '${a}', '/data/a'],
    [outside, '${ a }', '/data/a'],
    [outside, '${in_g} = 1', '/data/g/in_g = 1'],
    [outside, 'concat(${a}, ${a_b})', 'concat(/data/a, /data/a_b)'],
    // Names that begin alike, and names that would run into what is around them.
    [outside, '${a}+${a_b}-${a-b}', '/data/a + /data/a_b - /data/a-b'],
    [outside, '${a}and ${a}', '/data/a and /data/a'],
    [outside, '1 div${a}', '1 div /data/a'],
    [outside, '${a}-1', '/data/a -1'],
    [outside, '${a}*2', '/data/a *2'],
    [outside, '-${a}', '- /data/a'],
    // A place in a predicate is spelt out.
    [outside, '${r}[1]/q', '/data/g/r[position() = 1]/q'],
    [outside, '${r}[ 2 ][1 + 1]', '/data/g/r[ position() = 2 ][1 + 1]'],
    [outside, '${r}/q', '/data/g/r/q'],
    // In texts, `${}` is no reference.
    [outside, "'${a}' = ${a}", "'${a}' = /data/a"],
    [outside, '"it\'s ${a}"', '"it\'s ${a}"'],
    // The record saved before.
    [outside, '${last-saved#a}', "instance('__last-saved')/data/a"],
    [inRepeat, '${last-saved#q} + 1', "instance('__last-saved')/data/g/r/q + 1"],
    // In the same instance of a repeat: from here.
    [inRepeat, '${q2} = 1', '../q2 = 1'],
    [inRepeat, '${q}', '../q'],
    [inRepeat, '${a}', '/data/a'],
    [inRepeat, '${deep}', '../h/deep'],
    [inGroup, '${q}', '../../q'],
    [inGroup, '${h}', '..'.concat('/../h')],
    [nested, '${w2}', '../w2'],
    [nested, '${q}', '../../q'],
    [nested, '${deep}', '../../h/deep'],
    [inRepeat, '${w}', '../s/w'],
    [inRepeat, '${o}', '/data/other/o'],
    // The repeats themselves: all of their instances.
    [inRepeat, 'count(${r})', 'count(../../r)'],
    [inGroup, 'sum(${r}/q)', 'sum(../../../r/q)'],
    [inRepeat, 'position(${r})', 'position(..)'],
    [nested, 'position(${r}) + position(${s})', 'position(../..) + position(..)'],
    [inRepeat, 'position(${s})', 'position(../s)'],
    [outside, 'position(${r})', 'position(/data/g/r)'],
    [nested, 'count(${s}) + count(${r})', 'count(../../s) + count(../../../r)'],
    [outside, 'sum(${w})', 'sum(/data/g/r/s/w)'],
    [inRepeat, 'sum(${w})', 'sum(../s/w)'],
    [inRepeat, 'position(..)', 'position(..)'],
    // The repeat's own node.
    [['g', 'r'], '${q} = 1', './q = 1'],
    [['g', 'r'], '${r}', '/data/g/r'],
    // indexed-repeat() says itself which instances it means, but not in its indexes.
    [
      inRepeat,
      'indexed-repeat(${q}, ${r}, ${q2} + 1)',
      'indexed-repeat(/data/g/r/q, /data/g/r, ../q2 + 1)',
    ],
    [
      nested,
      'indexed-repeat(${w}, ${r}, 1, ${s}, position(${s}))',
      'indexed-repeat(/data/g/r/s/w, /data/g/r, 1, /data/g/r/s, position(..))',
    ],
    [
      inRepeat,
      "if(${q} = '', indexed-repeat(${q}, ${r}, 1), ${q})",
      "if(../q = '', indexed-repeat(/data/g/r/q, /data/g/r, 1), ../q)",
    ],
    // In predicates `.` is another node.
    [
      inRepeat,
      "instance('l')/root/item[name = ${q}]/label",
      "instance('l')/root/item[name = current()/../q]/label",
    ],
    [
      outside,
      "instance('l')/root/item[name = ${a}]/label",
      "instance('l')/root/item[name = /data/a]/label",
    ],
    [nested, '${r}[q = ${w}]/q2', '../../../r[q = current()/../w]/q2'],
    [
      inRepeat,
      '${r}[position() = position(${r}) - 1]/q',
      '../../r[position() = position(current()/..) - 1]/q',
    ],
    [outside, '${a}[count(${r}) = 1]', '/data/a[count(/data/g/r) = 1]'],
    [inRepeat, '${a}[count(${r}) = 1]', '/data/a[count(current()/../../r) = 1]'],
    [inRepeat, '${q2}[. = ${q}] = ${q}', '../q2[. = current()/../q] = ../q'],
    [inRepeat, "(${q2})[concat(${q}, '[')]", "(../q2)[concat(current()/../q, '[')]"],
    // A question named in a text.
    [outside, "jr:choice-name(${a}, '${a}')", "jr:choice-name(/data/a, '/data/a')"],
    [inRepeat, 'jr:choice-name(${q}, " ${q} ")', "jr:choice-name(../q, '../q')"],
    [outside, "jr:choice-name('${a}', '/data/a')", "jr:choice-name('${a}', '/data/a')"],
    [outside, "pulldata('f', 'k', 'v', ${a})", "pulldata('f', 'k', 'v', /data/a)"],
    // An absolute path begins with the root, whatever its author called it.
    [outside, '/form/a + /data/a_b', '/data/a + /data/a_b'],
    [outside, "instance('x')/root/item", "instance('x')/root/item"],
    [outside, '../a/b * 2', '../a/b * 2'],
    [
      outside,
      'count(/x/g/r[/x/a = 1]) > 1 or /x/a',
      'count(/data/g/r[/data/a = 1]) > 1 or /data/a',
    ],
  ])('at %j: %s is %s', (from, source, expected) => {
    expect(printXPath(source, { paths, from })).toBe(expected);
  });

  it('takes a choice filter for a predicate', () => {
    const filter = { paths, from: inRepeat, predicate: true };
    expect(printXPath('region = ${q} and zone = ${a}', filter)).toBe(
      'region = current()/../q and zone = /data/a',
    );
  });

  it('reads what an instance holds where the choices are instances of a repeat', () => {
    const at = (from: readonly string[], source: string): string =>
      printXPath(source, { paths, from, predicate: true, items: ['g', 'r'] });
    expect(at(outside, '${q} = ${a}')).toBe('./q = /data/a');
    expect(at(outside, "${deep} = '' and ${w}[. = ${q}]")).toBe(
      "./h/deep = '' and ./s/w[. = /data/g/r/q]",
    );
    expect(at(nested, '${w} = ${q}')).toBe('current()/../w = ./q');
  });

  it('fills paths into texts that are no expressions', () => {
    expect(textWithPaths("it's ${q} ${last-saved#a} ${nobody} ${", paths, inRepeat)).toBe(
      "it's ../q instance('__last-saved')/data/a ${nobody} ${",
    );
    expect(hasReference('${a}')).toBe(true);
    expect(hasReference('5 $, {a}, ${}, ${a b}')).toBe(false);
  });
});
