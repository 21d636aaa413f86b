import type { DatasetPointer } from '../versions/dataset-pointer.ts';
import type { Prepared } from './dataset-spec.ts';
import type { CompileDeps } from '../deps.ts';
import type { PlannedVersion, VersionPlace } from '../versions/version-place.ts';
import { SegmentError } from '../segments/segment-file.ts';
import { PublishError } from '../versions/version-writer.ts';
import { buildPart, type PartEnd } from './build-part.ts';
import type { Parts } from './part.ts';
import { deleteParts, readPlan, writePlan } from './part-plans.ts';

/** How far a version has come that is made in parts. */
export interface MoreParts {
  readonly version: string;
  readonly done: number;
  readonly of: number;
}

/** The last part, or that there is more to come. */
type MadePart = Exclude<PartEnd, { readonly state: object }> | { readonly more: MoreParts };

/**
 * Makes the next part of a version: the one after that of which the plan beside its files tells, if
 * that is of the same inputs and of the same pointer. What cannot be gone on with is begun again: by
 * the next run, as it takes PublishError and SegmentError for faults that stay.
 */
export async function makePart(
  deps: CompileDeps,
  prepared: Prepared,
  parts: Parts,
  place: VersionPlace,
  { version, fingerprint, again }: PlannedVersion & { readonly again: boolean },
  pointer: DatasetPointer | undefined,
): Promise<MadePart> {
  const { dataset } = place;
  const [input] = prepared.forms;
  if (input === undefined) throw new TypeError(`${dataset} is made from no form.`);
  const about = { revision: pointer?.revision ?? 0, again, fingerprint };
  const plan = await readPlan(deps, dataset, version);
  const isSame =
    plan?.revision === about.revision && plan.again === again && plan.fingerprint === fingerprint;
  try {
    const before = isSame ? plan.state : undefined;
    const end = await buildPart(deps.objects, prepared, parts, place, before);
    if (end.state === undefined) return end;
    const { form, segments } = input;
    const next = { ...about, form, segments: [...segments], state: end.state };
    await writePlan(deps, dataset, version, next);
    return { more: { version, done: end.state.done, of: parts.count } };
  } catch (error) {
    const isLasting = error instanceof PublishError || error instanceof SegmentError;
    if (isLasting) await deleteParts(deps, dataset, version);
    throw error;
  }
}
