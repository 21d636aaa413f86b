import { collect } from '../dataset/segments/collect.ts';
import { flipDatasetPointer, readDatasetPointers } from '../dataset/versions/dataset-pointer.ts';
import { publish } from '../dataset/publish/publish.ts';
import { refreshPublic } from '../dataset/versions/refresh-public.ts';
import { derivedDatasetIds, isDraftId } from '../ids.ts';
import { noteErasureOfHash } from '../submission/erasure/erasure-record.ts';
import type { LedgerEntry } from '../submission/erasure/erasure-ledger.ts';
import type { BackupDeps } from './backup-deps.ts';

/**
 * Carries erasures through to what was compiled before them and has been restored: the next version of
 * every dataset that reads their forms is published, the earlier ones that hold them are withdrawn, and
 * `public/`, of which nothing was restored, is made from the versions.
 */
export async function settleAgain(deps: BackupDeps, again: readonly LedgerEntry[]): Promise<void> {
  const compiled = again.filter(({ formId }) => !isDraftId(formId));
  for (const { formId, instanceHash } of compiled) {
    await noteErasureOfHash(deps.registry, formId, instanceHash, 'erased', deps.clock());
  }
  const pointers = await readDatasetPointers(deps.registry);
  for (const formId of new Set(compiled.map((entry) => entry.formId))) {
    const form = await deps.forms.record(formId);
    if (form === undefined || !pointers.has(formId)) continue;
    for (let shard = 0; shard < form.shards; shard += 1) await collect(deps, { formId, shard });
    await publish(deps, formId);
  }
  for (const datasetId of derivedDatasetIds) {
    if (pointers.has(datasetId)) await publish(deps, datasetId);
  }
  for (const [datasetId, pointer] of await readDatasetPointers(deps.registry)) {
    const behind = { ...pointer, publishedVersion: '' };
    await flipDatasetPointer(deps.registry, datasetId, pointer, behind);
    await refreshPublic(deps, datasetId);
  }
}
