import { sha256 } from './content-hash.ts';

/**
 * Under which keys the attachments of a submission are, and nothing else. Named by a hash, since an
 * instanceId may hold `:`, which a key of the object store may not.
 */
export function attachmentsPrefix(formId: string, instanceId: string): string {
  return `attachments/${formId}/${sha256(instanceId)}/`;
}
