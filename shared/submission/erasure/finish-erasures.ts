import type { Principal } from '../../access/principal.ts';
import { isHeadKey, registryKey, shardKey } from '../../store/keys.ts';
import { forgetDeleted, pagesOf } from '../../store/record-store.ts';
import type { SubmissionDeps } from '../records/deps.ts';
import { eraseSubmission } from './erase-submission.ts';
import { erasureName, erasureNames } from './erasure-name.ts';
import { mayBeIn, pendingErasures, type Erasure } from './erasure-record.ts';

export interface PendingErasures {
  /** Begun and cut short: now brought to their end. */
  readonly finished: number;
  /** Done, but for what was compiled before: the next compile sees to that. */
  readonly toCompile: number;
  /** False: a file of a store still holds what was deleted. */
  readonly forgotten: boolean;
}

/**
 * Brings erasures to their end that were noted and then cut short. All that is known of one is what
 * it is called, so the heads of its shard are gone through. One whose submission is not there is
 * left to compile, which forgets it.
 */
export async function finishErasures(
  deps: SubmissionDeps,
  principal: Principal,
): Promise<PendingErasures> {
  let finished = 0;
  let toCompile = 0;
  for (const { formId, shards } of await deps.forms.list()) {
    for (const erasure of await pendingErasures(deps.registry, formId)) {
      toCompile += 1;
      if (erasure.state === 'erased') continue;
      await deps.keys.open();
      const instanceId = await findHead(deps, formId, Math.max(shards, 1), erasure);
      if (instanceId === undefined) continue;
      await eraseSubmission(deps, principal, formId, instanceId);
      // Begun before the key was another one: it is noted as done under its new name.
      if (erasure.instanceHash !== erasureName(deps.keys, formId, instanceId)) {
        await deps.registry.delete(registryKey.erasure(formId, erasure.instanceHash));
      }
      finished += 1;
    }
  }
  return { finished, toCompile, forgotten: await forgetDeleted(deps) };
}

async function findHead(
  { submissions, keys }: SubmissionDeps,
  formId: string,
  shards: number,
  erasure: Erasure,
): Promise<string | undefined> {
  const isIt = (sk: string): boolean =>
    isHeadKey(sk) && erasureNames(keys, formId, sk).includes(erasure.instanceHash);
  for (let shard = 0; shard < shards; shard += 1) {
    if (!mayBeIn(erasure, shard, shards)) continue;
    for await (const page of pagesOf(submissions, { partition: shardKey(formId, shard) })) {
      const found = page.find(({ sk }) => isIt(sk));
      if (found !== undefined) return found.sk;
    }
  }
  return undefined;
}
