import type { Clock } from '../clock.ts';
import { canaryPartition } from '../store/keys.ts';
import { pagesOf, type RecordStore } from '../store/record-store.ts';
import { visitId } from './visit.ts';

/** A visit is over long before, however it ended. Milliseconds. */
const overMs = 3_600_000;

/**
 * Deletes what is left of the visit with that id (a tombstone, for ever otherwise), and whatever is left
 * of visits that were cut short. The partition is the canary's own, and no id is ever used again.
 */
export async function tidyCanary(
  submissions: RecordStore,
  clock: Clock,
  instanceId: string,
): Promise<void> {
  const partition = canaryPartition.submissions;
  const long = visitId(new Date(clock().getTime() - overMs));
  for (const range of [{ to: long }, { from: instanceId, to: `${instanceId}~` }]) {
    for await (const records of pagesOf(submissions, { partition, ...range })) {
      for (const { pk, sk } of records) await submissions.delete({ pk, sk });
    }
  }
}
