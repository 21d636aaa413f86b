import { createHash } from 'node:crypto';
import { Fault } from '../../fault.ts';
import type { SubmissionStores } from '../../submission/records/submission-deps.ts';
import { pendingErasures } from '../../submission/erasure/erasure-record.ts';
import { exportsPrefix } from '../../submission/records/attachment-keys.ts';
import { archiveOf } from './attachments-archive.ts';
import {
  attachmentsList,
  type ArchiveRequest,
  type AttachmentsList,
  type FoundAttachment,
} from './attachments-list.ts';

/**
 * What can be put together while a request waits, 28 s: the records are read (100 MB/s), each file is
 * asked after (16 at once) and fetched (about 30 ms to its first byte), and all bytes pass through
 * the function twice (25 MB/s). Estimates on the safe side, all limits reached at once.
 */
export const exportLimits = { rowBytes: 500_000_000, files: 300, bytes: 200_000_000 } as const;
export type ExportLimits = Readonly<Record<keyof typeof exportLimits, number>>;

/** For how long one that is there is handed out again: it is deleted after a day, links live for minutes. */
const freshMs = 12 * 60 * 60 * 1000;

/**
 * Puts the archive of a dataset's attachments into the store, unless the same is there, and says under
 * which key. The key is made of what the viewer may have now: no other list leads to it. Faults:
 * `export-too-large`; `store-unavailable`, if a record was erased meanwhile; those of attachmentsList.
 */
export async function exportAttachments(
  deps: SubmissionStores,
  request: ArchiveRequest,
  limits: ExportLimits = exportLimits,
): Promise<string> {
  const { dataset, audience } = request;
  const before = await erasuresOf(deps, dataset);
  const list = await attachmentsList(deps, request);
  const attachments = await withinLimits(list, limits);
  const key = `${exportsPrefix(dataset)}${audience}/${nameOf(list, attachments)}.zip`;
  const there = await deps.objects.info(key);
  if (there !== undefined && there.modified.getTime() > deps.clock().getTime() - freshMs) {
    return key;
  }
  await deps.objects.put(key, archiveOf(deps.objects, { ...list, attachments }), {
    contentType: 'application/zip',
  });
  // An erasure deletes what is there: this may have come after it.
  if ((await erasuresOf(deps, dataset)) !== before) {
    await deps.objects.delete(key);
    throw new Fault('store-unavailable');
  }
  return key;
}

async function erasuresOf({ registry }: SubmissionStores, formId: string): Promise<string> {
  return JSON.stringify(await pendingErasures(registry, formId));
}

async function withinLimits(
  { rowBytes, attachments }: AttachmentsList,
  limits: ExportLimits,
): Promise<readonly FoundAttachment[]> {
  if (rowBytes > limits.rowBytes) throw new Fault('export-too-large');
  const found: FoundAttachment[] = [];
  let bytes = 0;
  for await (const attachment of attachments) {
    found.push(attachment);
    if (attachment.key !== undefined) bytes += attachment.listed.bytes ?? 0;
    if (found.length > limits.files || bytes > limits.bytes) throw new Fault('export-too-large');
  }
  return found;
}

function nameOf(
  { dataset, version, audience }: AttachmentsList,
  attachments: readonly FoundAttachment[],
): string {
  const files = attachments.map(({ listed, key }) => [listed, key]);
  const text = JSON.stringify([dataset, version, audience, files]);
  return createHash('sha256').update(text).digest('hex');
}
