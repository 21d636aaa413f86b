import { describe, expect, it } from 'vitest';
import { variantFile } from '../../../../../shared/dataset/versions/read-datasets.ts';
import { fileNames, formatWorld } from '../../../../support/format-world.ts';
import { faultOf } from '../../../../support/fault-of.ts';

const fr = 'label::Français (fr)';
const en = 'label::English (en)';
const files = formatWorld(
  {
    survey: [
      { type: 'select_multiple l', name: 'many', [fr]: 'M', [en]: 'M' },
      { type: 'begin_repeat', name: 'r', [fr]: 'R', [en]: 'R' },
      { type: 'text', name: 't', [fr]: 'T', [en]: 'T' },
      { type: 'end_repeat' },
    ],
    choices: [{ list_name: 'l', name: 'a', [fr]: 'A', [en]: 'A' }],
    settings: { default_language: 'Français (fr)' },
  },
  [],
).then((world) => fileNames(world));

describe('the file of a variant', () => {
  it.each([
    ['f.csv', {}, 'f.csv'],
    ['f.json', { multiples: 'joined' }, 'f.json'],
    ['f.csv', { labels: 'fr' }, 'f.fr.csv'],
    ['f.csv', { labels: 'EN' }, 'f.en.csv'],
    ['f.csv', { multiples: 'split' }, 'f.split.csv'],
    ['f.csv', { labels: 'fr', multiples: 'split' }, 'f.fr.split.csv'],
    ['f.r.csv', { labels: 'en' }, 'f.r.en.csv'],
    ['f.r.csv', { multiples: 'split' }, 'f.r.csv'],
    ['f.r.csv', { labels: 'en', multiples: 'split' }, 'f.r.en.csv'],
    ['f.xlsx', { labels: 'en' }, 'f.en.xlsx'],
    ['f.xlsx', { labels: 'fr' }, 'f.xlsx'],
  ] as const)('of %s with %o is %s', async (file, wanted, expected) => {
    const names = await files;
    expect(variantFile('f', names, file, wanted)).toBe(expected);
    expect(names).toContain(expected);
  });

  it.each([
    ['f.csv', { labels: 'wo' }, 'fr, en'],
    ['f.csv', { labels: 'r' }, 'fr, en'],
    ['f.csv', { labels: 'split' }, 'fr, en'],
    ['f.csv', { labels: '../fr' }, 'fr, en'],
    ['f.json', { labels: 'fr' }, 'CSV'],
    ['f.xlsx', { multiples: 'split' }, 'CSV'],
    ['f.gone.csv', { labels: 'fr' }, 'f.gone.csv'],
  ] as const)('of %s with %o is refused, saying what there is', async (file, wanted, told) => {
    const names = await files;
    const fault = await faultOf(
      Promise.resolve().then(() => variantFile('f', names, file, wanted)),
    );
    expect(fault.code).toBe('not-found');
    expect(fault.errors[0]?.message.fr).toContain(told);
    expect(fault.errors[0]?.message.en).toContain(told);
  });
});
