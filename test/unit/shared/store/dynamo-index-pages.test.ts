import {
  BatchGetItemCommand,
  DynamoDBClient,
  PutItemCommand,
  QueryCommand,
  type AttributeValue,
} from '@aws-sdk/client-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DynamoRecordStore } from '../../../../shared/store/dynamo-record-store.ts';
import { createTable, startDynalite } from '../../../support/dynalite.ts';
import { fresh, head, keysOf, rangeOf, readAll, secondary, time } from '../../../support/heads.ts';

type Item = Record<string, AttributeValue>;

const partition = 'f#0@org';
const entry = (sk: string, at: string): Item => ({
  pk: { S: 'f#0' },
  sk: { S: sk },
  at: { S: at },
  orgKey: { S: partition },
});
const item = (sk: string, at: string, orgKey = partition): Item => ({
  ...entry(sk, at),
  orgKey: { S: orgKey },
  answers: { S: `{"sk":"${sk}"}` },
});

describe('a page of a global index that is behind its table', () => {
  const client = new DynamoDBClient({ region: 'eu-west-3' });
  const dynamo = mockClient(client);
  const pauses: number[] = [];
  const pause = (milliseconds: number): Promise<void> => {
    pauses.push(milliseconds);
    return Promise.resolve();
  };
  const store = new DynamoRecordStore(client, 'Submissions', { pause });
  const range = { index: 'byOrganisation', partition } as const;
  const newestFirst = { ...range, descending: true };
  /** What the index still says, and what the table says already. */
  const given = (entries: readonly Item[], items: readonly Item[], next?: Item): void => {
    dynamo
      .on(QueryCommand)
      .resolves({ Items: [...entries], ...(next && { LastEvaluatedKey: next }) })
      .on(BatchGetItemCommand)
      .callsFake(({ RequestItems }: { RequestItems: Record<string, { Keys: Item[] }> }) => {
        const asked = new Set(RequestItems['Submissions']?.Keys.map(({ sk }) => sk?.S));
        return {
          Responses: { Submissions: items.filter(({ sk }) => asked.has(sk?.S)).toReversed() },
        };
      });
  };
  beforeEach(() => {
    dynamo.reset();
    pauses.length = 0;
  });

  it('has the records as they are now, in the order of the index', async () => {
    given([entry('a', '3'), entry('b', '2')], [item('a', '3'), item('b', '2')]);
    const { records } = await store.query(newestFirst);
    expect(records).toEqual([
      { pk: 'f#0', sk: 'a', at: '3', orgKey: partition, answers: '{"sk":"a"}' },
      { pk: 'f#0', sk: 'b', at: '2', orgKey: partition, answers: '{"sk":"b"}' },
    ]);
    const [batch] = dynamo.commandCalls(BatchGetItemCommand);
    expect(batch?.args[0].input.RequestItems?.['Submissions']).toEqual({
      Keys: [
        { pk: { S: 'f#0' }, sk: { S: 'a' } },
        { pk: { S: 'f#0' }, sk: { S: 'b' } },
      ],
      ConsistentRead: true,
    });
  });

  it.each([
    ['is gone', undefined],
    ['is another organisation’s now', item('b', '2', 'f#0@other')],
    ['has left every index', { pk: { S: 'f#0' }, sk: { S: 'b' }, state: { S: 'erased' } }],
  ] as const)('lacks a record that %s', async (_, now) => {
    const rest = [item('a', '3'), item('c', '1')];
    given([entry('a', '3'), entry('b', '2'), entry('c', '1')], [...rest, ...(now ? [now] : [])]);
    expect(keysOf((await store.query(newestFirst)).records)).toEqual(['a', 'c']);
  });

  it.each([
    ['in front of its first page', newestFirst, undefined, '9', 'bac'],
    ['to its place within a page', newestFirst, undefined, '25', 'abc'],
    ['before a page, not into it', newestFirst, { pk: 'f#0', sk: 'z', at: '4' }, '9', 'ac'],
    ['at the end of the last page', range, undefined, '9', 'cab'],
    ['beyond a range that has an end, not into it', { ...range, to: '5' }, undefined, '9', 'ca'],
  ] as const)('has a record that was written again %s', async (_, asked, after, at, expected) => {
    const entries = [entry('a', '30'), entry('b', '20'), entry('c', '10')];
    const items = [item('a', '30'), item('b', at), item('c', '10')];
    given(asked === newestFirst ? entries : entries.toReversed(), items);
    const { records, next } = await store.query(asked, after && { after });
    expect(keysOf(records).join('')).toBe(expected);
    expect(next).toBeUndefined();
  });

  it('leaves a record that was written again to the page in which it is now', async () => {
    const entries = [entry('c', '1'), entry('b', '2'), entry('a', '3')];
    given(entries, [item('a', '3'), item('b', '9'), item('c', '1')], entries[2]);
    const { records, next } = await store.query(range);
    expect(keysOf(records)).toEqual(['c', 'a']);
    expect(next).toEqual({ pk: 'f#0', sk: 'a', at: '3' });
  });

  it('has a record once that the index has twice, and asks for it once', async () => {
    const entries = [entry('b', '9'), entry('a', '3'), entry('b', '2')];
    given(entries, [item('a', '3'), item('b', '9')]);
    expect(keysOf((await store.query(newestFirst)).records)).toEqual(['b', 'a']);
    const [batch] = dynamo.commandCalls(BatchGetItemCommand);
    expect(batch?.args[0].input.RequestItems?.['Submissions']?.Keys).toHaveLength(2);
  });

  it('says where to go on although nothing of a page is left', async () => {
    const entries = [entry('a', '3'), entry('b', '2')];
    given(entries, [], entries[1]);
    expect(await store.query(newestFirst)).toEqual({
      records: [],
      next: { pk: 'f#0', sk: 'b', at: '2' },
    });
  });

  it('asks for nothing of the table where the index has nothing', async () => {
    given([], []);
    expect(await store.query(newestFirst)).toEqual({ records: [] });
    expect(dynamo.commandCalls(BatchGetItemCommand)).toHaveLength(0);
  });

  it('reads no more entries than a page can have, however many are asked for', async () => {
    given([], []);
    await store.query(newestFirst);
    await store.query(newestFirst, { limit: 100_000 });
    await store.query(newestFirst, { limit: 3 });
    const limits = dynamo.commandCalls(QueryCommand).map(({ args }) => args[0].input.Limit);
    expect(limits).toEqual([500, 500, 3]);
  });

  describe('when DynamoDB leaves keys over', () => {
    const over = (...sks: string[]) => ({
      UnprocessedKeys: {
        Submissions: { Keys: sks.map((sk) => ({ pk: { S: 'f#0' }, sk: { S: sk } })) },
      },
    });
    const entries = [entry('a', '3'), entry('b', '2')];

    it('asks for them again, after a pause, and for no others', async () => {
      dynamo
        .on(QueryCommand)
        .resolves({ Items: entries })
        .on(BatchGetItemCommand)
        .resolvesOnce({ Responses: { Submissions: [item('b', '2')] }, ...over('a') })
        .resolves({ Responses: { Submissions: [item('a', '3')] }, UnprocessedKeys: {} });
      expect(keysOf((await store.query(newestFirst)).records)).toEqual(['a', 'b']);
      const asked = dynamo
        .commandCalls(BatchGetItemCommand)
        .map(({ args }) => args[0].input.RequestItems?.['Submissions']?.Keys?.length);
      expect(asked).toEqual([2, 1]);
      expect(pauses).toHaveLength(1);
    });

    it('gives up after a few rounds, and says so rather than give a page with gaps', async () => {
      dynamo
        .on(QueryCommand)
        .resolves({ Items: entries })
        .on(BatchGetItemCommand)
        .resolves({ Responses: { Submissions: [item('b', '2')] }, ...over('a') });
      await expect(store.query(newestFirst)).rejects.toMatchObject({ code: 'store-unavailable' });
      expect(dynamo.commandCalls(BatchGetItemCommand)).toHaveLength(8);
      expect(pauses).toHaveLength(7);
      expect(Math.max(...pauses)).toBeLessThanOrEqual(1000);
    });
  });

  it('says store-unavailable, with the cause, when the records cannot be read', async () => {
    const cause = new Error('ThrottlingException');
    dynamo
      .on(QueryCommand)
      .resolves({ Items: [entry('a', '3')] })
      .on(BatchGetItemCommand)
      .rejects(cause);
    const page = store.query(newestFirst);
    await expect(page).rejects.toMatchObject({ code: 'store-unavailable', cause });
  });
});

