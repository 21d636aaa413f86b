import { Fault } from '../../fault.ts';
import { canonicalJson, type JsonObject } from '../../json.ts';
import { checkRecordSize } from '../../store/record-size.ts';
import { refusedFileKey } from '../records/attachment-keys.ts';
import { attachmentPointers, withFacts } from '../records/attachments.ts';
import { sha256 } from '../records/content-hash.ts';
import type { SubmissionDeps } from '../records/submission-deps.ts';
import { quarantineBody, type RefusedFile } from '../records/quarantine.ts';
import { readPhoneAnswers } from './phone-content.ts';
import { parcelFor, storeParcels, xmlParcel, type PhonePost } from './phone-post.ts';
import { xmlFileName } from '../records/submission-view.ts';

/**
 * Keeps what a phone sent in quarantine, all its files and the XML with it, and throws Fault
 * `conflict`. It is kept under the instanceId of the submission that it contradicts, so that erasing
 * the one erases the other.
 */
export async function quarantinePost(
  deps: SubmissionDeps,
  post: PhonePost,
  instanceId: string,
): Promise<never> {
  const { form, principal, hash, parcels } = post;
  const { formId } = form;
  const { model, sent, formVersion } = await readPhoneAnswers(deps, form, post.instance);
  const named = withFacts(
    sent,
    attachmentPointers(model, sent),
    ({ file }) => parcelFor(parcels, file)?.facts,
  );
  const files = [...parcels.values()];
  const xml = xmlParcel(post);
  const attachments: readonly RefusedFile[] = [
    ...files.map(({ file, facts }) => ({ file, ...facts })),
    { file: xmlFileName, ...xml.facts },
  ];
  const content = sha256(canonicalJson([hash, ...files.map(({ facts }) => facts.sha256).sort()]));
  await quarantineBody(
    deps,
    form,
    content,
    {
      instanceId,
      organisation: principal.organisation,
      by: principal.tokenId,
      formVersion,
      refusedAt: deps.clock().toISOString(),
      answers: thatFit(named),
      attachments,
    },
    () =>
      storeParcels(deps.objects, [...files, xml], (one) => refusedFileKey(formId, instanceId, one)),
  );
  throw new Fault('conflict');
}

/** Answers too long for a record are in the XML, which is kept in any case. */
function thatFit(answers: JsonObject): string {
  const text = JSON.stringify(answers);
  try {
    checkRecordSize({ pk: '', sk: '', answers: text });
    return text;
  } catch {
    return '{}';
  }
}
