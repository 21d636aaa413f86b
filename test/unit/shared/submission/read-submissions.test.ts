import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Principal } from '../../../../shared/access/principal.ts';
import { acceptSubmission } from '../../../../shared/submission/accept-submission.ts';
import type { SubmissionDeps } from '../../../../shared/submission/records/submission-deps.ts';
import { editSubmission } from '../../../../shared/submission/edit-submission.ts';
import { eraseSubmission } from '../../../../shared/submission/erasure/erase-submission.ts';
import {
  listQuarantine,
  listRevisions,
  listSubmissions,
  readSubmission,
  type SubmissionFilter,
} from '../../../../shared/submission/read-submissions.ts';
import { reviewSubmission } from '../../../../shared/submission/review-submission.ts';
import { withdrawSubmission } from '../../../../shared/submission/withdraw-submission.ts';
import {
  coordinator,
  memberA,
  memberB,
  openWorld,
  startOfTests,
  surveyForm,
  type World,
} from '../../../support/submission-world.ts';

let world: World;
let deps: SubmissionDeps;
beforeEach(async () => {
  world = await openWorld();
  deps = world.deps;
});

const idOf = (n: number) => `instance-${String(n).padStart(4, '0')}`;
const send = (n: number, who: Principal = memberA, title = `Fiche ${n}`) =>
  acceptSubmission(deps, who, 'survey', { instanceId: idOf(n), answers: { title } });
const edit = (n: number, revision: number, title: string) =>
  editSubmission(deps, coordinator, 'survey', idOf(n), revision, { answers: { title } });
const accept = (n: number, revision = 1) =>
  reviewSubmission(deps, coordinator, 'survey', idOf(n), revision, { decision: 'accept' });

/** All items of a list, page by page, and how large the pages were. */
async function readAll(who: Principal, filter: SubmissionFilter = {}) {
  const ids: string[] = [];
  const pages: number[] = [];
  let cursor: string | undefined;
  do {
    const { items, next } = await listSubmissions(deps, who, 'survey', { ...filter, cursor });
    ids.push(...items.map(({ instanceId }) => instanceId));
    pages.push(items.length);
    cursor = next ?? undefined;
  } while (cursor !== undefined);
  return { ids, pages };
}

describe('readSubmission', () => {
  it('gives a member its own and the coordinator any', async () => {
    const { submission } = await send(1);
    expect(await readSubmission(deps, memberA, 'survey', idOf(1))).toEqual(submission);
    expect(await readSubmission(deps, coordinator, 'survey', idOf(1))).toEqual(submission);
  });

  it('does not tell a member another’s from one that does not exist', async () => {
    await send(1);
    const faults = await Promise.all(
      [1, 2].map((n) =>
        readSubmission(deps, memberB, 'survey', idOf(n)).catch((fault: unknown) => fault),
      ),
    );
    expect(faults[0]).toMatchObject({ code: 'not-found', extra: {}, errors: [] });
    expect(faults[0]).toEqual(faults[1]);
  });
});

