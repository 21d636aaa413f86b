import fc from 'fast-check';
import { publicIdOf } from '../../../../../shared/access/keyring.ts';
import { beforeAll, describe, expect, it } from 'vitest';
import type { JsonValue } from '../../../../../shared/json.ts';
import { ndjsonName } from '../../../../../shared/dataset/versions/row-index.ts';
import { versionPrefix } from '../../../../../shared/dataset/versions/version-manifest.ts';
import { testKeys } from '../../../../support/keyring.ts';
import { FeedWorld, rowsOf, type Asked } from '../../../../support/feed-world.ts';

const form = {
  survey: [
    { type: 'integer', name: 'number', label: 'Nombre', visibility: 'members' },
    { type: 'text', name: 'word', label: 'Mot', visibility: 'members' },
    { type: 'begin_repeat', name: 'parts', label: 'Parties' },
    { type: 'integer', name: 'part', label: 'Partie', visibility: 'members' },
    { type: 'end_repeat' },
  ],
  choices: [],
  settings: { form_title: 'Nombres', version: '1' },
};

const records = Array.from({ length: 60 }, (_, at) => ({
  id: `uuid:${String(at).padStart(4, '0')}`,
  answers: {
    ...(at % 7 !== 0 && { number: (at * 37) % 11 }),
    word: 'mot '.repeat(at % 5),
    parts: Array.from({ length: at % 4 }, (_, part) => ({ part: part * at })),
  },
}));

async function worldOf(some: typeof records): Promise<FeedWorld> {
  const world = new FeedWorld();
  await world.publishForm('visits', form);
  for (const { id, answers } of some) await world.put('visits', id, answers);
  await world.collectAll('visits');
  await world.compile();
  return world;
}

let world: FeedWorld;
beforeAll(async () => {
  world = await worldOf(records);
});

const sets = ['Submissions', 'Submissions.parts'] as const;
const idsOf = (pages: readonly Parameters<typeof rowsOf>[0][]) =>
  pages.flatMap(rowsOf).map(({ id }) => id);

describe('pages', () => {
  it('together have every row once, in one order, however small each is', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...sets),
        fc.record({
          rows: fc.integer({ min: 1, max: 30 }),
          bytes: fc.integer({ min: 1, max: 5000 }),
          scanned: fc.integer({ min: 1, max: 5000 }),
        }),
        fc.record(
          {
            $filter: fc.constantFrom('true', "id gt 'uuid:0030'", 'false', "endswith(id,'1')"),
            $orderby: fc.constantFrom('id', 'id desc', '_unfit,id desc', 'length(id) mod 2'),
            $skip: fc.integer({ min: 0, max: 80 }).map(String),
            $top: fc.integer({ min: 0, max: 80 }).map(String),
            $count: fc.constantFrom('true', 'false'),
          },
          { requiredKeys: [] },
        ),
        async (set, limits, query) => {
          const given = Object.fromEntries(Object.entries(query));
          const whole = await world.json(set, { query: given });
          const pages = await world.pages(set, { query: given, limits });
          expect(idsOf(pages)).toEqual(idsOf([whole]));
          for (const page of pages) {
            expect(rowsOf(page).length).toBeLessThanOrEqual(limits.rows);
            expect(page['@odata.count']).toBe(whole['@odata.count']);
          }
        },
      ),
      { numRuns: 100 },
    );
  });

  it.each(sets)('of %s pass over rows and stop as asked', async (set) => {
    const all = idsOf([await world.json(set)]);
    for (const $skip of [0, 1, 17, all.length - 1, all.length, all.length + 5]) {
      for (const $top of [0, 1, 5, 1000]) {
        const query = { $skip: String($skip), $top: String($top), $count: 'true' };
        const page = await world.json(set, { query });
        expect(idsOf([page])).toEqual(all.slice($skip, $skip + $top));
        expect(page['@odata.count']).toBe(all.length);
        expect(page['@odata.nextLink']).toBeUndefined();
      }
    }
  });

  it('stop before they are too long, but never without a row', async () => {
    const pages = await world.pages('Submissions', { limits: { bytes: 1000 } });
    expect(pages.length).toBeGreaterThan(10);
    for (const page of pages) {
      const rows = rowsOf(page).map((row) => Buffer.byteLength(JSON.stringify(row)));
      const bytes = rows.reduce((sum, one) => sum + one, 0);
      expect(rows.length === 1 || bytes <= 1000).toBe(true);
    }
    expect(await world.pages('Submissions', { limits: { bytes: 1 } })).toHaveLength(records.length);
  });

  it('end, be they empty, when enough was looked through', async () => {
    const query = { $filter: "id eq 'uuid:0059'" };
    const pages = await world.pages('Submissions', { query, limits: { scanned: 2000 } });
    expect(pages.length).toBeGreaterThan(3);
    expect(pages.map((page) => rowsOf(page).length).filter((rows) => rows > 0)).toEqual([1]);
  });

  it('repeat what was asked, but for what their token says', async () => {
    const query = {
      $filter: "word ne 'a&b=c+d'",
      $select: 'id',
      $top: '50',
      $skip: '3',
      $wkt: 'true',
    };
    const { '@odata.nextLink': link } = await world.json('Submissions', {
      query,
      limits: { rows: 2 },
    });
    const url = new URL(textOf(link));
    const { $skiptoken, ...kept } = Object.fromEntries(url.searchParams);
    expect(kept).toEqual({ $filter: query.$filter, $select: 'id', $wkt: 'true' });
    expect($skiptoken).toMatch(/^[A-Za-z0-9_-]+$/);
    expect(url.pathname).toBe('/v1/odata/visits/Submissions');
  });

  it('of the rows below one row go on, too', async () => {
    const pages = await world.pages("Submissions('uuid:0003')/parts", { limits: { rows: 2 } });
    expect(pages.map((page) => rowsOf(page).map(({ index }) => index))).toEqual([[1, 2], [3]]);
  });
});

