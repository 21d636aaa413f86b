import type { DatasetPointer } from '../versions/dataset-pointer.ts';
import type { Prepared } from './dataset-spec.ts';
import type { CompileDeps } from '../compile-deps.ts';
import type { PlannedVersion, VersionPlace } from '../versions/version-place.ts';
import { SegmentError } from '../segments/segment-file.ts';
import { PublishError, type Entries } from '../versions/version-writer.ts';
import type { Parts } from './part.ts';
import { MissingPart } from '../../objects/object-store.ts';
import type { Built } from './form-dataset.ts';
import { type PartState, PartPlan } from './part-state.ts';
import type { JoiningStore } from './part-store.ts';
import { PartWriter, partsPrefix } from './part-writer.ts';
import { text } from 'node:stream/consumers';

/** How far a version has come that is made in parts. */
export interface MoreParts {
  readonly version: string;
  readonly done: number;
  readonly of: number;
}

/** The last part, or that there is more to come. */
type MadePart = Exclude<PartEnd, { readonly state: object }> | { readonly more: MoreParts };

/**
 * Makes the next part of a version: the one after that which the plan beside its files names, if
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

/** What the last part gives, as one pass does; `state`: there is another part to be made. */
type PartEnd =
  | { readonly state: PartState }
  | { readonly state?: undefined; readonly built: Built; readonly entries: Entries };

/**
 * Makes the part of a version that comes after `state` (undefined: the first one). The last one makes
 * files of all parts. Throws what building throws, and PublishError when a part has gone.
 */
export async function buildPart(
  objects: JoiningStore,
  prepared: Prepared,
  { count, rows }: Parts,
  place: VersionPlace,
  state: PartState | undefined,
): Promise<PartEnd> {
  const number = (state?.done ?? 0) + 1;
  const isLast = number >= count;
  const { dataset, version } = place;
  const files = new PartWriter(objects, dataset, version, { number, isLast }, state?.files);
  try {
    const part = { number, isLast, rows, state: state?.build, files };
    const built = await prepared.build(place, files, part);
    if (isLast) return { built, entries: await files.finish(built.rows) };
    if (built.next === undefined) throw new TypeError(`${dataset} is not made in parts.`);
    return { state: { done: number, build: built.next, files: await files.save() } };
  } catch (error) {
    await files.abort(error);
    if (!(error instanceof MissingPart)) throw error;
    throw new PublishError(`A part of ${version} has gone.`, { cause: error });
  }
}

/** Where it is written down how far a version has come that is made in parts. */
function planKey(datasetId: string, version: string): string {
  return `${partsPrefix(datasetId, version)}plan.json`;
}

/** Undefined: no part of the version is done, or that is unknown. */
export async function readPlan(
  { objects }: Pick<CompileDeps, 'objects'>,
  datasetId: string,
  version: string,
): Promise<PartPlan | undefined> {
  const stored = await objects.get(planKey(datasetId, version));
  if (stored === undefined) return undefined;
  return PartPlan.safeParse(JSON.parse(await text(stored))).data;
}

/** Written once the files of a part are stored: who reads it goes on after that part. */
async function writePlan(
  { objects }: Pick<CompileDeps, 'objects'>,
  datasetId: string,
  version: string,
  plan: PartPlan,
): Promise<void> {
  const bytes = Buffer.from(JSON.stringify(plan));
  await objects.put(planKey(datasetId, version), bytes, { contentType: 'application/json' });
}

/** Takes away what a version was made from in parts. The plan goes first: nobody goes on with half of it. */
export async function deleteParts(
  { objects }: Pick<CompileDeps, 'objects'>,
  datasetId: string,
  version: string,
): Promise<void> {
  await objects.delete(planKey(datasetId, version));
  for await (const page of objects.list(partsPrefix(datasetId, version))) {
    for (const { key } of page) await objects.delete(key);
  }
}
