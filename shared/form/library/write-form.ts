import { Fault } from '../../fault.ts';
import type { FormId } from '../../ids.ts';
import { compileDraft, type CompiledDraft } from './compile-draft.ts';
import type { Vocabularies } from '../compile/compile-choices.ts';
import type { FormDefinition } from '../definition.ts';
import { changedDraft, type FileChange } from './draft-files.ts';
import type { FormMedia } from './form-media.ts';
import { storeDraft, type FormStores, type StoredDraft } from './store-draft.ts';

export { publishForm } from './publish-form.ts';

/** Makes an uploaded definition the form's draft, with the files of the draft before it, or of the current version. */
export async function uploadDraft(
  stores: FormStores,
  id: FormId,
  definition: FormDefinition,
  vocabularies: Vocabularies,
): Promise<StoredDraft> {
  const { shelf } = stores;
  // Rows of list files come from the files alone, whatever an upload says of them.
  const own = { ...definition };
  delete own.files;
  let compiled: CompiledDraft | undefined;
  return storeDraft(stores, id, async (form) => {
    const media = await shelf.media((form?.draft ?? form?.versions.at(-1))?.media);
    // Tried again after another change, it is compiled again only if the files are others.
    if (compiled?.media !== media) {
      const open = ({ key }: FormMedia): Promise<Uint8Array> => shelf.bytes(key);
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
    const made = await changedDraft(stores.shelf, form, change);
    // Only now: a list that cannot be read leaves nothing behind.
    if (change.added !== undefined) await stores.shelf.keepFile(change.added);
    return made;
  });
}
