import * as z from 'zod';
import type { CompileDeps } from '../../shared/dataset/compile-deps.ts';
import type { Drift } from '../../shared/dataset/verify/verify-report.ts';
import { verifyShard } from '../../shared/dataset/verify/verify-shard.ts';
import { verifyRest, verifyWholeDataset } from '../../shared/dataset/verify/verify-all.ts';

/** One shard, one dataset, or what belongs to neither. */
const Check = z.union([
  z.strictObject({ formId: z.string(), shard: z.int() }),
  z.strictObject({ dataset: z.string() }),
  z.strictObject({ rest: z.literal(true) }),
]);
export type Check = z.infer<typeof Check>;

const Event = z.object({ check: Check });

export interface Checked {
  readonly drift: readonly Pick<Drift, 'what' | 'problem'>[];
}

/** Recomputes one thing from what it is made from, reports how it differs, and repairs it. */
export function verifyHandler(deps: CompileDeps): (event: unknown) => Promise<Checked> {
  const found = (check: Check): Promise<{ readonly drift: readonly Drift[] }> => {
    if ('rest' in check) return verifyRest(deps, { repair: true });
    if ('dataset' in check) return verifyWholeDataset(deps, check.dataset, { repair: true });
    return verifyShard(deps, check, { repair: true });
  };
  return async (event) => {
    const { drift } = await found(Event.parse(event).check);
    return { drift: drift.map(({ what, problem }) => ({ what, problem })) };
  };
}
