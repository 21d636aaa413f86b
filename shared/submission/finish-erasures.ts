import { hash } from 'node:crypto';
import type { Principal } from '../access/principal.ts';
import { isHeadKey, shardKey, shardOfHash } from '../store/keys.ts';
import { forgetDeleted } from '../store/forget-deleted.ts';
import { pagesOf } from '../store/record-store.ts';
import type { SubmissionDeps } from './deps.ts';
import { eraseSubmission } from './erase-submission.ts';
import { pendingErasures } from './erasure-record.ts';

export interface PendingErasures {
  /** Begun and cut short: now brought to their end. */
  readonly finished: number;
  /** Done, but for what was compiled before: the next compile sees to that. */
  readonly toCompile: number;
  /** False: a file of a store still holds what was deleted. */
  readonly forgotten: boolean;
}

/**
 * Brings erasures to their end that were noted and then cut short. All that is known of one is the hash
 * of the instanceId, so the heads of its shard are gone through. One whose submission is not there is
 * left to compile, which forgets it.
 */
export async function finishErasures(
  deps: SubmissionDeps,
  principal: Principal,
): Promise<PendingErasures> {
  let finished = 0;
  let toCompile = 0;
  for (const { formId, shards } of await deps.forms.list()) {
    for (const { instanceHash, state } of await pendingErasures(deps.registry, formId)) {
      toCompile += 1;
      if (state === 'erased') continue;
      const partition = shardKey(formId, shardOfHash(instanceHash, Math.max(shards, 1)));
      const instanceId = await findHead(deps, partition, instanceHash);
      if (instanceId === undefined) continue;
      await eraseSubmission(deps, principal, formId, instanceId);
      finished += 1;
    }
  }
  return { finished, toCompile, forgotten: await forgetDeleted(deps) };
}

async function findHead(
  { submissions }: SubmissionDeps,
  partition: string,
  instanceHash: string,
): Promise<string | undefined> {
  for await (const page of pagesOf(submissions, { partition })) {
    const found = page.find(({ sk }) => isHeadKey(sk) && hash('sha256', sk) === instanceHash);
    if (found !== undefined) return found.sk;
  }
  return undefined;
}
