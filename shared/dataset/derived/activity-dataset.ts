import { audiences, type Audience, type FormModel } from '../../form/model.ts';
import type { DatasetSpec } from '../dataset-spec.ts';
import type { VersionPlace } from '../version-place.ts';
import type { CompileDeps } from '../deps.ts';
import type { Built } from '../form-dataset.ts';
import { publicId, type FormRow, type FormRows } from '../form-rows.ts';
import type { RareCombinations } from '../rare-combinations.ts';
import type { VersionWriter } from '../version-writer.ts';
import { activitiesOf, type Activity } from './activity.ts';
import { taggedForm } from './hxl.ts';
import { publishedForms, type PublishedForm } from './published-forms.ts';
import { visibleAnswers } from './visible-answers.ts';

const saysWhatAndWhere = (models: readonly FormModel[]): boolean =>
  models.some((model) => taggedForm(model) !== undefined);

/** Records that say what someone does: not those refused or unfinished. */
const told: ReadonlySet<string> = new Set(['accepted', 'received', 'has-issues', 'needs-changes']);

/** A dataset made from every form whose questions carry HXL tags for who, what and where. */
export function activityDataset(
  id: string,
  build: (
    deps: CompileDeps,
    forms: readonly PublishedForm[],
    place: VersionPlace,
    files: VersionWriter,
  ) => Promise<Built>,
): DatasetSpec {
  return {
    id,
    prepare: async (deps) => {
      const forms = await publishedForms(deps, saysWhatAndWhere);
      if (forms.length === 0) return undefined;
      return {
        forms: forms.map(({ input }) => input),
        also: null,
        since: [],
        stateful: false,
        build: (place, files) => build(deps, forms, place, files),
      };
    },
  };
}

/**
 * Calls `take` for every record with what each audience sees of it; of records that `rare` has, the
 * public does not see the quasi-identifiers.
 */
export async function eachActivity(
  rows: FormRows,
  take: (audience: Audience, activities: readonly Activity[], row: FormRow) => void,
  pause: () => Promise<void>,
  rare?: RareCombinations,
): Promise<void> {
  const forms = new Map(rows.plans.map(({ model }) => [model, taggedForm(model)]));
  for await (const batch of rows.batches()) {
    for (const row of batch) {
      const form = forms.get(row.plan.model);
      if (form === undefined || !told.has(row.row.state)) continue;
      for (const audience of audiences) {
        const answers = visibleAnswers(row, audience, rare);
        if (answers === undefined) continue;
        const recordId = audience === 'public' ? publicId(rows.formId, row.row.id) : row.row.id;
        take(audience, activitiesOf(row.plan.model, form, answers, recordId), row);
      }
    }
    await pause();
  }
}
