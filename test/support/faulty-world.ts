import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { vi } from 'vitest';
import * as z from 'zod';
import { adapters } from '../../functions/adapters.ts';
import type { Patience } from '../../functions/bound-requests.ts';
import { openRosaHandler } from '../../functions/openrosa/handler.ts';
import { registryHandler } from '../../functions/registry/handler.ts';
import { submissionsHandler } from '../../functions/submissions/handler.ts';
import { wrapDoor } from '../../functions/wrap-door.ts';
import { operations } from '../../shared/http/operations/table.ts';
import { createOrganisation } from '../../shared/access/organisation-records.ts';
import { createToken } from '../../shared/access/tokens.ts';
import { env } from '../../shared/config.ts';
import type { DoorResult } from '../../shared/http/door.ts';
import type { Door } from '../../shared/http/operations/operation.ts';
import { coordination, OrgId } from '../../shared/ids.ts';
import { S3ObjectStore } from '../../shared/objects/s3-object-store.ts';
import { DynamoRecordStore } from '../../shared/store/dynamo-record-store.ts';
import type { SubmissionDeps } from '../../shared/submission/records/submission-deps.ts';
import { createTable, startDynalite } from './dynalite.ts';
import { eventOf, type EventParts } from './event.ts';
import { FaultyProxy } from './faulty-proxy.ts';
import { startS3 } from './s3-server.ts';
import { depsOn } from './submission-world.ts';
import { testKeys } from './keyring.ts';

/** One request through a door of the deployment. */
export interface Ask extends EventParts {
  readonly by: 'member' | 'coordinator';
}

export type FaultyDoor = Exclude<Door, 'datasets'>;

/** The wrapped function of a door as Lambda holds it: made anew, it is cold. */
export type WarmDoor = (event: APIGatewayProxyEventV2, context: Context) => Promise<DoorResult>;

/** The functions on DynamoDB and S3 as Node.js has them, with a proxy in between that can fail. */
export interface FaultyWorld {
  readonly proxy: FaultyProxy;
  /** The same stores past the proxy, as one process has them. */
  readonly direct: SubmissionDeps;
  /** The functions of doors, cold, which wait so long for the stores. */
  readonly start: (door: FaultyDoor, patience: Patience) => WarmDoor;
  readonly eventFor: (ask: Ask) => APIGatewayProxyEventV2;
  readonly tokens: Readonly<Record<Ask['by'], string>>;
  close(): Promise<void>;
}

/** What Lambda tells a function. `remaining`: milliseconds until it is ended. */
export function contextOf(remaining = 28_000): Context {
  const context: Partial<Context> = {
    functionName: 'door',
    memoryLimitInMB: '1024',
    awsRequestId: 'request',
    getRemainingTimeInMillis: () => remaining,
  };
  return z.custom<Context>().parse(context);
}

const [submissionsTable, registryTable, bucket] = ['submissions', 'registry', 'bucket'];

/** Opens one, empty but for a member, the coordination and a token of each; sets the environment. */
export async function openFaultyWorld(): Promise<FaultyWorld> {
  const dynalite = await startDynalite();
  const s3 = await startS3();
  const proxy = await FaultyProxy.start();
  const endpoint = await dynalite.client.config.endpoint?.();
  const records = `http://127.0.0.1:${endpoint?.port}`;
  proxy.targetOf = (store) => (store === 'dynamodb' ? records : s3.url);
  await Promise.all([submissionsTable, registryTable].map((t) => createTable(dynalite.client, t)));
  for (const [name, value] of Object.entries({
    AWS_ENDPOINT_URL: proxy.url,
    AWS_REGION: 'eu-west-3',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    [env.submissionsTable]: submissionsTable,
    [env.registryTable]: registryTable,
    [env.objectsBucket]: bucket,
  })) {
    vi.stubEnv(name, value);
  }
  // What the SDK waits before it tries again, up to a second, is drawn by lot: here it never waits.
  vi.spyOn(Math, 'random').mockReturnValue(0);

  const stores = {
    submissions: new DynamoRecordStore(dynalite.client, submissionsTable),
    registry: new DynamoRecordStore(dynalite.client, registryTable),
    objects: new S3ObjectStore(s3.fake.client, bucket),
    clock: () => new Date(),
  };
  const tokenOf = async (id: string, role: Ask['by']): Promise<string> => {
    const organisation = { id: OrgId.parse(id), name: id, state: 'active' } as const;
    await createOrganisation(stores.registry, organisation);
    return (await createToken(stores.registry, stores.clock, id, { role, name: 'test' })).token;
  };
  const tokens = {
    member: await tokenOf('ong-a', 'member'),
    coordinator: await tokenOf(coordination, 'coordinator'),
  };
  const start = (door: FaultyDoor, patience: Patience): WarmDoor => {
    // As functions/<door>/index.ts has it, but for the patience, and for the keys: SSM is not tried here.
    const made = { ...adapters(patience), keys: testKeys };
    switch (door) {
      case 'submissions':
        return lambdaOf(
          wrapDoor(door, operations, (report) => submissionsHandler({ ...made, report })),
        );
      case 'registry':
        return lambdaOf(
          wrapDoor(door, operations, (report) => registryHandler({ ...made, report })),
        );
      case 'openrosa':
        return lambdaOf(
          wrapDoor(door, operations, (report) => openRosaHandler({ ...made, report })),
        );
    }
  };
  return {
    proxy,
    direct: depsOn(stores),
    start,
    tokens,
    eventFor: ({ by, ...parts }) => {
      const isKey = parts.key.includes('{token}');
      return eventOf({
        ...parts,
        parameters: { ...parts.parameters, ...(isKey && { token: tokens[by] }) },
        headers: { ...(!isKey && { authorization: `Bearer ${tokens[by]}` }), ...parts.headers },
      });
    },
    close: async () => {
      await proxy.close();
      await s3.close();
      await dynalite.close();
      vi.unstubAllEnvs();
      vi.restoreAllMocks();
    },
  };
}

/** Middy's types know of a way to call a function that Lambda does not use. */
export function lambdaOf(wrapped: unknown): WarmDoor {
  return z.custom<WarmDoor>((value) => typeof value === 'function').parse(wrapped);
}
