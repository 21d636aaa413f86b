import type { FormRecord } from '../../form/library/form-record.ts';
import type { CompileDeps } from '../compile-deps.ts';
import { readDatasetPointer } from './dataset-pointer.ts';
import { readDatasetVersions } from './dataset-version.ts';
import { readSegmentPointers } from '../segments/segment-pointer.ts';

/** How long what no pointer names is kept: someone may be reading it, or be about to point to it. */
const keptMs = 24 * 60 * 60 * 1000;

/** Deletes segments of a form that are not current and were stored before `before` (default: a day ago). */
export async function sweepSegments(
  deps: CompileDeps,
  { formId, shards }: FormRecord,
  before = new Date(deps.clock().getTime() - keptMs),
): Promise<number> {
  let swept = 0;
  for await (const page of deps.objects.list(`segments/${formId}/`)) {
    const pointers = await readSegmentPointers(deps.registry, formId, shards);
    const current = new Set(pointers.map((pointer) => pointer?.key));
    for (const { key, modified } of page) {
      if (current.has(key) || modified >= before) continue;
      await deps.objects.delete(key);
      swept += 1;
    }
  }
  return swept;
}

/** Deletes files that interrupted runs have left: of versions that never became one, and parts of those that did. */
export async function sweepVersions(
  deps: CompileDeps,
  datasetId: string,
  before = new Date(deps.clock().getTime() - keptMs),
): Promise<number> {
  const versions = await readDatasetVersions(deps.registry, datasetId);
  const current = await readDatasetPointer(deps.registry, datasetId);
  const known = new Set(
    versions.filter(({ state }) => state === 'published').map(({ version }) => version),
  );
  if (current !== undefined) known.add(current.version);
  let swept = 0;
  for await (const page of deps.objects.list(`datasets/${datasetId}/`)) {
    for (const { key, modified } of page) {
      const [, , version = '', folder] = key.split('/');
      if ((known.has(version) && folder !== 'parts') || modified >= before) continue;
      await deps.objects.delete(key);
      swept += 1;
    }
  }
  return swept;
}

/** Deletes what was put together for a download and fetched, or not, a day ago. */
export async function sweepExports({
  objects,
  clock,
}: Pick<CompileDeps, 'objects' | 'clock'>): Promise<void> {
  const before = new Date(clock().getTime() - keptMs);
  for await (const page of objects.list('exports/')) {
    for (const { key, modified } of page) if (modified < before) await objects.delete(key);
  }
}
