import { parse } from 'csv-parse/sync';
import ICAL from 'ical.js';
import { beforeAll, describe, expect, it } from 'vitest';
import { publicIdOf } from '../../../../../shared/access/keyring.ts';
import { createOrganisation } from '../../../../../shared/access/organisation-records.ts';
import { readCoverage } from '../../../../../shared/dataset/derived/coverage-report.ts';
import { OrgId } from '../../../../../shared/ids.ts';
import type { JsonObject } from '../../../../../shared/json.ts';
import { DatasetWorld } from '../../../../support/dataset-world.ts';
import { keysInOrder } from '../../../../support/keyring.ts';
import { readForm, vocabularyRows } from '../../../../support/forms-folder.ts';

async function worldWith(...formIds: readonly Parameters<typeof readForm>[0][]) {
  const world = new DatasetWorld();
  world.keys = keysInOrder('initiative', ['instance-1', 'instance-2']);
  for (const [name, rows] of vocabularyRows()) await world.forms.putVocabulary(name, rows);
  for (const formId of formIds) await world.publishForm(formId, readForm(formId));
  return world;
}

const initiative = (more: JsonObject = {}, place: JsonObject = {}) => ({
  who: { organisation_name: 'Association A', organisation_acronym: '=AA' },
  what: { title: 'Accueil', kind: 'project', themes: ['terminology', 'law_and_policy'] },
  where: {
    protected: 'no',
    places: [
      {
        country: 'SN',
        region: 'SN01',
        departement: 'SN0103',
        position: { lat: 14.751234, lon: -17.391234 },
        ...place,
      },
      { country: 'ML', area: 'Kayes' },
    ],
  },
  ...more,
});

describe('who does what where', () => {
  let world: DatasetWorld;
  const id = 'who-does-what-where';
  beforeAll(async () => {
    world = await worldWith('initiative', 'recommendation');
    await world.put('initiative', 'instance-1', initiative());
    await world.put('initiative', 'instance-2', initiative(), { state: 'received' });
    await world.put('initiative', 'instance-3', initiative(), { state: 'rejected' });
    await world.put('recommendation', 'instance-4', { text: 'x', country: 'SN' });
    await world.compile();
  });
  const rows = async (audience: 'public' | 'members' | 'coordinator') =>
    parse<Record<string, string>>(await world.file(id, audience, `${id}.csv`), {
      bom: true,
      columns: true,
    });

  it('has a row for each place, with labels and codes', async () => {
    const [first, second, ...others] = await rows('members');
    expect(others).toEqual([]);
    expect(first).toMatchObject({
      form: 'initiative',
      organisation: 'Association A',
      acronym: "'=AA",
      sector: 'Vocabulaire et notions|Lois, conventions et politiques',
      activity: 'Accueil',
      country: 'SN',
      adm1: 'Dakar',
      adm1_code: 'SN01',
      adm2: 'Pikine',
      adm2_code: 'SN0103',
      latitude: '14.751234',
      id: `${publicIdOf(world.keys, 'initiative', 'instance-1')}/1`,
    });
    expect(second).toMatchObject({
      country: 'ML',
      adm1: 'Kayes',
      latitude: '',
      id: `${publicIdOf(world.keys, 'initiative', 'instance-1')}/2`,
    });
  });

  it('shows the public no more than the form does', async () => {
    const [first] = await rows('public');
    expect(first).toMatchObject({ adm1_code: 'SN01', adm2_code: '', latitude: '14.69' });
    expect(first?.['id']).toMatch(/^[0-9a-f]{16}\/1$/);
    const all = Object.values(await world.contents('public/')).join('\n');
    expect(all).not.toMatch(/14\.751234|SN0103|instance-1/);
  });

  it('shows the coordinator what is not reviewed yet, but nothing that was refused', async () => {
    const ids = (await rows('coordinator')).map((row) => row['id']);
    expect(ids).toEqual(['instance-1/1', 'instance-1/2', 'instance-2/1', 'instance-2/2']);
  });

  it('has the hashtags of HXL between the headers and the data', async () => {
    const lines: string[][] = parse(await world.file(id, 'public', `${id}.hxl.csv`));
    expect(lines[1]?.join(' ')).toBe(
      '#org+name #org+acronym #org+type #sector+name #activity+name #status #country+code #adm1+name #adm1+code #adm2+name #adm2+code #geo+lat #geo+lon #date+start #date+end #meta+id',
    );
    expect(lines).toHaveLength(4);
    expect(lines.join()).not.toContain('#contact');
  });

  it('is a map, too, that says how exact each place is', async () => {
    const { features } = JSON.parse(await world.file(id, 'public', `${id}.geojson`)) as {
      features: { geometry: unknown; properties: JsonObject }[];
    };
    expect(features[0]).toMatchObject({
      geometry: { type: 'Point', coordinates: [-17.44, 14.69] },
      properties: { organisation: 'Association A', precision: 'adm1' },
    });
    expect(features[1]).toMatchObject({ geometry: null });
  });
});

