import * as z from 'zod';
import type { JsonObject, JsonValue } from '../../json.ts';
import { attachmentsAt } from './attachments.ts';
import type { Submission } from './submission.ts';

/** What JSON.parse makes is JSON; that it is an object is all there is to check. */
const Answers = z.custom<JsonObject>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
);

/** The answers of a submission, parsed. */
export function parseAnswers(submission: Pick<Submission, 'answers'>): JsonObject {
  return Answers.parse(JSON.parse(submission.answers));
}

/** A submission as clients see it. Nothing of it tells who wrote it but the organisation. */
export function submissionView(submission: Submission): JsonObject {
  const { review } = submission;
  const answers = parseAnswers(submission);
  return {
    instanceId: submission.instanceId,
    formId: submission.formId,
    formVersion: submission.formVersion,
    revision: submission.revision,
    state: submission.state,
    organisation: submission.organisation,
    receivedAt: submission.receivedAt,
    updatedAt: submission.updatedAt,
    answers,
    issues: submission.issues.map(({ pointer, code, message }): JsonValue => ({
      pointer,
      code,
      message: { fr: message.fr, en: message.en },
    })),
    ...(review === undefined
      ? {}
      : {
          review: {
            decision: review.decision,
            ...(review.note === undefined ? {} : { note: review.note }),
            at: review.at,
          },
        }),
    attachments: attachmentsView(submission, answers),
  };
}

/** The name under which what a phone sent is kept beside its files. */
export const xmlFileName = 'submission.xml';

/** Each file once, though several answers may name it. */
function attachmentsView(
  { attachments, missing, xml }: Submission,
  answers: JsonObject,
): readonly JsonObject[] {
  const files = new Map<string, JsonObject>();
  for (const { file, facts } of attachmentsAt(answers, attachments)) {
    const { sha256 = null, bytes = null, type = null } = facts ?? {};
    const state = missing.includes(file) ? 'missing' : 'stored';
    if (!files.has(file)) files.set(file, { file, sha256, bytes, type, state });
  }
  if (xml !== undefined && !files.has(xmlFileName)) {
    const { sha256, bytes } = xml;
    const facts = { sha256, bytes, type: 'application/xml' };
    files.set(xmlFileName, { file: xmlFileName, ...facts, state: 'stored' });
  }
  return [...files.values()];
}
