import * as z from 'zod';
import { completenessOf, type Completeness } from '../../form/validate/completeness.ts';
import type { FormModel } from '../../form/model.ts';
import type { JsonValue } from '../../json.ts';
import { submissionStates, type SubmissionState } from '../../submission/records/submission.ts';
import type { CompileDeps } from '../deps.ts';
import { segmentLines } from '../segments/segment-file.ts';
import type { PublishedForm } from './published-forms.ts';

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
export interface Tally {
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
export async function talliesOf(
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
    ...{ submissions: 0, needsChanges: 0, answered: false, draft: false },
    ...{ firstAt: '', lastAt: '', completeness: null },
  };
}

function modelOf(models: readonly FormModel[], version: string): FormModel | undefined {
  return models.find((model) => model.version === version);
}

function answersOf(line: string): JsonValue {
  return z.object({ answers: z.json() }).parse(JSON.parse(line)).answers;
}
