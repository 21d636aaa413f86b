import { publicUrl, retention } from '../shared/config.ts';
import type { Retention } from '../shared/dataset/retention-policy.ts';
import { FormLibrary } from '../shared/form/form-library.ts';
import type { Patience } from './bound-requests.ts';
import { stores, type Stores } from './stores.ts';
import type { TakeMeasure } from './wrap.ts';

/** What the domain needs from outside, on AWS. */
export interface Adapters extends Stores {
  readonly forms: FormLibrary;
  /** Where clients find the service, if it was said at deployment. */
  readonly publicUrl: string | undefined;
  readonly retention: Retention;
}

/** Makes them, as `stores` does; nothing is asked of AWS yet. Throws ConfigurationError. */
export function adapters(files?: Patience, take?: TakeMeasure): Adapters {
  const made = stores(files, take);
  return {
    ...made,
    forms: new FormLibrary(made.registry, made.objects, made.clock),
    publicUrl: publicUrl(),
    retention: retention(),
  };
}
