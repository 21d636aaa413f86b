import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../../../shared/json.ts';
import { fileNames, formatWorld } from '../../../../support/format-world.ts';

const table = (csv: string): string[][] => parse(csv, { bom: true });

const fr = 'label::Français (fr)';
const en = 'label::English (en)';
const tagged = (type: string, name: string, hxl: string, visibility = 'public'): JsonObject => ({
  type,
  name,
  hxl,
  visibility,
  [en]: `EN ${name}`,
  [fr]: `FR ${name}`,
});
const choices: readonly JsonObject[] = [
  { list_name: 'l', name: 'a', [en]: 'Water', [fr]: 'Eau' },
  { list_name: 'l', name: 'b', [en]: 'Shelter', [fr]: 'Abri' },
];

describe('HXL CSV', () => {
  it('has headers, hashtags, then data: labels in French, codes where the tag says so', async () => {
    const world = await formatWorld(
      {
        survey: [
          tagged('select_multiple l', 'sector', '#sector +name'),
          tagged('select_one l', 'code', '#sector+code'),
          { type: 'text', name: 'untagged', [fr]: 'U', [en]: 'U' },
          tagged('date', 'start', '#date+start'),
          { ...tagged('geopoint', 'place', '#geo+lat'), precision: 'exact' },
        ],
        choices,
        settings: { default_language: 'English (en)' },
      },
      [{ sector: ['a', 'b'], code: 'a', start: '2026-01-15', place: { lat: 1.5, lon: -2 } }],
    );
    expect(table(await world.file('f', 'public', 'f.hxl.csv'))).toEqual([
      [
        'id',
        'FR sector',
        'FR code',
        'FR start',
        'FR place (latitude)',
        'FR place (longitude)',
        'FR place (altitude)',
      ],
      [
        '#meta+id',
        '#sector+name',
        '#sector+code',
        '#date+start',
        '#geo+lat',
        '#geo+lon',
        '#geo+elevation',
      ],
      [expect.any(String), 'Eau; Abri', 'a', '2026-01-15', '1.5', '-2', ''],
    ]);
  });

  it('keeps contacts for the coordinator, whatever the form shows', async () => {
    const world = await formatWorld(
      {
        survey: [
          tagged('select_one l', 'sector', '#sector'),
          tagged('select_one l', 'who', '#contact+name'),
        ],
        choices,
      },
      [{ sector: 'a', who: 'b' }],
    );
    for (const audience of ['public', 'members'] as const) {
      const text = await world.file('f', audience, 'f.hxl.csv');
      expect(text).not.toContain('#contact');
      expect(text).not.toContain('Abri');
    }
    expect(await world.file('f', 'coordinator', 'f.hxl.csv')).toContain('#contact+name');
  });

  it('shows an audience the questions that it sees; without any there is no file', async () => {
    const world = await formatWorld(
      {
        survey: [
          { type: 'select_one l', name: 'one', [fr]: 'O', [en]: 'O', visibility: 'public' },
          tagged('select_one l', 'sector', '#sector', 'members'),
          tagged('text', 'note', '#activity', 'coordinator'),
        ],
        choices,
      },
      [{ one: 'a', sector: 'a', note: 'n' }],
    );
    expect(await fileNames(world, 'public')).not.toContain('f.hxl.csv');
    expect(table(await world.file('f', 'members', 'f.hxl.csv'))[1]).toEqual([
      '#meta+id',
      '#sector',
    ]);
  });

  it('has a line for each row of the repeats that tags stand in, and of no others', async () => {
    const world = await formatWorld(
      {
        survey: [
          tagged('select_one l', 'sector', '#sector'),
          { type: 'begin_repeat', name: 'teams', [fr]: 'E', [en]: 'T' },
          { type: 'begin_repeat', name: 'sites', [fr]: 'S', [en]: 'S' },
          tagged('select_one l', 'area', '#adm1+code'),
          { type: 'end_repeat' },
          { type: 'end_repeat' },
          { type: 'begin_repeat', name: 'people', [fr]: 'P', [en]: 'P' },
          { type: 'text', name: 'x', [fr]: 'X', [en]: 'X' },
          { type: 'end_repeat' },
        ],
        choices,
      },
      [
        {
          sector: 'a',
          teams: [{ sites: [{ area: 'a' }, { area: 'b' }] }, {}],
          people: [{ x: '1' }, { x: '2' }],
        },
        { sector: 'b', people: [{ x: '3' }] },
      ],
    );
    expect(table(await world.file('f', 'coordinator', 'f.hxl.csv')).slice(2)).toEqual([
      ['instance-0000/1/1', 'Eau', 'a'],
      ['instance-0000/1/2', 'Eau', 'b'],
      ['instance-0000/2', 'Eau', ''],
      ['instance-0001', 'Abri', ''],
    ]);
  });
});
