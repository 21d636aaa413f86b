import type { CompileDeps } from '../compile-deps.ts';
import { modelsOf, readFormInput, type FormInput } from '../rows/form-rows.ts';
import type { FormModel } from '../../form/model.ts';

export interface PublishedForm {
  readonly input: FormInput;
  /** Of all versions, newest first. */
  readonly models: readonly FormModel[];
}

/** The forms that were published and collected at least once, by id; of those, the ones that `wanted` takes. */
export async function publishedForms(
  deps: CompileDeps,
  wanted: (models: readonly FormModel[]) => boolean,
): Promise<readonly PublishedForm[]> {
  const found: PublishedForm[] = [];
  for (const form of await deps.forms.list()) {
    if (form.versions.length === 0) continue;
    const models = await modelsOf(deps, form);
    if (!wanted(models)) continue;
    const input = await readFormInput(deps, form);
    if (input !== undefined) found.push({ input, models });
  }
  return found;
}

/** The licence of what is made from several forms: one if all of them have the same. */
export function licenseOf(forms: readonly PublishedForm[]): string | null {
  const licenses = new Set(forms.map(({ models }) => models[0]?.settings.license));
  return licenses.size === 1 ? ([...licenses][0] ?? null) : null;
}
