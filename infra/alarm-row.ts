import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { Duration } from 'aws-cdk-lib';
import { Stats, type Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { FunctionName } from './functions.ts';

/** What an alarm watches, when it goes off, and what it tells whoever is woken. */
export interface AlarmRow {
  /** A word, which the runbook's section names, and after a dash what it is about: `Errors-publish`. */
  readonly name: string;
  readonly metric: Metric;
  /** Goes off at this value or above; with `below`, under it. */
  readonly threshold: number;
  readonly below?: true;
  /** For how many periods of the metric in a row, by default one. */
  readonly periods?: number;
  /** Silence is a reason to go off, too. Else it is good news: no requests, no data, no alarm. */
  readonly silenceIsBad?: true;
  /** The anchor of the section of docs/operations.md that says what to do. */
  readonly section: string;
  readonly says: { readonly fr: string; readonly en: string };
}

/** What there is to be watched. */
export interface Watched {
  readonly namespace: string;
  readonly api: HttpApi;
  readonly functions: ReadonlyMap<FunctionName, IFunction>;
  /** By what the runbook calls them. */
  readonly tables: Readonly<Record<'Submissions' | 'Registry', { readonly tableName: string }>>;
  readonly machine: IStateMachine;
  readonly undelivered: IQueue;
  /** Minutes between compiles. */
  readonly compileEvery: number;
  /** Minutes between two visits of the canary; 0: never. */
  readonly canaryEvery: number;
}

const period = Duration.minutes(5);

/** How the values of a metric are put together, unless there is a reason for another way. */
export const sum = { period, statistic: Stats.SUM };
export const most = { period, statistic: Stats.MAXIMUM };
export const hourly = { period: Duration.hours(1), statistic: Stats.SUM };
