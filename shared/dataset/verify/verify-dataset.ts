import { Fault } from '../../fault.ts';
import { canonicalJson } from '../../json.ts';
import { compareFile, type Drift, type TakenDown, type VerifyOptions } from './verify-report.ts';
import { readDatasetPointer, type DatasetPointer } from '../versions/dataset-pointer.ts';
import type { Prepared } from '../build/dataset-spec.ts';
import { specOf } from '../publish/dataset-specs.ts';
import type { CompileDeps } from '../compile-deps.ts';
import { planVersion, sourcesOf, rebuildManifest } from '../publish/make-version.ts';
import {
  type FileEntry,
  type Manifest,
  versionPrefix,
  findManifest,
  filesByKey,
} from '../versions/version-manifest.ts';
import { publish } from '../publish/publish.ts';
import { readDatasetVersions, withdraw } from '../versions/dataset-version.ts';

/** How often a dataset is looked at again that is published meanwhile. */
const mostAttempts = 5;
/** What is not named by a manifest may be about to be: after a day it is not. */
const strayMs = 24 * 60 * 60 * 1000;

export interface DatasetReport {
  /** Files that were compared. */
  readonly files: number;
  readonly drift: readonly Drift[];
  /** Absent: as many rows are public as were. */
  readonly takenDown?: TakenDown;
}

/**
 * Makes every file of a dataset's current version anew from the segments, keeping its hash alone, and
 * compares that, by rows, bytes and SHA-256, with the manifest, with the stored files, internal ones
 * too, and with `public/`; and the pointer with what it points to. What has changed since it was last
 * published is published first and is no drift, but it is said if rows are public no more for that. With
 * `repair`, what differs is written again.
 */
export async function verifyDataset(
  deps: CompileDeps,
  datasetId: string,
  { repair }: VerifyOptions,
): Promise<DatasetReport> {
  const before = await publicRowsOf(deps, datasetId);
  const compared = await compareDataset(deps, datasetId);
  const after = await publicRowsOf(deps, datasetId);
  const taken = after < before ? { takenDown: { dataset: datasetId, before, after } } : {};
  const found = { ...compared, ...taken };
  if (!repair || found.drift.length === 0) return found;
  await publish(deps, datasetId, { again: true });
  for (const { what, problem } of found.drift) {
    const isStray = problem === 'unexpected' && what.startsWith(`datasets/${datasetId}/`);
    if (isStray) await deps.objects.delete(what);
  }
  return found;
}

async function publicRowsOf(
  { registry, objects }: CompileDeps,
  datasetId: string,
): Promise<number> {
  const pointer = await readDatasetPointer(registry, datasetId);
  if (pointer === undefined) return 0;
  const manifest = await findManifest(objects, datasetId, pointer.version);
  return manifest?.audiences.public?.rows ?? 0;
}

async function compareDataset(deps: CompileDeps, datasetId: string): Promise<DatasetReport> {
  const what = `dataset/${datasetId}`;
  for (let attempt = 1; ; attempt += 1) {
    const published = await orError(publish(deps, datasetId));
    const pointer = await readDatasetPointer(deps.registry, datasetId);
    const prepared = await specOf(datasetId).prepare(deps);
    if (pointer === undefined || prepared === undefined) {
      const missing = pointer === undefined && prepared !== undefined;
      return { files: 0, drift: missing ? [{ what, problem: 'missing' }] : [] };
    }
    const { fingerprint } = planVersion(datasetId, prepared, pointer);
    if (fingerprint !== pointer.fingerprint) {
      if (!(published instanceof Error) && attempt < mostAttempts) continue;
      const stored = await findManifest(deps.objects, datasetId, pointer.version);
      const { files, drift } = await compareStored(deps, pointer, stored, stored);
      return { files, drift: [{ what, problem: 'stale' }, ...drift] };
    }
    return comparePrepared(deps, datasetId, prepared, pointer);
  }
}

async function comparePrepared(
  deps: CompileDeps,
  datasetId: string,
  prepared: Prepared,
  pointer: DatasetPointer,
): Promise<DatasetReport> {
  const rebuilt = await orError(rebuildManifest(deps, datasetId, prepared, pointer));
  const current = await readDatasetPointer(deps.registry, datasetId);
  // Another publish was at work: what it made, it has compared itself, and the next night does.
  if (current?.version !== pointer.version) return { files: 0, drift: [] };
  const stored = await findManifest(deps.objects, datasetId, pointer.version);
  if (rebuilt instanceof Error) {
    const { files, drift } = await compareStored(deps, pointer, stored, stored);
    const what = versionPrefix(datasetId, pointer.version);
    return { files, drift: [{ what, problem: 'unreadable' }, ...drift] };
  }
  const { files, drift } = await compareStored(deps, pointer, rebuilt, stored);
  return { files, drift: [...comparePointer(datasetId, prepared, pointer, rebuilt), ...drift] };
}

/** What a store could not do is no finding; all else that goes wrong is one. */
async function orError<T>(work: Promise<T>): Promise<T | Error> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Fault && error.code === 'store-unavailable') throw error;
    return error instanceof Error ? error : new Error(String(error));
  }
}

