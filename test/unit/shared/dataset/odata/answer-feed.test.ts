import { beforeAll, describe, expect, it } from 'vitest';
import { publicIdOf } from '../../../../../shared/access/keyring.ts';
import type { JsonValue } from '../../../../../shared/json.ts';
import { keysInOrder } from '../../../../support/keyring.ts';
import { FeedWorld, origin, rowsOf, visitsForm } from '../../../../support/feed-world.ts';

const root = `${origin}/v1/odata/visits/`;
const world = new FeedWorld();

world.keys = keysInOrder('visits', ['uuid:0001', 'uuid:0002', 'uuid:0003']);

beforeAll(async () => {
  await world.publishForm('visits', visitsForm);
  await world.put('visits', 'uuid:0001', {
    name: "L'été",
    people: 12,
    budget: 1.5,
    day: '2026-01-02',
    hour: '10:30',
    moment: '2026-01-02T10:30:00.500+01:00',
    kind: 'a',
    kinds: ['a', 'b'],
    place: { lat: 14.7, lon: -17.4, altitude: 12 },
    contact: { 'e-mail': 'a@example.org' },
    field: {
      sites: [
        { site: 'Nord', days: [{ on: '2026-01-03' }, { on: '2026-01-04' }] },
        { site: 'Sud', days: [{ on: '2026-01-05' }] },
      ],
    },
  });
  await world.put('visits', 'uuid:0002', {
    people: 'douze',
    hour: '10:30:00.250+00:00',
    moment: '2026-01-02T10:30',
    field: { sites: [{ site: 'Est' }] },
  });
  await world.put('visits', 'uuid:0003', { name: 'Trois' }, { state: 'received' });
  await world.collectAll('visits');
  await world.compile();
});

const sites = 'Submissions.field.sites';

describe('a feed', () => {
  it('says at its root which tables there are', async () => {
    expect(await world.json('')).toEqual({
      '@odata.context': `${root}$metadata`,
      value: ['Submissions', sites, `${sites}.days`].map((name) => ({
        name,
        kind: 'EntitySet',
        url: name,
      })),
    });
  });

  it('gives each answer in the type of its column, flat', async () => {
    const page = await world.json('Submissions');
    expect(page['@odata.context']).toBe(`${root}$metadata#Submissions`);
    expect(page).not.toHaveProperty('@odata.nextLink');
    expect(rowsOf(page)[0]).toEqual({
      id: 'uuid:0001',
      organisation: 'ong-alpha',
      form_version: '1',
      state: 'accepted',
      received_at: '2026-01-15T09:00:00.000Z',
      updated_at: '2026-01-15T09:00:00.000Z',
      name: "L'été",
      people: 12,
      budget: 1.5,
      day: '2026-01-02',
      hour: '10:30:00',
      moment: '2026-01-02T10:30:00.500+01:00',
      kind: 'a',
      kinds: 'a b',
      place: { type: 'Point', coordinates: [-17.4, 14.7, 12] },
      place_latitude: 14.7,
      place_longitude: -17.4,
      place_altitude: 12,
      place_accuracy: null,
      contact_e_mail: 'a@example.org',
      _unfit: null,
    });
  });

  it('puts null where an answer does not fit, and the answer as it was given beside it', async () => {
    const [, row] = await world.rows('Submissions');
    expect(row).toMatchObject({ people: null, hour: '10:30:00.250', moment: null, kinds: null });
    expect(parsed(row?.['_unfit'])).toEqual({
      people: 'douze',
      hour: '10:30:00.250+00:00',
      moment: '2026-01-02T10:30',
    });
  });

  it('gives the rows of repeats, each with the row above', async () => {
    expect(await world.rows(sites)).toEqual([
      { id: 'uuid:0001/1', parent_id: 'uuid:0001', index: 1, site: 'Nord', _unfit: null },
      { id: 'uuid:0001/2', parent_id: 'uuid:0001', index: 2, site: 'Sud', _unfit: null },
      { id: 'uuid:0002/1', parent_id: 'uuid:0002', index: 1, site: 'Est', _unfit: null },
    ]);
    expect(await world.rows(`${sites}.days`)).toMatchObject([
      { id: 'uuid:0001/1/1', parent_id: 'uuid:0001/1', on: '2026-01-03' },
      { id: 'uuid:0001/1/2', parent_id: 'uuid:0001/1', on: '2026-01-04' },
      { id: 'uuid:0001/2/1', parent_id: 'uuid:0001/2', on: '2026-01-05' },
    ]);
  });

  it('writes places as WKT where that is asked', async () => {
    const [row] = await world.rows('Submissions', { query: { $wkt: 'true', $select: 'place' } });
    expect(row).toEqual({ place: 'POINT (-17.4 14.7 12)' });
  });

  it('shows members what members may see', async () => {
    const asked = { audience: 'members' } as const;
    const rows = await world.rows('Submissions', asked);
    const ids = ['uuid:0001', 'uuid:0002'].map((id) => publicIdOf(world.keys, 'visits', id));
    expect(rows.map(({ id }) => id)).toEqual(ids);
    expect(rows[0]).toHaveProperty('contact_e_mail', 'a@example.org');
    expect(rows[0]).not.toHaveProperty('name');
    expect(await world.rows(sites, asked)).toHaveLength(3);
    await expect(world.rows(`${sites}.days`, asked)).rejects.toThrow('not-found');
    await expect(
      world.rows('Submissions', { ...asked, query: { $filter: "name eq 'Trois'" } }),
    ).rejects.toThrow('malformed-request');
  });
});

