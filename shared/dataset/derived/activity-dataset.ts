import { listOrganisations, type Organisation } from '../../access/organisation-records.ts';
import { audiences, type Audience, type FormModel } from '../../form/model.ts';
import { coordination } from '../../ids.ts';
import { CanonicalNames, listAliases, type Alias } from '../../deduplication/same-as.ts';
import type { SubmissionState } from '../../submission/records/submission.ts';
import type { DatasetSpec } from '../build/dataset-spec.ts';
import type { VersionPlace } from '../versions/version-place.ts';
import type { CompileDeps } from '../compile-deps.ts';
import type { Built } from '../build/form-dataset.ts';
import { FormRows, idFor, type FormRow } from '../rows/form-rows.ts';
import { disclosedVersions, followDisclosure, visibleAnswers } from '../disclosure/disclosure.ts';
import type { VersionWriter } from '../versions/version-writer.ts';
import { activitiesOf, type Activity } from './activity.ts';
import { taggedForm } from '../rows/hxl-tags.ts';
import { publishedForms, type PublishedForm } from './published-forms.ts';

const saysWhatAndWhere = (models: readonly FormModel[]): boolean =>
  models.some((model) => taggedForm(model) !== undefined);

/** Whether a record says what someone does: not one refused or unfinished. */
const saysSo: Readonly<Record<SubmissionState, boolean>> = {
  incomplete: false,
  received: true,
  'has-issues': true,
  accepted: true,
  'needs-changes': true,
  rejected: false,
  withdrawn: false,
  erased: false,
};

/** What datasets about who does what where are made from. */
export interface ActivitySources {
  readonly deps: CompileDeps;
  readonly forms: readonly PublishedForm[];
  readonly aliases: readonly Alias[];
  /** The members: not the coordination itself. */
  readonly organisations: readonly Organisation[];
}

/** A dataset made from every form whose questions carry HXL tags for who, what and where. */
export function activityDataset(
  id: string,
  {
    membersMatter = false,
    withoutForms = false,
  }: {
    /** What is known of the organisations themselves is published, too. */
    readonly membersMatter?: boolean;
    /** It is made though no form says who does what where. */
    readonly withoutForms?: boolean;
  },
  build: (sources: ActivitySources, place: VersionPlace, files: VersionWriter) => Promise<Built>,
): DatasetSpec {
  return {
    id,
    prepare: async (deps) => {
      const forms = await publishedForms(deps, saysWhatAndWhere);
      if (forms.length === 0 && !withoutForms) return undefined;
      const aliases = await listAliases(deps.registry);
      const organisations = membersMatter
        ? (await listOrganisations(deps.registry)).filter(({ id }) => id !== coordination)
        : [];
      return {
        forms: forms.map(({ input }) => input),
        also: {
          disclosed: await disclosedVersions(
            deps.registry,
            forms.map(({ input, models }) => ({ formId: input.form.formId, models })),
          ),
          aliases: aliases.map(({ kind, name, canonical, verdict }) => [
            kind,
            name,
            canonical,
            verdict,
          ]),
          organisations: organisations.map(({ id, name, acronym, contact, state }) => [
            id,
            name,
            acronym ?? null,
            contact ?? null,
            state,
          ]),
        },
        since: [],
        build: (place, files) => build({ deps, forms, aliases, organisations }, place, files),
      };
    },
  };
}

/** What an audience learns from one record. `formId` is its form's, `row` good until the next one. */
type TakeActivities = (
  audience: Audience,
  activities: readonly Activity[],
  row: FormRow,
  formId: string,
) => void;

/** Calls `take` for every record of every form with what each audience sees of it. */
export async function eachActivity(
  { deps, forms, aliases }: ActivitySources,
  take: TakeActivities,
  pause: () => Promise<void>,
): Promise<void> {
  const names = new CanonicalNames(aliases);
  for (const { input, models } of forms) {
    const rows = new FormRows(deps.objects, input, models);
    const disclosure = await followDisclosure(deps, rows);
    const tagged = new Map(rows.plans.map(({ model }) => [model, taggedForm(model)]));
    for await (const batch of rows.batches(disclosure?.ahead)) {
      for (const row of batch) {
        const form = tagged.get(row.plan.model);
        if (form === undefined || !saysSo[row.row.state]) continue;
        for (const audience of audiences) {
          const answers = visibleAnswers(row, audience, disclosure);
          if (answers === undefined) continue;
          const activities = activitiesOf(row.plan.model, form, answers, idFor(audience, row.row));
          take(
            audience,
            activities.map((activity) => underCanonicalNames(activity, names)),
            row,
            rows.formId,
          );
        }
      }
      await pause();
    }
  }
}

function underCanonicalNames(activity: Activity, names: CanonicalNames): Activity {
  const { orgName, activity: name } = activity;
  return {
    ...activity,
    orgName: orgName === '' ? '' : names.of('organisation', orgName),
    activity: name === '' ? '' : names.of('initiative', name),
  };
}
