import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../../../shared/json.ts';
import { DatasetWorld } from '../../../../support/dataset-world.ts';

const form = (
  version: string,
  survey: readonly JsonObject[],
  settings: JsonObject = {},
  choices: readonly JsonObject[] = [],
) => ({ survey, choices, settings: { form_title: 'F', version, ...settings } });

const text = (name: string, more: JsonObject = {}): JsonObject => ({
  type: 'text',
  name,
  label: name,
  review_text: 'yes',
  ...more,
});

const inPublic = async (world: DatasetWorld): Promise<string> =>
  Object.values(await world.contents('public/')).join('\n');

describe('a form that shows nothing to an audience', () => {
  it('has no file for it: not how many records there are, nor when they came', async () => {
    const world = new DatasetWorld();
    await world.publishForm('victims', form('1', [text('story')]));
    await world.publishForm('network', form('1', [text('told', { visibility: 'members' })]));
    await world.put('victims', 'instance-1', { story: 'x' });
    await world.put('network', 'instance-2', { told: 'x' });
    await world.compile();
    const keys = world.objects.keys();
    expect(keys.filter((key) => /^public\/(victims|network)/.test(key))).toEqual([]);
    expect(keys.filter((key) => /^datasets\/victims\/[^/]+\/members/.test(key))).toEqual([]);
    expect(await inPublic(world)).not.toMatch(/victims|network/);
    expect(await world.records('network', 'members')).toHaveLength(1);
    expect(await world.records('victims')).toHaveLength(1);
    await expect(world.records('victims', 'members')).rejects.toMatchObject({ code: 'not-found' });
  });

  it('takes its files away when it ceases to show anything', async () => {
    const world = new DatasetWorld();
    await world.publishForm('f', form('1', [text('q', { visibility: 'public' })]));
    await world.put('f', 'instance-1', { q: 'x' });
    await world.compile();
    expect(world.objects.keys()).toContain('public/f.csv');
    await world.publishForm('f', form('2', [text('q')]));
    await world.compile();
    expect(world.objects.keys().filter((key) => key.startsWith('public/f.'))).toEqual([]);
  });

  it('has no row in who-does-what-where', async () => {
    const world = new DatasetWorld();
    const tagged = ['org+name', 'activity+name', 'adm1+name'].map((tag, index) =>
      text(`q${index}`, { hxl: `#${tag}` }),
    );
    await world.publishForm('f', form('1', [...tagged, text('open', { visibility: 'public' })]));
    await world.put('f', 'instance-1', { q0: 'x', q1: 'y', q2: 'z', open: 'o' });
    await world.compile();
    const id = 'who-does-what-where';
    expect(await world.records(id, 'public')).toEqual([]);
    expect(await world.records(id, 'members')).toEqual([]);
    expect(await world.records(id, 'coordinator')).toHaveLength(1);
  });
});

describe('what a newer version hides', () => {
  it.each([
    ['is asked no more', []],
    ['is of another type', [text('q')]],
    [
      'stands in a repeat',
      [
        { type: 'begin_repeat', name: 'q', label: 'Q' },
        text('inner', { visibility: 'public' }),
        { type: 'end_repeat' },
      ],
    ],
  ])('is hidden in earlier answers, when it %s', async (_, survey) => {
    const world = new DatasetWorld();
    const q = { type: 'geopoint', name: 'q', label: 'Q', visibility: 'public', precision: 'exact' };
    await world.publishForm('f', form('1', [q], { geometry: 'q' }));
    await world.put('f', 'instance-1', { q: { lat: 14.123456, lon: -17.5 } });
    await world.compile();
    expect(await inPublic(world)).toContain('14.123456');
    await world.publishForm('f', form('2', [...survey, text('open', { visibility: 'public' })]));
    await world.compile();
    expect(await inPublic(world)).not.toContain('14.123456');
    expect(await world.file('f', 'coordinator', 'f.csv')).toContain('14.123456');
  });

  it('does not name in public who answered before the form said that it would', async () => {
    const world = new DatasetWorld();
    const survey = [text('q', { visibility: 'public' })];
    await world.publishForm('f', form('1', survey));
    await world.put('f', 'instance-1', { q: 'x' }, { organisation: 'ong-silent' });
    await world.publishForm('f', form('2', survey, { public_metadata: 'organisation' }));
    await world.put('f', 'instance-2', { q: 'y' }, { organisation: 'ong-known', formVersion: '2' });
    await world.compile();
    const shown = await inPublic(world);
    expect(shown).toContain('ong-known');
    expect(shown).not.toContain('ong-silent');
  });
});

