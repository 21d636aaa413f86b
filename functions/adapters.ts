import { Keyring } from '../shared/access/keyring.ts';
import { keysParameter, publicUrl, retention, type Retention } from '../shared/config.ts';
import { FormLibrary } from '../shared/form/library/form-library.ts';
import { doorPatience, type Patience } from './bound-requests.ts';
import { stores, type Stores } from './stores.ts';
import type { TakeMeasure } from './wrap.ts';

/** What the domain needs from outside, on AWS. */
export interface Adapters extends Stores {
  readonly forms: FormLibrary;
  /** Where clients find the service, if it was said at deployment. */
  readonly publicUrl: string | undefined;
  readonly retention: Retention;
  /** Read when it is opened, by those functions that may. */
  readonly keys: Keyring;
}

/** Makes them, as `stores` does; nothing is asked of AWS yet. Throws ConfigurationError. */
export function adapters(files?: Patience, take?: TakeMeasure): Adapters {
  const made = stores(files, take);
  return {
    ...made,
    forms: new FormLibrary(made.registry, made.objects, made.clock),
    publicUrl: publicUrl(),
    retention: retention(),
    keys: new Keyring(async () => {
      const { readSsmKeys } = await import('./ssm-keys.ts');
      // Small as the answer is, nobody waits longer for it than for a record.
      return readSsmKeys(keysParameter(), doorPatience);
    }),
  };
}
