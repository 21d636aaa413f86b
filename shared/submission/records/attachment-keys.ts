import type { ObjectStore } from '../../objects/object-store.ts';
import { sha256 } from './content-hash.ts';

/**
 * Under which keys the attachments of a submission are, and nothing else. Named by a hash, since an
 * instanceId may hold `:`, which a key of the object store may not.
 */
export function attachmentsPrefix(formId: string, instanceId: string): string {
  return attachmentsPrefixOfHash(formId, sha256(instanceId));
}

/** The same when only SHA-256 (hex) of the instanceId is known. */
export function attachmentsPrefixOfHash(formId: string, instanceHash: string): string {
  return `attachments/${formId}/${instanceHash}/`;
}

/**
 * Where a file of a submission is: named by SHA-256 (hex) of its bytes, so that whoever sends it
 * again writes the same, and no one can replace it.
 */
export function attachmentKey(formId: string, instanceId: string, hash: string): string {
  return attachmentsPrefix(formId, instanceId) + hash;
}

/** Where a file is that came with a body which was refused: apart, so that it never passes for one that was taken. */
export function refusedFileKey(formId: string, instanceId: string, hash: string): string {
  return `${attachmentsPrefix(formId, instanceId)}refused/${hash}`;
}

/** SHA-256 (hex) of every file of a submission that is stored. */
export async function storedFiles(
  objects: ObjectStore,
  formId: string,
  instanceId: string,
): Promise<ReadonlySet<string>> {
  const prefix = attachmentsPrefix(formId, instanceId);
  const stored = new Set<string>();
  for await (const page of objects.list(prefix)) {
    for (const { key } of page) stored.add(key.slice(prefix.length));
  }
  return stored;
}

/**
 * Deletes all files of a submission, and those refused under its id: of one that was erased. Also
 * for a writer that stored files and then finds that it was erased meanwhile: who lost cleans up.
 */
export async function deleteFiles(objects: ObjectStore, prefix: string): Promise<void> {
  for await (const page of objects.list(prefix)) {
    for (const { key } of page) await objects.delete(key);
  }
}

/**
 * Under which keys archives of a dataset's attachments are while they wait to be fetched. Deleted when
 * a record of the form is erased, and by themselves a day later.
 */
export function exportsPrefix(datasetId: string): string {
  return `exports/${datasetId}/`;
}
