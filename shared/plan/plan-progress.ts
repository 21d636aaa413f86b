import { daysBetween } from './days.ts';
import type {
  ActivityProgress,
  ActivityReport,
  ActivityState,
  CriterionState,
  Day,
  PlannedActivity,
  PlanProgress,
  StateCounts,
} from './plan.ts';

/** How the plan stands on the day `asOf`. Activities come by date, then by order. */
export function progress(
  plan: string,
  activities: readonly PlannedActivity[],
  reports: readonly ActivityReport[],
  asOf: Day,
): PlanProgress {
  const byActivity = Map.groupBy(reports, ({ activity }) => activity);
  const all = activities
    .map((activity) => progressOf(activity, byActivity.get(activity.id) ?? [], asOf))
    .sort(byDate);
  const counts = countsOf(all);
  const kept = all.filter(({ state }) => state !== 'cancelled');
  return {
    plan,
    asOf,
    counts,
    byKind: countsBy(all, ({ kind }) => (kind === null ? [] : [kind])),
    byZone: countsBy(all, ({ zones }) => zones),
    percentDone: percent(counts.done + counts.doneLate, kept.length),
    percentElapsed: elapsed(kept, asOf),
    criteria: criteriaCounts(kept),
    next: nextOf(all),
    activities: all,
  };
}

function countsOf(activities: readonly ActivityProgress[]): StateCounts {
  const count = (state: ActivityState): number =>
    activities.filter((activity) => activity.state === state).length;
  return {
    planned: count('planned'),
    due: count('due'),
    done: count('done'),
    doneLate: count('done-late'),
    late: count('late'),
    cancelled: count('cancelled'),
  };
}

/** Counts for each name that `namesOf` gives, the names in code-unit order. */
function countsBy(
  activities: readonly ActivityProgress[],
  namesOf: (activity: ActivityProgress) => readonly string[],
): Readonly<Record<string, StateCounts>> {
  const names = new Set(activities.flatMap(namesOf));
  return Object.fromEntries(
    [...names]
      .sort()
      .map((name) => [name, countsOf(activities.filter((one) => namesOf(one).includes(name)))]),
  );
}

function progressOf(
  { cancelled, criteria, ...activity }: PlannedActivity,
  reports: readonly ActivityReport[],
  asOf: Day,
): ActivityProgress {
  const held = reports.flatMap(({ heldOn }) => heldOn ?? []).sort();
  const heldOn = held[0] ?? null;
  const state = stateOf(activity, { cancelled, reported: reports.length > 0, heldOn, asOf });
  const until = state === 'done-late' ? heldOn : state === 'late' ? asOf : null;
  return {
    ...activity,
    state,
    heldOn,
    daysLate: until === null || activity.end === null ? 0 : daysBetween(activity.end, until),
    criteria: criteria.map((text, index) => ({ text, state: criterionState(index + 1, reports) })),
    reports: reports.length,
  };
}

function stateOf(
  { start, end }: Pick<PlannedActivity, 'start' | 'end'>,
  now: {
    readonly cancelled: boolean;
    readonly reported: boolean;
    readonly heldOn: Day | null;
    readonly asOf: Day;
  },
): ActivityState {
  if (now.reported) {
    return now.heldOn !== null && end !== null && now.heldOn > end ? 'done-late' : 'done';
  }
  if (now.cancelled) return 'cancelled';
  if (end !== null && now.asOf > end) return 'late';
  return start !== null && now.asOf >= start ? 'due' : 'planned';
}

/** What the last report says that speaks of the criterion. */
function criterionState(rank: number, reports: readonly ActivityReport[]): CriterionState {
  const inOrder = reports.toSorted((one, other) => compare(one.heldOn ?? '', other.heldOn ?? ''));
  const said = inOrder.flatMap(({ criteria }) =>
    criteria.filter((criterion) => criterion.rank === rank).map(({ state }) => state),
  );
  return said.at(-1) ?? 'open';
}

function criteriaCounts(activities: readonly ActivityProgress[]): PlanProgress['criteria'] {
  const states = activities.flatMap(({ criteria }) => criteria.map(({ state }) => state));
  const count = (wanted: CriterionState): number =>
    states.filter((state) => state === wanted).length;
  return {
    met: count('met'),
    partly: count('partly'),
    notMet: count('notMet'),
    open: count('open'),
  };
}

function nextOf(activities: readonly ActivityProgress[]): PlanProgress['next'] {
  const found = activities.find(({ state }) => state === 'due' || state === 'planned');
  if (found === undefined) return null;
  const { id, kind, title, start, end, zones } = found;
  return { id, kind, title, start, end, zones };
}

function elapsed(activities: readonly ActivityProgress[], asOf: Day): number {
  const first = activities.flatMap(({ start }) => start ?? []).sort()[0];
  const last = activities
    .flatMap(({ end }) => end ?? [])
    .sort()
    .at(-1);
  if (first === undefined || last === undefined) return 0;
  const days = Math.max(0, daysBetween(first, last) + 1);
  return percent(Math.min(Math.max(0, daysBetween(first, asOf)), days), days);
}

function percent(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.round((100 * part) / whole);
}

/** By date, those without one last. */
function byDate(one: ActivityProgress, other: ActivityProgress): number {
  return (
    compare(one.start ?? '9999', other.start ?? '9999') ||
    compare(one.end ?? '9999', other.end ?? '9999') ||
    (one.order ?? 0) - (other.order ?? 0) ||
    compare(one.id, other.id)
  );
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
