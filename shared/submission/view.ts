import * as z from 'zod';
import type { JsonObject, JsonValue } from '../json.ts';
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
  return {
    instanceId: submission.instanceId,
    formId: submission.formId,
    formVersion: submission.formVersion,
    revision: submission.revision,
    state: submission.state,
    organisation: submission.organisation,
    receivedAt: submission.receivedAt,
    updatedAt: submission.updatedAt,
    answers: parseAnswers(submission),
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
    attachments: [],
  };
}
