import {
  Alarm,
  ComparisonOperator,
  TreatMissingData,
  type IAlarm,
  type IAlarmAction,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { AlarmRow } from './alarm-row.ts';

export interface FicheAlarmsProps {
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
