import { Duration } from 'aws-cdk-lib';
import { Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { hourly, most, sum, type AlarmRow, type Watched } from './alarm-row.ts';
import { apiRows } from './api-alarms.ts';
import { compileRows } from './compile-alarms.ts';
import { resources, workSteps, type FunctionName } from './functions.ts';
import { countedBy } from './metrics.ts';
import { storeRows } from './store-alarms.ts';

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
