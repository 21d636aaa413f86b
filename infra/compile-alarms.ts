import { Duration } from 'aws-cdk-lib';
import { Stats, type Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { most, sum, type AlarmRow, type Watched } from './alarm-row.ts';
import { countedBy } from './metrics.ts';

/** What readers of datasets would notice, sooner or later. */
export function compileRows({
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
      fr: 'Une compilation a échoué : un jeu de données reste à sa dernière bonne version.',
      en: 'A compile failed: some dataset stays at its last good version.',
    }),
    failed('CompileTimedOut', machine.metricTimedOut(sum), {
      fr: 'Une compilation a pris trop de temps : un jeu de données reste à sa dernière bonne version.',
      en: 'A compile ran out of time: some dataset stays at its last good version.',
    }),
    failed('CompileAborted', machine.metricAborted(sum), {
      fr: 'Une compilation a été arrêtée : des jeux de données restent à leur dernière bonne version.',
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
