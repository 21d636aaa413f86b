import type { FormRecord } from '../../form/library/form-record.ts';
import { registryKey } from '../../store/keys.ts';
import { erasureNames } from '../../submission/erasure/erasure-name.ts';
import { mayBeIn, pendingErasures, type Erasure } from '../../submission/erasure/erasure-record.ts';
import {
  flipDatasetPointer,
  readDatasetPointers,
  type DatasetPointer,
} from '../versions/dataset-pointer.ts';
import { readDatasetVersions, type DatasetVersion, withdraw } from '../versions/dataset-version.ts';
import type { CompileDeps } from '../compile-deps.ts';
import { readFormInput } from '../rows/form-rows.ts';
import { instanceIdOfLine, segmentLines } from '../segments/segment-file.ts';
import { factsOf, flipSegmentPointer, type SegmentPointer } from '../segments/segment-pointer.ts';
import { sourceOf } from './make-version.ts';
import { findManifest, versionFileKey } from '../versions/version-manifest.ts';
import { sweepSegments, sweepVersions } from '../versions/retention.ts';
import { ndjsonName, idOfRow, rowLines } from '../versions/row-index.ts';

/**
 * What is read at most to find out which versions hold what was erased: minutes, where a function has
 * a quarter of an hour. Versions beyond it are withdrawn unread.
 */
const mostBytesRead = 8 * 1024 ** 3;

/**
 * Carries erasures through to what was published before: once the current segments of a form hold
 * none of the erased records, and every dataset that reads the form was made from those segments,
 * the earlier versions that hold one of them are withdrawn, and their files and the older segments
 * are deleted. What cannot be done yet, the next run does. Costs one query when nothing was erased.
 */
export async function propagateErasures(deps: CompileDeps, form: FormRecord): Promise<void> {
  const pending = await pendingErasures(deps.registry, form.formId);
  const erased = pending.filter(({ state }) => state === 'erased');
  const input = erased.length === 0 ? undefined : await readFormInput(deps, form);
  if (input === undefined) return;
  const gone = await goneFrom(deps, form, input.segments, erased);
  if (gone.length === 0) return;
  const source = sourceOf(input.segments);
  const pointers = await readDatasetPointers(deps.registry);
  const readers = [...pointers].filter(([, { sources }]) => Object.hasOwn(sources, form.formId));
  const upToDate = readers.every(
    ([, { sources, version, publishedVersion }]) =>
      sources[form.formId] === source && publishedVersion === version,
  );
  if (!upToDate) return;
  const before = new Date(Math.max(...gone.map(({ at }) => Date.parse(at))));
  const holders = await holdersOf(deps, form.formId, gone, source);
  for (const [datasetId, pointer] of pointers) {
    const reads = Object.hasOwn(pointer.sources, form.formId);
    const earlier = await earlierHolders(deps, datasetId, pointer, holders);
    if (!reads && earlier.length === 0) continue;
    // Written again first: no publish that began before can make one of them current.
    const kept = await flipDatasetPointer(deps.registry, datasetId, pointer, pointer);
    if (kept === undefined) return;
    for (const version of earlier) await withdraw(deps, datasetId, version, 'erasure');
    if (reads) await sweepVersions(deps, datasetId, before);
  }
  await sweepSegments(deps, form, before);
  for (const { instanceHash } of gone) {
    await deps.registry.delete(registryKey.erasure(form.formId, instanceHash));
  }
}

/**
 * The erasures whose records are in no current segment, nor can come back into one: pointers are
 * written again as they are, so that a collect that began before the erasure cannot flip them.
 */