function comparePointer(
  datasetId: string,
  { forms }: Prepared,
  pointer: DatasetPointer,
  manifest: Manifest,
): readonly Drift[] {
  const rows = manifest.audiences.coordinator?.rows ?? 0;
  const sources = canonicalJson(sourcesOf(forms)) === canonicalJson(pointer.sources);
  if (rows === pointer.rows && sources) return [];
  const facts = { expected: { rows }, found: { rows: pointer.rows } };
  return [{ what: `dataset/${datasetId}`, problem: 'differs', ...facts }];
}

/** Compares a manifest and all files with `truth`, or as far as there is one. */
async function compareStored(
  deps: CompileDeps,
  pointer: DatasetPointer,
  truth: Manifest | undefined,
  stored: Manifest | undefined,
): Promise<DatasetReport> {
  if (truth === undefined) return { files: 0, drift: [] };
  const { dataset, version } = truth;
  const drift: Drift[] = [];
  const files = filesByKey(truth);
  const manifestKey = `${versionPrefix(dataset, version)}manifest.json`;
  if (stored === undefined) drift.push({ what: manifestKey, problem: 'unreadable' });
  else drift.push(...compareManifests(manifestKey, truth, stored));
  for (const [key, entry] of files) drift.push(...(await compareFile(deps.objects, key, entry)));
  const inPublic = new Map<string, FileEntry>();
  if (pointer.publishedVersion === version) {
    const shown = truth.audiences.public?.files ?? [];
    for (const entry of shown) inPublic.set(`public/${entry.name}`, entry);
    for (const [key, entry] of inPublic) {
      drift.push(...(await compareFile(deps.objects, key, entry)));
    }
    drift.push(...(await unexpected(deps, `public/${dataset}.`, inPublic)));
  }
  const before = new Date(deps.clock().getTime() - strayMs);
  const known = new Map<string, unknown>([...files, [manifestKey, undefined]]);
  drift.push(...(await unexpected(deps, versionPrefix(dataset, version), known, before)));
  return { files: files.size + inPublic.size, drift };
}

function compareManifests(key: string, truth: Manifest, stored: Manifest): readonly Drift[] {
  const drift: Drift[] = [];
  const expected = filesByKey(truth);
  const found = filesByKey(stored);
  for (const [file, entry] of found) {
    const right = expected.get(file);
    if (right === undefined) drift.push({ what: file, problem: 'unexpected', found: entry });
    else if (canonicalJson(right) !== canonicalJson(entry)) {
      drift.push({ what: key, problem: 'differs', expected: right, found: entry });
    }
  }
  // Files are compared above; when it was made, and after which one, is no matter of its inputs.
  const facts = (of: Manifest): string => {
    const rows = Object.entries(of.audiences).map(([audience, entry]) => [audience, entry.rows]);
    return canonicalJson({ ...of, audiences: rows, internal: [], previous: null, createdAt: '' });
  };
  const fewer = [...expected.keys()].some((file) => !found.has(file));
  const same = facts(truth) === facts(stored);
  if (drift.length === 0 && (fewer || !same)) drift.push({ what: key, problem: 'differs' });
  return drift;
}

async function unexpected(
  { objects }: CompileDeps,
  prefix: string,
  known: ReadonlyMap<string, unknown>,
  before?: Date,
): Promise<readonly Drift[]> {
  const drift: Drift[] = [];
  for await (const page of objects.list(prefix)) {
    for (const { key, bytes, modified } of page) {
      if (known.has(key) || (before !== undefined && modified >= before)) continue;
      drift.push({ what: key, problem: 'unexpected', found: { bytes } });
    }
  }
  return drift;
}

/**
 * Compares the files of earlier versions with their manifests: they cannot be made anew, for what they
 * were made from is gone. With `repair`, a version that is not what its manifest says is withdrawn.
 */
export async function verifyOlder(
  deps: CompileDeps,
  datasetId: string,
  { repair }: VerifyOptions,
): Promise<DatasetReport> {
  const current = (await readDatasetPointer(deps.registry, datasetId))?.version;
  const drift: Drift[] = [];
  let files = 0;
  for (const version of await readDatasetVersions(deps.registry, datasetId)) {
    if (version.version === current || version.state !== 'published') continue;
    const found = await compareVersion(deps, datasetId, version.version);
    files += found.files;
    drift.push(...found.drift);
    if (repair && found.drift.length > 0) await withdraw(deps, datasetId, version, 'damaged');
  }
  return { files, drift };
}

async function compareVersion(
  { objects }: CompileDeps,
  datasetId: string,
  version: string,
): Promise<DatasetReport> {
  const manifest = await findManifest(objects, datasetId, version);
  if (manifest === undefined) {
    const what = `${versionPrefix(datasetId, version)}manifest.json`;
    return { files: 0, drift: [{ what, problem: 'unreadable' }] };
  }
  const files = filesByKey(manifest);
  const drift: Drift[] = [];
  for (const [key, entry] of files) drift.push(...(await compareFile(objects, key, entry)));
  return { files: files.size, drift };
}
