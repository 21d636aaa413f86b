import { createHash } from 'node:crypto';
import { Fault } from '../../fault.ts';
import { isHeadKey, submissionOf } from '../../store/keys.ts';
import type { Key, StoredRecord } from '../../store/record-store.ts';
import { stateOf, collect, liveLines } from '../segments/collect.ts';
import type { CompileDeps } from '../compile-deps.ts';
import { segmentLines } from '../segments/segment-file.ts';
import { readSegmentPointer, type SegmentPointer } from '../segments/segment-pointer.ts';
import type { Drift, FileFacts, VerifyOptions } from './verify-report.ts';
import { inLedgerSince } from '../../submission/erasure/erasure-ledger.ts';
import { erasureNames, isGuessable } from '../../submission/erasure/erasure-name.ts';
import { pendingErasures } from '../../submission/erasure/erasure-record.ts';

/** How often a shard is read again to which submissions keep arriving. */
const mostAttempts = 5;

interface Shard {
  readonly formId: string;
  readonly shard: number;
}

interface ShardReport {
  /** Live submissions in the record store. */
  readonly rows: number;
  readonly drift: readonly Drift[];
}

/**
 * Makes a shard's segment anew from the record store, keeping its hash alone, and compares it by rows
 * and hash with the stored one. What arrives meanwhile is compiled and is no drift. Deletes history
 * that belongs to erased submissions, and tombstones that would disclose whose they are. With `repair`, a segment that differs is collected anew.
 */
export async function verifyShard(
  deps: CompileDeps,
  at: Shard,
  { repair }: VerifyOptions,
): Promise<ShardReport> {
  const found = await compareShard(deps, at);
  if (repair && found.drift.length > 0) await collect(deps, at, { full: true });
  return found;
}

async function compareShard(deps: CompileDeps, at: Shard): Promise<ShardReport> {
  const what = `segments/${at.formId}/${at.shard}`;
  // What has changed since the last collect is not drift.
  await collectAgain(deps, at);
  for (let attempt = 1; ; attempt += 1) {
    const pointer = await readSegmentPointer(deps.registry, at.formId, at.shard);
    const orphans = new Orphans();
    const expected = await digest(liveLines(deps, at, (page) => orphans.look(page)));
    for (const key of orphans.found) await deps.submissions.delete(key);
    const { rows } = expected;
    if (pointer === undefined) return { rows, drift: [{ what, problem: 'missing', expected }] };
    if (pointer.sha256 === expected.sha256 && pointer.rows === expected.rows) {
      const drift = await compareStored(deps, pointer);
      if (drift.length === 0) await forgetTombstones(deps, orphans.tombstones);
      return { rows, drift };
    }
    if (attempt < mostAttempts && (await collectAgain(deps, at))) continue;
    const found = { rows: pointer.rows, sha256: pointer.sha256 };
    return { rows, drift: [{ what, problem: 'differs', expected, found }] };
  }
}

/** True if there was something new. Damaged segments are reported later. */
async function collectAgain(deps: CompileDeps, at: Shard): Promise<boolean> {
  try {
    return (await collect(deps, at)).changed;
  } catch (error) {
    if (error instanceof Fault) throw error;
    return false;
  }
}

/**
 * History of erased submissions: a writer put it while the head was being erased and died before it
 * could see that it had lost. A head comes right before its history.
 */
class Orphans {
  readonly found: Key[] = [];
  readonly tombstones: Key[] = [];
  #erased: string | undefined;

  look(page: readonly StoredRecord[]): void {
    for (const record of page) {
      const { pk, sk } = record;
      if (isHeadKey(sk)) {
        this.#erased = stateOf(record) === 'erased' ? sk : undefined;
        if (this.#erased !== undefined) this.tombstones.push({ pk, sk });
      } else if (this.#erased !== undefined && sk.startsWith(`${this.#erased}#`)) {
        this.found.push({ pk, sk });
      }
    }
  }
}

async function digest(
  batches: AsyncIterable<readonly string[]>,
): Promise<Required<Pick<FileFacts, 'rows' | 'sha256'>>> {
  const hash = createHash('sha256');
  let rows = 0;
  for await (const lines of batches) {
    rows += lines.length;
    if (lines.length > 0) hash.update(`${lines.join('\n')}\n`);
  }
  return { rows, sha256: hash.digest('hex') };
}

async function compareStored(
  { objects }: CompileDeps,
  pointer: SegmentPointer,
): Promise<readonly Drift[]> {
  const what = pointer.key;
  const expected = { rows: pointer.rows, sha256: pointer.sha256 };
  if ((await objects.info(what)) === undefined) return [{ what, problem: 'missing', expected }];
  try {
    await digest(segmentLines(objects, pointer));
    return [];
  } catch (error) {
    if (error instanceof Fault) throw error;
    return [{ what, problem: 'unreadable', expected }];
  }
}

/**
 * For how long an erasure must have been in the ledger: far longer than a write can last, so that none is
 * under way any more that asked the ledger before.
 */
const leastAgeMs = 60 * 60 * 1000;

/**
 * Deletes tombstones whose key would disclose who was erased: those of guessable ids. Until then they are
 * what a create meets and what collect sees; from then on the ledger is (wasErased). One stays until
 * compile has forgotten the erasure, that is, until no segment and no version holds the record, and
 * until the ledger has had it for a while. `tombstones` are of one shard, whose segment was just found
 * to hold what the table holds.
 */
export async function forgetTombstones(
  deps: CompileDeps,
  tombstones: readonly Key[],
): Promise<void> {
  const guessable = tombstones.filter(({ sk }) => isGuessable(sk));
  const [first] = guessable;
  if (first === undefined) return;
  const { formId } = submissionOf(first);
  const before = new Date(deps.clock().getTime() - leastAgeMs);
  const noted = await pendingErasures(deps.registry, formId);
  const pending = new Set(noted.map(({ instanceHash }) => instanceHash));
  for (const { pk, sk } of guessable) {
    if (erasureNames(deps.keys, formId, sk).some((name) => pending.has(name))) continue;
    const since = await inLedgerSince(deps, formId, sk);
    if (since !== undefined && since < before) await deps.submissions.delete({ pk, sk });
  }
}
