import { describe, expect, it } from 'vitest';
import { parseExpression } from '../../../../../shared/form/expression/parse-expression.ts';
import {
  evaluateSample,
  sampleCases,
  sampleContext,
  type SampleRow,
} from '../../../../support/expression-sample.ts';

const first = 'household[1]/nom';
const second = 'household[2]/nom';

const paths: readonly SampleRow[] = [
  ['.', ['34'], 'age'],
  ['./.', ['34'], 'age'],
  ['../name', ['Awa Ndiaye'], 'age'],
  ['./../name', ['Awa Ndiaye'], 'age'],
  ['../../age', ['34'], 'contact/email'],
  ['../inner/deep', ['bottom'], 'contact/email'],
  ['../../../age', ['34'], 'contact/inner/deep'],
  ['../../../../..', [], 'age'],
  ['name', ['Awa Ndiaye']],
  ['contact/inner/deep', ['bottom']],
  ['nom', ['Ana'], 'household[1]'],
  ['/data/name', ['Awa Ndiaye'], 'age'],
  ['/whatever/name', ['Awa Ndiaye']],
  ['/data/contact/email', ['contact@example.org']],
  ['count(/)', 1],
  ['count(/data)', 1],
  ['count(/data/*/deep)', 0],
  ['/data/contact/*/deep', ['bottom']],
  ['/data/missing/below', []],
  ['/data/other/inner/low', ['floor'], 'contact/inner/deep'],
  ['${low}', ['floor'], 'contact/inner/deep'],
  ['/data/toString', ['a question']],
  ['/data/constructor', []],
  ['/data/é1', ['accent']],
  ['${toString}', ['a question']],
  ['${constructor}', []],
  ['${ age }', ['34']],
  ['${é1}', ['accent']],
  ['${deep}', ['bottom']],
  ['${contact}/email', ['contact@example.org']],
  ['${nowhere}', []],
  ['${last-saved#age}', ''],
  ["${last-saved#age} = ''", true],
  ['(../name)', ['Awa Ndiaye'], 'age'],
  ['(${contact})/email', ['contact@example.org']],
  ['current()', ['34'], 'age'],
  ['current()/../name', ['Awa Ndiaye'], 'age'],
  ['${name} | ${age}', ['Awa Ndiaye', '34']],
  ['${age} | ${name}', ['Awa Ndiaye', '34']],
  ['${age} | ${age}', ['34']],
  ['${nom} | ${age} | ${name}', ['Awa Ndiaye', '34', 'Ana', 'Bia', 'Caio']],
  ['count(${nom} | ${ans})', 6],
  ['${contact} | ${deep} | ${email}', ['', 'contact@example.org', 'bottom']],
];

const repeats: readonly SampleRow[] = [
  ['${nom}', ['Ana', 'Bia', 'Caio']],
  ['${nom}', ['Ana', 'Bia', 'Caio'], 'age'],
  ['${nom}', ['Bia'], second],
  ['${nom}', ['Bia'], 'household[2]'],
  ['${nom}', ['Bia'], 'household[2]/visit[1]/note'],
  ['${day}', ['1', '2', '3']],
  ['${day}', ['1', '2'], first],
  ['${day}', ['2'], 'household[1]/visit[2]/note'],
  ['${day}', [], 'household[3]/nom'],
  ['${age}', ['34'], 'household[1]/visit[2]/note'],
  ['string(${nom})', 'Ana'],
  ['/data/household/nom', ['Ana', 'Bia', 'Caio']],
  ['/data/household/nom', ['Bia'], second],
  ['/data/household/visit/day', ['3'], second],
  ['/data/household[1]/nom', ['Ana'], second],
  ['../../household/nom', ['Ana', 'Bia', 'Caio'], second],
  ['../nom', ['Bia'], 'household[2]/ans'],
  ['count(${household})', 3],
  ['count(${household})', 3, second],
  ['count(${visit})', 3],
  ['count(${visit})', 2, first],
  ['count(${visit})', 2, 'household[1]/visit[1]/day'],
  ['count(${nobody})', 0],
  ['sum(${ans})', 47],
  ['sum(${ans})', 7, second],
  ['sum(../../household/ans)', 47, second],
  ['position(..)', 2, second],
  ['position(.)', 1, second],
  ['position(../..)', 1, second],
  ['position(..)', 2, 'household[1]/visit[2]/note'],
  ['position(../..)', 1, 'household[1]/visit[2]/note'],
  ['position(/data/missing)', 0],
  ['position()', 3, 'household[3]'],
  ['${ans} * 2', 14, second],
  ["concat(position(..), ' / ', count(${household}))", '2 / 3', second],
];

