import type { FormModel } from '../../form/model.ts';
import type { ObjectStore } from '../../objects/object-store.ts';
import { attachmentIssue, faultOfBytes, type AttachmentFault } from './attachment-issues.ts';
import { attachmentKey, storedFiles } from '../records/attachment-keys.ts';
import { attachmentsAt, questionAt, withFacts, type Attachment } from '../records/attachments.ts';
import { sniffedBytes, sniffType } from './sniff-type.ts';
import type { Issue, StateWhenWhole, Submission } from '../records/submission.ts';
import type { FileFacts } from '../../form/types/answer-shapes.ts';
import type { CheckedAnswers } from './check-answers.ts';
import type { SubmissionStores } from '../records/submission-deps.ts';
import { parseAnswers } from '../records/submission-view.ts';

/** What has been found out about the bytes of attachments, by `verdictKey`. */
type Verdicts = ReadonlyMap<string, AttachmentFault | undefined>;

/** Each question judges by its own rules, so that the same bytes may do for one and not for another. */
function verdictKey(questionType: string, hash: string): string {
  return `${questionType} ${hash}`;
}

/** What the revision before says of its files, which need not be looked at again. */
export function earlierVerdicts(
  model: FormModel,
  { issues, missing }: Pick<Submission, 'issues' | 'missing'>,
  attachments: readonly Attachment[],
): Verdicts {
  const verdicts = new Map<string, AttachmentFault | undefined>();
  for (const { pointer, file, facts } of attachments) {
    const question = questionAt(model, pointer);
    if (facts === undefined || question === undefined || missing.includes(file)) continue;
    const issue = issues.find((found) => isAboutFile(found) && found.pointer === inBody(pointer));
    verdicts.set(
      verdictKey(question.type, facts.sha256),
      issue?.code === 'attachment-too-large' || issue?.code === 'attachment-type'
        ? issue.code
        : undefined,
    );
  }
  return verdicts;
}

/** SHA-256 of the files that a revision knows to be stored. */
export function storedBefore(
  { missing }: Pick<Submission, 'missing'>,
  attachments: readonly Attachment[],
): readonly string[] {
  return attachments.flatMap(({ file, facts }) =>
    facts === undefined || missing.includes(file) ? [] : [facts.sha256],
  );
}

/** What a file's bytes are recognised as, by their SHA-256; undefined: as nothing known. */
export type Sniff = (hash: string, file: string) => Promise<string | undefined>;

/** Looks at the first bytes of files that are stored. */
export function sniffStored(objects: ObjectStore, formId: string, instanceId: string): Sniff {
  return async (hash, file) => {
    const range = { start: 0, end: sniffedBytes - 1 };
    const stored = await objects.get(attachmentKey(formId, instanceId, hash), range);
    if (stored === undefined) return undefined;
    return sniffType(Buffer.concat(await Array.fromAsync(stored)), file);
  };
}

/** Looks at the stored files that nobody has looked at yet, and adds what it finds to what is known. */
export async function judged(
  model: FormModel,
  attachments: readonly Attachment[],
  stored: ReadonlySet<string>,
  known: Verdicts,
  sniff: Sniff,
): Promise<Verdicts> {
  const verdicts = new Map(known);
  for (const { pointer, file, facts } of attachments) {
    const question = questionAt(model, pointer);
    if (facts === undefined || question === undefined || !stored.has(facts.sha256)) continue;
    const key = verdictKey(question.type, facts.sha256);
    if (verdicts.has(key)) continue;
    const sniffed = await sniff(facts.sha256, file);
    verdicts.set(key, faultOfBytes(model, question, facts.bytes, sniffed));
  }
  return verdicts;
}

/** So many faulty files are reported one by one; more would only crowd out the answers. */
const maxIssues = 100;

/** The state of a submission by its attachments. */
export interface AttachmentState {
  readonly state: StateWhenWhole | 'incomplete';
  readonly missing: readonly string[];
  readonly whenWhole?: StateWhenWhole | undefined;
  readonly issues: Issue[];
}

/**
 * The state of a submission whose answers name these files: incomplete until all are stored. `issues`
 * are those of the answers, to which those of the files are added; `otherwise` is the state that it
 * would have if it named none.
 */
export function attachmentState(
  model: FormModel,
  attachments: readonly Attachment[],
  stored: ReadonlySet<string>,
  verdicts: Verdicts,
  { issues, otherwise }: { readonly issues: readonly Issue[]; readonly otherwise: StateWhenWhole },
): AttachmentState {
  const missing = new Set<string>();
  const found: Issue[] = [];
  for (const { pointer, file, facts } of attachments) {
    if (facts === undefined || !stored.has(facts.sha256)) {
      missing.add(file);
      continue;
    }
    const type = questionAt(model, pointer)?.type ?? '';
    const fault = verdicts.get(verdictKey(type, facts.sha256));
    if (fault === undefined || found.length === maxIssues) continue;
    found.push(attachmentIssue(fault, inBody(pointer), file, model.settings.attachments));
  }
  const whenWhole = found.length === 0 ? otherwise : 'has-issues';
  return {
    ...(missing.size === 0 ? { state: whenWhole } : { state: 'incomplete', whenWhole }),
    missing: [...missing],
    issues: [...issues.filter((issue) => !isAboutFile(issue)), ...found],
  };
}

function isAboutFile({ code }: Issue): boolean {
  return code === 'attachment-type' || code === 'attachment-too-large';
}

/** A submission and a request hold answers as `answers`. */
function inBody(pointer: string): string {
  return `/answers${pointer}`;
}

/** What of a revision its answers and their files decide. */
export type Content = Pick<
  Submission,
  'formVersion' | 'answers' | 'attachments' | 'state' | 'missing' | 'whenWhole' | 'issues'
>;

/**
 * The state of JSON answers by the files that they name: received, or whatever the form wants, if all
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
  const found = attachmentState(model, named, stored, verdicts, {
    issues: warnings,
    otherwise: state,
  });
  return { formVersion, answers: JSON.stringify(answers), attachments, ...found };
}

/** What is known of the files of a revision, by name. */
export function factsByName(attachments: readonly Attachment[]): ReadonlyMap<string, FileFacts> {
  return new Map(
    attachments.flatMap(({ file, facts }) => (facts === undefined ? [] : [[file, facts]])),
  );
}
