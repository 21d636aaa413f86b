/** A day, ISO 8601: `2018-09-24`. The network's time is that of Dakar, which is UTC. */
export type Day = string;

/** What the plan says will be done. */
export interface PlannedActivity {
  /** The code by which reports name it. */
  readonly id: string;
  readonly kind: string | null;
  readonly title: { readonly fr: string; readonly en: string };
  readonly who: readonly string[];
  readonly resources: string | null;
  readonly zones: readonly string[];
  readonly order: number | null;
  /** First and last day of its period; null: not said. */
  readonly start: Day | null;
  readonly end: Day | null;
  readonly cancelled: boolean;
  readonly criteria: readonly string[];
}

export type CriterionState = 'met' | 'partly' | 'notMet' | 'open';

/** What someone reports was done. */
export interface ActivityReport {
  readonly activity: string;
  readonly heldOn: Day | null;
  readonly criteria: readonly {
    /** Rank among the activity's criteria, from 1. */
    readonly rank: number;
    readonly state: Exclude<CriterionState, 'open'>;
  }[];
}

/**
 * planned: its period is to come; due: it has begun; late: it is over and nothing was reported;
 * done-late: done after the end of its period.
 */
export type ActivityState = 'planned' | 'due' | 'done' | 'done-late' | 'late' | 'cancelled';

export interface ActivityProgress extends Omit<PlannedActivity, 'cancelled' | 'criteria'> {
  readonly state: ActivityState;
  /** When it was first held. */
  readonly heldOn: Day | null;
  /** Days from the end of its period to the day it was held, or to `asOf` while it is late. */
  readonly daysLate: number;
  readonly criteria: readonly { readonly text: string; readonly state: CriterionState }[];
  /** How many reports there are. */
  readonly reports: number;
}

/** How many activities are in each state. */
export interface StateCounts {
  readonly planned: number;
  readonly due: number;
  readonly done: number;
  readonly doneLate: number;
  readonly late: number;
  readonly cancelled: number;
}

/** plan.json. */
export interface PlanProgress {
  readonly plan: string;
  readonly asOf: Day;
  readonly counts: StateCounts;
  /** The same for each kind of activity, and for each zone: one in two zones counts in both. */
  readonly byKind: Readonly<Record<string, StateCounts>>;
  readonly byZone: Readonly<Record<string, StateCounts>>;
  /** Of the activities that were not cancelled; whole numbers from 0 to 100. */
  readonly percentDone: number;
  /** Of the days from the plan's first to its last. */
  readonly percentElapsed: number;
  readonly criteria: Readonly<Record<CriterionState, number>>;
  /** The one that comes next, or is under way. */
  readonly next: Pick<ActivityProgress, 'id' | 'kind' | 'title' | 'start' | 'end' | 'zones'> | null;
  readonly activities: readonly ActivityProgress[];
}
