import * as z from 'zod';
import type { Principal } from '../../access/principal.ts';
import { Fault } from '../../fault.ts';
import { attachmentIssue, faultOfClaim } from './attachment-issues.ts';
import { attachmentKey, attachmentsPrefixOfHash, deleteFiles } from '../records/attachment-keys.ts';
import { attachmentsAt, questionAt, type Attachment } from '../records/attachments.ts';
import type { SubmissionStores } from '../records/submission-deps.ts';
import {
  anyone,
  authoriseSender,
  modelFor,
  openForm,
  openSubmission,
  type OpenSubmission,
} from '../records/open-submission.ts';
import { completeAttachments, type Claim } from './complete-attachments.ts';
import type { Submission, SubmissionState } from '../records/submission.ts';
import { parseAnswers } from '../records/submission-view.ts';
import type { ObjectStore } from '../../objects/object-store.ts';
import { registryKey } from '../../store/keys.ts';
import { schemaOf, upgraded } from '../../store/record-kinds.ts';
import { pagesOf, type RecordStore } from '../../store/record-store.ts';
import { sha256 } from '../records/content-hash.ts';

/** For how long a link takes an upload. A large film over a bad line needs that long. */
const uploadSeconds = 3_600;

/**
 * The media type that links are made for: what is uploaded by one is stored as bytes of no kind,
 * whatever it was said to be, for nobody has looked at it.
 */
const unknownType = 'application/octet-stream';

interface UploadLink {
  readonly method: 'PUT';
  readonly url: string;
  /** Must be sent with the bytes, as they are. */
  readonly headers: Readonly<Record<string, string>>;
  /** ISO 8601 UTC. */
  readonly expiresAt: string;
}

interface RequestedUpload {
  readonly file: string;
  /** The bytes are there: nothing is to be uploaded. */
  readonly stored: boolean;
  readonly state: SubmissionState;
  /** Names of all files that are still missing. */
  readonly missing: readonly string[];
  readonly upload: UploadLink | null;
}

/**
 * A link to which a client can send the bytes of a file that the answers name. Asked again when they
 * have been sent, it says that they are there, and the submission is completed. Asked any number of
 * times it does the same. Answers that only name the file are given what the client says of it.
 *
 * Its own organisation may ask and the coordinator. Without a token whoever filled in a form for
 * `anyone` may, for the files that it still waits for: its id, which only the sender knows, stands in
 * for a token. Throws Fault `unauthenticated`, `not-found` (no such submission, or its answers name no
 * such file), `erased`, `invalid-body` (too large, or of a type that the question
 * does not take), `conflict` (the answers have other bytes under that name).
 */
export async function requestUpload(
  deps: SubmissionStores,
  principal: Principal | undefined,
  formId: string,
  instanceId: string,
  claim: Claim,
): Promise<RequestedUpload> {
  if (principal === undefined) authoriseSender(await openForm(deps, formId), undefined);
  const by = principal ?? anyone;
  const opened = await openSubmission(deps, by, formId, instanceId);
  if (opened.submission.state !== 'erased') {
    if (principal === undefined && !isAwaited(opened.submission, claim))
      throw new Fault('not-found');
    await check(deps, opened, claim);
  }
  const claimed = { claim, by };
  const { state, missing } = await completeAttachments(deps, formId, instanceId, claimed);
  const stored = !missing.includes(claim.file);
  const upload = stored ? null : await linkFor(deps, formId, instanceId, claim);
  return { file: claim.file, stored, state, missing, upload };
}

/** True if the submission still waits for that file, or has got these very bytes: the answer was lost. */
function isAwaited(submission: Submission, { file, sha256 }: Claim): boolean {
  if (submission.state === 'incomplete' && submission.missing.includes(file)) return true;
  return attachmentsAt(parseAnswers(submission), submission.attachments).some(
    (one) => one.file === file && one.facts?.sha256 === sha256,
  );
}

async function linkFor(
  { objects, clock }: SubmissionStores,
  formId: string,
  instanceId: string,
  { sha256, bytes }: Claim,
): Promise<UploadLink> {
  const expires = clock().getTime() + uploadSeconds * 1000;
  const key = attachmentKey(formId, instanceId, sha256);
  const options = { bytes, sha256, contentType: unknownType, seconds: uploadSeconds };
  return {
    method: 'PUT',
    url: await objects.uploadLink(key, options),
    headers: {
      'content-type': unknownType,
      'x-amz-checksum-sha256': Buffer.from(sha256, 'hex').toString('base64'),
    },
    expiresAt: new Date(expires).toISOString(),
  };
}

/** Throws what a form has against a file by what is said of it. */
async function check(
  deps: SubmissionStores,
  { form, submission }: OpenSubmission,
  claim: Claim,
): Promise<void> {
  const named = attachmentsAt(parseAnswers(submission), submission.attachments).filter(
    ({ file }) => file === claim.file,
  );
  if (named.length === 0) throw notNamed(claim.file);
  const model = await modelFor(deps, form, submission.formVersion);
  const fault = firstFault(named, (pointer) => {
    const question = questionAt(model, pointer);
    return question && faultOfClaim(model, question, claim);
  });
  if (fault === undefined) return;
  const pointer = fault === 'attachment-type' ? '/type' : '/bytes';
  const issue = attachmentIssue(fault, pointer, claim.file, model.settings.attachments);
  throw new Fault('invalid-body', { errors: [issue] });
}

function firstFault<T>(
  named: readonly Attachment[],
  faultAt: (pointer: string) => T | undefined,
): T | undefined {
  for (const { pointer } of named) {
    const fault = faultAt(pointer);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function notNamed(file: string): Fault {
  const name = file.length <= 100 ? file : `${file.slice(0, 99).toWellFormed()}…`;
  return new Fault('not-found', {
    errors: [
      {
        pointer: '/file',
        code: 'file-not-named',
        message: {
          fr: `Aucune réponse ne nomme de fichier « ${name} » : corrigez d’abord les réponses.`,
          en: `No answer names a file "${name}": edit the answers first.`,
        },
      },
    ],
  });
}

/** After the last link has died, the last upload that began by it must have ended as well. */
const keptMs = (uploadSeconds + 3_600) * 1000;

const StoredUploads = z.object({ sk: z.string(), notedAt: z.iso.datetime() });

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
      const { sk, notedAt } = StoredUploads.parse(upgraded('uploads', record));
      await deleteFiles(objects, attachmentsPrefixOfHash(formId, sk));
      if (Date.parse(notedAt) + keptMs < now.getTime()) {
        await registry.delete(registryKey.uploads(formId, sk));
      }
    }
  }
}
