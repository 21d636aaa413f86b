import { mayRead } from '../../access/policy.ts';
import type { Principal } from '../../access/principal.ts';
import { shownOf } from '../../form/visibility.ts';
import { Fault } from '../../fault.ts';
import { consentOf, saysYes } from '../../form/validate/consent.ts';
import { isDraftId } from '../../ids.ts';
import { attachmentKey, refusedFileKey } from '../records/attachment-keys.ts';
import { attachmentsAt, questionAt, type Attachment } from '../records/attachments.ts';
import type { SubmissionStores } from '../records/submission-deps.ts';
import { findSubmission, modelFor, type OpenSubmission } from '../records/open-submission.ts';
import { sniffedBytes, sniffType } from './sniff-type.ts';
import { parseAnswers, xmlFileName } from '../records/submission-view.ts';

/** A file that may be served, to this caller. */
export interface OpenAttachment {
  /** Where it is in the object store. */
  readonly key: string;
  readonly fileName: string;
  /** What its bytes were recognised as, or `application/octet-stream`. */
  readonly contentType: string;
  readonly bytes: number;
}

const unknownType = 'application/octet-stream';

/**
 * A file of a submission, by the name that its answers give it. Its own organisation may have all of
 * them and what a phone sent as XML (`submission.xml`), the coordinator too, and by SHA-256 (hex)
 * also files of earlier revisions and of refused bodies. Another member may have what a dataset for
 * members shows: of an accepted submission whose question of consent says yes, and of which no consent was refused
 * before an edit, if the question that holds the file is visible to members, in its own version of the form and in the newest.
 *
 * Throws Fault `not-found`, for what is not there as for what the caller may not see; `erased` to
 * those who may know.
 */
export async function openAttachment(
  deps: SubmissionStores,
  principal: Principal,
  formId: string,
  instanceId: string,
  file: string,
): Promise<OpenAttachment> {
  const opened = await findSubmission(deps, formId, instanceId);
  const { submission } = opened;
  const own = mayRead(principal, submission.organisation);
  if (submission.state === 'erased') throw new Fault(own ? 'erased' : 'not-found');
  const answers = parseAnswers(submission);
  const all = attachmentsAt(answers, submission.attachments).filter((one) => one.file === file);
  const named = own ? all : await shownToMembers(deps, opened, all);
  const hash = named.find(({ facts }) => facts !== undefined)?.facts?.sha256;
  const { xml } = submission;
  for (const key of keysOf()) {
    const info = await deps.objects.info(key);
    if (info === undefined) continue;
    const { bytes, contentType } = info;
    return { key, fileName: file, bytes, contentType: await typeOf(deps, key, file, contentType) };
  }
  throw new Fault('not-found');

  function keysOf(): readonly string[] {
    if (hash !== undefined) return [attachmentKey(formId, instanceId, hash)];
    if (named.length > 0 || !own) return [];
    if (file === xmlFileName && xml !== undefined) {
      return [attachmentKey(formId, instanceId, xml.sha256)];
    }
    if (principal.role !== 'coordinator' || !/^[0-9a-f]{64}$/.test(file)) return [];
    return [attachmentKey(formId, instanceId, file), refusedFileKey(formId, instanceId, file)];
  }
}

/** Those of the answers that another member may see: the same name may stand in one that it may not. */
async function shownToMembers(
  deps: SubmissionStores,
  { form, submission }: OpenSubmission,
  named: readonly Attachment[],
): Promise<readonly Attachment[]> {
  if (submission.state !== 'accepted' || named.length === 0 || isDraftId(form.formId)) return [];
  const model = await modelFor(deps, form, submission.formVersion);
  const newest = await deps.forms.modelOf(form);
  const answers = parseAnswers(submission);
  const consents = [newest, model].flatMap(consentOf).every((path) => saysYes(answers, path));
  if (!consents || submission.refused === true) return [];
  return named.filter(({ pointer }) => {
    const question = questionAt(model, pointer);
    return question && shownOf(question, questionAt(newest, pointer), 'members') !== 'hidden';
  });
}

/** What was uploaded by a link is stored without a type: its bytes tell it. */
async function typeOf(
  { objects }: SubmissionStores,
  key: string,
  file: string,
  storedType: string,
): Promise<string> {
  if (storedType !== unknownType) return storedType;
  const start = await objects.get(key, { start: 0, end: sniffedBytes - 1 });
  if (start === undefined) return storedType;
  return (await sniffType(Buffer.concat(await Array.fromAsync(start)), file)) ?? unknownType;
}