describe('a page of an index while others write', () => {
  let dynalite: Awaited<ReturnType<typeof startDynalite>>;
  let store: DynamoRecordStore;
  let other: DynamoRecordStore;
  /** Done once, between the reading of an index and that of its records. */
  let meanwhile: (() => Promise<void>) | undefined;
  beforeAll(async () => {
    dynalite = await startDynalite();
    await createTable(dynalite.client, 'Submissions');
    other = new DynamoRecordStore(dynalite.client, 'Submissions');
    const { endpoint, region, credentials } = dynalite.client.config;
    const client = new DynamoDBClient({
      ...(endpoint && { endpoint }),
      region,
      credentials,
    });
    client.middlewareStack.add((next, { commandName }) => async (request) => {
      const work = commandName === 'BatchGetItemCommand' ? meanwhile : undefined;
      if (work !== undefined) {
        meanwhile = undefined;
        await work();
      }
      return next(request);
    });
    store = new DynamoRecordStore(client, 'Submissions');
  });
  afterAll(() => dynalite.close());

  it.each(secondary)(
    'misses no record that is written again between its two steps: %s',
    async (index) => {
      const pk = fresh();
      for (let n = 0; n < 6; n++) await store.put(head(pk, `k${n}`, time(n)));
      meanwhile = () => other.put(head(pk, 'k1', time(20), { revision: 2 }));
      const read = await readAll(store, rangeOf(index, pk), 2);
      expect(keysOf(read)).toEqual(['k0', 'k2', 'k3', 'k4', 'k5', 'k1']);
      expect(read.at(-1)).toMatchObject({ revision: 2, at: time(20) });
      meanwhile = () => other.put(head(pk, 'k3', time(21), { revision: 2 }));
      const newest = await store.query(rangeOf(index, pk, { descending: true }));
      expect(keysOf(newest.records)).toEqual(['k3', 'k1', 'k5', 'k4', 'k2', 'k0']);
      meanwhile = () => other.delete({ pk, sk: 'k4' });
      expect(keysOf((await store.query(rangeOf(index, pk))).records)).toEqual([
        'k0',
        'k2',
        'k5',
        'k1',
        'k3',
      ]);
    },
  );
});

