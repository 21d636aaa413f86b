import { Duration } from 'aws-cdk-lib';
import {
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  SingleValueWidget,
  Stats,
  TextWidget,
  type IAlarm,
  type IMetric,
  type IWidget,
  type MetricOptions,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { Watched } from './alarm-rows.ts';
import { countedBy, tableMetric } from './metrics.ts';

export interface FicheDashboardProps {
  readonly watched: Watched;
  readonly alarms: readonly IAlarm[];
}

const hour = Duration.hours(1);
/** Widths are of 24. */
const half = 12;
const whole = 24;

const counts = [
  { metricName: 'Accepted', says: 'acceptées / accepted' },
  { metricName: 'Replayed', says: 'déjà reçues / replayed' },
  { metricName: 'Refused', says: 'refusées / refused' },
  { metricName: 'Conflict', says: 'en conflit / conflict' },
] as const;
const senders = [
  { service: 'submissions', says: 'API' },
  { service: 'openrosa', says: 'téléphones / phones' },
] as const;

const top = `# Fiche : est-ce que tout va bien ? / is it well?
Vert : rien à faire. Rouge : chaque alarme nomme sa section de **docs/operations.md**, qui dit quoi faire.
Green: nothing to do. Red: each alarm names its section of **docs/operations.md**, which says what to do.`;

const cost = `## Coût / cost
Ce que coûte chaque mois un tel usage : **docs/cost.md**. Le budget prévient à 80 % (\`-c budget=…\`).
What such use costs by the month: **docs/cost.md**. The budget tells at 80 % (\`-c budget=…\`).`;

/** One page on which a person sees whether all is well, and since when it is not. French first. */
export class FicheDashboard extends Construct {
  readonly dashboard: Dashboard;

  constructor(scope: Construct, id: string, { watched, alarms }: FicheDashboardProps) {
    super(scope, id);
    this.dashboard = new Dashboard(this, 'Dashboard', {
      defaultInterval: Duration.days(7),
      widgets: [
        [text(top, 3)],
        [
          new AlarmStatusWidget({
            title: 'Alarmes / Alarms',
            alarms: [...alarms],
            width: whole,
            height: 6,
          }),
        ],
        submissions(watched),
        compiles(watched),
        api(watched),
        functions(watched),
        tables(watched),
        [text(cost, 3)],
      ],
    });
  }
}

function text(markdown: string, height: number): TextWidget {
  return new TextWidget({ markdown, width: whole, height });
}

function graph(title: string, left: readonly IMetric[], width = half): GraphWidget {
  return new GraphWidget({ title, left: [...left], width, height: 6 });
}

function submissions({ namespace }: Watched): IWidget[] {
  const all = counts.flatMap(({ metricName, says }) =>
    senders.map((sender) =>
      countedBy(namespace, sender.service, metricName, {
        period: hour,
        statistic: Stats.SUM,
        label: `${says}, ${sender.says}`,
      }),
    ),
  );
  return [graph('Fiches reçues par heure / Submissions by the hour', all, whole)];
}

function compiles({ namespace, machine, canaryEvery }: Watched): IWidget[] {
  const day = { period: Duration.days(1), statistic: Stats.SUM };
  const canary = (metricName: string, label: string, statistic: string) =>
    countedBy(namespace, 'canary', metricName, { period: hour, statistic, label });
  return [
    new SingleValueWidget({
      title: 'Compilations depuis un jour / Compiles of one day',
      metrics: [
        machine.metricSucceeded({ ...day, label: 'réussies / succeeded' }),
        machine.metricFailed({ ...day, label: 'échouées / failed' }),
      ],
      width: half / 2,
      height: 6,
      sparkline: true,
    }),
    new GraphWidget({
      title: 'Durée d’une compilation / How long a compile takes',
      left: [machine.metricTime({ period: hour, statistic: Stats.MAXIMUM, label: 'ms' })],
      width: half / 2,
      height: 6,
    }),
    ...(canaryEvery === 0
      ? []
      : [
          graph('Canari / Canary', [
            canary('CanaryFailed', 'échecs / failures', Stats.SUM),
            canary('CanaryMs', 'ms', Stats.MAXIMUM),
          ]),
        ]),
  ];
}

function api({ api: http }: Watched): IWidget[] {
  const at = (statistic: string, label: string): MetricOptions => ({
    period: hour,
    statistic,
    label,
  });
  return [
    graph('Attente des clients / How long clients wait (ms)', [
      http.metricLatency(at('p50', 'p50')),
      http.metricLatency(at('p95', 'p95')),
    ]),
    graph('Réponses de l’API par heure / Answers of the API by the hour', [
      http.metricCount(at(Stats.SUM, 'toutes / all')),
      http.metricClientError(at(Stats.SUM, '4xx')),
      http.metricServerError(at(Stats.SUM, '5xx')),
    ]),
  ];
}

function functions({ functions: all }: Watched): IWidget[] {
  return [
    graph(
      'Durée la plus longue des fonctions / Longest duration of functions (ms)',
      [...all].map(([label, fn]) =>
        fn.metricDuration({ period: hour, statistic: Stats.MAXIMUM, label }),
      ),
    ),
    graph(
      'Échecs des fonctions par heure / Errors of functions by the hour',
      [...all].map(([label, fn]) => fn.metricErrors({ period: hour, statistic: Stats.SUM, label })),
    ),
  ];
}

function tables({ tables: all }: Watched): IWidget[] {
  const of = (
    kind:
      | 'ConsumedReadCapacityUnits'
      | 'ConsumedWriteCapacityUnits'
      | 'ReadThrottleEvents'
      | 'WriteThrottleEvents',
  ) =>
    Object.entries(all).map(([label, { tableName }]) =>
      tableMetric(tableName, kind, {
        period: hour,
        statistic: Stats.SUM,
        label: `${label} ${kind}`,
      }),
    );
  return [
    graph('Unités lues et écrites par heure / Units read and written by the hour', [
      ...of('ConsumedReadCapacityUnits'),
      ...of('ConsumedWriteCapacityUnits'),
    ]),
    graph('Refus de DynamoDB par heure / Throttles of DynamoDB by the hour', [
      ...of('ReadThrottleEvents'),
      ...of('WriteThrottleEvents'),
    ]),
  ];
}
