import type { JsonValue } from '../../json.ts';
import type { CompileDeps } from '../compile-deps.ts';
import type { Built } from './form-dataset.ts';
import type { FormInput } from '../rows/form-rows.ts';
import type { Part, Parts } from './part.ts';
import type { VersionPlace } from '../versions/version-place.ts';
import type { VersionWriter } from '../versions/version-writer.ts';

/** What a version is going to be made from: read before anything is written. */
export interface Prepared {
  /** The forms whose rows it reads. */
  readonly forms: readonly FormInput[];
  /** All else that its files depend on. */
  readonly also: JsonValue;
  /** Moments (ISO 8601 UTC) of what is in `also`: the newest of all is the version's cut-off. */
  readonly since: readonly string[];
  /** It is too large for one pass: `build` makes the part that it is given. */
  readonly parts?: Parts | undefined;
  readonly build: (place: VersionPlace, files: VersionWriter, part?: Part) => Promise<Built>;
}

/** How a dataset is made. */
export interface DatasetSpec {
  readonly id: string;
  /** Undefined: there is nothing to make it from yet. */
  readonly prepare: (deps: CompileDeps) => Promise<Prepared | undefined>;
  /** The same from inputs that were read before: for datasets that may be made in parts. */
  readonly prepareFrom?: (deps: CompileDeps, input: FormInput) => Promise<Prepared>;
}
