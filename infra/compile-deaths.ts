import { Duration } from 'aws-cdk-lib';
import { EventField, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';

/**
 * Has `compile-end` told of executions that ended without it: stopped by hand, out of time, or failed
 * where even the failure could not be noted. Else their runs would be `running` for ever. Nothing but the
 * run's id and how it ended is passed on.
 * https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html
 */
export function noteCompileDeaths(
  scope: Construct,
  machine: IStateMachine,
  compileEnd: IFunction,
  undelivered: IQueue,
): void {
  new Rule(scope, 'CompileDeaths', {
    description: 'Notes the end of compiles that could not note it themselves',
    eventPattern: {
      source: ['aws.states'],
      detailType: ['Step Functions Execution Status Change'],
      detail: {
        status: ['FAILED', 'TIMED_OUT', 'ABORTED'],
        stateMachineArn: [machine.stateMachineArn],
      },
    },
    targets: [
      new LambdaFunction(compileEnd, {
        event: RuleTargetInput.fromObject({
          runId: EventField.fromPath('$.detail.name'),
          died: EventField.fromPath('$.detail.status'),
        }),
        deadLetterQueue: undelivered,
        retryAttempts: 10,
        maxEventAge: Duration.hours(1),
      }),
    ],
  });
}
