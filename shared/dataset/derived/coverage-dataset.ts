import * as z from 'zod';
import type { Organisation } from '../../access/organisation.ts';
import { listOrganisations } from '../../access/organisations.ts';
import type { FormModel } from '../../form/model.ts';
import { coordination } from '../../ids.ts';
import { dayOf } from '../../plan/days.ts';
import { submissionStates, type SubmissionState } from '../../submission/submission.ts';
import type { DatasetSpec } from '../dataset-spec.ts';
import type { VersionPlace } from '../version-place.ts';
import type { CompileDeps } from '../deps.ts';
import type { Built } from '../form-dataset.ts';
import { jsonMediaType } from '../formats/json.ts';
import { segmentLines } from '../segment-file.ts';
import type { VersionWriter } from '../version-writer.ts';
import { publishedForms, type PublishedForm } from './published-forms.ts';

/** Who has answered which form. Members see it, the public does not. */
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
      stateful: false,
      build: (place, files) => build(deps, forms, organisations, asOf, place, files),
    };
  },
};

/** What an organisation has sent to a form: a draft is unfinished or was sent back to it. */
type OrganisationState = 'answered' | 'draft' | 'none' | 'overdue';

const answered: ReadonlySet<SubmissionState> = new Set(['received', 'has-issues', 'accepted']);
const draft: ReadonlySet<SubmissionState> = new Set(['incomplete', 'needs-changes']);

interface Tally {
  submissions: number;
  answered: boolean;
  draft: boolean;
  lastAt: string;
}

async function build(
  deps: CompileDeps,
  forms: readonly PublishedForm[],
  organisations: readonly Organisation[],
  asOf: string,
  place: VersionPlace,
  files: VersionWriter,
): Promise<Built> {
  const told: { newest: FormModel; coverage: ReturnType<typeof coverageOf> }[] = [];
  for (const form of forms) {
    const [newest] = form.models;
    if (newest === undefined) continue;
    const tallies = await talliesOf(deps, form);
    told.push({ newest, coverage: coverageOf(newest, tallies, organisations, asOf) });
  }
  const counts = (['members', 'coordinator'] as const).map((audience) => {
    const seen = told.filter(
      ({ newest }) => audience === 'coordinator' || newest.settings.audience !== 'coordinator',
    );
    const file = files.open(audience, 'coverage.json', jsonMediaType);
    const shown = { asOf, version: place.version, forms: seen.map((form) => form.coverage) };
    file.write(`${JSON.stringify(shown)}\n`);
    file.rows = seen.reduce((sum, form) => sum + form.coverage.organisations.length, 0);
    return [audience, file.rows] as const;
  });
  return { rows: Object.fromEntries(counts), withheld: {} };
}

const Beginning = z.object({
  state: z.enum(submissionStates),
  organisation: z.string(),
  updatedAt: z.string(),
});

/** By organisation. Reads only the beginning of each line, before the answers. */
async function talliesOf(
  { objects }: CompileDeps,
  { input }: PublishedForm,
): Promise<ReadonlyMap<string, Tally>> {
  const tallies = new Map<string, Tally>();
  for (const segment of input.segments) {
    for await (const lines of segmentLines(objects, segment)) {
      for (const line of lines) {
        const start = line.slice(0, line.indexOf(',"answers":'));
        const { state, organisation, updatedAt } = Beginning.parse(JSON.parse(`${start}}`));
        const tally = tallies.get(organisation) ?? {
          submissions: 0,
          answered: false,
          draft: false,
          lastAt: '',
        };
        tally.submissions += 1;
        if (answered.has(state)) tally.answered = true;
        if (draft.has(state)) tally.draft = true;
        if (updatedAt > tally.lastAt) tally.lastAt = updatedAt;
        tallies.set(organisation, tally);
      }
    }
  }
  return tallies;
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
) {
  const due = settings.due ?? null;
  const owes = (organisation: Organisation): boolean =>
    settings.expected && organisation.state === 'active';
  const listed = organisations
    .filter((organisation) => owes(organisation) || tallies.has(organisation.id))
    .map((organisation) => {
      const tally = tallies.get(organisation.id);
      return {
        id: organisation.id,
        name: organisation.name,
        state: stateOf(tally, owes(organisation) && due !== null && asOf > due),
        submissions: tally?.submissions ?? 0,
        lastAt: tally?.lastAt ?? null,
      };
    });
  const count = (wanted: OrganisationState): number =>
    listed.filter(({ state }) => state === wanted).length;
  return {
    formId,
    due,
    expected: organisations.filter(owes).length,
    answered: count('answered'),
    overdue: count('overdue'),
    organisations: listed,
  };
}

function stateOf(tally: Tally | undefined, overdue: boolean): OrganisationState {
  if (tally?.answered === true) return 'answered';
  if (overdue) return 'overdue';
  return tally?.draft === true ? 'draft' : 'none';
}
