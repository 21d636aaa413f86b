import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware';
import middy, { type MiddlewareObj, type MiddyfiedHandler } from '@middy/core';
import { metricsNamespace } from '../shared/config.ts';
import { Fault } from '../shared/fault.ts';
import { describeError } from './describe-error.ts';
import { invoke } from './invocation-signal.ts';

/** What the log says of an event: names of the product, never anything that a person wrote. */
export interface Subject {
  readonly operation: string;
  readonly requestId: string;
}

export interface Outcome {
  /** HTTP status. */
  readonly status?: number;
  /** Code of a refusal or of an error. */
  readonly code?: string;
  /** What was found not to be as it should be: keys of objects and names of problems. */
  readonly drift?: readonly { readonly what: string; readonly problem: string }[];
  /** What is counted. Few names: each is a metric that costs by the month. */
  readonly count?: string;
  /** What is measured, beside or instead. As few. */
  readonly measures?: readonly Measure[];
}

export interface Measure {
  readonly name: string;
  readonly unit: 'Count' | 'Milliseconds' | 'Gigabytes';
  readonly value: number;
}

/** Takes what is measured in the middle of an event, where its outcome does not show it. */
export type TakeMeasure = (measure: Measure) => void;

export type Report = (failure: {
  readonly requestId: string;
  readonly operation: string;
  readonly error: unknown;
}) => void;

export interface Wrapping<Event, Result> {
  readonly service: string;
  /**
   * Makes the handler. Called with the first event rather than when the module loads, so that a
   * wrong configuration is logged and answered as any other error.
   */
  readonly create: (report: Report, take: TakeMeasure) => (event: Event) => Promise<Result>;
  readonly subject: (event: Event) => Subject;
  readonly outcome: (result: Result, event: Event) => Outcome;
  /**
   * What to answer for an error, or what to fail with instead: Lambda logs that error in full.
   * `outcome`: what to log and count, if it is not one more `Failed`.
   */
  readonly failure: (
    error: unknown,
    event: Event,
  ) => ({ readonly response: Result } | { readonly error: Error }) & {
    readonly outcome?: Outcome;
  };
}

/** Before Lambda ends a function that takes too long, it answers that it could not. Milliseconds. */
const reserve = 500;

/**
 * What every function is wrapped in: logs, metrics and an answer for
 * whatever goes wrong. Each event leaves one line with operation, status, code and duration, and no
 * personal data: neither events nor results nor messages of errors are ever logged.
 */
export function wrap<Event, Result>(
  wrapping: Wrapping<Event, Result>,
): MiddyfiedHandler<Event, Result> {
  const { service, create, subject, outcome, failure } = wrapping;
  const logger = new Logger({ serviceName: service, logLevel: 'INFO' });
  const namespace = metricsNamespace();
  const metrics = new Metrics({ namespace, serviceName: service, logger });

  const report: Report = ({ error, ...about }) => {
    logger.error('failed', { ...about, error: describeError(error) });
  };
  const take: TakeMeasure = ({ name, unit, value }) => {
    metrics.addMetric(name, unit, value);
  };
  const conclude = (
    event: Event,
    startedAt: number,
    { count, measures, drift, ...result }: Outcome,
  ): void => {
    const durationMs = Math.round(performance.now() - startedAt);
    logger.info('done', { ...subject(event), ...result, durationMs });
    for (const found of drift ?? []) logger.warn('drift', { ...found });
    measures?.forEach(take);
    if (count === undefined) return;
    metrics.addMetric(count, MetricUnit.Count, 1);
    // Codes can be searched for, but are no dimension: each would be a metric of its own.
    if (result.code !== undefined) metrics.addMetadata('code', result.code);
  };

  let startedAt = performance.now();
  const observe: MiddlewareObj<Event, Result> = {
    before: ({ event }) => {
      startedAt = performance.now();
      logger.setCorrelationId(subject(event).requestId);
    },
    after: ({ event, response }) => {
      if (response !== null && response !== undefined) {
        conclude(event, startedAt, outcome(response, event));
      }
    },
    onError: (request) => {
      const { event, error } = request;
      const about = subject(event);
      report({ ...about, error });
      const { code, name } = describeError(error);
      const { outcome: counted, ...end } = failure(error, event);
      conclude(event, startedAt, counted ?? { code: code ?? name, count: 'Failed' });
      // Set, not thrown: a throw would keep the metrics of this event from being written.
      Object.assign(request, end);
    },
  };

  let handle: ((event: Event) => Promise<Result>) | undefined;
  const wrapped = middy<Event, Result>({
    timeoutEarlyInMillis: reserve,
    timeoutEarlyResponse: () => {
      throw new Fault('store-unavailable');
    },
  })
    .use(injectLambdaContext(logger, { logEvent: false, resetKeys: true }))
    // No metric of cold starts: one for each function costs more by the month than all the rest of a
    // quiet deployment, and Lambda's own line `REPORT` has it (Init Duration).
    .use(logMetrics(metrics, { throwOnEmptyMetrics: false }));
  return wrapped
    .use(observe)
    .handler((event, _context, { signal }) =>
      invoke(signal, () => (handle ??= create(report, take))(event)),
    );
}
