import type { DatasetPointer } from '../versions/dataset-pointer.ts';
import type { DatasetSpec, Prepared } from '../build/dataset-spec.ts';
import type { CompileDeps } from '../deps.ts';
import { planVersion } from './make-version.ts';
import { readPlan } from '../build/part-plans.ts';

/**
 * The inputs from which the parts of a version were made so far. Undefined: it cannot be gone on with,
 * because it is done, another version became current meanwhile, or this compiler would make another one.
 */
export async function findBegun(
  deps: CompileDeps,
  { id, prepareFrom }: DatasetSpec,
  version: string,
  pointer: DatasetPointer | undefined,
): Promise<Prepared | undefined> {
  const plan = await readPlan(deps, id, version);
  if (plan === undefined || prepareFrom === undefined) return undefined;
  if (plan.revision !== (pointer?.revision ?? 0)) return undefined;
  const { form, segments } = plan;
  const prepared = await prepareFrom(deps, { form, segments });
  return planVersion(id, prepared, pointer).version === version ? prepared : undefined;
}
