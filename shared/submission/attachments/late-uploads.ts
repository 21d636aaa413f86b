import * as z from 'zod';
import type { ObjectStore } from '../../objects/object-store.ts';
import { registryKey } from '../../store/keys.ts';
import { schemaOf, upgraded } from '../../store/record-kinds.ts';
import { pagesOf, type RecordStore } from '../../store/record-store.ts';
import { attachmentsPrefixOfHash, deleteFiles } from '../records/attachment-keys.ts';
import { sha256 } from '../records/content-hash.ts';
import { uploadSeconds } from './request-upload.ts';

/** After the last link has died, the last upload that began by it must have ended as well. */
const keptMs = (uploadSeconds + 3_600) * 1000;

const Stored = z.object({ sk: z.string(), notedAt: z.iso.datetime() });

/**
 * Notes that a submission has been erased while links may be about by which its files could still be
 * uploaded: no one can take a link back. By the hash of its id, for nothing else may stay.
 */
export async function noteLateUploads(
  registry: RecordStore,
  formId: string,
  instanceId: string,
  at: Date,
): Promise<void> {
  await registry.put({
    ...registryKey.uploads(formId, sha256(instanceId)),
    revision: 1,
    notedAt: at.toISOString(),
    schema: schemaOf('uploads'),
  });
}

/** Deletes what was uploaded for submissions that had been erased, until no link to do so lives. */
export async function deleteLateUploads(
  { registry, objects }: { readonly registry: RecordStore; readonly objects: ObjectStore },
  formId: string,
  now: Date,
): Promise<void> {
  const partition = registryKey.uploads(formId, '').pk;
  for await (const records of pagesOf(registry, { partition })) {
    for (const record of records) {
      const { sk, notedAt } = Stored.parse(upgraded('uploads', record));
      await deleteFiles(objects, attachmentsPrefixOfHash(formId, sk));
      if (Date.parse(notedAt) + keptMs < now.getTime()) {
        await registry.delete(registryKey.uploads(formId, sk));
      }
    }
  }
}
