import { Duration } from 'aws-cdk-lib';
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { Stats, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { resources, workSteps, type FunctionName } from './functions.ts';
import { countedBy, accessMetric, ownMetric, tableMetric } from './metrics.ts';

/** What an alarm watches, when it goes off, and what it tells whoever is woken. */
export interface AlarmRow {
  /** A word, which the runbook's section names, and after a dash what it is about: `Errors-publish`. */
  readonly name: string;
  readonly metric: Metric;
  /** Goes off at this value or above; with `below`, under it. */
  readonly threshold: number;
  readonly below?: true;
  /** For how many periods of the metric in a row, by default one. */
  readonly periods?: number;
  /** Silence is a reason to go off, too. Else it is good news: no requests, no data, no alarm. */
  readonly silenceIsBad?: true;
  /** The anchor of the section of docs/operations.md that says what to do. */
  readonly section: string;
  readonly says: { readonly fr: string; readonly en: string };
}

/** What there is to be watched. */
export interface Watched {
  readonly namespace: string;
  readonly api: HttpApi;
  readonly functions: ReadonlyMap<FunctionName, IFunction>;
  /** By what the runbook calls them. */
  readonly tables: Readonly<Record<'Submissions' | 'Registry', { readonly tableName: string }>>;
  readonly machine: IStateMachine;
  readonly undelivered: IQueue;
  /** Minutes between compiles. */
  readonly compileEvery: number;
  /** Minutes between two visits of the canary; 0: never. */
  readonly canaryEvery: number;
}

const period = Duration.minutes(5);

/** How the values of a metric are put together, unless there is a reason for another way. */
const sum = { period, statistic: Stats.SUM };
const most = { period, statistic: Stats.MAXIMUM };
const hourly = { period: Duration.hours(1), statistic: Stats.SUM };

/**
 * Every alarm of a deployment, in the order in which whoever is woken should look at them. No metric
 * math: an alarm with it is billed for each metric in it.
 */
export function alarmRows(watched: Watched): readonly AlarmRow[] {
  return [
    ...canaryRows(watched),
    ...apiRows(watched),
    ...storeRows(watched),
    ...compileRows(watched),
    ...[...watched.functions]
      // What the canary has to tell, its silence too, is told by an alarm of its own.
      .filter(([name]) => name !== 'canary')
      .flatMap(([name, fn]) => functionRows(name, fn)),
  ];
}

function canaryRows({ namespace, canaryEvery }: Watched): readonly AlarmRow[] {
  if (canaryEvery === 0) return [];
  return [
    {
      name: 'Canary',
      metric: countedBy(namespace, 'canary', 'CanaryFailed', {
        period: Duration.minutes(canaryEvery),
        statistic: Stats.MAXIMUM,
      }),
      threshold: 1,
      // Once may be the network; twice is a service that nobody can use.
      periods: 2,
      silenceIsBad: true,
      section: 'the-canary-fails-or-is-silent',
      says: {
        fr: 'Le canari, qui envoie et efface une fiche comme un client, échoue deux fois de suite ou se tait.',
        en: 'The canary, which sends and erases a form as a client does, has failed twice in a row or is silent.',
      },
    },
  ];
}

/** How long a function may take of its time-out, in parts of one. */
const longest = 0.8;

function functionRows(name: FunctionName, fn: IFunction): readonly AlarmRow[] {
  const isTriedAgain = workSteps.some((step) => step === name);
  const timeout = resources[name].timeout.toMilliseconds();
  return [
    {
      name: `Errors-${name}`,
      metric: fn.metricErrors(isTriedAgain ? hourly : sum),
      // A step of a compile is tried three times: what the second try mended woke nobody.
      threshold: isTriedAgain ? 3 : 1,
      section: 'a-function-fails',
      says: {
        fr: `La fonction ${name} a échoué ou dépassé son temps.`,
        en: `The function ${name} failed or ran out of time.`,
      },
    },
    {
      name: `Age-${name}`,
      metric: fn.metricDuration(most),
      threshold: timeout * longest,
      section: 'a-function-is-about-to-run-out-of-time',
      says: {
        fr: `La fonction ${name} a pris plus de ${100 * longest} % du temps qu’elle a.`,
        en: `The function ${name} took more than ${100 * longest} % of the time that it has.`,
      },
    },
  ];
}

/** What clients of the API would notice. */
function apiRows({ namespace, api }: Watched): readonly AlarmRow[] {
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
        fr: 'Des fonctions n’ont pas pu démarrer : la limite de Lambda est atteinte.',
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

/** What the tables cannot take. */
function storeRows({ namespace, tables }: Watched): readonly AlarmRow[] {
  const throttled = Object.entries(tables).flatMap(([name, { tableName }]) =>
    (['Read', 'Write'] as const).map((kind): AlarmRow => ({
      name: `TableThrottled-${name}${kind}`,
      metric: tableMetric(tableName, `${kind}ThrottleEvents`, sum),
      // One by one they are repeated, and nobody notices.
      threshold: 10,
      section: 'a-table-throttles',
      says: {
        fr: `DynamoDB refuse des ${kind === 'Read' ? 'lectures' : 'écritures'} (table ${name}).`,
        en: `DynamoDB throttles ${kind === 'Read' ? 'reads' : 'writes'} (table ${name}).`,
      },
    })),
  );
  const large = (['submissions', 'openrosa'] as const).map((door): AlarmRow => ({
    name: `ItemCollection-${door}`,
    metric: countedBy(namespace, door, 'ItemCollectionGB', most),
    // At 10 GB DynamoDB takes no more: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/LSI.html
    threshold: 7,
    section: 'a-shard-is-nearly-full',
    says: {
      fr: `Une partie d’une fiche a plus de 7 Go, et ne peut en avoir que 10 (${door}).`,
      en: `A shard of a form has more than 7 GB, of 10 that it can have (${door}).`,
    },
  }));
  return [...throttled, ...large];
}

/** What readers of datasets would notice, sooner or later. */
function compileRows({
  namespace,
  machine,
  undelivered,
  compileEvery,
}: Watched): readonly AlarmRow[] {
  const failed = (
    name: string,
    metric: Metric,
    says: AlarmRow['says'],
    section = 'a-compile-failed',
  ): AlarmRow => ({ name, metric, threshold: 1, section, says });
  return [
    failed('CompileFailed', machine.metricFailed(sum), {
      fr: 'Une compilation a échoué : un jeu de données reste à sa dernière bonne version.',
      en: 'A compile failed: some dataset stays at its last good version.',
    }),
    failed('CompileTimedOut', machine.metricTimedOut(sum), {
      fr: 'Une compilation a pris trop de temps : un jeu de données reste à sa dernière bonne version.',
      en: 'A compile ran out of time: some dataset stays at its last good version.',
    }),
    failed('CompileAborted', machine.metricAborted(sum), {
      fr: 'Une compilation a été arrêtée : des jeux de données restent à leur dernière bonne version.',
      en: 'A compile was stopped: some datasets stay at their last good version.',
    }),
    {
      name: 'CompileMissed',
      // A compile of much data may take longer than the time between two.
      metric: machine.metricSucceeded({
        period: Duration.minutes(Math.max(compileEvery, 60)),
        statistic: Stats.SUM,
      }),
      threshold: 1,
      below: true,
      periods: 3,
      silenceIsBad: true,
      section: 'nothing-has-been-compiled-for-long',
      says: {
        fr: 'Aucune compilation n’a réussi depuis trois fois l’intervalle prévu.',
        en: 'No compile has succeeded for three times the interval.',
      },
    },
    failed(
      'Drift',
      countedBy(namespace, 'verify', 'Drift', sum),
      {
        fr: 'Ce qui était stocké différait de ce qui a été recalculé.',
        en: 'What was stored differed from what was recomputed.',
      },
      'something-was-not-as-recomputed',
    ),
    failed(
      'Undelivered',
      undelivered.metricApproximateNumberOfMessagesVisible(most),
      {
        fr: 'Un démarrage prévu n’a pas eu lieu.',
        en: 'Something that was due to start did not.',
      },
      'a-schedule-could-not-start-what-it-should',
    ),
    {
      name: 'UndeliveredAge',
      metric: undelivered.metricApproximateAgeOfOldestMessage(most),
      // Of fourteen days after which they are gone. Seconds.
      threshold: Duration.days(10).toSeconds(),
      section: 'a-schedule-could-not-start-what-it-should',
      says: {
        fr: 'Un message sur un démarrage manqué disparaîtra dans quatre jours.',
        en: 'A message about a start that was missed will be gone in four days.',
      },
    },
  ];
}
