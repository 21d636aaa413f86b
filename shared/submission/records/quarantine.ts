import * as z from 'zod';
import { storedJson } from '../../store/stored-json.ts';
import type { FormRecord } from '../../form/library/form-record.ts';
import { attachmentsPrefix, deleteFiles } from './attachment-keys.ts';
import type { SubmissionStores } from './submission-deps.ts';
import { fromRecord } from './head-record.ts';
import { headKeyFor } from './open-submission.ts';
import { quarantineRange, registryKey } from '../../store/keys.ts';
import { schemaOf, upgraded } from '../../store/record-kinds.ts';
import { pagesOf, type RecordStore, type StoredRecord } from '../../store/record-store.ts';
import { sha256 } from './content-hash.ts';

/**
 * Keeps a refused body, with the files that `storeFiles` stores, unless what stands under its
 * instanceId has been erased: that may have been about the same person. Erasing empties the
 * quarantine after the head has become a tombstone, so looking at the head after the body was kept
 * leaves no gap between the two.
 */
export async function quarantineBody(
  deps: SubmissionStores,
  form: FormRecord,
  contentHash: string,
  refused: Quarantined,
  storeFiles?: () => Promise<void>,
): Promise<void> {
  const { formId } = form;
  const { instanceId } = refused;
  await keepInQuarantine(deps.registry, form, contentHash, refused, storeFiles);
  const head = await deps.submissions.get(headKeyFor(form, instanceId));
  if (head !== undefined && fromRecord(head).state !== 'erased') return;
  await emptyQuarantine(deps.registry, formId, instanceId);
  if (storeFiles !== undefined) {
    await deleteFiles(deps.objects, attachmentsPrefix(formId, instanceId));
  }
}

/** How many refused bodies are kept for one instanceId: a client gone mad fills no table. */
const maxKept = 20;

/** A body that was refused since another submission has its instanceId. */
export interface Quarantined {
  readonly instanceId: string;
  readonly organisation: string;
  readonly formVersion: string;
  readonly refusedAt: string;
  /** Id of the token that sent it. */
  readonly by: string;
  /** JSON text, as it was sent. */
  readonly answers: string;
  /** Files that came with it, its XML being one: there if a phone sent it. */
  readonly attachments?: readonly RefusedFile[] | undefined;
}

const RefusedFile = z.object({
  file: z.string(),
  sha256: z.string(),
  bytes: z.int(),
  type: z.string(),
});
export type RefusedFile = z.infer<typeof RefusedFile>;

const Stored = z.object({
  sk: z.string(),
  org: z.string(),
  formVersion: z.string(),
  refusedAt: z.iso.datetime(),
  by: z.string(),
  answers: z.string(),
  attachments: storedJson(z.array(RefusedFile)).optional(),
});

/**
 * Keeps a refused body for the coordinator; the same body of the same organisation once only. Its
 * size has been checked as that of a submission. `storeFiles` stores what came with it, first.
 */
export async function keepInQuarantine(
  registry: RecordStore,
  form: FormRecord,
  contentHash: string,
  refused: Quarantined,
  storeFiles?: () => Promise<void>,
): Promise<void> {
  const { instanceId, organisation, attachments } = refused;
  const key = registryKey.quarantine(
    form.formId,
    instanceId,
    sha256(`${organisation}#${contentHash}`),
  );
  const partition = key.pk;
  const { records } = await registry.query(
    { partition, ...quarantineRange(instanceId) },
    { limit: maxKept },
  );
  if (records.length >= maxKept) return;
  await storeFiles?.();
  await registry.putIfAbsent({
    ...key,
    revision: 1,
    org: organisation,
    formVersion: refused.formVersion,
    refusedAt: refused.refusedAt,
    by: refused.by,
    answers: refused.answers,
    ...(attachments === undefined ? {} : { attachments: JSON.stringify(attachments) }),
    schema: schemaOf('quarantine'),
  });
}

/** Deletes all that was refused under one instanceId. */
export async function emptyQuarantine(
  registry: RecordStore,
  formId: string,
  instanceId: string,
): Promise<void> {
  const partition = registryKey.quarantine(formId, '', '').pk;
  for await (const records of pagesOf(registry, { partition, ...quarantineRange(instanceId) })) {
    for (const { pk, sk } of records) await registry.delete({ pk, sk });
  }
}

export function fromQuarantine(record: StoredRecord): Quarantined {
  const { sk, org, ...rest } = Stored.parse(upgraded('quarantine', record));
  return { ...rest, instanceId: sk.slice(0, sk.indexOf('#')), organisation: org };
}
