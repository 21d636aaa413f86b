import type { Clock } from '../../clock.ts';
import { registryKey } from '../../store/keys.ts';
import { pagesOf, type RecordStore } from '../../store/record-store.ts';
import { readRun, type CompileRun } from './compile-run.ts';

/** Milliseconds after which no compile is under way any more: Step Functions ends it after a day. */
const longestMs = 25 * 60 * 60 * 1000;

export interface UnfinishedRuns {
  /** Still `running`, though nobody can be at work on them. */
  readonly dead: readonly CompileRun[];
  /** Failed since the last one that went well, the newest first. */
  readonly failed: readonly CompileRun[];
}

export async function unfinishedRuns(registry: RecordStore, clock: Clock): Promise<UnfinishedRuns> {
  const runs: CompileRun[] = [];
  for await (const page of pagesOf(registry, { partition: registryKey.run('').pk })) {
    for (const { sk } of page) {
      const run = await readRun(registry, sk);
      if (run !== undefined) runs.push(run);
    }
  }
  runs.sort((one, other) => (one.startedAt < other.startedAt ? 1 : -1));
  const before = new Date(clock().getTime() - longestMs).toISOString();
  const lastDone = runs.find(({ state }) => state === 'done')?.startedAt ?? '';
  return {
    dead: runs.filter(({ state, startedAt }) => state === 'running' && startedAt < before),
    failed: runs.filter(({ state, startedAt }) => state === 'failed' && startedAt > lastDone),
  };
}
