import type { DerivedDatasetId } from '../ids.ts';
import type { CompileDeps } from './deps.ts';
import type { DatasetSpec } from './dataset-spec.ts';
import { catalog } from './derived/catalog.ts';
import { coverage } from './derived/coverage-dataset.ts';
import { duplicates } from './derived/duplicates-dataset.ts';
import { gaps } from './derived/gaps-dataset.ts';
import { plan } from './derived/plan-dataset.ts';
import { whoDoesWhatWhere } from './derived/who-does-what-where.ts';
import { buildFormDataset } from './form-dataset.ts';
import { marksIdentifiers } from './disclosure/follow-disclosure.ts';
import { modelsOf, readFormInput } from './form-input.ts';

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
      if (input === undefined) return undefined;
      return {
        forms: [input],
        also: null,
        since: [],
        stateful: marksIdentifiers(await modelsOf(deps, input.form)),
        build: (place, files) => buildFormDataset(deps, input, place, files),
      };
    },
  };
}
