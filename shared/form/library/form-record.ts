import * as z from 'zod';
import { storedJson } from '../../store/stored-json.ts';
import { FormId, draftId } from '../../ids.ts';
import { registryKey } from '../../store/keys.ts';
import { schemaOf, upgraded } from '../../store/record-kinds.ts';
import type { StoredRecord } from '../../store/record-store.ts';

const content = {
  version: z.string(),
  /** Key of the definition (JSON, vocabularies inlined) in the object store: `forms/<formId>/<sha256>.json`. */
  key: z.string(),
  /** Key of the list of its files (form-media.ts), an object too: a record must stay small. Absent: no files. */
  media: z.string().optional(),
};

/** One version of a form: its definition is an immutable object named by its own hash. */
export const FormVersion = z.object({ ...content, publishedAt: z.iso.datetime() });
export type FormVersion = z.infer<typeof FormVersion>;

/** A definition that is not published, or was replaced before it was. */
const FormDraft = z.object({
  ...content,
  /** When it was put there. */
  at: z.iso.datetime(),
  title: z.record(z.string(), z.string()),
});
export type FormDraft = z.infer<typeof FormDraft>;

/** What the registry knows of a form. Stored as a record with a revision, nested parts as JSON text. */
export const FormRecord = z.object({
  formId: FormId,
  revision: z.int().min(1),
  state: z.enum(['draft', 'published', 'closed']),
  /** Fixed when first published; 0 before. */
  shards: z.int().min(0),
  title: z.record(z.string(), z.string()),
  audience: z.enum(['members', 'coordinator', 'anyone']),
  draft: FormDraft.optional(),
  /** Earlier drafts, oldest first: what was sent to try them out is still to be read. */
  drafts: z.array(FormDraft).default([]),
  /** Oldest first; the last one is what a client gets that names none. */
  versions: z.array(FormVersion),
});
export type FormRecord = z.infer<typeof FormRecord>;

const Stored = z.object({
  sk: z.string(),
  revision: z.int(),
  state: z.string(),
  shards: z.int(),
  audience: z.string(),
  title: storedJson(z.unknown()),
  draft: storedJson(z.unknown()).optional(),
  drafts: storedJson(z.unknown()).optional(),
  versions: storedJson(z.unknown()),
});

export function toFormRecord(form: FormRecord): StoredRecord {
  return {
    ...registryKey.form(form.formId),
    revision: form.revision,
    state: form.state,
    shards: form.shards,
    audience: form.audience,
    title: JSON.stringify(form.title),
    ...(form.draft === undefined ? {} : { draft: JSON.stringify(form.draft) }),
    ...(form.drafts.length === 0 ? {} : { drafts: JSON.stringify(form.drafts) }),
    versions: JSON.stringify(form.versions),
    schema: schemaOf('form'),
  };
}

/** Throws ZodError on a record that is no form's. */
export function fromFormRecord(record: StoredRecord): FormRecord {
  const { sk, ...stored } = Stored.parse(upgraded('form', record));
  return FormRecord.parse({ formId: sk, ...stored });
}

/** How many drafts that were replaced are remembered, besides those that were published. */
const mostRemembered = 20;

/**
 * The draft of a form as a form of its own, under the id `<formId>.draft`: for the coordinator alone,
 * open while there is a draft, its versions the drafts that are remembered. It stands in no list and
 * no record, so nothing ever compiles what is sent to it. Undefined: the form never had a draft that
 * is remembered.
 */
export function draftRecord(form: FormRecord): FormRecord | undefined {
  const { draft, drafts } = form;
  const known = draft === undefined ? drafts : remembered(drafts, draft);
  if (known.length === 0) return undefined;
  const titled = draft !== undefined && Object.keys(draft.title).length > 0;
  return {
    formId: draftId(form.formId),
    revision: form.revision,
    state: draft === undefined ? 'closed' : 'published',
    shards: 1,
    title: titled ? draft.title : form.title,
    audience: 'coordinator',
    drafts: [],
    versions: known.map(({ version, key, media, at }) => ({
      version,
      key,
      ...(media === undefined ? {} : { media }),
      publishedAt: at,
    })),
  };
}

/**
 * The drafts to remember once `replaced` is no longer the draft: of each version the newest one, for
 * answers name no more than their version.
 */
export function remembered(
  drafts: readonly FormDraft[],
  replaced: FormDraft | undefined,
): FormDraft[] {
  if (replaced === undefined) return [...drafts];
  const others = drafts.filter(({ version }) => version !== replaced.version);
  return [...others, replaced].slice(-mostRemembered);
}
