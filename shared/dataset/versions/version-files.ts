import { audiences } from '../../form/model.ts';
import type { FileEntry, Manifest } from './manifest.ts';
import { versionFileKey } from './version-writer.ts';

/** Every file that a manifest names, internal ones too, by the key of its object. */
export function filesByKey(manifest: Manifest): ReadonlyMap<string, FileEntry> {
  const { dataset, version, internal } = manifest;
  const files = new Map<string, FileEntry>();
  for (const audience of audiences) {
    for (const entry of manifest.audiences[audience]?.files ?? []) {
      files.set(versionFileKey(dataset, version, audience, entry.name), entry);
    }
  }
  for (const entry of internal) {
    files.set(versionFileKey(dataset, version, 'internal', entry.name), entry);
  }
  return files;
}
