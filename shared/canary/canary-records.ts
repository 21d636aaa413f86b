import { createHash, randomBytes } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { canary } from '../ids.ts';
import { canaryPartition, registryKey } from '../store/keys.ts';
import { schemaOf } from '../store/record-kinds.ts';
import { pagesOf, type RecordStore } from '../store/record-store.ts';
import { visitId } from './visit.ts';

/** A visit takes seconds. Milliseconds. */
const goodForMs = 120_000;

/**
 * A token for one visit of the canary, which is good for two minutes and for its own form alone
 * (canary-scope.ts). Each visit has its own, so that two at once do not take it from each other.
 * Sweeps away those that earlier visits left behind.
 */
export async function makeCanaryToken(
  registry: RecordStore,
  clock: Clock,
): Promise<{ readonly token: string; forget(): Promise<void> }> {
  await sweepTokens(registry, clock);
  const tokenId = randomBytes(8).toString('hex');
  const secret = randomBytes(24).toString('hex');
  const key = registryKey.token(canary, tokenId);
  const now = clock();
  await registry.put({
    ...key,
    revision: 1,
    role: 'coordinator',
    name: 'canary',
    secretHash: createHash('sha256').update(secret).digest('hex'),
    createdAt: now.toISOString(),
    expiresAt: new Date(now.getTime() + goodForMs).toISOString(),
    revoked: false,
    schema: schemaOf('token'),
  });
  return {
    token: `fiche_${canary}_${tokenId}_${secret}`,
    forget: () => registry.delete(key),
  };
}

async function sweepTokens(registry: RecordStore, clock: Clock): Promise<void> {
  const now = clock().toISOString();
  for await (const records of pagesOf(registry, { partition: canaryPartition.tokens })) {
    for (const { pk, sk, expiresAt } of records) {
      if (typeof expiresAt !== 'string' || expiresAt < now) await registry.delete({ pk, sk });
    }
  }
}

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
