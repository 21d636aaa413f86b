import { listOrganisations, type Organisation } from '../../access/organisation-records.ts';
import type { FormModel } from '../../form/model.ts';
import { coordination } from '../../ids.ts';
import { dayOf, daysBetween } from '../../plan/days.ts';
import type { Coverage, CoveredForm, CoveredOrganisation } from './coverage-report.ts';
import type { DatasetSpec } from '../build/dataset-spec.ts';
import type { CompileDeps } from '../compile-deps.ts';
import type { Built } from '../build/form-dataset.ts';
import { byteOrderMark, csvMediaType, csvRow } from '../formats/csv-format.ts';
import { jsonMediaType } from '../formats/json-format.ts';
import type { VersionPlace } from '../versions/version-place.ts';
import type { VersionWriter } from '../versions/version-writer.ts';
import { publishedForms, type PublishedForm } from './published-forms.ts';
import { csvText } from '../rows/cell-text.ts';
import * as z from 'zod';
import { completenessOf, type Completeness } from '../../form/validate/completeness.ts';
import type { JsonValue } from '../../json.ts';
import { submissionStates, type SubmissionState } from '../../submission/records/submission.ts';
import { segmentLines } from '../segments/segment-file.ts';

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
  const covered: { newest: FormModel; coverage: CoveredForm }[] = [];
  for (const form of forms) {
    const [newest] = form.models;
    if (newest === undefined) continue;
    const tallies = await talliesOf(deps, form, wanted);
    covered.push({ newest, coverage: coverageOf(newest, tallies, organisations, asOf) });
  }
  const counts = (['members', 'coordinator'] as const).map((audience) => {
    const whole = audience === 'coordinator';
    const seen = covered.flatMap(({ newest, coverage: form }) => {
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
    needsChanges: 0,
    completeness: null,
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

type Cell = string | number | boolean | null;

const columns: readonly {
  readonly header: string;
  readonly of: (form: CoveredForm, organisation: CoveredOrganisation) => Cell;
}[] = [
  { header: 'form', of: ({ formId }) => formId },
  { header: 'due', of: ({ due }) => due },
  { header: 'organisation', of: (_, { id }) => id },
  { header: 'name', of: (_, { name }) => name },
  { header: 'state', of: (_, { state }) => state },
  { header: 'submissions', of: (_, { submissions }) => submissions },
  { header: 'needs_changes', of: (_, { needsChanges }) => needsChanges },
  { header: 'first_at', of: (_, { firstAt }) => firstAt },
  { header: 'last_at', of: (_, { lastAt }) => lastAt },
  { header: 'on_time', of: (_, { onTime }) => onTime },
  { header: 'days_overdue', of: (_, { daysOverdue }) => daysOverdue },
  { header: 'questions_asked', of: (_, { completeness }) => completeness?.asked ?? null },
  { header: 'questions_answered', of: (_, { completeness }) => completeness?.answered ?? null },
];

/** The coverage as the lines of a CSV file: one for each form and organisation. */
function coverageRows(forms: readonly CoveredForm[]): readonly string[] {
  const cellOf = (cell: Cell): string =>
    typeof cell === 'string' ? csvText(cell) : String(cell ?? '');
  return [
    csvRow(columns.map(({ header }) => header)),
    ...forms.flatMap((form) =>
      form.organisations.map(
        (organisation) =>
          `${columns.map(({ of }) => cellOf(of(form, organisation))).join(',')}\r\n`,
      ),
    ),
  ];
}

/**
 * Whether a submission counts as an answer, or as a draft: something is awaited of who sent it, the
 * rest of its files or corrections.
 */
const countedAs: Readonly<Record<SubmissionState, 'answer' | 'draft' | 'neither'>> = {
  incomplete: 'draft',
  received: 'answer',
  'has-issues': 'answer',
  accepted: 'answer',
  'needs-changes': 'draft',
  rejected: 'neither',
  withdrawn: 'neither',
  erased: 'neither',
};

/** What one organisation has sent to a form. */
interface Tally {
  submissions: number;
  needsChanges: number;
  answered: boolean;
  draft: boolean;
  /** When the first one that counts as an answer came; '' for none. */
  firstAt: string;
  lastAt: string;
  completeness: Completeness | null;
}

interface Newest {
  readonly id: string;
  readonly rank: string;
}

const Beginning = z.object({
  id: z.string(),
  state: z.enum(submissionStates),
  organisation: z.string(),
  formVersion: z.string(),
  receivedAt: z.string(),
  updatedAt: z.string(),
});

/** A line up to its answers, which are most of it. */
function beginningOf(line: string): z.infer<typeof Beginning> {
  return Beginning.parse(JSON.parse(`${line.slice(0, line.indexOf(',"answers":'))}}`));
}

/**
 * By organisation, of those in `wanted`. Goes through the lines once without their answers, and once
 * more for the answers of each organisation's newest submission: memory grows with organisations only.
 */
async function talliesOf(
  { objects, clock }: Pick<CompileDeps, 'objects' | 'clock'>,
  { input, models }: PublishedForm,
  wanted: ReadonlySet<string>,
): Promise<ReadonlyMap<string, Tally>> {
  const tallies = new Map<string, Tally>();
  const newest = new Map<string, Newest>();
  for (const segment of input.segments) {
    for await (const lines of segmentLines(objects, segment)) {
      for (const line of lines) {
        const { id, state, organisation, receivedAt, updatedAt } = beginningOf(line);
        if (!wanted.has(organisation)) continue;
        const tally = tallies.get(organisation) ?? emptyTally();
        tallies.set(organisation, tally);
        tally.submissions += 1;
        if (state === 'needs-changes') tally.needsChanges += 1;
        if (countedAs[state] === 'draft') tally.draft = true;
        if (updatedAt > tally.lastAt) tally.lastAt = updatedAt;
        const answered = countedAs[state] === 'answer';
        if (answered && (tally.firstAt === '' || receivedAt < tally.firstAt)) {
          tally.firstAt = receivedAt;
        }
        tally.answered ||= answered;
        // An answer before a draft, a later one before an earlier one.
        const rank = `${answered ? 1 : 0} ${updatedAt}`;
        const best = newest.get(organisation);
        if (best === undefined || rank > best.rank) newest.set(organisation, { id, rank });
      }
    }
  }
  const of = new Map([...newest].map(([organisation, { id }]) => [id, organisation]));
  const context = { now: clock(), uuid: () => '' };
  for (const segment of of.size === 0 ? [] : input.segments) {
    for await (const lines of segmentLines(objects, segment)) {
      for (const line of lines) {
        const { id, formVersion } = beginningOf(line);
        const tally = tallies.get(of.get(id) ?? '');
        const model = modelOf(models, formVersion);
        if (tally === undefined || model === undefined) continue;
        tally.completeness = completenessOf(model, answersOf(line), context);
      }
    }
  }
  return tallies;
}

function emptyTally(): Tally {
  return {
    submissions: 0,
    needsChanges: 0,
    answered: false,
    draft: false,
    firstAt: '',
    lastAt: '',
    completeness: null,
  };
}

function modelOf(models: readonly FormModel[], version: string): FormModel | undefined {
  return models.find((model) => model.version === version);
}

function answersOf(line: string): JsonValue {
  return z.object({ answers: z.json() }).parse(JSON.parse(line)).answers;
}