async function goneFrom(
  deps: CompileDeps,
  { formId, shards }: FormRecord,
  segments: readonly SegmentPointer[],
  erasures: readonly Erasure[],
): Promise<readonly Erasure[]> {
  const left = new Set(erasures);
  for (const [shard, segment] of segments.entries()) {
    const here = erasures.filter((erasure) => mayBeIn(erasure, shard, shards));
    if (here.length === 0) continue;
    const byName = new Map(here.map((erasure) => [erasure.instanceHash, erasure]));
    for await (const lines of segmentLines(deps.objects, segment)) {
      for (const line of lines) {
        for (const name of erasureNames(deps.keys, formId, instanceIdOfLine(line))) {
          const found = byName.get(name);
          if (found !== undefined) left.delete(found);
        }
      }
    }
    if (await flipSegmentPointer(deps.registry, formId, shard, segment, factsOf(segment))) continue;
    for (const erasure of here) left.delete(erasure);
  }
  return [...left];
}

/** Tells whether a version may hold an erased record. */
type Holds = (datasetId: string, version: DatasetVersion) => Promise<boolean>;

/**
 * The form's own versions are read; what other datasets were made from is known by its hash: a version
 * made from the same segments as one that is free of the records is free of them, too.
 */
async function holdersOf(
  deps: CompileDeps,
  formId: string,
  gone: readonly Erasure[],
  source: string,
): Promise<Holds> {
  const records = new Set(gone.map(({ instanceHash }) => instanceHash));
  const budget = { bytes: mostBytesRead };
  const freeSources = new Set([source]);
  const freeVersions = new Set<string>();
  for (const { version, state, sources } of await readDatasetVersions(deps.registry, formId)) {
    if (state !== 'published') continue;
    if (await mayHold(deps, formId, version, records, budget)) continue;
    freeVersions.add(version);
    const made = madeFrom(sources, formId);
    if (made !== undefined) freeSources.add(made);
  }
  return async (datasetId, { version, sources }) => {
    if (datasetId === formId) return !freeVersions.has(version);
    if (sources !== undefined) {
      const made = madeFrom(sources, formId);
      return made !== undefined && !freeSources.has(made);
    }
    const manifest = await findManifest(deps.objects, datasetId, version);
    return manifest === undefined || manifest.forms.some((form) => form.formId === formId);
  };
}

function madeFrom(sources: DatasetVersion['sources'], formId: string): string | undefined {
  return sources !== undefined && Object.hasOwn(sources, formId) ? sources[formId] : undefined;
}

async function earlierHolders(
  deps: CompileDeps,
  datasetId: string,
  pointer: DatasetPointer,
  holds: Holds,
): Promise<readonly DatasetVersion[]> {
  const found: DatasetVersion[] = [];
  for (const version of await readDatasetVersions(deps.registry, datasetId)) {
    if (version.version === pointer.version || version.state !== 'published') continue;
    if (await holds(datasetId, version)) found.push(version);
  }
  return found;
}

/** What may still be read before nobody looks any further. */
interface Budget {
  bytes: number;
}

/**
 * True unless it is certain that a version of a form's dataset shows none of the records, known by
 * their names (erasure-name.ts): nobody is shown a record that the coordinator's file of rows lacks. A
 * version without that file, or whose bytes pass the budget, is not certain.
 */
async function mayHold(
  { objects, keys }: Pick<CompileDeps, 'objects' | 'keys'>,
  datasetId: string,
  version: string,
  records: ReadonlySet<string>,
  budget: Budget,
): Promise<boolean> {
  const manifest = await findManifest(objects, datasetId, version);
  const name = ndjsonName(datasetId);
  const coordinator = manifest?.audiences.coordinator;
  const file = coordinator?.files.find((entry) => entry.name === name);
  if (coordinator === undefined || file === undefined || file.bytes > budget.bytes) return true;
  budget.bytes -= file.bytes;
  const key = versionFileKey(datasetId, version, 'coordinator', name);
  const lines = await rowLines(objects, key, file.bytes);
  if (lines === undefined) return true;
  let rows = 0;
  for await (const batch of lines) {
    for (const line of batch) {
      const names = erasureNames(keys, datasetId, idOfRow(line));
      if (names.some((name) => records.has(name))) return true;
      rows += 1;
    }
  }
  return rows !== coordinator.rows;
}