describe('a place that is a choice', () => {
  it.each(['adm1', 'adm2'])('of no level is hidden where the form wants %s', async (precision) => {
    const world = new DatasetWorld();
    const site = { type: 'select_one sites', name: 'site', label: 'S', visibility: 'public' };
    await world.publishForm(
      'f',
      form(
        '1',
        [{ ...site, precision }, text('open', { visibility: 'public' })],
        {
          geometry: 'site',
        },
        [{ list_name: 'sites', name: 'shelter', label: 'Shelter', lat: 14.701, lon: -17.401 }],
      ),
    );
    await world.put('f', 'instance-1', { site: 'shelter', open: 'o' });
    await world.compile();
    expect(await inPublic(world)).not.toMatch(/14\.701|"shelter"|,shelter/);
  });
});

describe('gaps', () => {
  const choices = [
    { list_name: 'themes', name: 'care', label: 'Care' },
    { list_name: 'themes', name: 'law', label: 'Law' },
    { list_name: 'regions', name: 'many', label: 'Many' },
    { list_name: 'regions', name: 'lonely', label: 'Lonely', lat: 12.5, lon: -16.2 },
  ];
  const survey = (region: JsonObject = {}, more: readonly JsonObject[] = []) => [
    { type: 'select_one themes', name: 'theme', label: 'T', visibility: 'public', hxl: '#sector' },
    { type: 'select_one regions', name: 'region', label: 'R', hxl: '#adm1+code', ...region },
    text('org', { hxl: '#org+name', visibility: 'public' }),
    ...more,
  ];
  const cells = async (world: DatasetWorld) =>
    (
      JSON.parse(await world.read('public/gaps.json')) as {
        cells: { theme: string; region: string; count: number }[];
      }
    ).cells;

  it('does not name the choices of a question that the audience does not see', async () => {
    const world = new DatasetWorld();
    await world.publishForm('f', form('1', survey(), {}, choices));
    await world.put('f', 'instance-1', { theme: 'care', region: 'lonely', org: 'o' });
    await world.compile();
    expect(await inPublic(world)).not.toMatch(/lonely|12\.5/i);
    expect(await world.file('gaps', 'coordinator', 'gaps.json')).toContain('"lonely"');
  });

  it('does not tell a région that is withheld from the record', async () => {
    const world = new DatasetWorld();
    const region = { visibility: 'public', quasi_identifier: 'yes' };
    await world.publishForm('f', form('1', survey(region), { k: 3 }, choices));
    for (let n = 0; n < 3; n += 1) {
      await world.put('f', `instance-${n}`, { theme: 'care', region: 'many', org: 'o' });
    }
    await world.put('f', 'instance-x', { theme: 'law', region: 'lonely', org: 'x' });
    await world.compile();
    expect(await world.records('f', 'public')).toHaveLength(3);
    const law = (await cells(world)).filter(({ theme }) => theme === 'law');
    expect(law.every(({ count }) => count === 0)).toBe(true);
  });

  it('count nothing of what was said while the form marked quasi-identifiers', async () => {
    const world = new DatasetWorld();
    const region = { visibility: 'public' };
    const age = (more: JsonObject) => [text('age', { visibility: 'public', ...more })];
    const marked = survey(region, age({ quasi_identifier: 'yes' }));
    await world.publishForm('f', form('1', marked, { k: 3 }, choices));
    await world.put('f', 'instance-x', { theme: 'law', region: 'lonely', org: 'x', age: '9' });
    await world.publishForm('f', form('2', survey(region, age({})), { k: 3 }, choices));
    await world.compile();
    expect((await cells(world)).every(({ count }) => count === 0)).toBe(true);
    expect(await world.records('f', 'public')).toEqual([]);
  });
});
