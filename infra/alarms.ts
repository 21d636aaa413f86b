import { Duration } from 'aws-cdk-lib';
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import {
  Alarm,
  ComparisonOperator,
  Metric,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';

export interface FicheAlarmsProps {
  readonly api: HttpApi;
  readonly functions: ReadonlyMap<string, IFunction>;
  readonly machine: IStateMachine;
  readonly undelivered: IQueue;
}

/** What to do stands in the runbook: each alarm names its section there. */
const runbook = 'docs/operations.md';

/** Tells when something is wrong. Silence is good news: no requests, no data, no alarm. */
export class FicheAlarms extends Construct {
  constructor(scope: Construct, id: string, props: FicheAlarmsProps) {
    super(scope, id);
    const period = Duration.minutes(5);
    const sum = { period, statistic: Stats.SUM };

    const alarm = (name: string, metric: Metric, section: string, says: string): Alarm =>
      new Alarm(this, name, {
        metric,
        threshold: 1,
        evaluationPeriods: 1,
        comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        treatMissingData: TreatMissingData.NOT_BREACHING,
        alarmDescription: `${says} What to do: ${runbook}#${section}`,
      });

    alarm(
      'ApiFaults',
      props.api.metricServerError(sum),
      'the-api-answers-with-5xx',
      'The API answered with 5xx.',
    );
    for (const [name, fn] of props.functions) {
      alarm(
        `Errors-${name}`,
        fn.metricErrors(sum),
        'a-function-fails',
        `The function ${name} failed or ran out of time.`,
      );
    }
    alarm(
      'CompileFailed',
      props.machine.metricFailed(sum),
      'a-compile-failed',
      'A compile failed: some dataset stays at its last good version.',
    );
    alarm(
      'CompileTimedOut',
      props.machine.metricTimedOut(sum),
      'a-compile-failed',
      'A compile ran out of time: some dataset stays at its last good version.',
    );
    alarm(
      'Drift',
      new Metric({
        namespace: 'Fiche',
        metricName: 'Drift',
        dimensionsMap: { service: 'verify' },
        ...sum,
      }),
      'something-was-not-as-recomputed',
      'What was stored differed from what was recomputed.',
    );
    alarm(
      'ScheduleUndelivered',
      props.undelivered.metricApproximateNumberOfMessagesVisible({
        period,
        statistic: Stats.MAXIMUM,
      }),
      'a-schedule-could-not-start-a-compile',
      'A schedule could not start a compile.',
    );
  }
}
