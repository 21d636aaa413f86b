import type { DerivedDatasetId } from '../../ids.ts';
import type { CompileDeps } from '../deps.ts';
import type { DatasetSpec, Prepared } from '../build/dataset-spec.ts';
import { catalog } from '../derived/catalog.ts';
import { coverage } from '../derived/coverage-dataset.ts';
import { duplicates } from '../derived/duplicates-dataset.ts';
import { gaps } from '../derived/gaps-dataset.ts';
import { plan } from '../derived/plan-dataset.ts';
import { whoDoesWhatWhere } from '../derived/who-does-what-where.ts';
import { buildFormDataset } from '../build/form-dataset.ts';
import { formats } from '../formats/formats.ts';
import { modelsOf, readFormInput, type FormInput } from '../rows/form-rows.ts';
import { partsOf } from '../build/parts-of.ts';

const derivedDatasets: Readonly<Record<DerivedDatasetId, DatasetSpec>> = {
  'who-does-what-where': whoDoesWhatWhere,
  plan,
  coverage,
  gaps,
  duplicates,
  catalog,
};

/** How the dataset of that id is made: a derived one, or else a form's. */
export function specOf(datasetId: string): DatasetSpec {
  return Object.values(derivedDatasets).find(({ id }) => id === datasetId) ?? formSpec(datasetId);
}

function formSpec(formId: string): DatasetSpec {
  return {
    id: formId,
    prepare: async (deps: CompileDeps) => {
      const input = await readFormInput(deps, await deps.forms.record(formId));
      return input === undefined ? undefined : prepareForm(deps, input);
    },
    prepareFrom: prepareForm,
  };
}

async function prepareForm(deps: CompileDeps, input: FormInput): Promise<Prepared> {
  const models = await modelsOf(deps, input.form);
  return {
    forms: [input],
    also: null,
    since: [],
    parts: partsOf(input, models, deps.partCells),
    build: (place, files, part) => buildFormDataset(deps, input, place, files, formats, part),
  };
}
