import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { hourly, sum, type AlarmRow, type Watched } from './alarm-row.ts';
import { accessMetric, countedBy, ownMetric } from './metrics.ts';

/** What clients of the API would notice. */
export function apiRows({ namespace, api }: Watched): readonly AlarmRow[] {
  return [
    {
      name: 'ApiFaults',
      metric: ownMetric(namespace, accessMetric.failed, sum),
      threshold: 1,
      section: 'the-api-answers-with-5xx',
      says: { fr: 'L’API a répondu par un 5xx.', en: 'The API answered with 5xx.' },
    },
    {
      name: 'ApiLatency',
      metric: api.metricLatency({ ...sum, statistic: 'p95' }),
      // Milliseconds. Starting a function and a slow answer of a store take two of them together.
      threshold: 5000,
      periods: 3,
      section: 'the-api-is-slow',
      says: {
        fr: 'Depuis un quart d’heure, une requête sur vingt attend plus de 5 secondes.',
        en: 'For a quarter of an hour one request in twenty has waited for more than 5 seconds.',
      },
    },
    {
      name: 'ApiThrottled',
      metric: ownMetric(namespace, accessMetric.throttled, sum),
      threshold: 20,
      section: 'requests-are-turned-away',
      says: { fr: 'L’API refuse des requêtes (429).', en: 'The API turns requests away (429).' },
    },
    {
      name: 'FunctionsThrottled',
      // Of the whole account and region, which share the limit: whoever uses it up, it is used up.
      metric: new Metric({ namespace: 'AWS/Lambda', metricName: 'Throttles', ...sum }),
      threshold: 1,
      section: 'requests-are-turned-away',
      says: {
        fr: 'Des fonctions n’ont pas pu démarrer : la limite de Lambda est atteinte.',
        en: 'Functions could not start: the limit of Lambda has been reached.',
      },
    },
    ...(['submissions', 'openrosa'] as const).map((door): AlarmRow => ({
      name: `Conflicts-${door}`,
      metric: countedBy(namespace, door, 'Conflict', hourly),
      threshold: 10,
      section: 'senders-are-told-of-conflicts',
      says: {
        fr: `Dix envois en une heure portaient l’identifiant d’un autre (${door}).`,
        en: `Ten submissions in an hour came under the id of another one (${door}).`,
      },
    })),
  ];
}
