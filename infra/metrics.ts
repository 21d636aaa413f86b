/** The names of what is counted, for alarms, the dashboard and whatever counts. */

import { Metric, type MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import {
  FilterPattern,
  MetricFilter,
  type IFilterPattern,
  type ILogGroup,
} from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';

/** That of functions which are told no other (shared/config.ts). */
export const defaultNamespace = 'Fiche';

/**
 * The namespace of our own metrics. Several deployments can stand side by side: without a namespace of
 * its own, each one's alarms would go off for the others' faults.
 */
export function namespaceOf(name: string): string {
  return name === 'fiche' ? defaultNamespace : `${defaultNamespace}/${name}`;
}

/** Counted from the API's access log, so that what never reached a function counts as well. */
export const accessMetric = {
  /** Answers with 5xx but 501: that is said to tools that ask a feed for what it does not do. */
  failed: 'ApiFaults',
  /** Answers with 429. */
  throttled: 'ApiThrottled',
} as const;

/** A metric of ours without dimensions. */
export function ownMetric(namespace: string, metricName: string, options: MetricOptions): Metric {
  return new Metric({ namespace, metricName, ...options });
}

/** A metric that a function counts (functions/wrap.ts): its name is the dimension `service`. */
export function countedBy(
  namespace: string,
  service: string,
  metricName: string,
  options: MetricOptions,
): Metric {
  return new Metric({ namespace, metricName, dimensionsMap: { service }, ...options });
}

/** A metric that DynamoDB keeps of a table. */
export function tableMetric(TableName: string, metricName: string, options: MetricOptions): Metric {
  return new Metric({
    namespace: 'AWS/DynamoDB',
    metricName,
    dimensionsMap: { TableName },
    ...options,
  });
}

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
