import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Measure } from '../../../functions/wrap.ts';
import { doorPatience } from '../../../functions/bound-requests.ts';
import { stores } from '../../../functions/stores.ts';
import { env } from '../../../shared/config.ts';

const dynamo = mockClient(DynamoDBClient);

beforeEach(() => {
  dynamo.reset();
  vi.stubEnv('AWS_REGION', 'eu-west-3');
  for (const name of [env.submissionsTable, env.registryTable, env.objectsBucket]) {
    vi.stubEnv(name, name);
  }
});
afterEach(() => {
  vi.unstubAllEnvs();
});

describe('the stores of a function', () => {
  it.each([
    ['nothing of a shard of up to 1 GB, as most are for ever', [0, 1], []],
    ['how full a shard is that has more', [1, 2], [2]],
    ['how full a shard is that is nearly full', [8, 9], [9]],
  ])('tell %s', async (_, SizeEstimateRangeGB, values) => {
    dynamo.resolves({ ItemCollectionMetrics: { SizeEstimateRangeGB } });
    const taken: Measure[] = [];
    const { submissions, registry } = stores(doorPatience, (measure) => taken.push(measure));
    await submissions.put({ pk: 'f#0', sk: 'a', revision: 1 });
    await registry.put({ pk: 'form', sk: 'f', revision: 1 });
    expect(taken).toEqual(
      values.map((value) => ({ name: 'ItemCollectionGB', unit: 'Gigabytes', value })),
    );
  });
});
