import { setTimeout as wait } from 'node:timers/promises';
import {
  DescribeExecutionCommand,
  paginateGetExecutionHistory,
  SFNClient,
  StartExecutionCommand,
  type HistoryEventType,
} from '@aws-sdk/client-sfn';
import { readRun, startRun } from '../../shared/dataset/publish/compile-run.ts';
import { compileWork } from '../../shared/dataset/publish/compile-work.ts';
import type { PublishReport } from '../../shared/dataset/publish/publish.ts';
import { CompileFailed, type InstallationDeps } from '../installation.ts';

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
export async function runCompile(
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
