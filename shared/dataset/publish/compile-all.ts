import { completeWaiting } from '../../submission/attachments/complete-waiting.ts';
import { collect, type CollectReport } from '../segments/collect.ts';
import { compileWork } from './compile-work.ts';
import type { CompileDeps } from '../compile-deps.ts';
import { publish, type PublishReport } from './publish.ts';

/** What was done so far, for whoever waits. */
export interface CompileProgress {
  readonly done: number;
  readonly of: number;
  readonly step: CollectReport | PublishReport | undefined;
}

/**
 * Compiles everything, as Step Functions does on AWS, in a loop, once submissions whose files have
 * come are settled. Each unit is tried, whatever becomes of the others: then throws AggregateError
 * with all that went wrong, if anything did.
 */
export async function compileAll(
  deps: CompileDeps,
  onProgress: (progress: CompileProgress) => void = () => undefined,
): Promise<{ readonly datasets: readonly PublishReport[] }> {
  const waiting = await completeWaiting(deps);
  const errors: unknown[] = [...waiting.errors];
  const work = await compileWork(deps);
  const of = work.collect.length + work.publish.length;
  const datasets: PublishReport[] = [];
  let done = 0;
  const attempt = async <T extends CollectReport | PublishReport>(
    run: () => Promise<T>,
  ): Promise<T | undefined> => {
    let step: T | undefined;
    try {
      step = await run();
    } catch (error) {
      errors.push(error);
    }
    done += 1;
    onProgress({ done, of, step });
    return step;
  };
  for (const shard of work.collect) await attempt(() => collect(deps, shard));
  for (const datasetId of work.publish) {
    const report = await attempt(() => publish(deps, datasetId));
    if (report !== undefined) datasets.push(report);
  }
  if (errors.length > 0)
    throw new AggregateError(errors, `${errors.length} faults in ${of} steps.`);
  return { datasets };
}
