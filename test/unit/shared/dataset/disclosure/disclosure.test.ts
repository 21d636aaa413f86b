import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../../../shared/json.ts';
import { DatasetWorld } from '../../../../support/dataset-world.ts';

const visibilities = ['none', 'coordinator', 'members', 'public'] as const;

const questions = (place: string, more: JsonObject = {}) =>
  visibilities.map((visibility) => ({
    type: 'text',
    name: `${place}_${visibility}`,
    label: place,
    visibility: visibility === 'none' ? null : visibility,
    review_text: 'yes',
    ...more,
  }));

const form = (more: JsonObject = {}) => ({
  survey: [
    ...questions('top'),
    { type: 'select_one yes_no', name: 'agreed', label: 'Consent' },
    { type: 'begin_group', name: 'group', label: 'Group' },
    ...questions('group'),
    { type: 'end_group' },
    { type: 'begin_repeat', name: 'repeat', label: 'Repeat' },
    ...questions('repeat'),
    { type: 'begin_repeat', name: 'inner', label: 'Inner' },
    ...questions('inner'),
    { type: 'end_repeat' },
    { type: 'end_repeat' },
    { type: 'begin_repeat', name: 'hidden', label: 'Hidden' },
    { type: 'text', name: 'secret', label: 'Secret' },
    { type: 'end_repeat' },
  ],
  choices: [
    { list_name: 'yes_no', name: 'yes', label: 'Yes' },
    { list_name: 'yes_no', name: 'no', label: 'No' },
  ],
  settings: { form_title: 'F', version: '1', consent: 'agreed', ...more },
});

function answers(record: string, agreed: string | undefined): JsonObject {
  const at = (place: string): JsonObject =>
    Object.fromEntries(
      visibilities.map((visibility) => [
        `${place}_${visibility}`,
        `canary-${record}-${place}-${visibility}`,
      ]),
    );
  return {
    ...at('top'),
    ...(agreed === undefined ? {} : { agreed }),
    group: at('group'),
    repeat: [{ ...at('repeat'), inner: [at('inner')] }],
    hidden: [{ secret: `canary-${record}-hidden-none` }],
  };
}

async function canariesOf(
  world: DatasetWorld,
  pattern: RegExp,
): Promise<ReadonlyMap<string, Set<string>>> {
  const found = new Map<string, Set<string>>();
  for (const [key, text] of Object.entries(await world.contents(''))) {
    if (!pattern.test(key)) continue;
    for (const [, record = '', , visibility = ''] of text.matchAll(/canary-(\w+)-(\w+)-(\w+)/g)) {
      found.set(record, (found.get(record) ?? new Set()).add(visibility));
    }
  }
  return found;
}

