import { identifyingPaths } from '../../form/compile/identifying.ts';
import type { FormModel } from '../../form/model.ts';
import { readDatasetPointer } from '../versions/dataset-pointer.ts';
import type { CompileDeps } from '../deps.ts';
import type { FormRows } from '../rows/form-rows.ts';
import { versionFileKey } from '../versions/version-writer.ts';
import { Combinations } from './combination.ts';
import { asDisclosed, shownIn, takenDown, type Disclosure } from './disclosure.ts';
import { DisclosedReader, disclosedFileName, type DisclosedHead } from './disclosed-file.ts';

/**
 * Whom the current version of a form's own dataset publishes: what other datasets are made from may
 * show no more. Generalises the rows that come after. Undefined: the form marks no quasi-identifier.
 */
export async function followDisclosure(
  { registry, objects }: Pick<CompileDeps, 'registry' | 'objects'>,
  rows: FormRows,
): Promise<Disclosure | undefined> {
  if (rows.identifiers.length === 0) return undefined;
  const combinations = new Combinations(rows.identifiers, rows.sensitives);
  const pointer = await readDatasetPointer(registry, rows.formId);
  const key =
    pointer === undefined
      ? undefined
      : versionFileKey(rows.formId, pointer.version, 'internal', disclosedFileName);
  const reader = await DisclosedReader.open(key === undefined ? undefined : await objects.get(key));
  const shown = shownIn(rows);
  const nothing: DisclosedHead = { levels: [], inputs: '', shown, files: 'none' };
  const disclosure =
    reader === undefined
      ? takenDown(nothing, undefined, undefined)
      : asDisclosed(combinations, reader, undefined);
  rows.generalise(disclosure.generalisation);
  return disclosure;
}

/** What datasets made from these forms depend on beside their segments: whom their own datasets publish. */
export async function disclosedVersions(
  registry: CompileDeps['registry'],
  forms: readonly { readonly formId: string; readonly models: readonly FormModel[] }[],
): Promise<Record<string, string>> {
  const versions: Record<string, string> = {};
  for (const { formId, models } of forms) {
    if (!marksIdentifiers(models)) continue;
    versions[formId] = (await readDatasetPointer(registry, formId))?.version ?? '';
  }
  return versions;
}

export function marksIdentifiers(models: readonly FormModel[]): boolean {
  return identifyingPaths(models).size > 0;
}
