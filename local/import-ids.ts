import { hash } from 'node:crypto';
import type { Keyring } from '../shared/access/keyring.ts';
import type { FormRecord } from '../shared/form/library/form-record.ts';
import type { OrgId } from '../shared/ids.ts';
import { canonicalJson } from '../shared/json.ts';
import { contentHash } from '../shared/submission/records/content-hash.ts';
import type { SubmissionDeps } from '../shared/submission/records/submission-deps.ts';
import { inLedgerSince } from '../shared/submission/erasure/erasure-ledger.ts';
import { fromRecord } from '../shared/submission/records/head-record.ts';
import { headKeyFor } from '../shared/submission/records/open-submission.ts';
import type { ImportContent } from './import-rows.ts';

/** A row of a file that names no instanceId. */
export type UnnamedRow = Pick<ImportContent, 'formVersion' | 'answers'>;

/**
 * The ids of rows that bring none: an HMAC of the form, the organisation, what the row says and which of
 * the rows that say so it is. So the same file again, in another order or with more rows, creates nothing
 * again; two equal rows are two records; and nobody without the key finds answers by guessing what an id
 * was made of.
 */
export class ImportIds {
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
