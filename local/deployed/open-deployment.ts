import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import {
  DescribeExecutionCommand,
  paginateGetExecutionHistory,
  SFNClient,
  StartExecutionCommand,
  type HistoryEventType,
} from '@aws-sdk/client-sfn';
import { SSMClient } from '@aws-sdk/client-ssm';
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import * as z from 'zod';
import { Keyring } from '../../shared/access/keyring.ts';
import { openKeys } from '../../shared/access/open-keys.ts';
import { SsmKeyStore } from '../../shared/access/ssm-key-store.ts';
import { installationKeys } from '../../shared/access/stored-keys.ts';
import { systemClock } from '../../shared/clock.ts';
import { env, keysParameterOf, retention } from '../../shared/config.ts';
import { readRun, startRun } from '../../shared/dataset/publish/compile-run.ts';
import { compileWork } from '../../shared/dataset/publish/compile-work.ts';
import type { PublishReport } from '../../shared/dataset/publish/publish.ts';
import { FormLibrary } from '../../shared/form/library/form-library.ts';
import { S3ObjectStore } from '../../shared/objects/s3-object-store.ts';
import { DynamoTable } from '../../shared/store/dynamo-table.ts';
import { UsageError } from '../command.ts';
import { type Installation, CompileFailed, type InstallationDeps } from '../installation.ts';
import { receiveUndelivered } from './undelivered.ts';

/** An operator can wait longer than a request of the API, and has a worse line. */
const patience = { connectionTimeout: 5000, requestTimeout: 30_000, throwOnRequestTimeout: true };

/**
 * The installation whose stacks are called `<name>-…`, in the account and region of the credentials
 * in the environment, by the operator's own rights. Throws UsageError when there is none, KeysError when
 * the secret in SSM is not that of its data; the first time the secret is made.
 */
export async function openDeployment(name: string): Promise<Installation> {
  const outputs = await stackOutputs(name);
  const dynamo = new DynamoDBClient({ requestHandler: patience });
  const s3 = new S3Client({ requestHandler: patience });
  const registry = new DynamoTable(dynamo, outputs.RegistryTableName);
  const objects = new S3ObjectStore(s3, outputs.ObjectsBucketName);
  const ssm = new SSMClient({ requestHandler: patience });
  const keyStore = new SsmKeyStore(ssm, keysParameterOf(name));
  const stored = await openKeys(keyStore, registry, systemClock);
  const deps = {
    submissions: new DynamoTable(dynamo, outputs.SubmissionsTableName),
    registry,
    objects,
    forms: new FormLibrary(registry, objects, systemClock),
    clock: systemClock,
    newId: randomUUID,
    // That of the deployment: the operator's own environment is about a folder.
    retention: retention({
      [env.keepVersions]: outputs.KeepVersions,
      [env.keepDays]: outputs.KeepDays,
    }),
    keys: new Keyring(installationKeys(stored)),
    keyStore,
  };
  const url = outputs.Url ?? outputs.ApiUrl;
  return {
    ...deps,
    place: name,
    url,
    publicUrl: url,
    compile: (onProgress) => runCompile(deps, outputs.CompileStateMachine, onProgress),
    deployment: {
      undelivered: outputs.Undelivered,
      receiveUndelivered: () => receiveUndelivered(outputs.Undelivered),
      table: (name) => new DynamoTable(dynamo, name),
    },
    close: () => {
      dynamo.destroy();
      s3.destroy();
      ssm.destroy();
    },
  };
}

/** Milliseconds between two looks at an execution: rare enough to cost nothing. */
const pause = 1000;

/** How an execution is named by its state machine's name: the ARNs are alike. */
function executionArn(machineArn: string, runId: string): string {
  return `${machineArn.replace(':stateMachine:', ':execution:')}:${runId}`;
}

/**
 * Starts the state machine as `POST /v1/compile` does and waits for the end of the execution. Throws
 * CompileFailed when it ends otherwise than well.
 */
