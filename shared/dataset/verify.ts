import { createHash } from 'node:crypto';
import { audiences } from '../form/model.ts';
import { isHeadKey } from '../store/keys.ts';
import type { Key, StoredRecord } from '../store/record-store.ts';
import { stateOf } from './changes.ts';
import { collect, liveLines } from './collect.ts';
import { compileAll } from './compile-all.ts';
import { readDatasetPointers, type DatasetPointer } from './dataset-pointer.ts';
import type { CompileDeps } from './deps.ts';
import type { FileEntry } from './manifest.ts';
import { publish } from './publish.ts';
import { segmentLines, type SegmentPlace } from './segment-file.ts';
import { readSegmentPointer } from './segment-pointer.ts';
import { readStoredManifest } from './stored-manifest.ts';
import { sweepSegments, sweepVersions } from './sweep.ts';
import { versionFileKey, versionPrefix } from './version-writer.ts';

/** How often a shard is read again to which submissions keep arriving. */
const mostAttempts = 5;

/** Something that is not as the record store says it should be. */
interface Drift {
  /** A shard (`segments/<formId>/<shard>`), a dataset's file or a public one: the object's key. */
  readonly what: string;
  readonly problem: 'missing' | 'differs' | 'unreadable' | 'unexpected';
  /** What to compile to repair it. */
  readonly of: { readonly formId: string; readonly shard: number } | { readonly datasetId: string };
}

export interface VerifyReport {
  readonly shards: number;
  readonly datasets: number;
  readonly files: number;
  /** Live submissions in the record store. */
  readonly rows: number;
  readonly drift: readonly Drift[];
  readonly repaired: boolean;
}

/**
 * Recomputes every segment from the record store and compares it, by rows and hash, with what is
 * stored; then every file of every current version and of `public/` with its manifest. What changes
 * meanwhile is compiled by the next run and is no drift: a shard that differs is read again after a
 * collect of its own. With `repair` what differs is compiled anew. What no pointer names any more is
 * swept, and so is history of erased submissions.
 */
export async function verify(
  deps: CompileDeps,
  { repair = false }: { readonly repair?: boolean } = {},
): Promise<VerifyReport> {
  const drift: Drift[] = [];
  const forms = (await deps.forms.list()).filter(({ versions }) => versions.length > 0);
  let shards = 0;
  let rows = 0;
  for (const { formId, shards: count } of forms) {
    for (let shard = 0; shard < count; shard += 1) {
      const found = await verifyShard(deps, { formId, shard }, drift);
      shards += 1;
      rows += found;
    }
  }
  const pointers = await readDatasetPointers(deps.registry);
  const inPublic = new Set<string>();
  let files = 0;
  for (const [datasetId, pointer] of pointers) {
    files += await verifyDataset(deps, datasetId, pointer, drift, inPublic);
  }
  await findUnexpected(deps, pointers, inPublic, drift);
  if (repair) await repairAll(deps, drift);
  for (const form of forms) await sweepSegments(deps, form);
  for (const datasetId of pointers.keys()) await sweepVersions(deps, datasetId);
  return {
    shards,
    datasets: pointers.size,
    files,
    rows,
    drift,
    repaired: repair && drift.length > 0,
  };
}

/** Damaged segments are written anew from the record store, damaged datasets from the segments. */
async function repairAll(deps: CompileDeps, drift: readonly Drift[]): Promise<void> {
  const datasets = new Set<string>();
  for (const { of } of drift) {
    if ('shard' in of) await collect(deps, of, { full: true });
    else datasets.add(of.datasetId);
  }
  for (const datasetId of datasets) await publish(deps, datasetId, { again: true });
  if (drift.length > 0) await compileAll(deps);
}

interface Shard {
  readonly formId: string;
  readonly shard: number;
}

/** Returns the rows that there should be. */
async function verifyShard(deps: CompileDeps, at: Shard, drift: Drift[]): Promise<number> {
  const what = `segments/${at.formId}/${at.shard}`;
  try {
    // What has changed since the last collect is not drift.
    await collect(deps, at);
  } catch {
    // Damaged segments are told below.
  }
  for (let attempt = 1; ; attempt += 1) {
    const pointer = await readSegmentPointer(deps.registry, at.formId, at.shard);
    const orphans = new Orphans();
    const expected = await digest(liveLines(deps, at, (page) => orphans.look(page)));
    for (const key of orphans.found) await deps.submissions.delete(key);
    if (pointer === undefined) {
      drift.push({ what, problem: 'missing', of: at });
      return expected.rows;
    }
    if (pointer.sha256 === expected.sha256 && pointer.rows === expected.rows) {
      const problem = await readability(deps, pointer);
      if (problem !== undefined) drift.push({ what: pointer.key, problem, of: at });
      return expected.rows;
    }
    if (attempt < mostAttempts && (await changedMeanwhile(deps, at))) continue;
    drift.push({ what, problem: 'differs', of: at });
    return expected.rows;
  }
}

