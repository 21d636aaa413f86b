import type { DerivedDatasetId } from '../../ids.ts';
import type { CompileDeps } from '../compile-deps.ts';
import type { DatasetSpec, Prepared } from '../build/dataset-spec.ts';
import { catalog } from '../derived/catalog.ts';
import { coverage } from '../derived/coverage-dataset.ts';
import { duplicates } from '../derived/duplicates-dataset.ts';
import { gaps } from '../derived/gaps-dataset.ts';
import { plan } from '../derived/plan-dataset.ts';
import { whoDoesWhatWhere } from '../derived/who-does-what-where.ts';
import { buildFormDataset } from '../build/form-dataset.ts';
import type { Format } from '../formats/format.ts';
import { formats as allFormats } from '../formats/formats.ts';
import { modelsOf, readFormInput, type FormInput } from '../rows/form-rows.ts';
import type { FormModel } from '../../form/model.ts';
import { layoutOf } from '../rows/layout.ts';
import { tablesOf } from '../rows/audience-view.ts';
import type { Parts } from '../build/part.ts';

const derivedDatasets: Readonly<Record<DerivedDatasetId, DatasetSpec>> = {
  'who-does-what-where': whoDoesWhatWhere,
  plan,
  coverage,
  gaps,
  duplicates,
  catalog,
};

/** How the dataset of that id is made: a derived one, or else a form's, in these formats. */
export function specOf(datasetId: string, formats: readonly Format[] = allFormats): DatasetSpec {
  const derived = Object.values(derivedDatasets).find(({ id }) => id === datasetId);
  return derived ?? formSpec(datasetId, formats);
}

function formSpec(formId: string, formats: readonly Format[]): DatasetSpec {
  const prepareForm = async (deps: CompileDeps, input: FormInput): Promise<Prepared> => {
    const models = await modelsOf(deps, input.form);
    return {
      forms: [input],
      also: null,
      since: [],
      parts: partsOf(input, models, deps.partCells),
      build: (place, files, part) => buildFormDataset(deps, input, place, files, formats, part),
    };
  };
  return {
    id: formId,
    prepare: async (deps: CompileDeps) => {
      const input = await readFormInput(deps, await deps.forms.record(formId));
      return input === undefined ? undefined : prepareForm(deps, input);
    },
    prepareFrom: prepareForm,
  };
}

/** Half of a quarter of an hour at 3,000 rows of 40 columns a second: see docs/scale.md. */
const mostCells = 50_000_000;

/** The parts in which a form's dataset is made; undefined: it has few enough cells for one pass. */
function partsOf(
  { segments }: FormInput,
  models: readonly FormModel[],
  cells = mostCells,
): Parts | undefined {
  const records = segments.reduce((sum, { rows }) => sum + rows, 0);
  const tables = tablesOf(layoutOf(models), 'coordinator');
  const columns = tables.reduce((sum, table) => sum + table.columns.length, 0);
  const rows = Math.max(1, Math.floor(cells / Math.max(1, columns)));
  return records <= rows ? undefined : { rows, count: Math.ceil(records / rows) };
}
