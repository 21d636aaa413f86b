import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  boundRequests,
  doorPatience,
  requestSettings,
  stepPatience,
  type Patience,
} from '../../../functions/bound-requests.ts';
import { invoke } from '../../../functions/invocation-signal.ts';
import { compileSteps, resources } from '../../../infra/functions.ts';
import { doors } from '../../../shared/http/operations/operation.ts';
import { createTable, startDynalite } from '../../support/dynalite.ts';
import { FaultyProxy } from '../../support/faulty-proxy.ts';

const short: Patience = { connect: 500, answer: 60 };

let proxy: FaultyProxy;
let close: () => Promise<void>;

beforeAll(async () => {
  const dynalite = await startDynalite();
  await createTable(dynalite.client, 'table');
  const endpoint = await dynalite.client.config.endpoint?.();
  proxy = await FaultyProxy.start();
  proxy.targetOf = () => `http://127.0.0.1:${endpoint?.port}`;
  await dynalite.client.send(put);
  vi.spyOn(Math, 'random').mockReturnValue(0);
  close = async () => {
    await proxy.close();
    await dynalite.close();
    vi.restoreAllMocks();
  };
});
afterAll(() => close());
beforeEach(() => {
  proxy.plan(undefined);
});

function clientWith(patience: Patience): DynamoDBClient {
  const client = new DynamoDBClient({
    endpoint: proxy.url,
    region: 'eu-west-3',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    requestHandler: requestSettings(patience),
  });
  return boundRequests(client, patience);
}

const key = { pk: { S: 'a' }, sk: { S: 'b' } };
const get = new GetItemCommand({ TableName: 'table', Key: key, ConsistentRead: true });
const put = new PutItemCommand({ TableName: 'table', Item: key });

describe('a request to a store', () => {
  it.each(['silent-before', 'silent-after', 'trickle'] as const)(
    'is given up after some attempts when every answer is %s',
    async (fault) => {
      proxy.plan(() => fault);
      const client = clientWith(short);
      await expect(client.send(get)).rejects.toMatchObject({ name: 'TimeoutError' });
      expect(proxy.passed).toHaveLength(await client.config.maxAttempts());
    },
  );

  it.each(['silent-before', 'silent-after', 'trickle'] as const)(
    'is tried again when one answer is %s',
    async (fault) => {
      proxy.plan(({ number }) => (number === 1 ? fault : undefined));
      // The second attempt may take as long as a busy machine needs.
      const client = clientWith({ connect: 500, answer: 400 });
      expect((await client.send(get)).$metadata.httpStatusCode).toBe(200);
      expect(proxy.passed.length).toBeGreaterThan(1);
    },
  );

  it('waits for an answer that is slow', async () => {
    proxy.plan(() => 'slow');
    await clientWith(doorPatience).send(get);
    expect(proxy.passed).toHaveLength(1);
  });

  it('ends with the invocation that made it, and is not tried again', async () => {
    const ended = new AbortController();
    proxy.plan(() => {
      setImmediate(() => {
        ended.abort();
      });
      return 'silent-before';
    });
    const sent = invoke(ended.signal, () => clientWith(doorPatience).send(put));
    await expect(sent).rejects.toMatchObject({ name: 'AbortError' });
    expect(proxy.passed).toHaveLength(1);
  });

  it('is not sent by an invocation that has ended', async () => {
    const client = clientWith(doorPatience);
    const sent = invoke(AbortSignal.abort(), () => client.send(put));
    await expect(sent).rejects.toMatchObject({ name: 'AbortError' });
    expect(proxy.passed).toEqual([]);
    // The next one, with a client that was used before, is another matter.
    await invoke(new AbortController().signal, () => client.send(put));
    expect(proxy.passed).toHaveLength(1);
  });
});

describe('the patience with a store', () => {
  /** The longest that a request takes which is never answered, but for pauses of a second or so. */
  const longest = async (client: DynamoDBClient | S3Client, { answer }: Patience) =>
    (await client.config.maxAttempts()) * answer;
  const s3 = new S3Client({ region: 'eu-west-3' });

  it('leaves a door time to say that it does not answer', async () => {
    for (const door of doors) {
      const timeout = resources[door].timeout.toMilliseconds();
      expect(await longest(clientWith(doorPatience), doorPatience)).toBeLessThan(timeout - 5_000);
      expect(await longest(s3, doorPatience)).toBeLessThan(timeout - 5_000);
      // The HTTP API gives up after 30 seconds, some of which may go by until the function starts.
      expect(timeout).toBeLessThanOrEqual(28_000);
    }
  });

  it('leaves a step time to fail by itself', async () => {
    for (const step of compileSteps.filter((name) => name !== 'compile-end')) {
      const timeout = resources[step].timeout.toMilliseconds();
      expect(await longest(s3, stepPatience)).toBeLessThan(timeout - 60_000);
    }
  });
});
