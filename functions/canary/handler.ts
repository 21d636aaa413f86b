import { makeCanaryToken, tidyCanary } from '../../shared/canary/canary-records.ts';
import { visit, visitId, type Ask } from '../../shared/canary/visit.ts';
import type { Stores } from '../stores.ts';

export interface CanaryDeps extends Pick<Stores, 'submissions' | 'registry' | 'clock'> {
  /** The way in, with that token. */
  readonly open: (token: string) => Ask;
}

/** What a visit tells that went well. */
export interface Visited {
  /** How long a client had to wait, in all. Milliseconds. */
  readonly ms: number;
}

/** One visit, of which nothing is left, however it ends. Throws CanaryFault. */
export function canaryHandler({
  submissions,
  registry,
  clock,
  open,
}: CanaryDeps): () => Promise<Visited> {
  return async () => {
    const made = await makeCanaryToken(registry, clock);
    const instanceId = visitId(clock());
    try {
      const began = clock().getTime();
      await visit(open(made.token), instanceId);
      return { ms: clock().getTime() - began };
    } finally {
      await made.forget();
      await tidyCanary(submissions, clock, instanceId);
    }
  };
}
