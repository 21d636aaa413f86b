import type { Clock } from '../../clock.ts';
import type { FormId } from '../../ids.ts';
import type { CompiledDraft } from './compile-draft.ts';
import { changesBetween } from './draft-changes.ts';
import { remembered } from './draft-record.ts';
import type { FormChange } from '../compare/form-changes.ts';
import { filesOf, type FormFile } from './form-media.ts';
import type { FormDraft, FormRecord } from './form-record.ts';
import type { FormContent, FormRegistry } from './form-registry.ts';
import type { FormShelf } from './form-shelf.ts';
import type { FormIssue, FormModel } from '../model.ts';
import { sameMeaning } from './same-meaning.ts';

/** What storing a draft tells: what is odd about it, what publishing it would change, what it needs. */
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
  readonly shelf: FormShelf;
  readonly clock: Clock;
}

/**
 * Replaces a form's draft by what `make` makes of the form, which it is asked again if another change
 * came between. The same draft again writes no revision.
 */
export async function storeDraft(
  { registry, shelf, clock }: FormStores,
  formId: FormId,
  make: (form: FormRecord | undefined) => Promise<CompiledDraft>,
): Promise<StoredDraft> {
  let stored: { readonly made: CompiledDraft; readonly draft: FormDraft } | undefined;
  const form = await registry.change(formId, async (known) => {
    const made = await make(known);
    const key =
      (await publishedAlike(shelf, known, made)) ??
      (await shelf.keep(formId, made.definition, made.model));
    const media = await shelf.keepMedia(formId, made.media);
    const draft = {
      ...{ version: made.model.version, key, at: clock().toISOString() },
      title: Object.fromEntries(made.model.settings.title),
      ...(media === undefined ? {} : { media }),
    };
    stored = { made, draft };
    return withDraft(known, formId, made.model, draft);
  });
  if (stored === undefined) throw new TypeError('A change was made without a draft.');
  const { made, draft } = stored;
  return {
    ...{ formId, version: draft.version, warnings: made.warnings },
    changes: await changesBetween(shelf, form, form.versions.at(-1), draft),
    files: filesOf(made.model.files, made.media),
  };
}

/**
 * The key of the published version that says the same under the same name: a workbook that was taken
 * home and brought back unchanged is no other content.
 */
async function publishedAlike(
  shelf: FormShelf,
  form: FormRecord | undefined,
  { definition, model }: CompiledDraft,
): Promise<string | undefined> {
  const namesake = form?.versions.find(({ version }) => version === model.version);
  if (namesake === undefined) return undefined;
  const published = await shelf.definition(namesake.key);
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
export function factsOf({ settings }: FormModel): Pick<FormRecord, 'title' | 'audience'> {
  return { title: Object.fromEntries(settings.title), audience: settings.audience };
}
