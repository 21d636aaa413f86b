import { CfnOutput, type Stack } from 'aws-cdk-lib';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { countAnswers } from './access-metrics.ts';
import type { Watched } from './alarm-row.ts';
import { alarmRows } from './alarm-rows.ts';
import { AlarmTopic } from './alarm-topic.ts';
import { FicheAlarms } from './alarms.ts';
import { FicheDashboard } from './dashboard.ts';
import { MonthlyBudget } from './monthly-budget.ts';
import type { Settings } from './settings.ts';

/** Adds to a stack what watches over it and tells a person: alarms, where they go, the budget, a page to look at. */
export function addMonitoring(
  stack: Stack,
  watched: Watched,
  accessLog: ILogGroup,
  { alarmEmail, budget }: Pick<Settings, 'alarmEmail' | 'budget'>,
): void {
  countAnswers(stack, accessLog, watched.namespace);
  const { topic } = new AlarmTopic(stack, 'Told', alarmEmail);
  const { alarms } = new FicheAlarms(stack, 'Alarms', {
    rows: alarmRows(watched),
    action: new SnsAction(topic),
  });
  if (budget > 0) new MonthlyBudget(stack, 'Costs', { limit: budget, topic });
  const { dashboard } = new FicheDashboard(stack, 'Page', { watched, alarms });
  new CfnOutput(stack, 'DashboardUrl', {
    description: 'Whether all is well, for a person to look at',
    value: addressOf(stack, dashboard.dashboardName),
  });
}

function addressOf({ region }: Stack, name: string): string {
  return `https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}#dashboards/dashboard/${name}`;
}
