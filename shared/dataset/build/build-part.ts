import { MissingPart } from '../../objects/object-store.ts';
import type { Prepared } from './dataset-spec.ts';
import type { Built } from './form-dataset.ts';
import type { VersionPlace } from '../versions/version-place.ts';
import { PublishError, type Entries } from '../versions/version-writer.ts';
import type { Parts } from './part.ts';
import type { PartState } from './part-state.ts';
import type { JoiningStore } from './part-store.ts';
import { PartWriter } from './part-writer.ts';

/** What the last part gives, as one pass does; `state`: there is another part to be made. */
export type PartEnd =
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
