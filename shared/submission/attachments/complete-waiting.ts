import { draftRecord, type FormRecord } from '../../form/library/form-record.ts';
import { inboxIndexKey } from '../../store/keys.ts';
import { pagesOf, type StoredRecord } from '../../store/record-store.ts';
import { attachmentsAt } from '../records/attachments.ts';
import type { SubmissionStores } from '../records/submission-deps.ts';
import { fromRecord } from '../records/head-record.ts';
import { deleteLateUploads } from './request-upload.ts';
import { completeAttachments } from './complete-attachments.ts';
import type { Submission } from '../records/submission.ts';
import { parseAnswers } from '../records/submission-view.ts';

interface CompletionReport {
  /** Submissions whose files were looked for. */
  readonly examined: number;
  /** Those of them that were found to have changed. */
  readonly completed: number;
  /** What went wrong with single submissions or forms; the others were dealt with all the same. */
  readonly errors: readonly unknown[];
}

/** What one run does at most: submissions of a shard, the newest first, and milliseconds in all. */
const mostPerShard = 200;
const longestMs = 20_000;

/**
 * After so long nobody is awaited any more: a link lives an hour, and who asks for another one has
 * the submission completed by asking. Milliseconds.
 */
const awaitedMs = 30 * 86_400_000;

/**
 * Completes incomplete submissions whose last files were uploaded by a link without the client asking
 * again, and deletes what was uploaded for submissions erased since. Compile runs it before it
 * collects. Only those are looked at whose answers say which bytes are missing: a file of which
 * nothing but the name is known comes with the phone that has it. Of what does not fit one run, the
 * next ones do their part, each beginning with another form.
 */
export async function completeWaiting(deps: SubmissionStores): Promise<CompletionReport> {
  const began = deps.clock().getTime();
  const errors: unknown[] = [];
  let examined = 0;
  let completed = 0;
  const isOver = (): boolean => deps.clock().getTime() - began > longestMs;
  const attempt = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      errors.push(error);
    }
  };
  for (const form of rotated(await deps.forms.list(), began)) {
    if (isOver()) break;
    await attempt(async () => {
      for (const fillable of withDraft(form)) await completeForm(fillable);
    });
  }
  return { examined, completed, errors };

  async function completeForm(form: FormRecord): Promise<void> {
    await attempt(() => deleteLateUploads(deps, form.formId, deps.clock()));
    for await (const { formId, instanceId, revision } of waiting(deps, form)) {
      if (isOver()) return;
      examined += 1;
      await attempt(async () => {
        if ((await completeAttachments(deps, formId, instanceId)).revision > revision)
          completed += 1;
      });
    }
  }
}

/** The same list, beginning with another one every minute. */
function rotated<T>(items: readonly T[], time: number): readonly T[] {
  const start = items.length === 0 ? 0 : Math.floor(time / 60_000) % items.length;
  return [...items.slice(start), ...items.slice(0, start)];
}

/** The form, and what was filled in as its draft, though there be no draft any more. */
function withDraft(form: FormRecord): readonly FormRecord[] {
  const draft = draftRecord(form);
  return draft === undefined ? [form] : [form, draft];
}

/** The newest incomplete submissions of which it is known what bytes are missing. */
async function* waiting(
  { submissions, clock }: SubmissionStores,
  { formId, shards }: FormRecord,
): AsyncGenerator<Submission> {
  const from = new Date(clock().getTime() - awaitedMs).toISOString();
  for (let shard = 0; shard < shards; shard += 1) {
    const partition = inboxIndexKey(formId, shard, 'files');
    const range = { index: 'inbox', partition, from, descending: true } as const;
    let seen = 0;
    for await (const records of pagesOf(submissions, range, 100)) {
      yield* records.flatMap(awaitsBytes);
      seen += records.length;
      if (seen >= mostPerShard) break;
    }
  }
}

function awaitsBytes(record: StoredRecord): readonly Submission[] {
  const submission = fromRecord(record);
  const named = attachmentsAt(parseAnswers(submission), submission.attachments);
  const known = named.some(
    ({ file, facts }) => facts !== undefined && submission.missing.includes(file),
  );
  return known ? [submission] : [];
}
