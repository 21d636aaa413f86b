import * as z from 'zod';
import { finishRun, noteDeath } from '../../shared/dataset/publish/compile-run.ts';
import type { CompileDeps } from '../../shared/dataset/compile-deps.ts';

const Failed = z.object({ error: z.string() });
const FailedShard = Failed.extend({ formId: z.string(), shard: z.int() });
const FailedDataset = Failed.extend({ dataset: z.string() });
const Published = z.object({
  dataset: z.string(),
  version: z.string().nullable(),
  rows: z.int(),
  changed: z.boolean(),
});
const Datasets = z.array(z.union([FailedDataset, Published]));

/** What was verified: of what could not be, the error. What was found is counted where it was. */
const Checks = z.array(z.union([Failed, z.strictObject({})])).default([]);

/** What the state machine has in hand at its end: the lists of compile-start, worked through. */
const Worked = z.object({
  runId: z.string(),
  unsettled: z.array(z.string()).default([]),
  shardCount: z.int(),
  /** Of a shard that was collected: nothing but its place. */
  shards: z.array(z.union([FailedShard, z.strictObject({})])),
  forms: Datasets,
  derived: Datasets,
  shardChecks: Checks,
  datasetChecks: Checks,
});
/** What becomes of an execution that ends without coming here, as its status change says (compile-deaths.ts). */
const Died = z.object({ runId: z.string(), died: z.enum(['FAILED', 'TIMED_OUT', 'ABORTED']) });
/** Or what kept it from getting there. */
const Event = z.union([Died, Failed.extend({ runId: z.string() }), Worked]);

/** Some parts of a compile failed; the others are done. Names what, and by which errors. */
class CompileFailed extends Error {
  override readonly name = 'CompileFailed';
}

function failuresOf(worked: z.infer<typeof Worked>): string[] {
  const { unsettled, shardCount, shards, forms, derived } = worked;
  const items = [...shards, ...forms, ...derived].flatMap((item) => {
    if (!('error' in item)) return [];
    const what = 'shard' in item ? `${item.formId}/${item.shard}` : item.dataset;
    return `${what}: ${item.error}`;
  });
  // Step Functions leaves out what it could not bring to an end.
  const lost = shardCount - shards.length;
  if (lost > 0) items.push(`shards: ${lost} without an answer`);
  const checks = [...worked.shardChecks, ...worked.datasetChecks].flatMap((item) =>
    'error' in item ? `verify: ${item.error}` : [],
  );
  items.push(...new Set(checks));
  return [...unsettled.map((error) => `attachments: ${error}`), ...items];
}

/**
 * Notes how a compile has ended. Throws CompileFailed, when that is noted, if any part of it failed,
 * so that the execution fails and the alarm goes off.
 */
export function compileEndHandler({
  registry,
  clock,
}: Pick<CompileDeps, 'registry' | 'clock'>): (event: unknown) => Promise<void> {
  return async (event) => {
    const outcome = Event.parse(event);
    if ('died' in outcome) {
      await noteDeath(registry, clock, outcome.runId, outcome.died);
      return;
    }
    if ('error' in outcome) {
      await finishRun(registry, clock, outcome.runId, outcome.error);
      return;
    }
    const failures = failuresOf(outcome);
    const published = [...outcome.forms, ...outcome.derived].filter((item) => 'rows' in item);
    if (failures.length === 0) {
      await finishRun(registry, clock, outcome.runId, published);
      return;
    }
    const what = failures.join('; ');
    await finishRun(registry, clock, outcome.runId, what);
    throw new CompileFailed(what);
  };
}
