import { Duration, RemovalPolicy, TimeZone, Validations } from 'aws-cdk-lib';
import { Schedule, ScheduleExpression, ScheduleTargetInput } from 'aws-cdk-lib/aws-scheduler';
import { StepFunctionsStartExecution } from 'aws-cdk-lib/aws-scheduler-targets';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';

export interface CompileSchedulesProps {
  readonly machine: IStateMachine;
  readonly every: Duration;
}

/** Starts a compile every so often, and at night one that verifies everything. */
export class CompileSchedules extends Construct {
  /** Starts that could not be delivered, kept for fourteen days. */
  readonly undelivered: Queue;

  constructor(scope: Construct, id: string, { machine, every }: CompileSchedulesProps) {
    super(scope, id);
    this.undelivered = new Queue(this, 'Undelivered', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
      removalPolicy: RemovalPolicy.DESTROY,
    });
    Validations.of(this.undelivered).acknowledge({
      id: 'AwsSolutions-SQS3',
      reason: 'This queue is the dead-letter queue.',
    });

    const schedule = (
      name: string,
      expression: ScheduleExpression,
      input: Readonly<Record<string, boolean>>,
      description: string,
    ): Schedule =>
      new Schedule(this, name, {
        description,
        schedule: expression,
        target: new StepFunctionsStartExecution(machine, {
          input: ScheduleTargetInput.fromObject(input),
          deadLetterQueue: this.undelivered,
          retryAttempts: 10,
          // Older starts are not worth repeating: the next one does their work as well.
          maxEventAge: Duration.hours(1),
        }),
      });
    schedule(
      'Regular',
      ScheduleExpression.rate(every),
      { full: false },
      'Compiles what has changed',
    );
    schedule(
      'Nightly',
      ScheduleExpression.cron({ minute: '17', hour: '2', timeZone: TimeZone.ETC_UTC }),
      { full: false, verify: true },
      'Compiles, then makes everything anew and compares',
    );
  }
}
