import {
  FilterPattern,
  MetricFilter,
  type IFilterPattern,
  type ILogGroup,
} from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { accessMetric } from './metrics.ts';

/**
 * Counts in the API's access log what the API's own metrics do not tell apart: 501 is no fault, and a 429
 * is no fault of the client's. Throttled functions count as well, for which the API answers 503 itself.
 */
export function countAnswers(scope: Construct, log: ILogGroup, namespace: string): void {
  const status = (
    comparison: '=' | '!=',
    value: string,
  ): ReturnType<typeof FilterPattern.stringValue> =>
    FilterPattern.stringValue('$.status', comparison, value);
  const count = (metricName: string, filterPattern: IFilterPattern): void => {
    new MetricFilter(scope, metricName, {
      logGroup: log,
      metricNamespace: namespace,
      metricName,
      filterPattern,
      metricValue: '1',
    });
  };
  count(accessMetric.failed, FilterPattern.all(status('=', '5*'), status('!=', '501')));
  count(accessMetric.throttled, status('=', '429'));
}
