import { listOrganisations, type Organisation } from '../../access/organisations.ts';
import type { FormModel } from '../../form/model.ts';
import { coordination } from '../../ids.ts';
import { dayOf, daysBetween } from '../../plan/days.ts';
import type { Coverage, CoveredForm, CoveredOrganisation } from './coverage.ts';
import type { DatasetSpec } from '../build/dataset-spec.ts';
import type { CompileDeps } from '../deps.ts';
import type { Built } from '../build/form-dataset.ts';
import { byteOrderMark, csvMediaType } from '../formats/csv.ts';
import { jsonMediaType } from '../formats/json.ts';
import type { VersionPlace } from '../versions/version-place.ts';
import type { VersionWriter } from '../versions/version-writer.ts';
import { coverageRows } from './coverage-rows.ts';
import { publishedForms, type PublishedForm } from './published-forms.ts';
import { talliesOf, type Tally } from './tallies.ts';

/** Who has answered which form. Members see that, the coordinator also how completely; the public nothing. */
export const coverage: DatasetSpec = {
  id: 'coverage',
  prepare: async (deps) => {
    const forms = await publishedForms(deps, () => true);
    if (forms.length === 0) return undefined;
    const asOf = dayOf(deps.clock());
    const organisations = (await listOrganisations(deps.registry)).filter(
      ({ id }) => id !== coordination,
    );
    return {
      forms: forms.map(({ input }) => input),
      also: { asOf, organisations: organisations.map(({ id, name, state }) => [id, name, state]) },
      since: [`${asOf}T00:00:00.000Z`],
      build: (place, files) => build(deps, forms, organisations, asOf, place, files),
    };
  },
};

async function build(
  deps: CompileDeps,
  forms: readonly PublishedForm[],
  organisations: readonly Organisation[],
  asOf: string,
  place: VersionPlace,
  files: VersionWriter,
): Promise<Built> {
  const wanted = new Set(organisations.map(({ id }) => String(id)));
  const told: { newest: FormModel; coverage: CoveredForm }[] = [];
  for (const form of forms) {
    const [newest] = form.models;
    if (newest === undefined) continue;
    const tallies = await talliesOf(deps, form, wanted);
    told.push({ newest, coverage: coverageOf(newest, tallies, organisations, asOf) });
  }
  const counts = (['members', 'coordinator'] as const).map((audience) => {
    const whole = audience === 'coordinator';
    const seen = told.flatMap(({ newest, coverage: form }) => {
      if (whole) return [form];
      return newest.settings.audience === 'coordinator' ? [] : [withoutDetails(form)];
    });
    const file = files.open(audience, 'coverage.json', jsonMediaType);
    const shown: Coverage = { asOf, version: place.version, forms: seen };
    file.write(`${JSON.stringify(shown)}\n`);
    file.rows = seen.reduce((sum, { organisations: listed }) => sum + listed.length, 0);
    if (whole) {
      const csv = files.open(audience, 'coverage.csv', csvMediaType);
      csv.write(`${byteOrderMark}${coverageRows(seen).join('')}`);
      csv.rows = file.rows;
    }
    return [audience, file.rows] as const;
  });
  return { rows: new Map(counts), withheld: {} };
}

/** Members see who has answered, not how well. */
function withoutDetails(form: CoveredForm): CoveredForm {
  const organisations = form.organisations.map((organisation) => ({
    ...organisation,
    ...{ needsChanges: 0, completeness: null },
  }));
  return { ...form, organisations };
}

/**
 * Of a form that every member owes: every active organisation; of another one: those that have sent
 * something. What was expected and not answered is overdue from the day after the due date on.
 */
function coverageOf(
  { formId, settings }: FormModel,
  tallies: ReadonlyMap<string, Tally>,
  organisations: readonly Organisation[],
  asOf: string,
): CoveredForm {
  const due = settings.due ?? null;
  const owes = (organisation: Organisation): boolean =>
    settings.expected && organisation.state === 'active';
  const listed = organisations
    .filter((organisation) => owes(organisation) || tallies.has(organisation.id))
    .map((organisation): CoveredOrganisation => {
      const tally = tallies.get(organisation.id);
      const state = stateOf(tally, owes(organisation) && due !== null && asOf > due);
      const firstAt = tally?.firstAt === '' ? null : (tally?.firstAt ?? null);
      return {
        id: organisation.id,
        name: organisation.name,
        state,
        submissions: tally?.submissions ?? 0,
        firstAt,
        lastAt: tally?.lastAt ?? null,
        onTime: due === null || firstAt === null ? null : dayOf(new Date(firstAt)) <= due,
        daysOverdue: state === 'overdue' && due !== null ? daysBetween(due, asOf) : null,
        needsChanges: tally?.needsChanges ?? 0,
        completeness: tally?.completeness ?? null,
      };
    });
  const count = (wanted: CoveredOrganisation['state']): number =>
    listed.filter(({ state }) => state === wanted).length;
  return {
    formId,
    title: Object.fromEntries(settings.title),
    due,
    expected: organisations.filter(owes).length,
    answered: count('answered'),
    overdue: count('overdue'),
    organisations: listed,
  };
}

function stateOf(tally: Tally | undefined, overdue: boolean): CoveredOrganisation['state'] {
  if (tally?.answered === true) return 'answered';
  if (overdue) return 'overdue';
  return tally?.draft === true ? 'draft' : 'none';
}
