import type { KeyStore } from '../access/key-store.ts';
import type { CompileDeps } from '../dataset/compile-deps.ts';
import type { WholeTable } from '../store/whole-table.ts';

/** What is backed up or restored, and what it takes to compile it. */
export interface BackupDeps extends CompileDeps {
  readonly submissions: WholeTable;
  readonly registry: WholeTable;
  /** Where the keys come from that `keys` has. */
  readonly keyStore: KeyStore;
  /** A fresh UUID. */
  readonly newId: () => string;
}
