import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { once } from 'node:events';
import type { Server } from 'node:http';
import { attribute, indexes } from '../../shared/store/keys.ts';

/** A DynamoDB in this process, in memory, on a free port of the loopback. */
export async function startDynalite(): Promise<{ client: DynamoDBClient; close(): Promise<void> }> {
  const server: Server = dynalite({ createTableMs: 0, deleteTableMs: 0 });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('dynalite has no port.');
  const client = new DynamoDBClient({
    endpoint: `http://127.0.0.1:${address.port}`,
    region: 'eu-west-3',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  return {
    client,
    close: async () => {
      client.destroy();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** A table with every index of keys.ts, as the data stack makes it. */
export async function createTable(client: DynamoDBClient, table: string): Promise<void> {
  const schemaOf = (partition: string, sort: string) => [
    { AttributeName: partition, KeyType: 'HASH' as const },
    { AttributeName: sort, KeyType: 'RANGE' as const },
  ];
  const secondary = (local: boolean) =>
    Object.entries(indexes)
      .filter(([, index]) => index.local === local)
      .map(([IndexName, index]) => ({
        IndexName,
        KeySchema: schemaOf(index.partition, index.sort),
        Projection: { ProjectionType: 'KEYS_ONLY' as const },
      }));
  const names = [attribute.pk, attribute.sk, attribute.at, attribute.orgKey, attribute.inboxKey];
  await client.send(
    new CreateTableCommand({
      TableName: table,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: schemaOf(attribute.pk, attribute.sk),
      AttributeDefinitions: names.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      LocalSecondaryIndexes: secondary(true),
      GlobalSecondaryIndexes: secondary(false),
    }),
  );
}