describe('how many rows there are', () => {
  it.each([
    ['Submissions', undefined, '60'],
    ['Submissions', 'number eq null', '9'],
    ['Submissions', "parent/id eq 'x'", undefined],
    ['Submissions.parts', undefined, '90'],
    ['Submissions.parts', 'parent/number eq null', '12'],
    ['Submissions.parts', 'part gt 0 and index eq 2', undefined],
  ])('in %s with %s', async (set, $filter, expected) => {
    const query = $filter === undefined ? {} : { $filter };
    const counting = world.text(`${set}/$count`, { query });
    if (expected !== undefined) expect(await counting).toBe(expected);
    else if (set === 'Submissions') await expect(counting).rejects.toThrow('malformed-request');
    else expect(await counting).toBe(String((await world.rows(set, { query })).length));
  });
});

describe('an order', () => {
  it('is that of values, null before all, and of places where values are equal', async () => {
    const rows = await world.rows('Submissions', { query: { $orderby: 'number desc,word' } });
    const known = new Map(records.map(({ id, answers }) => [id, answers]));
    const expected = [...known].sort(([one, a], [other, b]) => {
      const [x, y] = [a.number ?? -1, b.number ?? -1];
      if (x !== y) return y - x;
      if (a.word !== b.word) return a.word < b.word ? -1 : 1;
      return publicIdOf(testKeys, 'visits', one) < publicIdOf(testKeys, 'visits', other) ? -1 : 1;
    });
    expect(rows.map(({ id }) => id)).toEqual(expected.map(([id]) => id));
  });

  it.each([
    ['Submissions', { $orderby: 'number' }],
    ['Submissions', { $filter: 'number gt 3', $count: 'true' }],
    ['Submissions/$count', { $filter: 'number gt 3' }],
  ])('and a count are refused where too much would be read: %s %j', async (resource, query) => {
    const asked: Asked = { query, limits: { whole: 1000 } };
    await expect(world.text(resource, asked)).rejects.toMatchObject({
      code: 'not-implemented',
      errors: [{ message: { en: expect.stringContaining('download a file') as string } }],
    });
  });

  it.each([{ $orderby: 'word' }, { $orderby: 'number desc', $skip: '50' }])(
    'is refused where what rows are ordered by would not fit into memory: %j',
    async (query) => {
      const asked: Asked = { query, limits: { ordered: 5000 } };
      await expect(world.json('Submissions', asked)).rejects.toMatchObject({
        code: 'not-implemented',
        errors: [{ message: { en: expect.stringContaining('download a file') as string } }],
      });
      const few = { ...query, $filter: 'number eq 3' };
      expect(rowsOf(await world.json('Submissions', { ...asked, query: few }))).toBeDefined();
    },
  );

  it('passes over as many rows as are asked', async () => {
    const query = { $orderby: 'number', $skip: '10001', $count: 'true' };
    const page = await world.json('Submissions', { query });
    expect([rowsOf(page), page['@odata.count']]).toEqual([[], 60]);
  });

  it.each(['price', '', 'number up', 'number,', 'place'])('is refused: %s', async ($orderby) => {
    await expect(world.json('Submissions', { query: { $orderby } })).rejects.toThrow(
      'malformed-request',
    );
  });
});

