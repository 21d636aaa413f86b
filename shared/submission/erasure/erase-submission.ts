import { authorise } from '../../access/policy.ts';
import type { Principal } from '../../access/principal.ts';
import { Fault } from '../../fault.ts';
import { isDraftId } from '../../ids.ts';
import { historyRange, isHeadKey, registryKey, shardKey } from '../../store/keys.ts';
import { forgetDeleted, pagesOf } from '../../store/record-store.ts';
import { deleteInstanceAliases } from '../records/instance-aliases.ts';
import { attachmentsPrefix, deleteFiles, exportsPrefix } from '../records/attachment-keys.ts';
import type { SubmissionDeps } from '../records/submission-deps.ts';
import { noteInLedger } from './erasure-ledger.ts';
import { mayBeIn, noteErasure, pendingErasures, type Erasure } from './erasure-record.ts';
import { toTombstone } from '../records/head-record.ts';
import { noteLateUploads } from '../attachments/request-upload.ts';
import { openSubmission, type OpenSubmission } from '../records/open-submission.ts';
import { emptyQuarantine } from '../records/quarantine.ts';
import { timeAfter } from '../records/revise-submission.ts';
import { erasureName, erasureNames } from './erasure-name.ts';

/** How often a writer may get in before the tombstone. Each time means that someone else has won. */
const attempts = 20;

/**
 * Erases a submission for ever. In this order, so that a repetition finishes what was begun wherever
 * it stopped, and nothing is left once it returns: the erasure is noted for compile; the head becomes
 * a tombstone, and no writer wins any more; the ledger remembers it, before any file is deleted: a
 * backup that copied the head before and then misses its files finds it there; then history, aliases, what the
 * quarantine has under the id, all files, and all archives of the form's files are deleted; the erasure is noted as done; and the stores forget what was deleted. A writer who put a piece of history, an
 * alias or a file meanwhile finds that it lost and deletes it (revise-submission.ts,
 * complete-attachments.ts, receive-openrosa.ts); what comes later by a link is deleted by the sweep
 * (request-upload.ts). The tombstone of a guessable id goes in its turn, once nothing compiled holds the
 * record (forgetTombstones); who erases it again is told that it is not there.
 *
 * False: everything is deleted, but a file of a store still holds what was (RecordStore.forget). On one
 * machine the server then goes on trying.
 *
 * For the coordinator. Throws Fault `forbidden`, `not-found`.
 */
export async function eraseSubmission(
  deps: SubmissionDeps,
  principal: Principal,
  formId: string,
  instanceId: string,
): Promise<boolean> {
  authorise('coordinator', principal);
  await deps.keys.open();
  const opened = await openSubmission(deps, principal, formId, instanceId);
  const place = { formId, instanceId, shard: opened.shard };
  // Drafts are never compiled: nothing is there from which their submissions would have to go.
  const compiled = !isDraftId(formId);
  if (compiled && opened.submission.state !== 'erased') {
    await noteErasure(deps, place, 'erasing', deps.clock());
  }
  await bury(deps, principal, opened);
  await noteInLedger(deps, formId, instanceId, deps.clock());
  const { pk } = opened.record;
  const history = { partition: pk, ...historyRange(instanceId) };
  for await (const records of pagesOf(deps.submissions, history)) {
    for (const { sk } of records) await deps.submissions.delete({ pk, sk });
  }
  await deleteInstanceAliases(deps.registry, formId, instanceId);
  await emptyQuarantine(deps.registry, formId, instanceId);
  await noteLateUploads(deps.registry, formId, instanceId, deps.clock());
  await deleteFiles(deps.objects, attachmentsPrefix(formId, instanceId));
  if (compiled) await deleteFiles(deps.objects, exportsPrefix(formId));
  if (compiled) await noteErasure(deps, place, 'erased', deps.clock());
  return forgetDeleted(deps);
}

/** Puts the tombstone in the place of the head, whatever revision it has come to. */
async function bury(
  deps: SubmissionDeps,
  principal: Principal,
  opened: OpenSubmission,
): Promise<void> {
  let current = opened;
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    const { record, submission } = current;
    if (submission.state === 'erased') return;
    const at = timeAfter(submission.updatedAt, deps.clock());
    if (await deps.submissions.putIfRevision(toTombstone(record, at), submission.revision)) return;
    current = await openSubmission(deps, principal, submission.formId, submission.instanceId);
  }
  throw new Fault('store-unavailable');
}

interface PendingErasures {
  /** Begun and cut short: now brought to their end. */
  readonly finished: number;
  /** Done, but for what was compiled before: the next compile sees to that. */
  readonly toCompile: number;
  /** False: a file of a store still holds what was deleted. */
  readonly forgotten: boolean;
}

/**
 * Brings erasures to their end that were noted and then cut short. All that is known of one is what
 * it is called, so the heads of its shard are gone through. One whose submission is not there is
 * left to compile, which forgets it.
 */
export async function finishErasures(
  deps: SubmissionDeps,
  principal: Principal,
): Promise<PendingErasures> {
  let finished = 0;
  let toCompile = 0;
  for (const { formId, shards } of await deps.forms.list()) {
    for (const erasure of await pendingErasures(deps.registry, formId)) {
      toCompile += 1;
      if (erasure.state === 'erased') continue;
      await deps.keys.open();
      const instanceId = await findHead(deps, formId, Math.max(shards, 1), erasure);
      if (instanceId === undefined) continue;
      await eraseSubmission(deps, principal, formId, instanceId);
      // Begun before the key was another one: it is noted as done under its new name.
      if (erasure.instanceHash !== erasureName(deps.keys, formId, instanceId)) {
        await deps.registry.delete(registryKey.erasure(formId, erasure.instanceHash));
      }
      finished += 1;
    }
  }
  return { finished, toCompile, forgotten: await forgetDeleted(deps) };
}

async function findHead(
  { submissions, keys }: SubmissionDeps,
  formId: string,
  shards: number,
  erasure: Erasure,
): Promise<string | undefined> {
  const isIt = (sk: string): boolean =>
    isHeadKey(sk) && erasureNames(keys, formId, sk).includes(erasure.instanceHash);
  for (let shard = 0; shard < shards; shard += 1) {
    if (!mayBeIn(erasure, shard, shards)) continue;
    for await (const page of pagesOf(submissions, { partition: shardKey(formId, shard) })) {
      const found = page.find(({ sk }) => isIt(sk));
      if (found !== undefined) return found.sk;
    }
  }
  return undefined;
}