const predicates: readonly SampleRow[] = [
  ['${nom}[2]', ['Bia']],
  ['${nom}[2][1]', ['Bia']],
  ['${nom}[4]', []],
  ['${nom}[0]', []],
  ['${nom}[1.5]', []],
  ['${nom}[last()]', ['Caio']],
  ['${nom}[position() < 3]', ['Ana', 'Bia']],
  ["${nom}[. = 'Bia']", ['Bia']],
  ['${nom}[../ans > 10]', ['Ana']],
  ['${household}[2]/nom', ['Bia']],
  ['${household}[1]/nom', ['Ana'], second],
  ['${household}[ans > 10]/nom', ['Ana']],
  ['${household}[ans]/nom', ['Ana', 'Bia']],
  ['${household}[not(ans)]/nom', ['Caio']],
  ['${household}[position() = ${zero} + 2]/nom', ['Bia']],
  ['${household}[position() = position(current()/..) - 1]/nom', ['Ana'], second],
  ['${household}[if(true(), 2, 1)]/nom', ['Bia']],
  ['${household}[if(true(), "x", 1)]/nom', ['Ana', 'Bia', 'Caio']],
  ['${household}[visit/day = 3]/nom', ['Bia']],
  ['${household}[count(visit) > 1]/nom', ['Ana']],
  ['/data/household[2]/nom', ['Bia']],
  ['/data/household/visit[1]/day', ['1', '3']],
  ['/data/household/visit[1]/day', ['3'], second],
  ['(/data/household/visit)[1]/day', ['1']],
  ['/data/household/visit[last()]/note', ['b', 'c']],
  ["/data/household[nom = 'Ana']/visit[day = 2]/note", ['b']],
  ['/data/household/visit/..[1]/nom', ['Ana', 'Bia']],
  ['/data[household]/age', ['34']],
  ['/data[missing]/age', []],
  ['count(/data/household[ans > 5][1])', 1],
  ['../../household[nom = current()]/ans', ['7'], second],
  ['${household}[nom = ${nom}]/ans', ['7'], second],
];

const lists: readonly SampleRow[] = [
  ["instance('cities')/root/item[name = 'ths']/label", ['Thiès']],
  ["instance('cities')/root/item/name", ['dkr', 'ths', 'mbr']],
  ["instance('cities')/root/item[region = 'TH'][2]/label", ['Mbour']],
  ["instance('cities')/root/item[2]/label", ['Thiès']],
  ["instance('cities')/root/item[people > 300000]/name", ['dkr', 'ths']],
  ["count(instance('cities')/root/item)", 3],
  ["sum(instance('cities')/root/item[region = 'TH']/people)", 674123],
  ["instance('cities')/root/item[position() = last()]/name", ['mbr']],
  ["instance('nothing')/root/item/name", []],
  ["string(instance('cities')/root/item[1])", 'dkrDakarDK1438725'],
  ["position(instance('cities')/root/item[name = 'mbr'])", 3],
  ["instance('cities')/root/item[name = current()/../one_service]/name", [], 'age'],
  ["count(instance('cities')/root/item[/data/age = 34])", 3],
  ["randomize(instance('cities')/root/item[region = 'TH'])/name", ['ths', 'mbr']],
  ["count(instance('cities')/root/item/..)", 1],
];

describe.each([
  ['a path leads to', paths],
  ['a name in a repeat means', repeats],
  ['a predicate keeps', predicates],
  ['a list gives', lists],
])('In an expression %s', (_, rows) => {
  it.each(sampleCases(rows))('$source at $path is $expected', ({ source, expected, path }) => {
    expect(evaluateSample(source, path)).toEqual(expected);
  });
});

describe('A choice filter', () => {
  const row = new Map([
    ['name', 'ths'],
    ['region', 'TH'],
    ['age', '99'],
  ]);
  it.each([
    ["region = 'TH'", true],
    ["region = 'DK'", false],
    ['region = ${name}', false],
    ['${age} = 34', true],
    ['age = 99', true],
    ["current() = 'water'", true],
    ["selected(${services}, 'water') and name != 'dkr'", true],
    ['missing = 1', false],
    ["name = 'ths' and position() = 1", true],
  ])('asks a row for bare names and the record for the others: %s', (source, expected) => {
    expect(parseExpression(source).matchesRow(sampleContext('one_service'), row)).toBe(expected);
  });
});

describe('An expression tells', () => {
  it('the questions that it refers to, in order, once each', () => {
    const { references } = parseExpression(
      "${b} + ${a} + ${b} + ${c}[. = ${d}] + jr:choice-name(${a}, '${e}') + ${last-saved#f}",
    );
    expect(references).toEqual(['b', 'a', 'c', 'd', 'e']);
    expect(parseExpression('${last-saved#f}').lastSavedReferences).toEqual(['f']);
  });

  it.each([
    ['../a + /data/g/b[c = ../d] + ${e}', ['a', 'g', 'b', 'c', 'd', 'e']],
    ['sum(../*)', ['*']],
    ["instance('l')/root/item[name = ${x} and y = current()/../z]/label", ['x', 'z']],
    ["randomize(instance('l')/root/item)/label", []],
    ['position(..) + .', []],
  ])('the nodes that it depends on, columns of lists left out: %s', (source, expected) => {
    expect([...parseExpression(source).dependsOn].sort()).toEqual([...expected].sort());
  });

  it.each([
    ['age > 18', ['age']],
    ['region = ${region} and ./x = ../y', ['region']],
    ['${rep}[x = 1]', []],
    ['-(a div b)', ['a', 'b']],
  ])('the bare names that it uses: %s', (source, expected) => {
    expect(parseExpression(source).bareNames).toEqual(expected);
  });

  it('the lists that it names and what ODK Collect lacks', () => {
    const expression = parseExpression(
      "pulldata('a', 'x', 'y', floor(1)) = instance('b')/root/item[last()]/x and instance(${c})/root",
    );
    expect(expression.lists).toEqual(['a', 'b']);
    expect(expression.notInCollect).toEqual(['floor', 'last']);
  });
});
