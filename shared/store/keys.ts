/** Names of tables' attributes and indexes, and every key. They stand here alone. */

import { createHash } from 'node:crypto';
import { canary, canaryForm, draftId } from '../ids.ts';
import type { Key } from './record-store.ts';

/**
 * Attribute names that stores treat apart from the rest. `at` and the two index keys stand on heads
 * only; `answers` is the one that may be long.
 */
export const attribute = {
  pk: 'pk',
  sk: 'sk',
  revision: 'revision',
  at: 'at',
  orgKey: 'orgKey',
  inboxKey: 'inboxKey',
  answers: 'answers',
  /** Of which version a record is: see record-kinds.ts. */
  schema: 'schema',
} as const;

/** The submissions table's indexes: partition and sort key attribute of each. */
export const indexes = {
  byTime: { partition: attribute.pk, sort: attribute.at, local: true },
  byOrganisation: { partition: attribute.orgKey, sort: attribute.at, local: false },
  inbox: { partition: attribute.inboxKey, sort: attribute.at, local: false },
} as const;

/** The shard of a submission: the same for ever, so a form's shard count never changes. */
export function shardOf(instanceId: string, shards: number): number {
  return createHash('sha256').update(instanceId).digest().readUInt32BE(0) % shards;
}

/** The same when only SHA-256 (hex) of the instanceId is known. */
export function shardOfHash(instanceHash: string, shards: number): number {
  return Number.parseInt(instanceHash.slice(0, 8), 16) % shards;
}

export function shardKey(formId: string, shard: number): string {
  return `${formId}#${shard}`;
}

export function headKey(formId: string, shard: number, instanceId: string): Key {
  return { pk: shardKey(formId, shard), sk: instanceId };
}

export function historyKey(
  formId: string,
  shard: number,
  instanceId: string,
  revision: number,
): Key {
  return {
    pk: shardKey(formId, shard),
    sk: `${instanceId}#${String(revision).padStart(6, '0')}`,
  };
}

/** First and last sort key of a submission's history. */
export function historyRange(instanceId: string): { from: string; to: string } {
  return { from: `${instanceId}#`, to: `${instanceId}#999999` };
}

/** First and last sort key of what a form's quarantine holds for one instanceId: hashes are hex. */
export function quarantineRange(instanceId: string): { from: string; to: string } {
  return { from: `${instanceId}#`, to: `${instanceId}#g` };
}

/** True for the sort key of a head: instanceIds hold no `#`. */
export function isHeadKey(sk: string): boolean {
  return !sk.includes('#');
}

/**
 * Partition of the index `byOrganisation`. By shard, too: one organisation (or nobody's, of a form for
 * anyone) may send as much as all others together, and a full index holds up the table's own writes.
 */
export function organisationIndexKey(formId: string, shard: number, orgId: string): string {
  return `${shardKey(formId, shard)}#${orgId}`;
}

/** The same as heads had it before the index had shards (decision 32): those not written since still do. */
export function earlierOrganisationIndexKey(formId: string, orgId: string): string {
  return `${formId}#${orgId}`;
}

/**
 * Partition of the index `inbox`: what awaits review, and apart from it, so that neither is read in
 * vain, what waits for its attachments.
 */
export function inboxIndexKey(formId: string, shard: number, waits: 'review' | 'files'): string {
  return waits === 'review' ? shardKey(formId, shard) : `${shardKey(formId, shard)}#files`;
}

/** First and last sort key of the aliases of one submission. */
export function aliasRange(instanceId: string): { from: string; to: string } {
  return { from: `${instanceId}#`, to: `${instanceId}#~` };
}

/** Of which submission a record of the submissions table is: neither id holds `#`, see ids.ts. */
export function submissionOf({ pk, sk }: Key): { formId: string; instanceId: string } {
  return { formId: pk.split('#')[0] ?? '', instanceId: sk.split('#')[0] ?? '' };
}

/** Keys of the registry table: everything that is not a submission. */
export const registryKey = {
  form: (formId: string): Key => ({ pk: 'form', sk: formId }),
  vocabulary: (name: string): Key => ({ pk: 'vocabulary', sk: name }),
  organisation: (orgId: string): Key => ({ pk: 'organisation', sk: orgId }),
  token: (orgId: string, tokenId: string): Key => ({ pk: `token#${orgId}`, sk: tokenId }),
  /** Bodies refused because their instanceId was taken; `hash` is that of the refused content. */
  quarantine: (formId: string, instanceId: string, hash: string): Key => ({
    pk: `quarantine#${formId}`,
    sk: `${instanceId}#${hash}`,
  }),
  /** Under which instanceId a submission is kept that a phone has edited, `alias` being the edit's own. */
  alias: (formId: string, alias: string): Key => ({ pk: `alias#${formId}`, sk: alias }),
  /** The same the other way round: which aliases a submission has. */
  aliasOf: (formId: string, instanceId: string, alias: string): Key => ({
    pk: `alias#${formId}`,
    sk: `${instanceId}#${alias}`,
  }),
  /** Where the current segment of a shard is. */
  segment: (formId: string, shard: number): Key => ({ pk: `segment#${formId}`, sk: String(shard) }),
  /** Which version of a dataset is current. */
  dataset: (datasetId: string): Key => ({ pk: 'dataset', sk: datasetId }),
  datasetVersion: (datasetId: string, version: string): Key => ({
    pk: `version#${datasetId}`,
    sk: version,
  }),
  /** Submissions erased whose traces in older dataset versions are still to be withdrawn. */
  erasure: (formId: string, instanceHash: string): Key => ({
    pk: `erasure#${formId}`,
    sk: instanceHash,
  }),
  /** Submissions erased while links were about by which attachments could still be uploaded. */
  uploads: (formId: string, instanceHash: string): Key => ({
    pk: `uploads#${formId}`,
    sk: instanceHash,
  }),
  /** What was decided about two names: that they are one, or that they are not. */
  sameAs: (aliasId: string): Key => ({ pk: 'same-as', sk: aliasId }),
  run: (runId: string): Key => ({ pk: 'run', sk: runId }),
  /** What was set up once and is not to be set up again, though it be gone. */
  setup: (what: string): Key => ({ pk: 'setup', sk: what }),
} as const;

/** What a record of the registry is of: the first word of its partition. */
export function registryKind({ pk }: Key): string {
  return pk.split('#')[0] ?? '';
}

/** The form of a quarantine, an alias, a segment or an erasure: the second word of its partition. */
export function registryForm({ pk }: Key): string {
  return pk.split('#')[1] ?? '';
}

/** The partitions that the canary keeps in order itself: its tokens, and what it sent to its draft. */
export const canaryPartition = {
  tokens: registryKey.token(canary, '').pk,
  submissions: shardKey(draftId(canaryForm), 0),
} as const;
