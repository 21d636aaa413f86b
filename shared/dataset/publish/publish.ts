import { versionPrefix } from '../versions/version-manifest.ts';
import type { Format } from '../formats/format.ts';
import { specOf } from './dataset-specs.ts';
import type { Prepared, DatasetSpec } from '../build/dataset-spec.ts';
import {
  flipDatasetPointer,
  readDatasetPointer,
  type DatasetPointer,
} from '../versions/dataset-pointer.ts';
import { readDatasetVersions } from '../versions/dataset-version.ts';
import type { CompileDeps } from '../compile-deps.ts';
import { makeVersion, planVersion } from './make-version.ts';
import { type MoreParts, readPlan } from '../build/make-part.ts';
import { refreshPublic } from '../versions/refresh-public.ts';
import { expireVersions, sweepSegments, sweepVersions } from '../versions/retention.ts';
import { SegmentError } from '../segments/segment-file.ts';
import { propagateErasures } from './propagate-erasures.ts';
import { PublishError } from '../versions/version-writer.ts';

export interface PublishReport {
  readonly dataset: string;
  /** The current version; null: there is none yet. */
  readonly version: string | null;
  /** Rows that the coordinator sees. */
  readonly rows: number;
  readonly changed: boolean;
  /** Only a part of the next version is made: to be called again with this. */
  readonly more?: MoreParts;
}

export interface PublishOptions {
  readonly again?: boolean;
  /** Those of a form's dataset; absent: all. */
  readonly formats?: readonly Format[] | undefined;
}

/** Characters of an ISO 8601 time up to its hour, and up to its day. */
const hourEnd = 13;
const dayEnd = 10;

/** How often a publish starts again that was overtaken by another one. */
const attempts = 5;

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
  options: PublishOptions = {},
): Promise<PublishReport> {
  let report = await publishPart(deps, datasetId, options);
  while (report.more !== undefined) {
    report = await publishPart(deps, datasetId, { ...options, more: report.more });
  }
  return report;
}

/**
 * The same, one part of it if the dataset is too large to be made in one go: until `more` is absent
 * from the report, it is to be called again. All parts are made from the inputs of the first one. If
 * another version became current meanwhile, it starts again.
 */
export async function publishPart(
  deps: CompileDeps,
  datasetId: string,
  {
    again = false,
    formats,
    more,
  }: PublishOptions & { readonly more?: Pick<MoreParts, 'version'> } = {},
): Promise<PublishReport> {
  const spec = specOf(datasetId, formats);
  let changed = false;
  let forms: Prepared['forms'] = [];
  let lost: { readonly version: string; readonly error?: PublishError | SegmentError } | undefined =
    more;
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    // Before the inputs: then a flip that succeeds was made from inputs read after the last one.
    const pointer = await readDatasetPointer(deps.registry, datasetId);
    const isBegun = attempt === 1 && more !== undefined;
    const begun = isBegun ? await findBegun(deps, spec, more.version, pointer) : undefined;
    const prepared = begun ?? (await spec.prepare(deps));
    if (prepared === undefined) break;
    forms = prepared.forms;
    if (prepared.parts !== undefined && begun === undefined && isBehind(pointer)) {
      // That writes the pointer again, and no part may be begun before: it would be of another one.
      await refreshPublic(deps, datasetId);
      continue;
    }
    const planned = planVersion(datasetId, prepared, pointer);
    if (lost?.error !== undefined && lost.version === planned.version) throw lost.error;
    if (lost !== undefined && lost.version !== planned.version && pointer !== undefined) {
      await discard(deps, datasetId, lost.version, pointer);
      lost = undefined;
      continue;
    }
    if (pointer?.fingerprint === planned.fingerprint && !again) break;
    try {
      const made = await makeVersion(deps, spec, prepared, pointer, { ...planned, again });
      if ('more' in made) return { ...reportOf(datasetId, pointer, changed), more: made.more };
      const { flipped } = made;
      if (flipped !== undefined) {
        changed = true;
        await tidy(deps, datasetId, prepared, pointer, flipped);
        break;
      }
      lost = { version: planned.version };
    } catch (error) {
      // What an erasure took away from under it is no fault, if there is something newer to read.
      if (!(error instanceof PublishError || error instanceof SegmentError)) throw error;
      lost = { version: planned.version, error };
    }
  }
  await refreshPublic(deps, datasetId);
  for (const { form } of forms) await propagateErasures(deps, form);
  return reportOf(datasetId, await readDatasetPointer(deps.registry, datasetId), changed);
}

/** Whether `public/` does not show the current version yet. */
function isBehind(pointer: DatasetPointer | undefined): boolean {
  return pointer !== undefined && pointer.publishedVersion !== pointer.version;
}

function reportOf(
  dataset: string,
  current: DatasetPointer | undefined,
  changed: boolean,
): PublishReport {
  return { dataset, version: current?.version ?? null, rows: current?.rows ?? 0, changed };
}

/**
 * Deletes the files of a version that lost against another one and that nobody will make again: they
 * may hold what was erased meanwhile. The pointer is written again first, so that a run that makes
 * the same version from the same old inputs loses, too. What is not done here, the sweep does.
 */
async function discard(
  deps: CompileDeps,
  datasetId: string,
  version: string,
  pointer: DatasetPointer,
): Promise<void> {
  const versions = await readDatasetVersions(deps.registry, datasetId);
  const known = versions.find((candidate) => candidate.version === version);
  if (pointer.version === version || known?.state === 'published') return;
  if ((await flipDatasetPointer(deps.registry, datasetId, pointer, pointer)) === undefined) return;
  for await (const page of deps.objects.list(versionPrefix(datasetId, version))) {
    for (const { key } of page) await deps.objects.delete(key);
  }
}

/**
 * With the first change of an hour, versions that are kept no longer are taken away; with the first
 * one of a day, what no pointer names any more is swept.
 */
async function tidy(
  deps: CompileDeps,
  datasetId: string,
  { forms }: Prepared,
  before: DatasetPointer | undefined,
  after: DatasetPointer,
): Promise<void> {
  const since = before?.createdAt ?? '';
  if (since.slice(0, hourEnd) === after.createdAt.slice(0, hourEnd)) return;
  await expireVersions(deps, datasetId);
  if (since.slice(0, dayEnd) === after.createdAt.slice(0, dayEnd)) return;
  for (const { form } of forms) await sweepSegments(deps, form);
  await sweepVersions(deps, datasetId);
}

/**
 * The inputs from which the parts of a version were made so far. Undefined: it cannot be gone on with,
 * because it is done, another version became current meanwhile, or this compiler would make another one.
 */
async function findBegun(
  deps: CompileDeps,
  { id, prepareFrom }: DatasetSpec,
  version: string,
  pointer: DatasetPointer | undefined,
): Promise<Prepared | undefined> {
  const plan = await readPlan(deps, id, version);
  if (plan === undefined || prepareFrom === undefined) return undefined;
  if (plan.revision !== (pointer?.revision ?? 0)) return undefined;
  const { form, segments } = plan;
  const prepared = await prepareFrom(deps, { form, segments });
  return planVersion(id, prepared, pointer).version === version ? prepared : undefined;
}
