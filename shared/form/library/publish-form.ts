import { Fault } from '../../fault.ts';
import type { FormId } from '../../ids.ts';
import { remembered } from './draft-record.ts';
import { missingFiles, versionTaken } from '../issues/form-faults.ts';
import { filesOf } from './form-media.ts';
import type { FormDraft, FormRecord } from './form-record.ts';
import type { FormContent } from './form-registry.ts';
import type { FormShelf } from './form-shelf.ts';
import type { FormModel } from '../model.ts';
import { defaultShards } from '../compile/compile-settings.ts';
import { factsOf, type FormStores } from './store-draft.ts';

/**
 * Makes the draft the form's current version and opens the form. Older versions stay. Without a draft
 * (it has been published already) the form is opened again, if it was closed; so a repeated request
 * is answered as done. Throws Fault `not-found`, and `conflict` if another content has been published
 * under that version already or a list file is missing.
 */
export async function publishForm(
  { registry, shelf, clock }: FormStores,
  formId: FormId,
): Promise<FormRecord> {
  return registry.change(formId, async (form) => {
    if (form === undefined) throw new Fault('not-found');
    const { draft, ...rest } = form;
    if (draft === undefined) return form.state === 'published' ? form : opened(rest);
    const namesake = form.versions.find(({ version }) => version === draft.version);
    if (namesake !== undefined && namesake.key !== draft.key) throw versionTaken(draft.version);
    const model = await shelf.model(formId, draft.key);
    await refuseMissing(shelf, model, draft);
    // The content of an older version, published again, becomes the current one.
    const others = form.versions.filter((version) => version !== namesake);
    const { version, key, media } = draft;
    const published = {
      ...{ version, key, publishedAt: clock().toISOString() },
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
async function refuseMissing(shelf: FormShelf, model: FormModel, draft: FormDraft): Promise<void> {
  const missing = filesOf(model.files, await shelf.media(draft.media)).filter(
    ({ use, present }) => use === 'list' && !present,
  );
  if (missing.length > 0) throw missingFiles(missing.map(({ file }) => file));
}
