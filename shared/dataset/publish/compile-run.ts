import * as z from 'zod';
import { storedJson } from '../../store/stored-json.ts';
import type { Clock } from '../../clock.ts';
import { registryKey } from '../../store/keys.ts';
import { schemaOf, upgraded } from '../../store/record-kinds.ts';
import { pagesOf, type RecordStore } from '../../store/record-store.ts';
import type { PublishReport } from './publish.ts';

const Report = z.object({
  dataset: z.string(),
  version: z.string().nullable(),
  rows: z.int(),
  changed: z.boolean(),
});

const Stored = z.object({
  sk: z.string(),
  state: z.enum(['running', 'done', 'failed']),
  startedAt: z.iso.datetime(),
  endedAt: z.iso.datetime().optional(),
  datasets: storedJson(z.array(Report)),
  error: z.string().optional(),
});

/** How a compile that someone asked for stands. */
interface CompileRun {
  readonly runId: string;
  readonly state: 'running' | 'done' | 'failed';
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly datasets: readonly PublishReport[];
  /** A name of what went wrong, nothing internal. */
  readonly error?: string;
}

export async function startRun(registry: RecordStore, clock: Clock, runId: string): Promise<void> {
  await registry.putIfAbsent({
    ...registryKey.run(runId),
    revision: 1,
    state: 'running',
    startedAt: clock().toISOString(),
    datasets: '[]',
    schema: schemaOf('run'),
  });
}

/** Notes the end of a run: what it published (reports), or, of a failed one, what it threw. */
export async function finishRun(
  registry: RecordStore,
  clock: Clock,
  runId: string,
  outcome: unknown,
): Promise<void> {
  const key = registryKey.run(runId);
  const endedAt = clock().toISOString();
  const started = await readRun(registry, runId);
  const reports = z.array(Report).safeParse(outcome);
  await registry.put({
    ...key,
    revision: 2,
    state: reports.success ? 'done' : 'failed',
    startedAt: started?.startedAt ?? endedAt,
    endedAt,
    datasets: JSON.stringify(reports.success ? reports.data : []),
    schema: schemaOf('run'),
    ...(reports.success ? {} : { error: nameOf(outcome) }),
  });
}

/**
 * Notes that a run has died of what kept it from noting its own end: `how` is what the state machine says
 * of it (`ABORTED`, `TIMED_OUT`, `FAILED`). A run that has noted its own end, which says more, stays as it is;
 * so does one that never began.
 */
export async function noteDeath(
  registry: RecordStore,
  clock: Clock,
  runId: string,
  how: string,
): Promise<void> {
  const run = await readRun(registry, runId);
  if (run?.state !== 'running') return;
  const { startedAt } = run;
  await registry.putIfRevision(
    {
      ...registryKey.run(runId),
      revision: 2,
      state: 'failed',
      startedAt,
      endedAt: clock().toISOString(),
      datasets: '[]',
      schema: schemaOf('run'),
      error: how,
    },
    1,
  );
}

/** How long it can be asked how a run has ended. */
const keptMs = 30 * 24 * 60 * 60 * 1000;

/** Deletes the records of runs that began long ago. */
export async function deleteOldRuns(registry: RecordStore, clock: Clock): Promise<void> {
  const before = new Date(clock().getTime() - keptMs).toISOString();
  for await (const page of pagesOf(registry, { partition: registryKey.run('').pk })) {
    for (const record of page) {
      const { sk, startedAt } = Stored.parse(upgraded('run', record));
      if (startedAt < before) await registry.delete(registryKey.run(sk));
    }
  }
}

/** Undefined: no such run. */
export async function readRun(
  registry: RecordStore,
  runId: string,
): Promise<CompileRun | undefined> {
  const record = await registry.get(registryKey.run(runId));
  if (record === undefined) return undefined;
  const { sk, endedAt, error, ...run } = Stored.parse(upgraded('run', record));
  return {
    runId: sk,
    ...run,
    endedAt: endedAt ?? null,
    ...(error === undefined ? {} : { error }),
  };
}

/** Messages may quote what people wrote: names of errors do not. */
function nameOf(error: unknown): string {
  if (error instanceof AggregateError) {
    return [...new Set(error.errors.map(nameOf))].join(', ');
  }
  if (error instanceof Error) return error.name === 'Fault' ? error.message : error.name;
  return typeof error === 'string' ? error.slice(0, 200) : 'Error';
}

/** Milliseconds after which no compile is under way any more: Step Functions ends it after a day. */
const longestMs = 25 * 60 * 60 * 1000;

interface UnfinishedRuns {
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