describe('gaps', () => {
  const count = async (world: DatasetWorld, theme: string, region: string) => {
    const { cells } = JSON.parse(await world.file('gaps', 'public', 'gaps.json')) as {
      cells: { theme: string; region: string; count: number }[];
    };
    return cells.find((cell) => cell.theme === theme && cell.region === region)?.count;
  };

  it('counts the records of each theme and région, and tells where there is none', async () => {
    const world = await worldWith('initiative');
    await world.put('initiative', 'instance-1', initiative({}, { region: 'SN01' }));
    await world.put('initiative', 'instance-2', initiative());
    await world.compile();
    expect(await count(world, 'terminology', 'SN01')).toBe(2);
    expect(await count(world, 'terminology', 'SN02')).toBe(0);
    expect(await count(world, 'routes', 'SN01')).toBe(0);
  });

  it('counts public rows alone where a form marks quasi-identifiers', async () => {
    const form = readForm('initiative');
    const survey = form.survey.map((row) =>
      row['name'] === 'kind' ? { ...row, quasi_identifier: 'yes' } : row,
    );
    const world = await worldWith();
    await world.publishForm('initiative', { ...form, survey });
    for (let n = 0; n < 5; n += 1) await world.put('initiative', `instance-${n}`, initiative());
    const other = initiative({}, { region: 'SN02', departement: 'SN0201' });
    await world.put('initiative', 'instance-x', other);
    await world.compile();
    const shown = await world.records('who-does-what-where', 'public');
    const regions = shown.map(({ adm1_code }) => adm1_code);
    for (const region of ['SN01', 'SN02', 'SN03']) {
      const rows = regions.filter((code) => code === region).length;
      expect(await count(world, 'terminology', region)).toBe(rows);
    }
    expect(regions).not.toContain('SN02');
    expect(await world.file('gaps', 'members', 'gaps.json')).toContain(
      '{"theme":"terminology","region":"SN02","count":1,',
    );
  });
});

describe('the plan', () => {
  const activity = (code: string, month: string) => ({
    code,
    kind: 'thematic_meeting',
    title: `Titre ${code}`,
    actors: [{ name: 'OIM' }],
    resources: 'Documents',
    when: { precision: 'month', month, order: 1 },
    place_decided: 'yes',
    zones: [{ place: 'Dakar', region: 'SN01' }],
    criteria: [{ text: 'Premier critère' }],
    cancelled: 'no',
  });

  async function planned(): Promise<DatasetWorld> {
    const world = await worldWith('plan-activity', 'activity-report');
    await world.put('plan-activity', 'instance-1', activity('rencontre-01', '2025-12'));
    await world.put('plan-activity', 'instance-2', activity('rencontre-02', '2026-02'));
    return world;
  }
  const stands = async (world: DatasetWorld) =>
    JSON.parse(await world.read('public/plan.json')) as JsonObject;

  it('moves with accepted reports, and with the days alone', async () => {
    const world = await planned();
    await world.compile();
    expect(await stands(world)).toMatchObject({
      asOf: '2026-01-15',
      counts: { planned: 1, due: 0, done: 0, doneLate: 0, late: 1, cancelled: 0 },
      next: { id: 'rencontre-02' },
    });
    const report = {
      activity: 'rencontre-01',
      held_on: '2026-01-10',
      criteria: [{ criterion: 1, state: 'met', evidence: 'canary-evidence' }],
    };
    await world.put('activity-report', 'instance-r', report, { state: 'received' });
    await world.compile();
    expect(await stands(world)).toMatchObject({ counts: { late: 1 } });
    world.wait(60);
    await world.put('activity-report', 'instance-r', report, { revision: 2 });
    await world.compile();
    expect(await stands(world)).toMatchObject({
      counts: { late: 0, doneLate: 1 },
      percentDone: 50,
      criteria: { met: 1, open: 1 },
      activities: [
        {
          id: 'rencontre-01',
          title: { fr: 'Titre rencontre-01', en: 'Titre rencontre-01' },
          who: ['OIM'],
          zones: ['Dakar'],
          state: 'done-late',
          heldOn: '2026-01-10',
          daysLate: 10,
          criteria: [{ text: 'Premier critère', state: 'met' }],
          reports: 1,
        },
        { id: 'rencontre-02', start: '2026-02-01', end: '2026-02-28', state: 'planned' },
      ],
    });
    world.wait(30 * 86_400);
    await world.compile();
    expect(await stands(world)).toMatchObject({ asOf: '2026-02-14', counts: { due: 1 } });
  });

  it('is a calendar, too', async () => {
    const world = await planned();
    await world.compile();
    const calendar = new ICAL.Component(
      ICAL.parse(await world.read('public/plan.ics')) as unknown[],
    );
    expect(calendar.getAllSubcomponents('vevent')).toHaveLength(2);
  });

  it('writes nothing on the same day when nothing was said', async () => {
    const world = await planned();
    await world.compile();
    const before = world.objects.keys();
    world.wait(3600);
    await world.compile();
    expect(world.objects.keys()).toEqual(before);
  });
});