describe('how large an item collection is', () => {
  const client = new DynamoDBClient({ region: 'eu-west-3' });
  const dynamo = mockClient(client);
  const record = { pk: 'f#0', sk: 'a', revision: 1 };
  const told: number[] = [];
  const store = new DynamoRecordStore(client, 'Submissions', {
    onCollectionSize: (gb) => told.push(gb),
  });
  beforeEach(() => {
    dynamo.reset();
    told.length = 0;
  });

  it.each([
    ['put', () => store.put(record)],
    ['putIfAbsent', () => store.putIfAbsent(record)],
    ['putIfRevision', () => store.putIfRevision(record, 1)],
    ['delete', () => store.delete(record)],
  ] as const)('is told by every write: %s', async (_, write) => {
    dynamo.resolves({ ItemCollectionMetrics: { SizeEstimateRangeGB: [6, 7] } });
    await write();
    expect(told).toEqual([7]);
    expect(dynamo.calls()[0]?.args[0].input).toMatchObject({ ReturnItemCollectionMetrics: 'SIZE' });
  });

  it('is not told where DynamoDB does not tell it: tables without a local index', async () => {
    dynamo.resolves({});
    await store.put(record);
    expect(told).toEqual([]);
  });

  it('is not asked where nobody wants to know', async () => {
    dynamo.resolves({});
    await new DynamoRecordStore(client, 'Registry').put(record);
    const [put] = dynamo.commandCalls(PutItemCommand);
    expect(put?.args[0].input).not.toHaveProperty('ReturnItemCollectionMetrics');
  });
});