describe('what a dataset shows', () => {
  it('is what each audience may see, in every file', async () => {
    const world = new DatasetWorld();
    await world.publishForm('f', form());
    await world.put('f', 'instance-open', answers('open', 'yes'));
    await world.put('f', 'instance-refused', answers('refused', 'no'));
    await world.put('f', 'instance-silent', answers('silent', undefined));
    await world.put('f', 'instance-new', answers('unread', 'yes'), { state: 'received' });
    await world.put('f', 'instance-bad', answers('bad', 'yes'), { state: 'rejected' });
    await world.compile();
    for (const pattern of [/^public\//, /^datasets\/[^/]+\/[^/]+\/public\//]) {
      const seen = await canariesOf(world, pattern);
      expect([...seen]).toEqual([['open', new Set(['public'])]]);
    }
    const members = await canariesOf(world, /^datasets\/[^/]+\/[^/]+\/members\//);
    expect([...members.keys()].sort()).toEqual(['open', 'refused', 'silent']);
    expect([...members.values()]).toEqual([1, 2, 3].map(() => new Set(['members', 'public'])));
    const coordinator = await canariesOf(world, /^datasets\/[^/]+\/[^/]+\/coordinator\//);
    expect([...coordinator.keys()].sort()).toEqual(['bad', 'open', 'refused', 'silent', 'unread']);
    expect([...coordinator.values()][0]).toEqual(new Set(visibilities));
  });

  it('says nothing in public of who sent a record, nor its instanceId, unless the form does', async () => {
    const world = new DatasetWorld();
    await world.publishForm('f', form());
    await world.put('f', 'instance-open', answers('open', 'yes'), { organisation: 'ong-secret' });
    await world.compile();
    const shown = Object.values(await world.contents('public/')).join('\n');
    expect(shown).not.toMatch(/ong-secret|instance-open|"state"|"organisation"/);
    const [record] = await world.records('f', 'public');
    expect(record?.['id']).toMatch(/^[0-9a-f]{16}$/);

    const open = new DatasetWorld();
    await open.publishForm('f', form({ public_metadata: 'organisation state' }));
    await open.put('f', 'instance-open', answers('open', 'yes'), { organisation: 'ong-known' });
    await open.compile();
    expect(await open.records('f', 'public')).toMatchObject([
      { organisation: 'ong-known', state: 'accepted' },
    ]);
  });

  it('lets groups and repeats go whose questions are all hidden', async () => {
    const world = new DatasetWorld();
    await world.publishForm('f', form());
    await world.put('f', 'instance-open', answers('open', 'yes'));
    await world.compile();
    const names = world.objects.keys().filter((key) => /^public\/f\..*parquet$/.test(key));
    expect(names).toEqual([
      'public/f.inner.parquet',
      'public/f.parquet',
      'public/f.repeat.parquet',
    ]);
    expect(await world.records('f', 'public')).toEqual([
      expect.objectContaining({
        answers: {
          top_public: 'canary-open-top-public',
          group: { group_public: 'canary-open-group-public' },
          repeat: [
            {
              repeat_public: 'canary-open-repeat-public',
              inner: [{ inner_public: 'canary-open-inner-public' }],
            },
          ],
        },
      }),
    ]);
  });

  it('follows the stricter of the version answered and the newest one', async () => {
    const version = (number: string, first: string, second: string) => ({
      survey: [
        { type: 'text', name: 'first', label: 'A', visibility: first, review_text: 'yes' },
        { type: 'text', name: 'second', label: 'B', visibility: second, review_text: 'yes' },
      ],
      choices: [],
      settings: { form_title: 'F', version: number },
    });
    const world = new DatasetWorld();
    await world.publishForm('f', version('1', 'public', 'coordinator'));
    await world.put('f', 'instance-1', { first: 'old-first', second: 'old-second' });
    await world.publishForm('f', version('2', 'members', 'public'));
    await world.put(
      'f',
      'instance-2',
      { first: 'new-first', second: 'new-second' },
      { formVersion: '2' },
    );
    await world.compile();
    const shown = Object.values(await world.contents('public/')).join('\n');
    expect(shown).toContain('new-second');
    expect(shown).not.toMatch(/old-first|old-second|new-first/);
    expect(await world.file('f', 'coordinator', 'f.csv')).toContain('old-second');
  });

  it('leaves out a record that would be singled out, whole and wherever it stands', async () => {
    const world = new DatasetWorld();
    await world.publishForm('f', {
      survey: [
        {
          type: 'select_one regions',
          name: 'region',
          label: 'R',
          visibility: 'public',
          quasi_identifier: 'yes',
          hxl: '#adm1+code',
        },
        { type: 'geopoint', name: 'place', label: 'P', visibility: 'public', precision: 'adm1' },
        { type: 'text', name: 'free', label: 'F', visibility: 'public', review_text: 'yes' },
        {
          type: 'text',
          name: 'org',
          label: 'O',
          visibility: 'public',
          review_text: 'yes',
          hxl: '#org+name',
        },
        {
          type: 'text',
          name: 'act',
          label: 'A',
          visibility: 'public',
          review_text: 'yes',
          hxl: '#activity+name',
        },
      ],
      choices: [
        { list_name: 'regions', name: 'many', label: 'M', lat: 14.7, lon: -17.4 },
        { list_name: 'regions', name: 'lonely', label: 'L', lat: 12.5, lon: -16.2 },
      ],
      settings: { form_title: 'F', version: '1', k: 3, geometry: 'place' },
    });
    const place = { lat: 14.123456, lon: -17.654321 };
    for (let n = 0; n < 3; n += 1) {
      await world.put('f', `instance-${n}`, { region: 'many', place, org: 'o', act: 'a' });
    }
    await world.put('f', 'instance-x', { region: 'lonely', place, free: 'canary-free', org: 'o' });
    await world.compile();
    // A Data Package lists every choice that there is, whoever chose it.
    const {
      'public/gaps.json': matrix = '',
      'public/f.datapackage.json': choices = '',
      ...rest
    } = await world.contents('public/');
    expect(choices).toContain('lonely');
    const shown = Object.values(rest).join('\n');
    expect(shown).not.toMatch(/lonely"?,|12\.5|14\.123456/);
    expect(JSON.parse(matrix)).toMatchObject({ k: 3, themes: [], cells: [] });
    expect(shown).not.toContain('canary-free');
    expect(shown).toContain('14.7');
    const manifest = Object.entries(await world.contents('datasets/f/')).find(([key]) =>
      key.endsWith('manifest.json'),
    );
    expect(JSON.parse(manifest?.[1] ?? '')).toMatchObject({
      withheld: { belowK: 1, notAccepted: 0, noConsent: 0 },
    });
    expect(await world.file('f', 'members', 'f.csv')).toContain('lonely');
  });
});

describe('a point in public', () => {
  const choices = [
    { list_name: 'regions', name: 'SN01', label: 'Dakar', lat: 14.69, lon: -17.44 },
    { list_name: 'departements', name: 'SN0103', label: 'Pikine', regions: 'SN01' },
    {
      list_name: 'departements',
      name: 'SN0104',
      label: 'Rufisque',
      regions: 'SN01',
      lat: 14.72,
      lon: -17.27,
    },
    { list_name: 'sites', name: 'shelter', label: 'Shelter', lat: 14.701, lon: -17.401 },
  ];
  const at = { lat: 14.123456, lon: -17.654321, accuracy: 5 };

  it.each([
    ['exact', { region: 'SN01' }, at, undefined],
    ['adm1', { region: 'SN01', departement: 'SN0104' }, { lat: 14.69, lon: -17.44 }, 'adm1'],
    ['adm1', { departement: 'SN0104' }, { lat: 14.69, lon: -17.44 }, 'adm1'],
    ['adm2', { region: 'SN01', departement: 'SN0104' }, { lat: 14.72, lon: -17.27 }, 'adm2'],
    ['adm2', { departement: 'SN0103' }, { lat: 14.69, lon: -17.44 }, 'adm1'],
    ['adm2', { region: 'SN01' }, { lat: 14.69, lon: -17.44 }, 'adm1'],
    ['adm2', { site: 'shelter' }, undefined, undefined],
    ['adm1', {}, undefined, undefined],
    [null, { region: 'SN01' }, undefined, undefined],
  ])('of precision %s beside %o is shown as %o (%s)', async (precision, beside, shown, said) => {
    const world = new DatasetWorld();
    await world.publishForm('f', {
      survey: [
        { type: 'select_one regions', name: 'region', label: 'R' },
        { type: 'begin_repeat', name: 'places', label: 'Places' },
        { type: 'select_one departements', name: 'departement', label: 'D' },
        { type: 'select_one sites', name: 'site', label: 'S' },
        { type: 'geopoint', name: 'at', label: 'P', visibility: 'public', precision },
        { type: 'text', name: 'open', label: 'T', visibility: 'public', review_text: 'yes' },
        { type: 'end_repeat' },
      ],
      choices,
      settings: { form_title: 'F', version: '1', geometry: 'at' },
    });
    const { region, ...rest } = beside as { region?: string };
    const row = { ...rest, at, open: 'x' };
    await world.put('f', 'instance-1', {
      ...(region === undefined ? {} : { region }),
      places: [row],
    });
    await world.compile();
    const files = await world.contents('public/');
    const all = Object.values(files).join('\n');
    if (precision !== 'exact') expect(all).not.toMatch(/14\.123456|17\.654321|14\.701/);
    const [record] = await world.records('f', 'public');
    expect(record).toMatchObject({ answers: { places: [{ open: 'x' }] } });
    const [place] = (record?.['answers'] as { places: { at?: JsonObject }[] }).places;
    expect(place?.at).toEqual(
      shown === undefined || said === undefined ? shown : { ...shown, precision: said },
    );
    const map = files['public/f.geojson'];
    if (precision === null) {
      expect(map).toBeUndefined();
      return;
    }
    const { features } = JSON.parse(map ?? '') as {
      features: { geometry: unknown; properties: JsonObject }[];
    };
    expect(features[0]?.geometry ?? undefined).toEqual(
      shown === undefined ? undefined : { type: 'Point', coordinates: [shown.lon, shown.lat] },
    );
    expect(features[0]?.properties['precision']).toBe(said);
    expect(await world.file('f', 'members', 'f.json')).toContain('14.123456');
  });
});
