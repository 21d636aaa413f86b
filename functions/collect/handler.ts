import * as z from 'zod';
import { collect, type CollectReport } from '../../shared/dataset/segments/collect.ts';
import type { CompileDeps } from '../../shared/dataset/compile-deps.ts';

const Event = z.object({ formId: z.string(), shard: z.int(), full: z.boolean() });

/** Brings the segment of one shard up to date. */
export function collectHandler(deps: CompileDeps): (event: unknown) => Promise<CollectReport> {
  return (event) => {
    const { formId, shard, full } = Event.parse(event);
    return collect(deps, { formId, shard }, { full });
  };
}