describe('a client that reads page after page', () => {
  const asked: Asked = { limits: { rows: 20 } };

  it.each(['coordinator', 'members'] as const)('sees one version, as %s', async (audience) => {
    const world = await worldOf(records);
    const first = await world.json('Submissions', { ...asked, audience });
    world.wait(600);
    await world.put('visits', 'uuid:0000a', { number: 1 });
    await world.put('visits', 'uuid:0030', { number: 99 }, { revision: 2 });
    await world.collectAll('visits');
    await world.compile();
    const pages = [first];
    for (let link = first['@odata.nextLink']; typeof link === 'string';) {
      const page = await world.follow(link, { ...asked, audience });
      pages.push(page);
      link = page['@odata.nextLink'] ?? null;
    }
    const publicIds = records.map(({ id }) => publicIdOf(testKeys, 'visits', id)).sort();
    const idOf = new Map(records.map(({ id }) => [publicIdOf(testKeys, 'visits', id), id]));
    const inOrder = publicIds.map((id) => idOf.get(id));
    expect(idsOf(pages)).toEqual(audience === 'members' ? publicIds : inOrder);
    expect(pages.flatMap(rowsOf).some(({ number }) => number === 99)).toBe(false);
    expect(await world.text('Submissions/$count', { audience })).toBe('61');
  });

  it('is told to start again when that version has gone', async () => {
    const world = await worldOf(records);
    const { '@odata.nextLink': link } = await world.json('Submissions', asked);
    world.wait(600);
    await world.erase('visits', 'uuid:0030');
    await world.collectAll('visits');
    await world.compile();
    await expect(world.follow(textOf(link), asked)).rejects.toMatchObject({
      code: 'not-found',
      errors: [
        { code: 'version-gone', message: { en: expect.stringContaining('start again') as string } },
      ],
    });
  });

  it('is told so, too, when its files go while it reads', async () => {
    const world = await worldOf(records);
    const { version } = await manifestOf(world);
    await world.objects.delete(
      `${versionPrefix('visits', version)}coordinator/${ndjsonName('visits')}`,
    );
    await expect(world.json('Submissions')).rejects.toMatchObject({
      errors: [{ code: 'version-gone' }],
    });
  });

  it('may read on for an hour as a member, and longer as the coordinator', async () => {
    const world = await worldOf(records);
    const { '@odata.nextLink': link } = await world.json('Submissions', asked);
    world.wait(600);
    await world.put('visits', 'uuid:0000a', { number: 1 });
    await world.collectAll('visits');
    await world.compile();
    world.wait(3601);
    await expect(world.follow(textOf(link), { ...asked, audience: 'members' })).rejects.toThrow(
      'not-found',
    );
    expect(rowsOf(await world.follow(textOf(link), asked))).toHaveLength(20);
  });

  it.each([{ o: 1 }, { o: 1e9 }, { i: 1e6 }, { o: -1 }, { v: '../../x' }, { v: 'nothing' }])(
    'cannot make up where it goes on: %j',
    async (made) => {
      const { '@odata.nextLink': link } = await world.json('Submissions', asked);
      const url = new URL(textOf(link));
      const token = Buffer.from(url.searchParams.get('$skiptoken') ?? '', 'base64url').toString();
      const forged = { ...(JSON.parse(token) as object), ...made };
      const $skiptoken = Buffer.from(JSON.stringify(forged)).toString('base64url');
      for (const query of [{ $skiptoken }, { $skiptoken, $orderby: 'id' }]) {
        const answered = await world.json('Submissions', { query }).then(
          (page) => rowsOf(page).length,
          (error: unknown) => (error instanceof Error ? error.message : ''),
        );
        expect([0, 39, 'malformed-request', 'not-found']).toContain(answered);
      }
    },
  );
});

async function manifestOf(world: FeedWorld): Promise<{ version: string }> {
  const { '@odata.nextLink': link } = await world.json('Submissions', { limits: { rows: 1 } });
  const token = new URL(textOf(link)).searchParams.get('$skiptoken') ?? '';
  const { v } = JSON.parse(Buffer.from(token, 'base64url').toString()) as { v: string };
  return { version: v };
}

function textOf(link: JsonValue | undefined): string {
  if (typeof link !== 'string') throw new Error('No link.');
  return link;
}
