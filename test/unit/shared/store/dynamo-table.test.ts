import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, it } from 'vitest';
import { DynamoTable } from '../../../../shared/store/dynamo-table.ts';
import { createTable, startDynalite } from '../../../support/dynalite.ts';
import { wholeTableContract } from '../../../support/whole-table-contract.ts';

wholeTableContract('DynamoDB', async () => {
  const dynalite = await startDynalite();
  await createTable(dynalite.client, 'Submissions');
  return {
    store: new DynamoTable(dynalite.client, 'Submissions'),
    close: () => dynalite.close(),
  };
});

describe('DynamoTable', () => {
  it('reads with strong consistency, and says so when it may not', async () => {
    const client = new DynamoDBClient({ region: 'eu-west-3' });
    const dynamo = mockClient(client);
    dynamo.on(ScanCommand).resolves({});
    const table = new DynamoTable(client, 'Submissions');
    await Array.fromAsync(table.scan());
    const asked = dynamo.commandCalls(ScanCommand).map((call) => call.args[0].input);
    expect(asked.map(({ ConsistentRead }) => ConsistentRead)).not.toContain(undefined);
    expect(new Set(asked.map(({ Segment }) => Segment)).size).toBe(asked[0]?.TotalSegments);
    dynamo.on(ScanCommand).rejects(new Error('AccessDenied'));
    await expect(Array.fromAsync(table.scan())).rejects.toMatchObject({
      code: 'store-unavailable',
    });
  });
});
