import { createHash } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { canonicalJson } from '../json.ts';
import { compilerVersion } from './compiler-version.ts';
import { specOf } from './dataset-specs.ts';
import type { DatasetSpec, Prepared } from './dataset-spec.ts';
import {
  flipDatasetPointer,
  putDatasetVersion,
  readDatasetPointer,
  readDatasetVersions,
  type DatasetPointer,
} from './dataset-pointer.ts';
import type { CompileDeps } from './deps.ts';
import { Manifest } from './manifest.ts';
import { refreshPublic } from './refresh-public.ts';
import { settleErasures } from './settle-erasures.ts';
import { sourcesOf } from './sources.ts';
import { sweepSegments } from './sweep.ts';
import { PublishError, VersionWriter, versionPrefix } from './version-writer.ts';

export interface PublishReport {
  readonly dataset: string;
  /** The current version; null: there is none yet. */
  readonly version: string | null;
  /** Rows that the coordinator sees. */
  readonly rows: number;
  readonly changed: boolean;
}

/** How often a publish starts again that was overtaken by another one. */
const attempts = 3;

/**
 * Makes the next version of a dataset from the current segments and makes it current, unless it
 * would be the same. Readers see the version before until the very end. Whatever interrupts it, the
 * next run completes it: files of a version are written again under the same names, with the same
 * bytes; `public/` is brought up to date; erasures are carried through. Throws PublishError when
 * what was written does not agree with what was read, SegmentError on a damaged segment, Fault
 * `store-unavailable`: then the old version stays. With `again` the files of a version that would be
 * the same are written once more, to repair them.
 */
export async function publish(
  deps: CompileDeps,
  datasetId: string,
  { again = false }: { readonly again?: boolean } = {},
): Promise<PublishReport> {
  const spec = specOf(datasetId);
  let changed = false;
  let forms: Prepared['forms'] = [];
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    // Before the inputs: then a flip that succeeds was made from inputs read after the last one.
    const pointer = await readDatasetPointer(deps.registry, datasetId);
    const prepared = await spec.prepare(deps);
    if (prepared === undefined) break;
    forms = prepared.forms;
    const fingerprint = fingerprintOf(datasetId, prepared);
    if (pointer?.fingerprint === fingerprint && !again) break;
    const flipped = await makeVersion(deps, spec, prepared, pointer, { fingerprint, again });
    if (flipped === undefined) continue;
    changed = true;
    await sweepDaily(deps, prepared, pointer, flipped);
    break;
  }
  await refreshPublic(deps, datasetId);
  for (const { form } of forms) await settleErasures(deps, form);
  const current = await readDatasetPointer(deps.registry, datasetId);
  return {
    dataset: datasetId,
    version: current?.version ?? null,
    rows: current?.rows ?? 0,
    changed,
  };
}

function fingerprintOf(datasetId: string, { forms, also }: Prepared): string {
  const inputs = {
    compiler: compilerVersion,
    dataset: datasetId,
    forms: forms.map(({ form, segments }) => ({
      formId: form.formId,
      versions: form.versions.map(({ version, key }) => [version, key]),
      segments: segments.map(({ sha256, rows }) => [sha256, rows]),
    })),
    also,
  };
  return createHash('sha256').update(canonicalJson(inputs)).digest('hex');
}

/** The newest moment of the inputs: that of the last change, not of this run. */
function cutOffOf({ forms, since }: Prepared): string {
  const changes = forms.flatMap(({ segments }) => segments.map(({ changedAt }) => changedAt));
  return [...changes, ...since].reduce((one, other) => (one < other ? other : one), epoch);
}

const epoch = new Date(0).toISOString();

/** Undefined: another publish was faster. */
async function makeVersion(
  deps: CompileDeps,
  spec: DatasetSpec,
  prepared: Prepared,
  pointer: DatasetPointer | undefined,
  { fingerprint, again }: { readonly fingerprint: string; readonly again: boolean },
): Promise<DatasetPointer | undefined> {
  const cutOff = cutOffOf(prepared);
  // The same inputs make the same name: what an interrupted run has left is written over.
  const version = `${cutOff.replaceAll(/[-:.]/g, '')}-${fingerprint.slice(0, 12)}`;
  const files = new VersionWriter(deps.objects, spec.id, version);
  const manifest = await buildFiles(deps, spec, prepared, files, {
    dataset: spec.id,
    version,
    previous: await versionBefore(deps, spec.id, version, pointer),
    cutOff,
  });
  const { createdAt } = await putManifest(deps, manifest, again);
  const rows = manifest.audiences.coordinator?.rows ?? 0;
  await putDatasetVersion(deps.registry, spec.id, {
    version,
    cutOff,
    createdAt,
    state: 'published',
  });
  return flipDatasetPointer(deps.registry, spec.id, pointer, {
    version,
    publishedVersion: again ? '' : (pointer?.publishedVersion ?? ''),
    fingerprint,
    cutOff,
    rows,
    sources: sourcesOf(prepared.forms),
  });
}

async function versionBefore(
  { registry }: CompileDeps,
  datasetId: string,
  version: string,
  pointer: DatasetPointer | undefined,
): Promise<string | null> {
  if (pointer?.version !== version) return pointer?.version ?? null;
  const versions = await readDatasetVersions(registry, datasetId);
  return versions.find((other) => other.version !== version)?.version ?? null;
}

async function buildFiles(
  deps: CompileDeps,
  spec: DatasetSpec,
  prepared: Prepared,
  files: VersionWriter,
  place: Pick<Manifest, 'dataset' | 'version' | 'previous' | 'cutOff'>,
): Promise<Manifest> {
  try {
    const { rows, withheld } = await prepared.build(place, files);
    const audiences = await files.finish(rows);
    const forms = prepared.forms.map(({ form }) => ({
      formId: form.formId,
      versions: form.versions.map(({ version }) => version),
    }));
    const createdAt = deps.clock().toISOString();
    return { ...place, createdAt, forms, audiences, withheld };
  } catch (error) {
    await files.abort(error);
    throw error;
  }
}

/**
 * Stores the manifest, or finds the one of an interrupted or simultaneous run. Throws PublishError
 * when that one tells of other files: the same inputs have given different bytes.
 */
async function putManifest(
  deps: CompileDeps,
  manifest: Manifest,
  again: boolean,
): Promise<Manifest> {
  const key = `${versionPrefix(manifest.dataset, manifest.version)}manifest.json`;
  const bytes = Buffer.from(JSON.stringify(manifest));
  const headers = { contentType: 'application/json' };
  if (again) {
    await deps.objects.put(key, bytes, headers);
    return manifest;
  }
  if (await deps.objects.putIfAbsent(key, bytes, headers)) return manifest;
  const stored = await deps.objects.get(key);
  if (stored === undefined) throw new PublishError(`${key} has gone.`);
  const found = Manifest.parse(JSON.parse(await text(stored)));
  const files = (of: Manifest): string => JSON.stringify([of.audiences, of.withheld]);
  if (files(found) !== files(manifest)) {
    throw new PublishError(`${manifest.version} was written before, with other bytes.`);
  }
  return found;
}

/** With the first change of a day, what no pointer names any more is swept away. */
async function sweepDaily(
  deps: CompileDeps,
  { forms }: Prepared,
  before: DatasetPointer | undefined,
  after: DatasetPointer,
): Promise<void> {
  if (before?.cutOff.slice(0, 10) === after.cutOff.slice(0, 10)) return;
  for (const { form } of forms) await sweepSegments(deps, form);
}
