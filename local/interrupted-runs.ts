import type { Clock } from '../shared/clock.ts';
import { finishRun, readRun } from '../shared/dataset/publish/compile-run.ts';
import { registryKey } from '../shared/store/keys.ts';
import { pagesOf, type RecordStore } from '../shared/store/record-store.ts';

/** Why a run failed whose compile was cut short. */
export class InterruptedError extends Error {
  override readonly name = 'Interrupted';
}

/** Ends the runs that were under way when the server before this one ended: nobody else will. */
export async function endInterruptedRuns(registry: RecordStore, clock: Clock): Promise<void> {
  for await (const records of pagesOf(registry, { partition: registryKey.run('').pk })) {
    for (const { sk } of records) {
      const run = await readRun(registry, sk);
      if (run?.state === 'running') await finishRun(registry, clock, sk, new InterruptedError());
    }
  }
}
