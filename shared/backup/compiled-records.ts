import { registryKind } from '../store/keys.ts';
import type { StoredRecord } from '../store/record-store.ts';

const kinds: ReadonlySet<string> = new Set(['segment', 'dataset', 'version', 'erasure']);

/** Records of the registry that compile makes, or that say what it has still to do. */
export function isCompiled(record: StoredRecord): boolean {
  return kinds.has(registryKind(record));
}
