import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  DynamoDBClient,
  DynamoDBServiceException,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { DynamoRecordStore } from '../../../../shared/store/dynamo-record-store.ts';
import type { Range } from '../../../../shared/store/record-store.ts';
import { createTable, startDynalite } from '../../../support/dynalite.ts';
import { recordStoreContract } from '../../../support/record-store-contract.ts';

recordStoreContract('DynamoDB', async () => {
  const dynalite = await startDynalite();
  await createTable(dynalite.client, 'Submissions');
  return {
    store: new DynamoRecordStore(dynalite.client, 'Submissions'),
    close: () => dynalite.close(),
  };
});

const record = { pk: 'f#0', sk: 'a', revision: 2, at: '2026-01-01T00:00:00.000Z' };
const item = {
  pk: { S: 'f#0' },
  sk: { S: 'a' },
  revision: { N: '2' },
  at: { S: '2026-01-01T00:00:00.000Z' },
};

const serviceError = (name: string, status: number, message = name): DynamoDBServiceException =>
  new DynamoDBServiceException({
    name,
    message,
    $fault: status < 500 ? 'client' : 'server',
    $metadata: { httpStatusCode: status },
  });

const conditionFailed = (attempts: number, found?: typeof item): Error =>
  new ConditionalCheckFailedException({
    message: 'The conditional request failed',
    $metadata: { attempts },
    ...(found && { Item: found }),
  });

describe('DynamoRecordStore', () => {
  const client = new DynamoDBClient({ region: 'eu-west-3' });
  const dynamo = mockClient(client);
  const store = new DynamoRecordStore(client, 'Submissions');
  beforeEach(() => {
    dynamo.reset();
  });

  const calls = [
    ['get', () => store.get(record)],
    ['put', () => store.put(record)],
    ['putIfAbsent', () => store.putIfAbsent(record)],
    ['putIfRevision', () => store.putIfRevision(record, 1)],
    ['query', () => store.query({ partition: 'f#0' })],
    ['delete', () => store.delete(record)],
  ] as const;
  const failures = [
    serviceError('ProvisionedThroughputExceededException', 400),
    serviceError('ThrottlingException', 400),
    serviceError('RequestLimitExceeded', 400),
    serviceError('TransactionConflictException', 400),
    serviceError('AccessDeniedException', 400),
    serviceError('ResourceNotFoundException', 400),
    serviceError('InternalServerError', 500),
    serviceError('ServiceUnavailable', 503),
    Object.assign(new Error('socket hang up'), { name: 'TimeoutError' }),
    Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }),
  ];

  for (const [name, call] of calls) {
    it.each(failures)(
      `${name} says store-unavailable, with the cause, after: %s`,
      async (cause) => {
        dynamo.rejects(cause);
        await expect(call()).rejects.toMatchObject({ code: 'store-unavailable', cause });
      },
    );
  }

  it('lets a bug of ours through as it is', async () => {
    const bug = serviceError('ValidationException', 400, 'Invalid KeyConditionExpression');
    dynamo.rejects(bug);
    await expect(store.get(record)).rejects.toBe(bug);
  });

  it('says record-too-large when DynamoDB finds it so', async () => {
    dynamo.rejects(
      serviceError('ValidationException', 400, 'Item size has exceeded the maximum allowed size'),
    );
    await expect(store.put(record)).rejects.toMatchObject({ code: 'record-too-large' });
  });

  it('says malformed-request to a position outside the range', async () => {
    dynamo.rejects(
      serviceError(
        'ValidationException',
        400,
        'The provided starting key is outside query boundaries based on provided conditions',
      ),
    );
    const query = store.query({ partition: 'f#0', from: 'm' }, { after: { sk: 'a' } });
    await expect(query).rejects.toMatchObject({ code: 'malformed-request' });
  });

  it('reads with strong consistency, but for the global indexes, which have none', async () => {
    dynamo.on(GetItemCommand).resolves({}).on(QueryCommand).resolves({});
    await store.get(record);
    expect(dynamo.commandCalls(GetItemCommand)[0]?.args[0].input.ConsistentRead).toBe(true);
    const ranges: Range[] = [
      { partition: 'x' },
      { partition: 'x', index: 'byTime' },
      { partition: 'x', index: 'byOrganisation' },
      { partition: 'x', index: 'inbox' },
    ];
    for (const range of ranges) await store.query(range);
    const consistent = dynamo
      .commandCalls(QueryCommand)
      .map((call) => call.args[0].input.ConsistentRead);
    expect(consistent).toEqual([true, true, false, false]);
  });

  it('returns the item that came with the refusal, without a second read', async () => {
    dynamo.on(PutItemCommand).rejects(conditionFailed(1, item));
    expect(await store.putIfAbsent({ ...record, revision: 1 })).toEqual(record);
    expect(dynamo.commandCalls(GetItemCommand)).toHaveLength(0);
  });

  it('reads the item when the refusal brings none', async () => {
    dynamo
      .on(PutItemCommand)
      .rejects(conditionFailed(1))
      .on(GetItemCommand)
      .resolves({ Item: item });
    expect(await store.putIfAbsent({ ...record, revision: 1 })).toEqual(record);
  });

  it('tries again when the record in the way is gone, and gives up after a few rounds', async () => {
    dynamo
      .on(PutItemCommand)
      .rejectsOnce(conditionFailed(1))
      .resolves({})
      .on(GetItemCommand)
      .resolves({});
    expect(await store.putIfAbsent(record)).toBeUndefined();
    dynamo.on(PutItemCommand).rejects(conditionFailed(1));
    await expect(store.putIfAbsent(record)).rejects.toMatchObject({ code: 'store-unavailable' });
  });

  describe('after the SDK sent a write more than once', () => {
    it('calls a put done that finds its own record', async () => {
      dynamo.on(PutItemCommand).rejects(conditionFailed(2, item));
      expect(await store.putIfAbsent(record)).toBeUndefined();
      expect(await store.putIfRevision(record, 1)).toBe(true);
    });

    it('calls it refused when the record there is another', async () => {
      dynamo.on(PutItemCommand).rejects(conditionFailed(2, item));
      expect(await store.putIfAbsent({ ...record, by: 'x' })).toEqual(record);
      expect(await store.putIfRevision({ ...record, by: 'x' }, 1)).toBe(false);
    });

    it('does not take an equal record for its own when it was sent once only', async () => {
      dynamo.on(PutItemCommand).rejects(conditionFailed(1, item));
      expect(await store.putIfAbsent(record)).toEqual(record);
      expect(await store.putIfRevision(record, 1)).toBe(false);
    });
  });

  it.each([NaN, Infinity, 1e308, 1e-200])('refuses the number %d, sending nothing', async (n) => {
    dynamo.resolves({});
    await expect(store.put({ ...record, n })).rejects.toBeInstanceOf(TypeError);
    expect(dynamo.calls()).toHaveLength(0);
  });

  it('deletes by key alone, whatever else is in the record', async () => {
    dynamo.resolves({});
    await store.delete(record);
    expect(dynamo.commandCalls(DeleteItemCommand)[0]?.args[0].input.Key).toEqual({
      pk: item.pk,
      sk: item.sk,
    });
  });
});