describe('coverage', () => {
  const form = (settings: JsonObject) => ({
    survey: [{ type: 'text', name: 'q', label: 'Q' }],
    choices: [],
    settings: { form_title: 'F', version: '1', ...settings },
  });

  it('tells who owes an answer and who has given one', async () => {
    const world = new DatasetWorld();
    for (const [id, state] of [
      ['coordination', 'active'],
      ['org-answered', 'active'],
      ['org-draft', 'active'],
      ['org-refused', 'active'],
      ['org-left', 'inactive'],
      ['org-none', 'active'],
    ] as const) {
      await createOrganisation(world.registry, { id: OrgId.parse(id), name: id, state });
    }
    await world.publishForm('owed', form({ expected: 'members', due: '2026-01-20' }));
    await world.publishForm('free', form({}));
    await world.publishForm('ours', form({ audience: 'coordinator' }));
    const put = (formId: string, organisation: string, state: 'received' | 'needs-changes') =>
      world.put(formId, `instance-${formId}-${organisation}`, { q: 'x' }, { organisation, state });
    await put('owed', 'org-answered', 'received');
    await put('owed', 'org-draft', 'needs-changes');
    await world.put(
      'owed',
      'instance-refused',
      { q: 'x' },
      { organisation: 'org-refused', state: 'rejected' },
    );
    await put('free', 'org-left', 'received');
    await world.compile();
    const { asOf, forms } = await readCoverage(world.deps);
    expect(asOf).toBe('2026-01-15');
    expect(forms.map(({ formId }) => formId)).toEqual(['free', 'ours', 'owed']);
    const [free, , owed] = forms;
    expect(free).toMatchObject({ expected: 0, answered: 1, due: null });
    expect(owed).toMatchObject({ expected: 4, answered: 1, overdue: 0, due: '2026-01-20' });
    expect(owed?.organisations.map(({ id, state }) => [id, state])).toEqual([
      ['org-answered', 'answered'],
      ['org-draft', 'draft'],
      ['org-none', 'none'],
      ['org-refused', 'none'],
    ]);
    expect(owed?.organisations[0]).toMatchObject({
      submissions: 1,
      lastAt: '2026-01-15T09:00:00.000Z',
    });

    world.wait(6 * 86_400);
    await world.compile();
    const later = await readCoverage(world.deps);
    expect(later.forms[2]).toMatchObject({ answered: 1, overdue: 3 });
    const members = JSON.parse(await world.file('coverage', 'members', 'coverage.json')) as {
      forms: { formId: string }[];
    };
    expect(members.forms.map(({ formId }) => formId)).toEqual(['free', 'owed']);
    expect(world.objects.keys().filter((key) => /public\/coverage/.test(key))).toEqual([]);
  });

  it('is not found before the first compile', async () => {
    await expect(readCoverage(new DatasetWorld().deps)).rejects.toMatchObject({
      code: 'not-found',
    });
  });
});

describe('the catalogue', () => {
  it('lists every public file with its hash, and nothing that is not public', async () => {
    const world = await worldWith('initiative');
    await world.put('initiative', 'instance-1', initiative());
    await world.compile();
    const catalog = JSON.parse(await world.read('public/catalog.json')) as {
      '@type': string[];
      'dcat:dataset': {
        'dct:identifier': string;
        'dcat:distribution': { 'dcat:downloadURL': { '@id': string } }[];
      }[];
    };
    expect(catalog['@type']).toEqual(['dcat:Catalog', 'schema:DataCatalog']);
    const linked = catalog['dcat:dataset'].flatMap((dataset) =>
      dataset['dcat:distribution'].map((file) => `public/${file['dcat:downloadURL']['@id']}`),
    );
    const there = world.objects.keys().filter((key) => key.startsWith('public/'));
    expect([...linked, 'public/catalog.json'].sort()).toEqual(there);
  });

  it('tells of each dataset and file in the words of DCAT and of schema.org', async () => {
    const world = await worldWith('initiative');
    await world.put('initiative', 'instance-1', initiative());
    await world.compile();
    const catalog = JSON.parse(await world.read('public/catalog.json')) as {
      'dcat:dataset': { '@id': string; 'dcat:distribution': { '@id': string }[] }[];
      'schema:dataset': unknown;
    };
    const [dataset] = catalog['dcat:dataset'].filter((one) => one['@id'] === '#initiative');
    expect(catalog['schema:dataset']).toContainEqual({ '@id': '#initiative' });
    expect(dataset).toMatchObject({
      '@type': ['dcat:Dataset', 'schema:Dataset'],
      'schema:identifier': 'initiative',
      'schema:description': [
        { '@language': 'fr', '@value': expect.stringContaining(': 1, tirées') as string },
        { '@language': 'en', '@value': expect.stringContaining(': 1, compiled') as string },
      ],
    });
    const files = dataset?.['dcat:distribution'] ?? [];
    expect(files.find((file) => file['@id'] === 'initiative.datapackage.json')).toMatchObject({
      '@type': ['dcat:Distribution', 'schema:DataDownload'],
      'schema:contentUrl': { '@id': 'initiative.datapackage.json' },
      'schema:sha256': expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      'dct:conformsTo': { '@id': 'https://datapackage.org/profiles/2.0/datapackage.json' },
    });
  });
});