describe('one row', () => {
  it.each([
    ["Submissions('uuid:0002')", 'uuid:0002'],
    ["Submissions(id='uuid:0002')", 'uuid:0002'],
    [`${sites}('uuid:0001/2')`, 'uuid:0001/2'],
    [`${sites}.days('uuid:0001/2/1')`, 'uuid:0001/2/1'],
  ])('is found by its key: %s', async (resource, id) => {
    const row = await world.json(resource);
    expect(row['id']).toBe(id);
    const set = resource.slice(0, resource.indexOf('('));
    expect(row['@odata.context']).toBe(`${root}$metadata#${set}/$entity`);
  });

  it.each([
    "Submissions('uuid:9999')",
    "Submissions('uuid:0001/1')",
    `${sites}('uuid:0001/3')`,
    `${sites}('uuid:0001')`,
    "Submissions('')",
    "Submissions('a",
    "Submissions('a')b",
    'Nothing',
    '__proto__',
    "Submissions('uuid:0001')/nothing",
  ])('that is not there is not found: %s', async (resource) => {
    await expect(world.json(resource)).rejects.toThrow('not-found');
  });

  it('leads to the rows below it and to the row above it', async () => {
    const below = await world.json("Submissions('uuid:0001')/field_sites", {
      query: { $filter: "startswith(site,'S')", $count: 'true' },
    });
    expect(below['@odata.count']).toBe(1);
    expect(rowsOf(below)).toMatchObject([{ id: 'uuid:0001/2' }]);
    expect(await world.text("Submissions('uuid:0001')/field_sites/$count")).toBe('2');
    const above = await world.json(`${sites}('uuid:0001/2')/parent`);
    expect(above).toMatchObject({
      '@odata.context': `${root}$metadata#Submissions/$entity`,
      id: 'uuid:0001',
    });
  });

  it.each([
    "Submissions('uuid:0001')/people",
    '$batch',
    "Submissions('uuid:0001')/field_sites('x')",
  ])('does not answer all that OData knows: %s', async (resource) => {
    await expect(world.json(resource)).rejects.toThrow('not-implemented');
  });
});

