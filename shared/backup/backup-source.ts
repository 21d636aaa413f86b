import * as z from 'zod';
import type { Bilingual } from '../text.ts';
import type { KeyStore } from '../access/stored-keys.ts';
import type { CompileDeps } from '../dataset/compile-deps.ts';
import type { RecordStore, StoredRecord, WholeTable } from '../store/record-store.ts';
import { registryKey, registryKind } from '../store/keys.ts';
import { schemaOf, upgraded } from '../store/record-kinds.ts';

/** A backup or a restore that is refused, or that found something wrong: said to the operator as it is. */
export class BackupError extends Error {
  override readonly name = 'BackupError';
  readonly text: Bilingual;

  constructor(text: Bilingual, options?: ErrorOptions) {
    super(text.en, options);
    this.text = text;
  }
}

/** What is backed up or restored, and what it takes to compile it. */
export interface BackupDeps extends CompileDeps {
  readonly submissions: WholeTable;
  readonly registry: WholeTable;
  /** Where the keys come from that `keys` has. */
  readonly keyStore: KeyStore;
  /** A fresh UUID. */
  readonly newId: () => string;
}

const Stored = z.object({ network: z.string() });

/** Which network an installation is of, for as long as it lives, wherever it is restored; undefined: never asked before. */
export async function findNetwork(registry: RecordStore): Promise<string | undefined> {
  const record = await registry.get(registryKey.setup('network'));
  return record === undefined ? undefined : Stored.parse(upgraded('setup', record)).network;
}

/** The same; it is decided when it is first asked for. */
export async function networkOf(registry: RecordStore, newId: () => string): Promise<string> {
  const made = {
    ...registryKey.setup('network'),
    revision: 1,
    schema: schemaOf('setup'),
    network: newId(),
  };
  const found = await registry.putIfAbsent(made);
  return Stored.parse(found ?? made).network;
}

const kinds: ReadonlySet<string> = new Set(['segment', 'dataset', 'version', 'erasure']);

/** Records of the registry that compile makes, or that say what it has still to do. */
export function isCompiled(record: StoredRecord): boolean {
  return kinds.has(registryKind(record));
}
