import { Annotations, Stack, Validations } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  TreatMissingData,
  type IAlarm,
  type IAlarmAction,
} from 'aws-cdk-lib/aws-cloudwatch';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import type { AlarmRow } from './alarm-rows.ts';

interface FicheAlarmsProps {
  readonly rows: readonly AlarmRow[];
  /** Told when an alarm goes off, and when all is well again. */
  readonly action: IAlarmAction;
}

/** What to do stands in the runbook: each alarm names its section there. */
const runbook = 'docs/operations.md';

/** Tells when something is wrong, and when it is no longer. */
export class FicheAlarms extends Construct {
  /** In the order of the rows. */
  readonly alarms: readonly IAlarm[];

  constructor(scope: Construct, id: string, { rows, action }: FicheAlarmsProps) {
    super(scope, id);
    this.alarms = rows.map(({ name, metric, section, says, ...row }) => {
      const alarm = new Alarm(this, name, {
        metric,
        threshold: row.threshold,
        evaluationPeriods: row.periods ?? 1,
        comparisonOperator:
          row.below === true
            ? ComparisonOperator.LESS_THAN_THRESHOLD
            : ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        treatMissingData:
          row.silenceIsBad === true ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
        alarmDescription: `${says.fr} ${says.en} Que faire / What to do: ${runbook}#${section}`,
      });
      alarm.addAlarmAction(action);
      alarm.addOkAction(action);
      return alarm;
    });
  }
}

/** Who may publish: CloudWatch its alarms, and AWS Budgets what it costs. */
const publishers = ['cloudwatch.amazonaws.com', 'budgets.amazonaws.com'] as const;

/** Where alarms go: to each of the e-mail addresses, once it has confirmed that it wants them. */
export class AlarmTopic extends Construct {
  readonly topic: Topic;

  constructor(scope: Construct, id: string, emails: readonly string[]) {
    super(scope, id);
    this.topic = new Topic(this, 'Topic', { displayName: 'Fiche', enforceSSL: true });
    // Whoever has a policy of its own loses the one that lets the services of the account publish.
    for (const service of publishers) {
      this.topic.addToResourcePolicy(
        new PolicyStatement({
          principals: [new ServicePrincipal(service)],
          actions: ['sns:Publish'],
          resources: [this.topic.topicArn],
          conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
        }),
      );
    }
    for (const email of emails) this.topic.addSubscription(new EmailSubscription(email));
    Validations.of(this.topic).acknowledge({
      id: 'AwsSolutions-SNS2',
      reason:
        'A message says which alarm went off, and nothing of what was sent. The key of AWS for SNS ' +
        'lets no CloudWatch publish; one of our own costs more by the month than all alarms do.',
    });
    if (emails.length === 0) {
      Annotations.of(this).addWarningV2(
        'fiche:nobody-is-told',
        'Les alarmes ne préviennent personne : -c alarmEmail=ops@example.org. ' +
          'Alarms tell nobody: -c alarmEmail=ops@example.org.',
      );
    }
  }
}
