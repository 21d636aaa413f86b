import { erasureNames } from '../../submission/erasure/erasure-name.ts';
import type { CompileDeps } from '../deps.ts';
import { ndjsonName } from './row-index.ts';
import { idOfRow, rowLines } from './row-lines.ts';
import { findManifest } from './stored-manifest.ts';
import { versionFileKey } from './version-writer.ts';

/** What may still be read before nobody looks any further. */
export interface Budget {
  bytes: number;
}

/**
 * True unless it is certain that a version of a form's dataset shows none of the records, known by
 * their names (erasure-name.ts): nobody is shown a record that the coordinator's file of rows lacks. A
 * version without that file, or whose bytes pass the budget, is not certain.
 */
export async function mayHold(
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
