import type { FormChange, FormChanges } from '../compare/form-changes.ts';
import type { FormMedia } from './form-media.ts';
import type { FormDraft, FormRecord, FormVersion } from './form-record.ts';
import type { FormCache } from './form-cache.ts';

/**
 * What changes from a version of a form to its draft or to a later version, its files included.
 * Nothing if there was no version: all of it is new.
 */
export async function changesBetween(
  cache: FormCache,
  { formId, versions }: FormRecord,
  before: FormVersion | undefined,
  after: FormVersion | FormDraft,
): Promise<readonly FormChange[]> {
  if (before === undefined) return [];
  // Loaded when a form changes: who fills one in should not wait for it.
  const { FormChanges } = await import('../compare/form-changes.ts');
  const changes = new FormChanges();
  const namesake = versions.find(({ version }) => version === after.version);
  if (namesake !== undefined && namesake.key !== after.key) {
    changes.add('version-taken', null, after.version);
  }
  if (before.media !== after.media) {
    compareFiles(await cache.media(before.media), await cache.media(after.media), changes);
  }
  if (before.key === after.key) return changes.all();
  const { compareForms } = await import('../compare/compare-forms.ts');
  const [old, now] = [await cache.model(formId, before.key), await cache.model(formId, after.key)];
  return [...changes.all(), ...compareForms(old, now)];
}

function compareFiles(
  before: readonly FormMedia[],
  after: readonly FormMedia[],
  changes: FormChanges,
): void {
  const left = new Map(before.map((item) => [item.file, item]));
  for (const { file, sha256 } of after) {
    const known = left.get(file);
    left.delete(file);
    if (known === undefined) changes.add('file-added', null, `\`${file}\``);
    else if (known.sha256 !== sha256) changes.add('file-replaced', null, `\`${file}\``);
  }
  for (const file of left.keys()) changes.add('file-removed', null, `\`${file}\``);
}
