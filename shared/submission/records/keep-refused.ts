import type { FormRecord } from '../../form/library/form-record.ts';
import { attachmentsPrefix, deleteFiles } from './attachment-keys.ts';
import type { SubmissionStores } from './deps.ts';
import { fromRecord } from './head-record.ts';
import { headKeyFor } from './open-submission.ts';
import { emptyQuarantine, keepInQuarantine, type Quarantined } from './quarantine.ts';

/**
 * Keeps a refused body, with the files that `storeFiles` stores, unless what stands under its
 * instanceId has been erased: that may have been about the same person. Erasing empties the
 * quarantine after the head has become a tombstone, so looking at the head after the body was kept
 * leaves no gap between the two.
 */
export async function keepRefused(
  deps: SubmissionStores,
  form: FormRecord,
  contentHash: string,
  refused: Quarantined,
  storeFiles?: () => Promise<void>,
): Promise<void> {
  const { formId } = form;
  const { instanceId } = refused;
  await keepInQuarantine(deps.registry, form, contentHash, refused, storeFiles);
  const head = await deps.submissions.get(headKeyFor(form, instanceId));
  if (head !== undefined && fromRecord(head).state !== 'erased') return;
  await emptyQuarantine(deps.registry, formId, instanceId);
  if (storeFiles !== undefined) {
    await deleteFiles(deps.objects, attachmentsPrefix(formId, instanceId));
  }
}
