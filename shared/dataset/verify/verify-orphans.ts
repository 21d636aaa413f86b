import { hash } from 'node:crypto';
import type { FormRecord } from '../../form/library/form-record.ts';
import {
  headKey,
  isHeadKey,
  registryKey,
  shardKey,
  shardOf,
  shardOfHash,
} from '../../store/keys.ts';
import { pagesOf, type Key } from '../../store/record-store.ts';
import { attachmentsPrefixOfHash, deleteFiles } from '../../submission/records/attachment-keys.ts';
import { stateOf } from '../segments/changes.ts';
import type { CompileDeps } from '../deps.ts';
import type { Drift, VerifyOptions } from './verify-report.ts';

/** Submissions with files that are looked for in one pass over a shard's heads. */
const mostAtOnce = 50_000;
/** A file may come before the submission that names it. */
const leastAgeMs = 24 * 60 * 60 * 1000;

/**
 * Finds what belongs to submissions that are not there or were erased: attachments, and bodies in
 * quarantine. Memory does not grow with their number. With `repair`, deletes it.
 */
export async function verifyOrphans(
  deps: CompileDeps,
  form: FormRecord,
  { repair }: VerifyOptions,
): Promise<readonly Drift[]> {
  const drift: Drift[] = [];
  for (let shard = 0; shard < form.shards; shard += 1) {
    for await (const hashes of hashesWithFiles(deps, form, shard)) {
      for (const instanceHash of await withoutHead(deps, form, shard, hashes)) {
        const what = attachmentsPrefixOfHash(form.formId, instanceHash);
        drift.push({ what, problem: 'orphan' });
        if (repair) await deleteFiles(deps.objects, what);
      }
    }
  }
  for (const key of await orphansInQuarantine(deps, form)) {
    drift.push({ what: `${key.pk}/${hash('sha256', key.sk)}`, problem: 'orphan' });
    if (repair) await deps.registry.delete(key);
  }
  return drift;
}

/** SHA-256 (hex) of the ids of a shard's submissions that have files of some age. */
async function* hashesWithFiles(
  { objects, clock }: CompileDeps,
  { formId, shards }: FormRecord,
  shard: number,
): AsyncGenerator<Set<string>> {
  const before = new Date(clock().getTime() - leastAgeMs);
  const prefix = `attachments/${formId}/`;
  let hashes = new Set<string>();
  for await (const page of objects.list(prefix)) {
    for (const { key, modified } of page) {
      const instanceHash = key.slice(prefix.length).split('/')[0] ?? '';
      if (modified >= before || shardOfHash(instanceHash, shards) !== shard) continue;
      hashes.add(instanceHash);
    }
    if (hashes.size >= mostAtOnce) {
      yield hashes;
      hashes = new Set();
    }
  }
  if (hashes.size > 0) yield hashes;
}

async function withoutHead(
  { submissions }: CompileDeps,
  { formId }: FormRecord,
  shard: number,
  hashes: Set<string>,
): Promise<ReadonlySet<string>> {
  for await (const page of pagesOf(submissions, { partition: shardKey(formId, shard) })) {
    for (const record of page) {
      if (isHeadKey(record.sk) && stateOf(record) !== 'erased') {
        hashes.delete(hash('sha256', record.sk));
      }
    }
  }
  return hashes;
}

async function orphansInQuarantine(
  { registry, submissions }: CompileDeps,
  { formId, shards }: FormRecord,
): Promise<readonly Key[]> {
  const orphans: Key[] = [];
  const partition = registryKey.quarantine(formId, '', '').pk;
  for await (const page of pagesOf(registry, { partition })) {
    for (const { pk, sk } of page) {
      const instanceId = sk.split('#')[0] ?? '';
      const head = await submissions.get(headKey(formId, shardOf(instanceId, shards), instanceId));
      if (head === undefined || stateOf(head) === 'erased') orphans.push({ pk, sk });
    }
  }
  return orphans;
}
