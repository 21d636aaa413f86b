import * as z from 'zod';
import { startRun } from '../../shared/dataset/compile-run.ts';
import { compileWork, type CompileWork } from '../../shared/dataset/compile-work.ts';
import { derivedDatasets } from '../../shared/dataset/dataset-specs.ts';
import type { CompileDeps } from '../../shared/dataset/deps.ts';

const Event = z.object({
  runId: z.string(),
  /** What the execution was started with: by a schedule, or by POST /v1/compile. */
  input: z.object({ full: z.boolean().default(false) }),
});

/** What the state machine works through, list after list. */
export interface CompilePlan {
  readonly runId: string;
  readonly full: boolean;
  readonly shards: CompileWork['collect'];
  readonly forms: readonly string[];
  /** In the order in which they are to be published, one after the other. */
  readonly derived: readonly string[];
}

/** Notes that a compile has begun and says what there is to do. */
export function compileStartHandler({
  registry,
  forms,
  clock,
}: Pick<CompileDeps, 'registry' | 'forms' | 'clock'>): (event: unknown) => Promise<CompilePlan> {
  const derived = new Set(derivedDatasets.map(({ id }) => id));
  return async (event) => {
    const { runId, input } = Event.parse(event);
    await startRun(registry, clock, runId);
    const { collect, publish } = await compileWork({ forms });
    return {
      runId,
      full: input.full,
      shards: collect,
      forms: publish.filter((id) => !derived.has(id)),
      derived: publish.filter((id) => derived.has(id)),
    };
  };
}
