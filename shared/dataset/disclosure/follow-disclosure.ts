import type { FormModel } from '../../form/model.ts';
import { readDatasetPointer } from '../dataset-pointer.ts';
import type { CompileDeps } from '../deps.ts';
import type { FormRows } from '../form-rows.ts';
import { versionFileKey } from '../version-writer.ts';
import { Combinations } from './combination.ts';
import { asTold, tellingNothing, type Disclosure } from './disclosure.ts';
import { ToldReader, toldFileName } from './told-file.ts';

/**
 * What the current version of a form's own dataset tells the public: what other datasets are made from
 * may show no more. Generalises the rows that come after. Undefined: the form marks no quasi-identifier.
 */
export async function followDisclosure(
  { registry, objects }: Pick<CompileDeps, 'registry' | 'objects'>,
  rows: FormRows,
): Promise<Disclosure | undefined> {
  if (rows.identifiers.length === 0) return undefined;
  const combinations = new Combinations(rows.identifiers, rows.layout);
  const pointer = await readDatasetPointer(registry, rows.formId);
  const key =
    pointer === undefined
      ? undefined
      : versionFileKey(rows.formId, pointer.version, 'internal', toldFileName);
  const reader = await ToldReader.open(key === undefined ? undefined : await objects.get(key));
  const disclosure =
    reader === undefined
      ? tellingNothing(rows, combinations, undefined)
      : asTold(combinations, reader, undefined);
  rows.generalise(disclosure.rungs);
  return disclosure;
}

/** What datasets made from these forms depend on beside their segments: what their own datasets tell. */
export async function toldVersions(
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
  return models.some(({ questions }) => questions.some(({ quasiIdentifier }) => quasiIdentifier));
}
