import { compileWork } from '../publish/compile-work.ts';
import { deleteOldRuns } from '../publish/compile-run.ts';
import type { CompileDeps } from '../compile-deps.ts';
import {
  expireVersions,
  sweepExports,
  sweepSegments,
  sweepVersions,
} from '../versions/retention.ts';
import { verifyDataset, type DatasetReport, verifyOlder } from './verify-dataset.ts';
import type { Drift, TakenDown, VerifyOptions } from './verify-report.ts';
import { verifyShard } from './verify-shard.ts';
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
import { stateOf } from '../segments/collect.ts';

interface VerifyReport {
  readonly shards: number;
  readonly datasets: number;
  /** Files that were compared, of current and earlier versions. */
  readonly files: number;
  /** Live submissions in the record store. */
  readonly rows: number;
  readonly drift: readonly Drift[];
  /** Datasets of which fewer rows are public since they were brought up to date. */
  readonly takenDown: readonly TakenDown[];
  readonly repaired: boolean;
}

interface VerifyProgress {
  readonly done: number;
  readonly of: number;
}

/** What one step of the work has found. */
interface Found {
  readonly rows?: number;
  readonly files?: number;
  readonly drift: readonly Drift[];
  readonly takenDown?: TakenDown;
}

/**
 * Recomputes everything from the record store and compares: every segment (verify-shard.ts), every
 * file of every current version, pointers, `public/` and earlier versions with their manifests
 * (verify-dataset.ts), and what belongs to no submission. What differs is reported, and with `repair`
 * compiled anew; nothing is hidden. What no pointer names any more
 * is swept. Every step is tried, whatever becomes of the others: then throws AggregateError.
 */
export async function verify(
  deps: CompileDeps,
  { repair = false }: Partial<VerifyOptions> = {},
  onProgress: (progress: VerifyProgress) => void = () => undefined,
): Promise<VerifyReport> {
  const { collect: shards, publish: datasets } = await compileWork(deps);
  const steps: readonly (() => Promise<Found>)[] = [
    ...shards.map((shard) => () => verifyShard(deps, shard, { repair })),
    ...datasets.map((id) => () => verifyWholeDataset(deps, id, { repair })),
    () => verifyRest(deps, { repair }),
  ];
  const report = {
    rows: 0,
    files: 0,
    drift: new Array<Drift>(),
    takenDown: new Array<TakenDown>(),
  };
  const errors: unknown[] = [];
  for (const [index, step] of steps.entries()) {
    try {
      const { rows = 0, files = 0, drift, takenDown } = await step();
      if (takenDown !== undefined) report.takenDown.push(takenDown);
      report.rows += rows;
      report.files += files;
      report.drift.push(...drift);
    } catch (error) {
      errors.push(error);
    }
    onProgress({ done: index + 1, of: steps.length });
  }
  if (errors.length > 0) throw new AggregateError(errors, `${errors.length} steps failed.`);
  return {
    shards: shards.length,
    datasets: datasets.length,
    ...report,
    repaired: repair && report.drift.length > 0,
  };
}

/** The current version of a dataset and those before; those that are kept no longer go. */
export async function verifyWholeDataset(
  deps: CompileDeps,
  datasetId: string,
  options: VerifyOptions,
): Promise<DatasetReport> {
  const current = await verifyDataset(deps, datasetId, options);
  await expireVersions(deps, datasetId);
  const older = await verifyOlder(deps, datasetId, options);
  await sweepVersions(deps, datasetId);
  const drift = [...current.drift, ...older.drift];
  return { ...current, files: current.files + older.files, drift };
}

/** What belongs to no shard and no dataset alone; old segments, exports and runs go. */
export async function verifyRest(
  deps: CompileDeps,
  options: VerifyOptions,
): Promise<{ readonly drift: readonly Drift[] }> {
  const drift: Drift[] = [];
  for (const form of await deps.forms.list()) {
    if (form.versions.length === 0) continue;
    drift.push(...(await verifyOrphans(deps, form, options)));
    await sweepSegments(deps, form);
  }
  await sweepExports(deps);
  await deleteOldRuns(deps.registry, deps.clock);
  return { drift };
}

/** Submissions with files that are looked for in one pass over a shard's heads. */
const mostAtOnce = 50_000;
/** A file may come before the submission that names it. */
const leastAgeMs = 24 * 60 * 60 * 1000;

/**
 * Finds what belongs to submissions that are not there or were erased: attachments, and bodies in
 * quarantine. Memory does not grow with their number. With `repair`, deletes it.
 */
async function verifyOrphans(
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