describe('$select and $expand', () => {
  it.each([
    ['people,name', { name: "L'été", people: 12 }, '(name,people)'],
    ['people, people', { people: 12 }, '(people)'],
  ])('give the properties %s alone', async ($select, expected, context) => {
    const page = await world.json('Submissions', { query: { $select, $top: '1' } });
    expect(rowsOf(page)).toEqual([expected]);
    expect(page['@odata.context']).toBe(`${root}$metadata#Submissions${context}`);
  });

  it('give all properties for an asterisk', async () => {
    const one = await world.rows('Submissions', { query: { $select: '*' } });
    expect(one).toEqual(await world.rows('Submissions'));
  });

  it.each(['*', 'field_sites'])(
    'tell with %s the rows of repeats with their record',
    async ($expand) => {
      const query = { $expand, $select: 'id' };
      const [row] = await world.rows('Submissions', { query });
      expect(row).toEqual({
        id: 'uuid:0001',
        field_sites: [
          { id: 'uuid:0001/1', parent_id: 'uuid:0001', index: 1, site: 'Nord', _unfit: null },
          { id: 'uuid:0001/2', parent_id: 'uuid:0001', index: 2, site: 'Sud', _unfit: null },
        ],
      });
    },
  );

  it('lead down and up at once', async () => {
    const query = { $expand: '*', $select: 'site' };
    const page = await world.json(sites, { query });
    expect(page['@odata.context']).toBe(`${root}$metadata#${sites}(site,parent(),days())`);
    expect(rowsOf(page)[1]).toMatchObject({
      site: 'Sud',
      days: [{ id: 'uuid:0001/2/1', on: '2026-01-05' }],
      parent: { id: 'uuid:0001', people: 12 },
    });
    const [day] = await world.rows(`${sites}.days`, {
      query: { $expand: 'parent', $select: 'on' },
    });
    expect(day).toMatchObject({ on: '2026-01-03', parent: { site: 'Nord' } });
  });

  it.each([
    'field_sites($select=site)',
    'field_sites($select=site;$expand=days($select=on))',
    'field_sites($filter=true)',
    'field_sites(',
    'field_sites)',
    '('.repeat(100_000),
  ])('say what to ask instead where an expansion has options: %.40s', async ($expand) => {
    const asked = world.json('Submissions', { query: { $expand } });
    await expect(asked).rejects.toMatchObject({
      code: 'not-implemented',
      errors: [{ message: { en: expect.stringContaining('ask for $expand=*') as string } }],
    });
  });

  it.each([
    ['$select', 'nothing', 'malformed-request'],
    ['$select', '', 'malformed-request'],
    ['$select', '__proto__', 'malformed-request'],
    ['$expand', 'nothing', 'malformed-request'],
  ])('%s=%s is refused', async (option, text, code) => {
    await expect(world.json('Submissions', { query: { [option]: text } })).rejects.toThrow(code);
  });
});

describe('an option', () => {
  it.each([
    ['$search', 'x', 'not-implemented'],
    ['$apply', 'x', 'not-implemented'],
    ['$nothing', 'x', 'not-implemented'],
    ['$top', '-1', 'malformed-request'],
    ['$top', '1.5', 'malformed-request'],
    ['$skip', 'x', 'malformed-request'],
    ['$count', 'yes', 'malformed-request'],
    ['$wkt', '1', 'malformed-request'],
    ['$format', 'atom', 'not-acceptable'],
    ['$format', 'xml', 'not-acceptable'],
    ['$skiptoken', 'x', 'malformed-request'],
    ['$skiptoken', Buffer.from('{"v":"x"}').toString('base64url'), 'malformed-request'],
  ])('%s=%s is refused', async (option, text, code) => {
    await expect(world.json('Submissions', { query: { [option]: text } })).rejects.toThrow(code);
  });

  it.each(['json', 'application/json', 'application/json;odata.metadata=minimal'])(
    '$format=%s is what there is',
    async ($format) => {
      const asked = { query: { $format }, accept: 'application/atom+xml' };
      expect(await world.rows('Submissions', asked)).toHaveLength(3);
    },
  );

  it('without a dollar is none of OData’s', async () => {
    expect(await world.rows('Submissions', { query: { cache: '1' } })).toHaveLength(3);
  });

  it.each([
    ['', { $top: '1' }],
    ['$metadata', { $filter: 'true' }],
    ["Submissions('uuid:0001')", { $top: '1' }],
    ['Submissions/$count', { $select: 'id' }],
  ])('has no place at %j: %j', async (resource, query) => {
    await expect(world.text(resource, { query })).rejects.toThrow('malformed-request');
  });

  it.each([
    ['Submissions', 'application/xml'],
    ['$metadata', 'application/json'],
    ['Submissions/$count', 'application/xml'],
  ])('Accept decides without $format: %s as %s is refused', async (resource, accept) => {
    await expect(world.text(resource, { accept })).rejects.toThrow('not-acceptable');
  });
});

describe('a dataset without rows to read', () => {
  it.each(['nothing', 'plan', '../visits'])('has no feed: %s', async (datasetId) => {
    await expect(world.json('', { datasetId })).rejects.toThrow('not-found');
  });
});

function parsed(text: JsonValue | undefined): unknown {
  return typeof text === 'string' ? JSON.parse(text) : undefined;
}
