import type { FormRecord } from '../form/form-record.ts';
import { draftId } from '../ids.ts';
import { inboxIndexKey } from '../store/keys.ts';
import { pagesOf, type StoredRecord } from '../store/record-store.ts';
import { attachmentsAt } from './attachments.ts';
import type { SubmissionStores } from './deps.ts';
import { fromRecord } from './head-record.ts';
import { deleteLateUploads } from './late-uploads.ts';
import { settleAttachments } from './settle-attachments.ts';
import type { Submission } from './submission.ts';
import { parseAnswers } from './view.ts';

export interface SettleReport {
  /** Submissions whose files were looked for. */
  readonly examined: number;
  /** Those of them that were found to have changed. */
  readonly settled: number;
  /** What went wrong with single submissions or forms; the others were dealt with all the same. */
  readonly errors: readonly unknown[];
}

/** How many submissions of a shard one run looks at, the newest first: it must end. */
const mostPerShard = 500;

/**
 * Settles incomplete submissions whose last files were uploaded by a link without the client asking
 * again, and deletes what was uploaded for submissions erased since. Compile runs it before it
 * collects. Only those are looked at whose answers say which bytes are missing: a file of which
 * nothing but the name is known comes with the phone that has it. Never throws for one submission.
 */
export async function settleIncomplete(deps: SubmissionStores): Promise<SettleReport> {
  const errors: unknown[] = [];
  let examined = 0;
  let settled = 0;
  for (const form of await deps.forms.list()) {
    for (const record of await withDraft(deps, form)) {
      try {
        for await (const submission of waiting(deps, record)) {
          examined += 1;
          if (await settles(submission)) settled += 1;
        }
        await deleteLateUploads(deps, record.formId, deps.clock());
      } catch (error) {
        errors.push(error);
      }
    }
  }
  return { examined, settled, errors };

  async function settles({ formId, instanceId, revision }: Submission): Promise<boolean> {
    try {
      return (await settleAttachments(deps, formId, instanceId)).revision > revision;
    } catch (error) {
      errors.push(error);
      return false;
    }
  }
}

/** The form, and its draft if that can be filled in. */
async function withDraft(
  { forms }: SubmissionStores,
  form: FormRecord,
): Promise<readonly FormRecord[]> {
  if (form.draft === undefined) return [form];
  const draft = await forms.record(draftId(form.formId));
  return draft === undefined ? [form] : [form, draft];
}

/** The newest incomplete submissions of which it is known what bytes are missing. */
async function* waiting(
  { submissions }: SubmissionStores,
  { formId, shards }: FormRecord,
): AsyncGenerator<Submission> {
  for (let shard = 0; shard < Math.max(shards, 1); shard += 1) {
    const partition = inboxIndexKey(formId, shard, 'files');
    const range = { index: 'inbox', partition, descending: true } as const;
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