async function runCompile(
  deps: InstallationDeps,
  machineArn: string,
  onProgress: (done: number, of: number) => void,
): Promise<readonly PublishReport[]> {
  const { registry, clock } = deps;
  const functions = new SFNClient({});
  try {
    const runId = deps.newId();
    const work = await compileWork(deps);
    await startRun(registry, clock, runId);
    await functions.send(
      new StartExecutionCommand({
        stateMachineArn: machineArn,
        name: runId,
        input: JSON.stringify({ full: false }),
      }),
    );
    const arn = executionArn(machineArn, runId);
    for (;;) {
      const { status } = await functions.send(new DescribeExecutionCommand({ executionArn: arn }));
      if (status !== 'RUNNING' && status !== 'PENDING_REDRIVE') {
        const run = await readRun(registry, runId);
        if (status === 'SUCCEEDED' && run?.state === 'done') return run.datasets;
        throw new CompileFailed(run?.error ?? status ?? 'UNKNOWN');
      }
      const { shards, datasets } = await progressOf(functions, arn);
      onProgress(
        (shards ? work.collect.length : 0) + datasets,
        work.collect.length + work.publish.length,
      );
      await wait(pause);
    }
  } finally {
    functions.destroy();
  }
}

const datasetEnds: ReadonlySet<HistoryEventType | undefined> = new Set([
  'MapIterationSucceeded',
  'MapIterationFailed',
]);

/** How far an execution is: whether all shards are collected, and how many datasets were published. */
async function progressOf(
  client: SFNClient,
  executionArn: string,
): Promise<{ readonly shards: boolean; readonly datasets: number }> {
  let shards = false;
  let datasets = 0;
  for await (const { events = [] } of paginateGetExecutionHistory(
    { client },
    { executionArn, includeExecutionData: false },
  )) {
    for (const { type, stateExitedEventDetails } of events) {
      if (stateExitedEventDetails?.name === 'collect shards') shards = true;
      if (datasetEnds.has(type)) datasets += 1;
    }
  }
  return { shards, datasets };
}

const Outputs = z.object({
  SubmissionsTableName: z.string(),
  RegistryTableName: z.string(),
  ObjectsBucketName: z.string(),
  ApiUrl: z.url(),
  CompileStateMachine: z.string(),
  Undelivered: z.url(),
  KeepVersions: z.string().optional(),
  KeepDays: z.string().optional(),
});

/** What the stacks of one deployment say of themselves; `Url` if there is an edge. */
type StackOutputs = z.infer<typeof Outputs> & { readonly Url?: string };

/**
 * The outputs of the stacks called `<name>-data`, `<name>-service` and `<name>-edge`. Throws UsageError
 * when there is no such deployment in the account and region of the credentials, or an earlier one.
 */
export async function stackOutputs(name: string): Promise<StackOutputs> {
  const cloudFormation = new CloudFormationClient({});
  try {
    const [data, service, edge] = await Promise.all(
      ['data', 'service', 'edge'].map((part) => outputsOf(cloudFormation, `${name}-${part}`)),
    );
    if (data === undefined || service === undefined) {
      throw new UsageError({
        fr: `Il n’y a pas de pile ${name}-data ou ${name}-service dans cette région de ce compte : vérifiez --stack, AWS_REGION et les accès ; npm run deploy les déploie.`,
        en: `There is no stack ${name}-data or ${name}-service in this region of this account: check --stack, AWS_REGION and the credentials; npm run deploy deploys them.`,
      });
    }
    const found = Outputs.safeParse({ ...data, ...service });
    const url = edge?.['Url'];
    if (found.success) {
      return url === undefined ? found.data : { ...found.data, Url: url };
    }
    throw new UsageError({
      fr: `La pile ${name} est d’une version plus ancienne que cet outil : déployez d’abord (npm run deploy).`,
      en: `The stack ${name} is of an earlier version than this tool: deploy first (npm run deploy).`,
    });
  } finally {
    cloudFormation.destroy();
  }
}

async function outputsOf(
  cloudFormation: CloudFormationClient,
  stack: string,
): Promise<Readonly<Record<string, string>> | undefined> {
  try {
    const { Stacks } = await cloudFormation.send(new DescribeStacksCommand({ StackName: stack }));
    const outputs = Stacks?.[0]?.Outputs ?? [];
    return Object.fromEntries(
      outputs.flatMap(({ OutputKey, OutputValue }) =>
        OutputKey === undefined || OutputValue === undefined ? [] : [[OutputKey, OutputValue]],
      ),
    );
  } catch (error) {
    // The only thing that distinguishes this from any other wrong request is its text.
    const isAbsent =
      error instanceof Error &&
      error.name === 'ValidationError' &&
      error.message.includes('does not exist');
    if (isAbsent) return undefined;
    throw error;
  }
}
