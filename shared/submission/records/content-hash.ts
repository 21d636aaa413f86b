import { createHash } from 'node:crypto';
import { canonicalJson, type JsonValue } from '../../json.ts';

/** SHA-256 of a text in UTF-8, or of bytes, in hex. */
export function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/** What a client sends to fill in a form, or to correct it. */
export interface Sent {
  /** Absent: the form's current version, or for an edit the version that the submission has. */
  readonly formVersion?: string | undefined;
  readonly answers: JsonValue;
}

/**
 * Hash of what was first sent, exactly as it was sent: a version that the client did not name is
 * not filled in, for the form may have a newer one when the client, who got no answer, sends again.
 * `answers` is their canonical JSON.
 */
export function contentHash(
  formId: string,
  formVersion: string | undefined,
  answers: string,
): string {
  const version = JSON.stringify(formVersion ?? null);
  return sha256(
    `{"answers":${answers},"formId":${JSON.stringify(formId)},"formVersion":${version}}`,
  );
}

/** Hash of the act that makes a revision: what it is, and everything that the caller said. */
export function actHash(
  act: 'create' | 'edit' | 'review' | 'withdraw' | 'settle',
  said: JsonValue = null,
): string {
  return sha256(canonicalJson({ act, said }));
}
