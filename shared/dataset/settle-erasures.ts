import { hash } from 'node:crypto';
import type { FormRecord } from '../form/form-record.ts';
import { registryKey, shardOfHash } from '../store/keys.ts';
import { pendingErasures, type Erasure } from '../submission/erasure-record.ts';
import {
  flipDatasetPointer,
  readDatasetPointers,
  readDatasetVersions,
  withdrawVersion,
  type DatasetPointer,
} from './dataset-pointer.ts';
import type { CompileDeps } from './deps.ts';
import { readFormInput } from './form-input.ts';
import { idOfLine, segmentLines } from './segment-file.ts';
import { flipSegmentPointer, type SegmentPointer } from './segment-pointer.ts';
import { sourceOf } from './sources.ts';
import { sweepSegments, sweepVersions } from './sweep.ts';
import { versionPrefix } from './version-writer.ts';

/**
 * Carries erasures through to what was published before: once the current segments of a form hold
 * none of the erased records, and every dataset that reads the form was made from those segments,
 * all earlier versions of those datasets are withdrawn and their files and the older segments are
 * deleted. What cannot be done yet, the next run does. Costs one query when nothing was erased.
 */
export async function settleErasures(deps: CompileDeps, form: FormRecord): Promise<void> {
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
  for (const [datasetId, pointer] of readers) {
    if (!(await withdrawEarlier(deps, datasetId, pointer))) return;
    await sweepVersions(deps, datasetId, before);
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
  const gone: Erasure[] = [];
  for (const [shard, segment] of segments.entries()) {
    const here = erasures.filter(({ instanceHash }) => shardOfHash(instanceHash, shards) === shard);
    if (here.length === 0) continue;
    const left = new Set(here.map(({ instanceHash }) => instanceHash));
    const found = new Set<string>();
    for await (const lines of segmentLines(deps.objects, segment)) {
      for (const line of lines) {
        const instanceHash = hash('sha256', idOfLine(line));
        if (left.has(instanceHash)) found.add(instanceHash);
      }
    }
    if (!(await flipSegmentPointer(deps.registry, formId, shard, segment, facts(segment))))
      continue;
    gone.push(...here.filter(({ instanceHash }) => !found.has(instanceHash)));
  }
  return gone;
}

function facts({ key, sha256, rows, cutOff, changedAt }: SegmentPointer) {
  return { key, sha256, rows, cutOff, changedAt };
}

/**
 * Withdraws every version but the current one. The pointer is written again first, so that no
 * publish that began before can make one of them current. False: another version became current.
 */
async function withdrawEarlier(
  deps: CompileDeps,
  datasetId: string,
  pointer: DatasetPointer,
): Promise<boolean> {
  const kept = await flipDatasetPointer(deps.registry, datasetId, pointer, pointer);
  if (kept === undefined) return false;
  for (const version of await readDatasetVersions(deps.registry, datasetId)) {
    if (version.version === kept.version || version.state === 'withdrawn') continue;
    await withdrawVersion(deps.registry, datasetId, version, 'erasure');
    for await (const page of deps.objects.list(versionPrefix(datasetId, version.version))) {
      for (const { key } of page) await deps.objects.delete(key);
    }
  }
  return true;
}
