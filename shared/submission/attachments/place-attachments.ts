import type { FileFacts } from '../../form/types/answer-shapes.ts';
import { storedFiles } from '../records/attachment-keys.ts';
import { attachmentsAt, withFacts, type Attachment } from '../records/attachments.ts';
import type { CheckedAnswers } from './check-answers.ts';
import type { SubmissionStores } from '../records/deps.ts';
import { earlierVerdicts, judged, sniffStored, standing } from './standing.ts';
import type { Submission } from '../records/submission.ts';
import { parseAnswers } from '../records/view.ts';

/** What of a revision its answers and their files decide. */
export type Content = Pick<
  Submission,
  'formVersion' | 'answers' | 'attachments' | 'state' | 'missing' | 'whenWhole' | 'issues'
>;

/**
 * How JSON answers stand by the files that they name: received, or whatever the form wants, if all
 * are stored under the submission already, else incomplete. `earlier` is the revision that they
 * replace: a file that they name without more is the one that it had under that name.
 */
export async function placeAttachments(
  deps: Pick<SubmissionStores, 'objects'>,
  { formId, instanceId }: { readonly formId: string; readonly instanceId: string },
  { formVersion, model, content, attachments, warnings, state }: CheckedAnswers,
  earlier?: Submission,
): Promise<Content> {
  if (attachments.length === 0) {
    const answers = JSON.stringify(content);
    return { formVersion, answers, attachments, missing: [], issues: [...warnings], state };
  }
  const before =
    earlier === undefined ? [] : attachmentsAt(parseAnswers(earlier), earlier.attachments);
  const facts = factsByName(before);
  const answers = withFacts(content, attachments, (one) => one.facts ?? facts.get(one.file));
  const named = attachmentsAt(answers, attachments);
  // Where nothing but names is known there is nothing to look for.
  const stored = named.some((one) => one.facts !== undefined)
    ? await storedFiles(deps.objects, formId, instanceId)
    : new Set<string>();
  const known = earlier === undefined ? new Map() : earlierVerdicts(model, earlier, before);
  const sniff = sniffStored(deps.objects, formId, instanceId);
  const verdicts = await judged(model, named, stored, known, sniff);
  const stands = standing(model, named, stored, verdicts, { issues: warnings, otherwise: state });
  return { formVersion, answers: JSON.stringify(answers), attachments, ...stands };
}

/** What is known of the files of a revision, by name. */
export function factsByName(attachments: readonly Attachment[]): ReadonlyMap<string, FileFacts> {
  return new Map(
    attachments.flatMap(({ file, facts }) => (facts === undefined ? [] : [[file, facts]])),
  );
}
