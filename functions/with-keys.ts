import type { Keyring } from '../shared/access/keyring.ts';
import type { Step } from './wrap-step.ts';

/** A step that makes public ids: the installation's keys are read before it begins, once per process. */
export function withKeys<Deps extends { readonly keys: Keyring }, Result>(
  deps: Deps,
  create: (deps: Deps) => Step<Result>,
): Step<Result> {
  const step = create(deps);
  return async (event) => {
    await deps.keys.open();
    return step(event);
  };
}
