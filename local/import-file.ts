import { hash } from 'node:crypto';
import type { Keyring } from '../shared/access/keyring.ts';
import type { Principal } from '../shared/access/principal.ts';
import { Fault, type FaultDetail } from '../shared/fault.ts';
import type { FormRecord } from '../shared/form/library/form-record.ts';
import { problemKinds } from '../shared/http/problem-kinds.ts';
import { coordination, type OrgId } from '../shared/ids.ts';
import { canonicalJson } from '../shared/json.ts';
import { acceptSubmission } from '../shared/submission/accept-submission.ts';
import { inLedgerSince } from '../shared/submission/erasure/erasure-ledger.ts';
import { contentHash } from '../shared/submission/records/content-hash.ts';
import type { SubmissionDeps } from '../shared/submission/records/submission-deps.ts';
import { fromRecord } from '../shared/submission/records/head-record.ts';
import { headKeyFor } from '../shared/submission/records/open-submission.ts';
import { reviewSubmission } from '../shared/submission/review-submission.ts';
import type { ImportContent, ImportRow } from './import-rows.ts';

/** Rows under way at once: they share a transaction of the store. */
const batchSize = 128;

interface ImportTotals {
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

interface ImportOptions {
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

/** A row of a file that names no instanceId. */
type UnnamedRow = Pick<ImportContent, 'formVersion' | 'answers'>;

/**
 * The ids of rows that bring none: an HMAC of the form, the organisation, what the row says and which of
 * the rows that say so it is. So the same file again, in another order or with more rows, creates nothing
 * again; two equal rows are two records; and nobody without the key finds answers by guessing what an id
 * was made of.
 */
class ImportIds {
  readonly #deps: SubmissionDeps;
  readonly #form: FormRecord | undefined;
  readonly #organisation: OrgId;
  /** Of each row 16 bytes of a hash, not the row: some 60 MB for a million of them. */
  readonly #seen = new Map<string, number>();

  /** Without a form no row is looked for: none will be taken. */
  constructor(deps: SubmissionDeps, form: FormRecord | undefined, organisation: OrgId) {
    this.#deps = deps;
    this.#form = form;
    this.#organisation = organisation;
  }

  /** Which of the equal rows of the file this is, from 1. To be asked once for each, in their order. */
  occurrence(row: UnnamedRow): number {
    const name = hash('sha256', said(row), 'buffer').toString('latin1', 0, 16);
    const count = (this.#seen.get(name) ?? 0) + 1;
    this.#seen.set(name, count);
    return count;
  }

  /** The id of a row; of one that an earlier key or an earlier release has given one, that. */
  async idOf(row: UnnamedRow, occurrence: number): Promise<string> {
    const formId = this.#form?.formId ?? '';
    const parts = [formId, this.#organisation, said(row), String(occurrence)];
    const [id = '', ...older] = idsOf(this.#deps.keys, parts);
    for (const candidate of older) if (await this.#isTaken(candidate)) return candidate;
    const plain = plainId(formId, row);
    return occurrence === 1 && (await this.#isTaken(plain)) ? plain : id;
  }

  /** True if a submission of the organisation is there under that id, or was erased. */
  async #isTaken(instanceId: string): Promise<boolean> {
    if (this.#form === undefined) return false;
    const head = await this.#deps.submissions.get(headKeyFor(this.#form, instanceId));
    if (head !== undefined) return fromRecord(head).organisation === this.#organisation;
    return (await inLedgerSince(this.#deps, this.#form.formId, instanceId)) !== undefined;
  }
}

function said({ formVersion, answers }: UnnamedRow): string {
  return canonicalJson([formVersion ?? null, answers]);
}

/** Under every key, the newest first. */
function idsOf(keys: Keyring, parts: readonly string[]): readonly string[] {
  return keys.macs('import-id', ...parts).map(({ hash: mac }) => uuidOf(mac));
}

/** A UUID of version 8 (RFC 9562, 5.8), whose 122 bits are for whoever makes it, from 32 hex digits. */
function uuidOf(hex: string): string {
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 0x3) | 0x8).toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}

/** What the first of equal rows was called before there were keys, when the others were taken for it. */
function plainId(formId: string, { answers, formVersion }: UnnamedRow): string {
  return `row-${contentHash(formId, formVersion, canonicalJson(answers)).slice(0, 40)}`;
}
