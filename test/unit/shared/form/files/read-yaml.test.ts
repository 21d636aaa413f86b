import { describe, expect, it } from 'vitest';
import { Fault } from '../../../../../shared/fault.ts';
import { maxYamlLength, readYaml } from '../../../../../shared/form/files/read-yaml.ts';

function faultOf(text: string): Fault {
  try {
    readYaml(text);
  } catch (cause) {
    if (cause instanceof Fault) return cause;
    throw cause;
  }
  throw new Error('The YAML was read.');
}

const bomb = [
  'a: &a [x, x, x, x, x, x, x, x, x]',
  ...'bcdefghi'
    .split('')
    .map((name, at) => `${name}: &${name} [${`*${'abcdefgh'[at] ?? ''}, `.repeat(9)}]`),
  'survey: *i',
].join('\n');

describe('a form in YAML', () => {
  it('has the sheets of a workbook', () => {
    const form = readYaml(`
survey:
  - type: text
    name: nom
    label::Français (fr): Nom
    required: yes
    hint:
choices: []
settings:
  form_title: Fiche
  version: 1.10
other: [anything]
`);
    expect(form).toEqual({
      survey: [
        { type: 'text', name: 'nom', 'label::Français (fr)': 'Nom', required: 'yes', hint: null },
      ],
      choices: [],
      settings: { form_title: 'Fiche', version: '1.10' },
    });
  });

  it('keeps codes as they are written', () => {
    const { choices } = readYaml('survey: []\nchoices: [{name: 01}, {name: 1e3}, {name: 0x1F}]');
    expect(choices.map(({ name }) => name)).toEqual(['01', '1e3', '0x1F']);
  });

  it('may leave out choices and settings', () => {
    expect(readYaml('survey: []')).toEqual({ survey: [], choices: [], settings: {} });
  });

  it('is told of a column given twice, with sheet, row and column', () => {
    const text = 'survey:\n  - type: text\n    name: a\n  - type: text\n    name: b\n    name: c\n';
    const { code, errors } = faultOf(text);
    expect(code).toBe('invalid-form');
    expect(errors).toMatchObject([
      {
        code: 'duplicate-key',
        at: { sheet: 'survey', row: 3, column: 'name' },
        pointer: '/survey/1/name',
      },
    ]);
  });

  it('is told of a cell that is no cell, with sheet, row and column', () => {
    const { errors } = faultOf(
      'survey:\n  - {type: text, name: a}\n  - {type: text, label: [x]}\n',
    );
    expect(errors).toMatchObject([
      { code: 'wrong-shape', at: { sheet: 'survey', row: 3, column: 'label' } },
    ]);
  });

  it.each([
    ['no form at all', 'just a text'],
    ['empty', ''],
    ['a survey that is no list', 'survey: {type: text}'],
    ['a broken indentation', 'survey:\n  - type: text\n   name: a\n'],
    ['an unknown alias', 'survey: *nobody'],
    ['an alias bomb', bomb],
    ['deep nesting in brackets', `survey: ${'['.repeat(20_000)}`],
    ['deep nesting in dashes', `survey: ${'- '.repeat(2_000)}a`],
    ['deep nesting in keys', `survey: ${'? '.repeat(2_000)}a`],
    ['too long', `survey: []\n#${' '.repeat(maxYamlLength)}`],
    ['more rows than a form may have', `survey:\n${'- {a: b}\n'.repeat(20_001)}`],
    ['a tag that means code', 'survey: !!js/function "function () {}"'],
  ])('is refused if it is %s', (_, text) => {
    const { code, errors } = faultOf(text);
    expect(code).toBe('invalid-form');
    expect(errors.length).toBeGreaterThan(0);
    for (const { at, message } of errors) {
      expect(at).toBeDefined();
      expect(message.fr).not.toBe('');
    }
  });

  it('does not change what every object inherits', () => {
    readYaml('survey: [{__proto__: x, type: text}]\nsettings: {__proto__: x}');
    expect(Object.keys(Object.prototype)).toEqual([]);
  });
});
