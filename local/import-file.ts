import type { Principal } from '../shared/access/principal.ts';
import { Fault, type FaultDetail } from '../shared/fault.ts';
import { problemKinds } from '../shared/http/problem-kinds.ts';
import { coordination, type OrgId } from '../shared/ids.ts';
import { acceptSubmission } from '../shared/submission/accept-submission.ts';
import { reviewSubmission } from '../shared/submission/review-submission.ts';
import type { SubmissionDeps } from '../shared/submission/records/submission-deps.ts';
import { ImportIds } from './import-ids.ts';
import type { ImportContent, ImportRow } from './import-rows.ts';

/** Rows under way at once: they share a transaction of the store. */
const batchSize = 128;

export interface ImportTotals {
  readonly created: number;
  readonly replayed: number;
  readonly refused: number;
}

/** Why a row was refused, as it stands in the report. */
export interface RefusedRow {
  readonly line: number;
  readonly instanceId: string | undefined;
  readonly code: string;
  readonly errors: readonly Pick<FaultDetail, 'pointer' | 'code' | 'message'>[];
}

export interface ImportOptions {
  readonly formId: string;
  readonly organisation: OrgId;
  /** Accept what is imported in the coordination's name. */
  readonly accept: boolean;
  readonly onRefused: (row: RefusedRow) => Promise<void>;
}

/**
 * Sends rows through the ordinary path, in the organisation's name, a batch at a time, so that memory
 * does not grow with the file. Refused rows are told in the order of the file. A row without an
 * instanceId gets one made of its content (import-ids.ts): the same file again creates nothing again. Throws whatever
 * is no fault of a row; Fault `store-unavailable` among it.
 */
export async function importRows(
  deps: SubmissionDeps,
  rows: AsyncIterable<ImportRow>,
  options: ImportOptions,
): Promise<ImportTotals> {
  const totals = { created: 0, replayed: 0, refused: 0 };
  const form = await deps.forms.record(options.formId);
  const ids = new ImportIds(deps, form, options.organisation);
  const send = async (batch: readonly CountedRow[]): Promise<void> => {
    const results = await Promise.all(batch.map((row) => importRow(deps, ids, row, options)));
    for (const result of results) {
      if (result === 'created') totals.created += 1;
      else if (result === 'replayed') totals.replayed += 1;
      else {
        totals.refused += 1;
        await options.onRefused(result);
      }
    }
  };
  let batch: CountedRow[] = [];
  for await (const row of rows) {
    const { content } = row;
    const isNamed = content instanceof Fault || content.instanceId !== undefined;
    batch.push({ ...row, occurrence: isNamed ? 0 : ids.occurrence(content) });
    if (batch.length < batchSize) continue;
    await send(batch);
    batch = [];
  }
  await send(batch);
  return totals;
}

/** A row, and which of equal ones it is. */
interface CountedRow extends ImportRow {
  readonly occurrence: number;
}

async function importRow(
  deps: SubmissionDeps,
  ids: ImportIds,
  { line, content, occurrence }: CountedRow,
  options: ImportOptions,
): Promise<'created' | 'replayed' | RefusedRow> {
  if (content instanceof Fault) return refusal(line, undefined, content);
  const instanceId = content.instanceId ?? (await ids.idOf(content, occurrence));
  try {
    return await send(deps, instanceId, content, options);
  } catch (error) {
    if (!(error instanceof Fault) || error.code === 'store-unavailable') throw error;
    return refusal(line, instanceId, error);
  }
}

async function send(
  deps: SubmissionDeps,
  instanceId: string,
  { formVersion, answers }: ImportContent,
  { formId, organisation, accept }: ImportOptions,
): Promise<'created' | 'replayed'> {
  const { created } = await acceptSubmission(deps, sender(organisation), formId, {
    instanceId,
    answers,
    ...(formVersion !== undefined && { formVersion }),
  });
  if (accept) {
    try {
      await reviewSubmission(deps, sender(coordination), formId, instanceId, 1, {
        decision: 'accept',
      });
    } catch (error) {
      // Of an earlier import, and changed since: what people did to it stays.
      if (created || !(error instanceof Fault) || error.code !== 'stale-revision') throw error;
    }
  }
  return created ? 'created' : 'replayed';
}

/** No token has the id `import`: the history says how the submission came. */
function sender(organisation: OrgId): Principal {
  const role = organisation === coordination ? 'coordinator' : 'member';
  return { role, organisation, tokenId: 'import' };
}

function refusal(line: number, instanceId: string | undefined, fault: Fault): RefusedRow {
  const whole = { pointer: '', code: fault.code, message: problemKinds[fault.code].detail };
  const errors = fault.errors.map(({ pointer, code, message }) => ({ pointer, code, message }));
  return { line, instanceId, code: fault.code, errors: errors.length > 0 ? errors : [whole] };
}
