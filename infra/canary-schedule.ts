import { Duration } from 'aws-cdk-lib';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Schedule, ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

export interface CanaryScheduleProps {
  readonly canary: IFunction;
  readonly every: Duration;
  readonly undelivered: IQueue;
}

/** Sends the canary out every so often. One that could not go is not made up for: the next one goes. */
export class CanarySchedule extends Construct {
  constructor(scope: Construct, id: string, { canary, every, undelivered }: CanaryScheduleProps) {
    super(scope, id);
    canary.configureAsyncInvoke({ retryAttempts: 0, maxEventAge: Duration.minutes(5) });
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com'),
      inlinePolicies: {
        Work: new PolicyDocument({
          statements: [
            new PolicyStatement({
              actions: ['lambda:InvokeFunction'],
              resources: [canary.functionArn],
            }),
            new PolicyStatement({
              actions: ['sqs:SendMessage'],
              resources: [undelivered.queueArn],
            }),
          ],
        }),
      },
    });
    new Schedule(this, 'Regular', {
      description: 'Sends a form as a client does, and erases it',
      schedule: ScheduleExpression.rate(every),
      target: new LambdaInvoke(canary, {
        // CDK would grant every version of the function too.
        role: Role.fromRoleArn(this, 'Used', role.roleArn, { mutable: false }),
        deadLetterQueue: undelivered,
        retryAttempts: 2,
        maxEventAge: Duration.minutes(5),
      }),
    });
  }
}
