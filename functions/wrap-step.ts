import * as z from 'zod';
import type { Keyring } from '../shared/access/keyring.ts';
import { describeError } from './describe-error.ts';
import { wrap, type Outcome } from './wrap.ts';

/** A step of a compile: gets what the state machine passes on, and parses it. */
export type Step<Result> = (event: unknown) => Promise<Result>;

const Run = z.object({ runId: z.string() });

/**
 * What a failed step gives the state machine and, because Lambda logs it, the log: a name only. The
 * state machine retries, notes and reports by that name.
 */
function nameOnly(error: unknown): Error {
  const { code, name, frames } = describeError(error);
  const named = new Error('See the log.');
  named.name = code ?? name;
  named.stack = [named.name, ...frames.map((frame) => `    at ${frame}`)].join('\n');
  return named;
}

/** The entry of a step of a compile. */
export function wrapStep<Result>(
  step: string,
  create: () => Step<Result>,
  outcome: (result: Result) => Outcome = () => ({}),
) {
  return wrap<unknown, Result>({
    service: step,
    create,
    subject: (event) => ({
      operation: step,
      requestId: Run.safeParse(event).data?.runId ?? 'none',
    }),
    outcome,
    failure: (error) => ({ error: nameOnly(error) }),
  });
}

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