/** True if a submission arrived while the shard was being read. */
async function changedMeanwhile(deps: CompileDeps, at: Shard): Promise<boolean> {
  try {
    return (await collect(deps, at)).changed;
  } catch {
    return false;
  }
}

/**
 * History of erased submissions: a writer put it while the head was being erased and died before it
 * could see that it had lost. A head comes right before its history.
 */
class Orphans {
  readonly found: Key[] = [];
  #erased: string | undefined;

  look(page: readonly StoredRecord[]): void {
    for (const record of page) {
      const { pk, sk } = record;
      if (isHeadKey(sk)) this.#erased = stateOf(record) === 'erased' ? sk : undefined;
      else if (this.#erased !== undefined && sk.startsWith(`${this.#erased}#`)) {
        this.found.push({ pk, sk });
      }
    }
  }
}

async function digest(
  batches: AsyncIterable<readonly string[]>,
): Promise<{ sha256: string; rows: number }> {
  const hash = createHash('sha256');
  let rows = 0;
  for await (const lines of batches) {
    rows += lines.length;
    if (lines.length > 0) hash.update(`${lines.join('\n')}\n`);
  }
  return { sha256: hash.digest('hex'), rows };
}

async function readability(
  deps: CompileDeps,
  pointer: SegmentPlace,
): Promise<Drift['problem'] | undefined> {
  if ((await deps.objects.info(pointer.key)) === undefined) return 'missing';
  try {
    const { rows } = await digest(segmentLines(deps.objects, pointer));
    return rows === pointer.rows ? undefined : 'differs';
  } catch {
    return 'unreadable';
  }
}

/** Returns how many files were looked at; adds the public ones to `inPublic`. */
async function verifyDataset(
  deps: CompileDeps,
  datasetId: string,
  { version, publishedVersion }: DatasetPointer,
  drift: Drift[],
  inPublic: Set<string>,
): Promise<number> {
  const of = { datasetId };
  const what = `${versionPrefix(datasetId, version)}manifest.json`;
  const manifest = await readStoredManifest(deps.objects, datasetId, version).catch(
    () => undefined,
  );
  if (manifest === undefined) {
    drift.push({ what, problem: 'unreadable', of });
    return 0;
  }
  const all = audiences.flatMap((audience) =>
    (manifest.audiences[audience]?.files ?? []).map(
      (entry) => [versionFileKey(datasetId, version, audience, entry.name), entry] as const,
    ),
  );
  const shown = publishedVersion === version ? (manifest.audiences.public?.files ?? []) : [];
  for (const entry of shown) {
    inPublic.add(`public/${entry.name}`);
    all.push([`public/${entry.name}`, entry]);
  }
  for (const [key, entry] of all) {
    const problem = await compare(deps, key, entry);
    if (problem !== undefined) drift.push({ what: key, problem, of });
  }
  return all.length;
}

/** Data in `public/` that no current version has. */
async function findUnexpected(
  deps: CompileDeps,
  pointers: ReadonlyMap<string, DatasetPointer>,
  inPublic: ReadonlySet<string>,
  drift: Drift[],
): Promise<void> {
  for await (const page of deps.objects.list('public/')) {
    for (const { key } of page) {
      const datasetId = key.slice('public/'.length).split('.')[0] ?? '';
      const pointer = pointers.get(datasetId);
      if (pointer === undefined || inPublic.has(key)) continue;
      if (pointer.version !== pointer.publishedVersion) continue;
      drift.push({ what: key, problem: 'unexpected', of: { datasetId } });
    }
  }
}

async function compare(
  { objects }: CompileDeps,
  key: string,
  { bytes, sha256 }: FileEntry,
): Promise<Drift['problem'] | undefined> {
  const body = await objects.get(key);
  if (body === undefined) return 'missing';
  const hash = createHash('sha256');
  let length = 0;
  for await (const chunk of body) {
    hash.update(chunk);
    length += chunk.byteLength;
  }
  return length === bytes && hash.digest('hex') === sha256 ? undefined : 'differs';
}
