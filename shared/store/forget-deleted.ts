import type { RecordStore } from './record-store.ts';

/** What RecordStore.forget says, of both tables. */
export async function forgetDeleted(stores: {
  readonly submissions: RecordStore;
  readonly registry: RecordStore;
}): Promise<boolean> {
  const forgotten = [await stores.submissions.forget(), await stores.registry.forget()];
  return !forgotten.includes(false);
}
