import { createHash } from 'node:crypto';
import type { ObjectStore } from '../../objects/object-store.ts';
import type { SubmissionStores } from '../../submission/records/submission-deps.ts';
import { archive, type ArchiveEntry } from '../../zip/write-zip.ts';
import {
  attachmentsList,
  type ArchiveRequest,
  type AttachmentsList,
  type FoundAttachment,
  AttachmentsManifest,
} from './attachments-list.ts';

/** What an archive is of: a list whose files are known already, or become known as it is made. */
type Archived = Pick<AttachmentsList, 'dataset' | 'version' | 'cutOff' | 'audience'> & {
  readonly attachments: AsyncIterable<FoundAttachment> | Iterable<FoundAttachment>;
};

/**
 * The files that the records of a dataset's current version name, as a ZIP archive, stored as they
 * are: `<id>/<question>/<file>`, by the id that the audience knows, then `manifest.json` and `manifest.csv`, which list those
 * that are missing, too. Which those are and who may have them: attachmentsList, with its Faults.
 */
export async function attachmentsArchive(
  deps: SubmissionStores,
  request: ArchiveRequest,
): Promise<AsyncIterable<Uint8Array>> {
  return archiveOf(deps.objects, await attachmentsList(deps, request));
}

/** The archive of a list. The same list of the same files gives the same bytes. */
export function archiveOf(
  objects: Pick<ObjectStore, 'get'>,
  list: Archived,
): AsyncIterable<Uint8Array> {
  return archive(entriesOf(objects, list));
}

async function* entriesOf(
  objects: Pick<ObjectStore, 'get'>,
  { dataset, version, cutOff, audience, attachments }: Archived,
): AsyncGenerator<ArchiveEntry> {
  const manifest = new AttachmentsManifest({ dataset, version, cutOff, audience });
  try {
    for await (const { listed, key } of attachments) {
      const body = key === undefined ? undefined : await objects.get(key);
      if (body === undefined) {
        await manifest.add({ ...listed, state: 'missing' });
        continue;
      }
      const hash = createHash('sha256');
      yield { name: listed.path, compression: 'stored', body: hashed(body, hash) };
      const isWhole = hash.digest('hex') === listed.sha256;
      await manifest.add({ ...listed, state: isWhole ? 'present' : 'damaged' });
    }
    yield* manifest.entries();
  } finally {
    await manifest.close();
  }
}

async function* hashed(
  body: AsyncIterable<Uint8Array>,
  hash: ReturnType<typeof createHash>,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of body) {
    hash.update(chunk);
    yield chunk;
  }
}