describe('listSubmissions', () => {
  it('is newest change first, across shards', async () => {
    for (let n = 1; n <= 9; n += 1) {
      world.now += 10;
      await send(n, n % 2 === 0 ? memberA : memberB);
    }
    world.now += 10;
    await accept(4);
    const order = [4, 9, 8, 7, 6, 5, 3, 2, 1].map(idOf);
    expect((await readAll(coordinator)).ids).toEqual(order);
    expect((await readAll(coordinator, { limit: 2 })).ids).toEqual(order);
    expect((await readAll(memberA)).ids).toEqual([4, 8, 6, 2].map(idOf));
  });

  it('filters by state, organisation and time of change', async () => {
    for (let n = 1; n <= 6; n += 1) {
      world.now = startOfTests + n * 1000;
      await send(n, n <= 3 ? memberA : memberB);
    }
    world.now += 1000;
    await accept(2);
    await withdrawSubmission(deps, memberB, 'survey', idOf(5), 1);
    const since = new Date(startOfTests + 4000).toISOString();
    const cases: [Principal, SubmissionFilter, number[]][] = [
      [coordinator, { state: 'accepted' }, [2]],
      [coordinator, { state: 'withdrawn' }, [5]],
      [coordinator, { state: 'received' }, [6, 4, 3, 1]],
      [coordinator, { state: 'has-issues' }, []],
      [coordinator, { organisation: 'ong-b' }, [5, 6, 4]],
      [coordinator, { organisation: 'ong-b', state: 'received' }, [6, 4]],
      [coordinator, { organisation: 'ong-z' }, []],
      [coordinator, { since }, [5, 2, 6, 4]],
      [coordinator, { since: '2026-11-02T08:00:04+00:00' }, [5, 2, 6, 4]],
      [coordinator, { since: '2026-11-03' }, []],
      [coordinator, { since, state: 'received' }, [6, 4]],
      [memberA, {}, [2, 3, 1]],
      [memberA, { organisation: 'ong-a', state: 'received' }, [3, 1]],
      [memberA, { organisation: 'ong-b' }, []],
      [memberB, { since }, [5, 6, 4]],
    ];
    for (const [who, filter, expected] of cases) {
      for (const limit of [1, 2, undefined]) {
        const { ids } = await readAll(who, { ...filter, limit });
        expect(ids, JSON.stringify({ ...filter, limit })).toEqual(expected.map(idOf));
      }
    }
  });

  it('has pages of 50 unless told, of 200 at most, and says when there is no more', async () => {
    for (let n = 1; n <= 201; n += 1) await send(n);
    expect((await readAll(coordinator)).pages).toEqual([50, 50, 50, 50, 1]);
    expect((await readAll(memberA, { limit: 100 })).pages).toEqual([100, 100, 1]);
    expect((await readAll(memberA, { limit: 67 })).pages).toEqual([67, 67, 67]);
    expect((await readAll(coordinator, { limit: 1000 })).pages).toEqual([200, 1]);
  });

  it('has short pages where answers are large: an answer of a function has a limit', async () => {
    const sites = Array.from({ length: 5 }, () => ({ place: 'x'.repeat(60_000) }));
    for (let n = 1; n <= 30; n += 1) {
      const body = { instanceId: idOf(n), answers: { title: 'x', sites } };
      await acceptSubmission(deps, memberA, 'survey', body);
    }
    for (const who of [coordinator, memberA]) {
      const { ids, pages } = await readAll(who);
      expect(new Set(ids).size).toBe(30);
      expect(ids).toHaveLength(30);
      expect(Math.max(...pages)).toBeLessThanOrEqual(13);
    }
  });

  it('returns each submission exactly once, whatever the times, pages and changes before', async () => {
    const sent = fc.record({
      ms: fc.nat(3),
      member: fc.boolean(),
      reviewed: fc.boolean(),
      erased: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(sent, { maxLength: 25 }),
        fc.integer({ min: 1, max: 8 }),
        async (all, limit) => {
          world = await openWorld();
          deps = world.deps;
          for (const [n, { ms, member, reviewed, erased }] of all.entries()) {
            world.now = startOfTests + ms;
            await send(n, member ? memberA : memberB);
            if (reviewed) await accept(n);
            if (erased) await eraseSubmission(deps, coordinator, 'survey', idOf(n));
          }
          const idsWhere = (wanted: (one: (typeof all)[number]) => boolean) =>
            all.flatMap((one, n) => (wanted(one) ? [idOf(n)] : []));
          const lists: [Principal, SubmissionFilter, string[]][] = [
            [coordinator, {}, idsWhere(({ erased }) => !erased)],
            [memberA, {}, idsWhere(({ erased, member }) => member && !erased)],
            [
              coordinator,
              { state: 'received' },
              idsWhere(({ erased, reviewed }) => !erased && !reviewed),
            ],
            [coordinator, { state: 'erased' }, idsWhere(({ erased }) => erased)],
          ];
          for (const [who, filter, expected] of lists) {
            const { ids } = await readAll(who, { ...filter, limit });
            expect([...ids].sort()).toEqual(expected);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('finds what was written before the index had shards, in its place, until it is written anew', async () => {
    for (let n = 1; n <= 9; n += 1) {
      world.now += 10;
      await send(n, n === 9 ? memberB : memberA);
    }
    for (const record of world.submissions.all()) {
      if (/[135789]$/.test(record.sk)) {
        await deps.submissions.put({ ...record, orgKey: `survey#${String(record['org'])}` });
      }
    }
    const lists: [Principal, SubmissionFilter][] = [
      [memberA, {}],
      [coordinator, { organisation: 'ong-a' }],
    ];
    for (const [who, filter] of lists) {
      for (const limit of [1, 2, 3, undefined]) {
        const { ids } = await readAll(who, { ...filter, limit });
        expect(ids).toEqual([8, 7, 6, 5, 4, 3, 2, 1].map(idOf));
      }
    }
    expect((await readAll(memberB)).ids).toEqual([idOf(9)]);
    world.now += 10;
    await edit(3, 1, 'Corrigée');
    expect((await readAll(memberA, { limit: 3 })).ids).toEqual([3, 8, 7, 6, 5, 4, 2, 1].map(idOf));
  });

  it('skips nothing and repeats nothing that stays while others come and change', async () => {
    for (let n = 1; n <= 20; n += 1) {
      world.now += n % 3;
      await send(n);
    }
    const seen: string[] = [];
    let cursor: string | undefined;
    let round = 0;
    do {
      const page = await listSubmissions(deps, coordinator, 'survey', { limit: 3, cursor });
      seen.push(...page.items.map(({ instanceId }) => instanceId));
      cursor = page.next ?? undefined;
      round += 1;
      world.now += 1;
      await send(100 + round);
      // One that was seen moves to the front; it is not met again.
      if (round === 2 && seen[0] !== undefined) {
        await editSubmission(deps, coordinator, 'survey', seen[0], 1, { answers: { title: 'x' } });
      }
    } while (cursor !== undefined);
    expect([...seen].sort()).toEqual(Array.from({ length: 20 }, (_, n) => idOf(n + 1)));
  });

  it('says "go on here" when it has looked at many in vain', async () => {
    for (let n = 0; n < 2100; n += 1) await send(n);
    await accept(7);
    const { ids, pages } = await readAll(memberA, { state: 'received' });
    expect(ids).toHaveLength(2099);
    world.now += 1;
    const rare = await readAll(memberA, { state: 'rejected' });
    expect(rare).toEqual({ ids: [], pages: [0, 0] });
    expect(pages.every((size) => size <= 50)).toBe(true);
  });

  it.each([
    ['cursor', { cursor: 'x' }],
    ['cursor', { cursor: '' }],
    ['cursor', { cursor: Buffer.from('{"at":1,"id":"a"}').toString('base64url') }],
    ['cursor', { cursor: Buffer.from('{"at":"2026","id":"a"}').toString('base64url') }],
    ['cursor', { cursor: Buffer.from('null').toString('base64url') }],
    ['limit', { limit: 0 }],
    ['limit', { limit: 1.5 }],
    ['limit', { limit: Number.NaN }],
    ['since', { since: 'yesterday' }],
    ['organisation', { organisation: 'a#b' }],
  ])('refuses a malformed %s: %o', async (parameter, filter) => {
    await expect(listSubmissions(deps, coordinator, 'survey', filter)).rejects.toMatchObject({
      code: 'malformed-request',
      errors: [{ code: `invalid-${parameter}` }],
    });
  });

  it('shows a member nothing of others, whatever cursor it makes up', async () => {
    for (let n = 1; n <= 5; n += 1) await send(n);
    const cursor = Buffer.from(
      JSON.stringify({ at: '2099-01-01T00:00:00.000Z', id: '~' }),
    ).toString('base64url');
    expect((await listSubmissions(deps, memberB, 'survey', { cursor })).items).toEqual([]);
    expect((await listSubmissions(deps, memberA, 'survey', { cursor })).items).toHaveLength(5);
  });

  it('does not find a form that does not exist, and lists nothing of a draft', async () => {
    const unknown = listSubmissions(deps, coordinator, 'unknown');
    await expect(unknown).rejects.toMatchObject({ code: 'not-found' });
    await deps.forms.putDraft('later', surveyForm('1'));
    expect(await listSubmissions(deps, coordinator, 'later')).toEqual({ items: [], next: null });
  });
});

describe('listRevisions', () => {
  it('tells what differs from one revision to the next, and the coordinator who wrote', async () => {
    await acceptSubmission(deps, memberA, 'survey', {
      instanceId: idOf(1),
      answers: { title: 'Un', services: ['food'], sites: [{ place: 'Pikine' }] },
    });
    await editSubmission(deps, memberA, 'survey', idOf(1), 1, {
      answers: { title: 'Deux', services: ['food', 'care'], sites: [{ place: 'Pikine' }] },
    });
    await accept(1, 2);
    const { items, next } = await listRevisions(deps, coordinator, 'survey', idOf(1));
    expect(next).toBeNull();
    expect(items).toMatchObject([
      { revision: 1, state: 'received', by: 'token-a', differences: [] },
      { revision: 2, state: 'received', by: 'token-a' },
      { revision: 3, state: 'accepted', by: 'token-c', review: { decision: 'accept' } },
    ]);
    expect(items[1]?.differences).toEqual([
      { pointer: '/title', before: 'Un', after: 'Deux' },
      { pointer: '/services', before: ['food'], after: ['food', 'care'] },
    ]);
    expect(items[2]?.differences).toEqual([]);
    const seen = await listRevisions(deps, memberA, 'survey', idOf(1));
    expect(seen.items).toHaveLength(3);
    for (const [index, item] of seen.items.entries()) {
      expect(item).not.toHaveProperty('by');
      expect({ ...item, by: items[index]?.by }).toEqual(items[index]);
    }
  });

  it('gives every revision once, in pages of any size, with the same differences', async () => {
    await send(1);
    for (let revision = 1; revision < 8; revision += 1) await edit(1, revision, `R${revision}`);
    const whole = (await listRevisions(deps, coordinator, 'survey', idOf(1))).items;
    expect(whole.map(({ revision }) => revision)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    for (const limit of [1, 3, 8]) {
      const paged = [];
      let cursor: string | undefined;
      do {
        const page = await listRevisions(deps, coordinator, 'survey', idOf(1), { limit, cursor });
        paged.push(...page.items);
        cursor = page.next ?? undefined;
      } while (cursor !== undefined);
      expect(paged).toEqual(whole);
    }
  });

  it('does not show the piece of history that a writer left who stopped half-way', async () => {
    await send(1);
    for (const last of [1, 2]) {
      world.interruptions.plan({ at: 4, fail: 'before' });
      await expect(edit(1, last, 'x')).rejects.toMatchObject({ code: 'store-unavailable' });
      expect(world.submissions.all()).toHaveLength(last + 1);
      const { items } = await listRevisions(deps, coordinator, 'survey', idOf(1));
      expect(items.map(({ revision }) => revision)).toEqual([1, 2].slice(0, last));
      await edit(1, last, 'y');
    }
  });

  it('is not found by another organisation', async () => {
    await send(1);
    const listed = listRevisions(deps, memberB, 'survey', idOf(1));
    await expect(listed).rejects.toMatchObject({ code: 'not-found' });
  });

  it.each(['x', Buffer.from('{"revision":0}').toString('base64url')])(
    'refuses the cursor %j',
    async (cursor) => {
      await send(1);
      const listed = listRevisions(deps, memberA, 'survey', idOf(1), { cursor });
      await expect(listed).rejects.toMatchObject({ code: 'malformed-request' });
    },
  );
});

describe('listQuarantine', () => {
  it('gives every refused body once, in pages of any size', async () => {
    for (let n = 1; n <= 3; n += 1) {
      await send(n);
      for (const title of ['a', 'b', 'c']) {
        await expect(send(n, memberB, title)).rejects.toMatchObject({ code: 'conflict' });
      }
    }
    for (const limit of [1, 2, 4, 9, undefined]) {
      const bodies: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await listQuarantine(deps, coordinator, 'survey', { limit, cursor });
        bodies.push(
          ...page.items.map(
            (item) => `${item.instanceId} ${JSON.stringify(item.answers['title'])}`,
          ),
        );
        cursor = page.next ?? undefined;
      } while (cursor !== undefined);
      expect([...bodies].sort()).toEqual(
        [1, 2, 3].flatMap((n) => ['a', 'b', 'c'].map((title) => `${idOf(n)} "${title}"`)),
      );
    }
  });

  it('is the coordinator’s, of one form', async () => {
    await send(1);
    await expect(send(1, memberA, 'b')).rejects.toMatchObject({ code: 'conflict' });
    const listed = listQuarantine(deps, memberA, 'survey');
    await expect(listed).rejects.toMatchObject({ code: 'forbidden' });
    expect(await listQuarantine(deps, coordinator, 'open')).toEqual({ items: [], next: null });
    const unknown = listQuarantine(deps, coordinator, 'unknown');
    await expect(unknown).rejects.toMatchObject({ code: 'not-found' });
  });
});
