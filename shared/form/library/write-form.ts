import { Fault } from '../../fault.ts';
import type { FormId } from '../../ids.ts';
import {
  compileDraft,
  type CompiledDraft,
  changedDraft,
  type FileChange,
} from './compile-draft.ts';
import type { Vocabularies } from '../compile/compile-choices.ts';
import { type FormDefinition, sameMeaning } from '../definition.ts';
import { type FormMedia, filesOf, type FormFile } from './form-media.ts';
import { remembered, type FormDraft, type FormRecord } from './form-record.ts';
import { missingFiles, versionTaken } from './form-faults.ts';
import type { FormContent, FormRegistry } from './form-registry.ts';
import type { FormCache } from './form-cache.ts';
import type { FormModel, FormIssue } from '../model.ts';
import { defaultShards } from '../compile/compile-settings.ts';
import type { Clock } from '../../clock.ts';
import { changesBetween } from './draft-changes.ts';
import type { FormChange } from '../compare/form-changes.ts';

/** Makes an uploaded definition the form's draft, with the files of the draft before it, or of the current version. */
export async function uploadDraft(
  stores: FormStores,
  id: FormId,
  definition: FormDefinition,
  vocabularies: Vocabularies,
): Promise<StoredDraft> {
  const { cache } = stores;
  // Rows of list files come from the files alone, whatever an upload says of them.
  const own = { ...definition };
  delete own.files;
  let compiled: CompiledDraft | undefined;
  return storeDraft(stores, id, async (form) => {
    const media = await cache.media((form?.draft ?? form?.versions.at(-1))?.media);
    // Tried again after another change, it is compiled again only if the files are others.
    if (compiled?.media !== media) {
      const open = ({ key }: FormMedia): Promise<Uint8Array> => cache.bytes(key);
      compiled = await compileDraft(id, own, { vocabularies, media, open });
    }
    return compiled;
  });
}

/** Makes a draft of the draft, or of the current version, with a file more or less. Fault `not-found`. */
export async function changeFile(
  stores: FormStores,
  id: FormId,
  change: FileChange,
): Promise<void> {
  await storeDraft(stores, id, async (form) => {
    if (form === undefined) throw new Fault('not-found');
    const made = await changedDraft(stores.cache, form, change);
    // Only now: a list that cannot be read leaves nothing behind.
    if (change.added !== undefined) await stores.cache.keepFile(change.added);
    return made;
  });
}

/**
 * Makes the draft the form's current version and opens the form. Older versions stay. Without a draft
 * (it has been published already) the form is opened again, if it was closed; so a repeated request
 * is answered as done. Throws Fault `not-found`, and `conflict` if another content has been published
 * under that version already or a list file is missing.
 */
export async function publishForm(
  { registry, cache, clock }: FormStores,
  formId: FormId,
): Promise<FormRecord> {
  return registry.change(formId, async (form) => {
    if (form === undefined) throw new Fault('not-found');
    const { draft, ...rest } = form;
    if (draft === undefined) return form.state === 'published' ? form : opened(rest);
    const namesake = form.versions.find(({ version }) => version === draft.version);
    if (namesake !== undefined && namesake.key !== draft.key) throw versionTaken(draft.version);
    const model = await cache.model(formId, draft.key);
    await refuseMissing(cache, model, draft);
    // The content of an older version, published again, becomes the current one.
    const others = form.versions.filter((version) => version !== namesake);
    const { version, key, media } = draft;
    const published = {
      version,
      key,
      publishedAt: clock().toISOString(),
      ...(media === undefined ? {} : { media }),
    };
    const shards = model.settings.shards ?? defaultShards;
    return opened({
      ...rest,
      // Once and for all: a submission's partition is made from its id and this number.
      shards: form.shards === 0 ? shards : form.shards,
      ...factsOf(model),
      drafts: remembered(form.drafts, draft),
      versions: [...others, published],
    });
  });
}

function opened(form: FormContent): FormContent {
  return { ...form, state: 'published' };
}

/** Without its list nobody could answer a question; without an image one can. */
async function refuseMissing(cache: FormCache, model: FormModel, draft: FormDraft): Promise<void> {
  const missing = filesOf(model.files, await cache.media(draft.media)).filter(
    ({ use, present }) => use === 'list' && !present,
  );
  if (missing.length > 0) throw missingFiles(missing.map(({ file }) => file));
}

/** What storing a draft reports: what is odd about it, what publishing it would change, what it needs. */
export interface StoredDraft {
  readonly formId: FormId;
  readonly version: string;
  readonly warnings: readonly FormIssue[];
  readonly changes: readonly FormChange[];
  readonly files: readonly FormFile[];
}

/** Where forms are kept. */
export interface FormStores {
  readonly registry: FormRegistry;
  readonly cache: FormCache;
  readonly clock: Clock;
}

/**
 * Replaces a form's draft by what `make` makes of the form, which it is asked again if another change
 * came between. The same draft again writes no revision.
 */
async function storeDraft(
  { registry, cache, clock }: FormStores,
  formId: FormId,
  make: (form: FormRecord | undefined) => Promise<CompiledDraft>,
): Promise<StoredDraft> {
  let stored: { readonly made: CompiledDraft; readonly draft: FormDraft } | undefined;
  const form = await registry.change(formId, async (known) => {
    const made = await make(known);
    const key =
      (await publishedAlike(cache, known, made)) ??
      (await cache.keep(formId, made.definition, made.model));
    const media = await cache.keepMedia(formId, made.media);
    const draft = {
      version: made.model.version,
      key,
      at: clock().toISOString(),
      title: Object.fromEntries(made.model.settings.title),
      ...(media === undefined ? {} : { media }),
    };
    stored = { made, draft };
    return withDraft(known, formId, made.model, draft);
  });
  if (stored === undefined) throw new TypeError('A change was made without a draft.');
  const { made, draft } = stored;
  return {
    formId,
    version: draft.version,
    warnings: made.warnings,
    changes: await changesBetween(cache, form, form.versions.at(-1), draft),
    files: filesOf(made.model.files, made.media),
  };
}

/**
 * The key of the published version that says the same under the same name: a workbook that was taken
 * home and brought back unchanged is no other content.
 */
async function publishedAlike(
  cache: FormCache,
  form: FormRecord | undefined,
  { definition, model }: CompiledDraft,
): Promise<string | undefined> {
  const namesake = form?.versions.find(({ version }) => version === model.version);
  if (namesake === undefined) return undefined;
  const published = await cache.definition(namesake.key);
  return sameMeaning(published, definition) ? namesake.key : undefined;
}

function withDraft(
  form: FormRecord | undefined,
  formId: FormId,
  model: FormModel,
  draft: FormDraft,
): FormContent {
  if (form === undefined) {
    const nothing = { shards: 0, drafts: [], versions: [] };
    return { ...factsOf(model), ...nothing, formId, state: 'draft', draft };
  }
  const { draft: replaced, drafts, versions } = form;
  if (replaced?.key === draft.key && replaced.media === draft.media) return form;
  const facts = versions.length === 0 ? factsOf(model) : {};
  return { ...form, ...facts, draft, drafts: remembered(drafts, replaced) };
}

/** What a form's record says of the version that is current, or of a draft before there is one. */
function factsOf({ settings }: FormModel): Pick<FormRecord, 'title' | 'audience'> {
  return { title: Object.fromEntries(settings.title), audience: settings.audience };
}
