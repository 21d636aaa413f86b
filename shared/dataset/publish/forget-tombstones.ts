import type { Key } from '../../store/record-store.ts';
import { submissionOf } from '../../store/keys.ts';
import { inLedgerSince } from '../../submission/erasure/erasure-ledger.ts';
import { erasureNames, isGuessable } from '../../submission/erasure/erasure-name.ts';
import { pendingErasures } from '../../submission/erasure/erasure-record.ts';
import type { CompileDeps } from '../deps.ts';

/**
 * For how long an erasure must have been in the ledger: far longer than a write can last, so that none is
 * under way any more that asked the ledger before.
 */
const leastAgeMs = 60 * 60 * 1000;

/**
 * Deletes tombstones whose key would tell who was erased: those of guessable ids. Until then they are
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
