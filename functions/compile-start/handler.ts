import * as z from 'zod';
import { startRun } from '../../shared/dataset/publish/compile-run.ts';
import { compileWork, type CompileWork } from '../../shared/dataset/publish/compile-work.ts';
import type { CompileDeps } from '../../shared/dataset/compile-deps.ts';
import { derivedDatasetIds } from '../../shared/ids.ts';
import { completeWaiting } from '../../shared/submission/attachments/complete-waiting.ts';
import { describeError } from '../describe-error.ts';
import type { Check } from '../verify/handler.ts';

const Event = z.object({
  runId: z.string(),
  /** What the execution was started with: by a schedule, or by POST /v1/compile. */
  input: z.object({ full: z.boolean().default(false), verify: z.boolean().default(false) }),
});

/** What the state machine works through, list after list. */
export interface CompilePlan {
  readonly runId: string;
  readonly full: boolean;
  /** By name, what kept submissions that wait for files from being settled. */
  readonly unsettled: readonly string[];
  readonly shards: CompileWork['collect'];
  /** How many there are: the state machine puts what became of them in their place. */
  readonly shardCount: number;
  readonly forms: readonly string[];
  /** In the order in which they are to be published, one after the other. */
  readonly derived: readonly string[];
  /** What to verify: first every shard, then every dataset and what is left. Nothing unless asked. */
  readonly shardChecks: readonly Check[];
  readonly datasetChecks: readonly Check[];
}

function nameOf(error: unknown): string {
  const { code, name } = describeError(error);
  return code ?? name;
}

/**
 * Notes that a compile has begun, settles submissions whose files have come, and says what there is to
 * do. What goes wrong with one submission stops nothing; the end of the compile reports it.
 */
export function compileStartHandler(deps: CompileDeps): (event: unknown) => Promise<CompilePlan> {
  const { registry, forms, clock } = deps;
  const derived: ReadonlySet<string> = new Set(derivedDatasetIds);
  return async (event) => {
    const { runId, input } = Event.parse(event);
    await startRun(registry, clock, runId);
    const { errors } = await completeWaiting(deps);
    const { collect, publish } = await compileWork({ forms });
    return {
      runId,
      full: input.full,
      unsettled: [...new Set(errors.map(nameOf))],
      shards: collect,
      shardCount: collect.length,
      forms: publish.filter((id) => !derived.has(id)),
      derived: publish.filter((id) => derived.has(id)),
      shardChecks: input.verify ? collect : [],
      datasetChecks: input.verify
        ? [...publish.map((dataset) => ({ dataset })), { rest: true }]
        : [],
    };
  };
}
