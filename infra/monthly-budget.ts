import { CfnBudget } from 'aws-cdk-lib/aws-budgets';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';

export interface MonthlyBudgetProps {
  /** US dollars a month, for the whole account: what else runs in it counts, too. */
  readonly limit: number;
  readonly topic: ITopic;
}

/** Per cent of the limit, and whether they are spent already or would be by the end of the month. */
const told = [
  { notificationType: 'ACTUAL', threshold: 80 },
  { notificationType: 'FORECASTED', threshold: 100 },
] as const;

/**
 * Tells when the bill grows. By tag it could count this deployment alone, but only after someone has
 * activated the tag in the billing console, and until then it would count nothing.
 */
export class MonthlyBudget extends Construct {
  constructor(scope: Construct, id: string, { limit, topic }: MonthlyBudgetProps) {
    super(scope, id);
    new CfnBudget(this, 'Budget', {
      budget: {
        budgetType: 'COST',
        timeUnit: 'MONTHLY',
        budgetLimit: { amount: limit, unit: 'USD' },
      },
      notificationsWithSubscribers: told.map((notification) => ({
        notification: {
          ...notification,
          comparisonOperator: 'GREATER_THAN',
          thresholdType: 'PERCENTAGE',
        },
        subscribers: [{ subscriptionType: 'SNS', address: topic.topicArn }],
      })),
    });
  }
}
