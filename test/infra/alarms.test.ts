import { Stack } from 'aws-cdk-lib';
import { Annotations, Match, type Template } from 'aws-cdk-lib/assertions';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { functionNames } from '../../infra/functions.ts';
import { resourcesOf, synthesise } from './synthesise.ts';

const Action = z.tuple([z.object({ Ref: z.string() })]);
const Alarm = z.object({
  AlarmDescription: z.string(),
  MetricName: z.string(),
  Namespace: z.string(),
  TreatMissingData: z.string(),
  EvaluationPeriods: z.int(),
  Period: z.int(),
  Threshold: z.number(),
  ComparisonOperator: z.string(),
  AlarmActions: Action,
  OKActions: Action,
});
type Alarm = z.infer<typeof Alarm> & { readonly name: string };

function alarmsOf(template: Template): Alarm[] {
  return [...resourcesOf(template, 'AWS::CloudWatch::Alarm')].map(([id, { Properties }]) => ({
    name: id.replace(/^Alarms/, '').replace(/[0-9A-F]{8}$/, ''),
    ...Alarm.parse(Properties),
  }));
}

const { service, app } = synthesise();
const alarms = alarmsOf(service);
const named = (name: string): Alarm | undefined => alarms.find((alarm) => alarm.name === name);

interface Section {
  /** As GitHub makes it from the heading. */
  readonly anchor: string;
  /** The alarms that the section is for: the words that it lists, each the beginning of alarms' names. */
  readonly alarms: readonly string[];
}

function sectionsOf(page: string): Section[] {
  const text = readFileSync(new URL(`../../${page}`, import.meta.url), 'utf8');
  return text
    .split(/^#+ /m)
    .slice(1)
    .map((section) => {
      const [heading = ''] = section.split('\n');
      const anchor = heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-');
      const [, list = ''] = /^Alarms: (.+)\.$/m.exec(section) ?? [];
      return { anchor, alarms: [...list.matchAll(/`(\w+)`/g)].map(([, word = '']) => word) };
    });
}

function sectionOf({ AlarmDescription }: Alarm): { page: string; anchor: string } {
  const [, page = '', anchor = ''] =
    / Que faire \/ What to do: (docs\/\w+\.md)#([\w-]+)$/.exec(AlarmDescription) ?? [];
  return { page, anchor };
}

describe('the alarms', () => {
  it.each(alarms)('tell where it is written what to do: $name', (alarm) => {
    const { page, anchor } = sectionOf(alarm);
    const section = sectionsOf(page).find((one) => one.anchor === anchor);
    expect(section?.alarms.some((word) => alarm.name.startsWith(word))).toBe(true);
  });

  it.each(sectionsOf('docs/operations.md').filter((section) => section.alarms.length > 0))(
    'are there that the runbook has a section for: $anchor',
    ({ anchor, alarms: words }) => {
      const here = alarms.filter((alarm) => sectionOf(alarm).anchor === anchor);
      for (const word of words) {
        expect(here.filter(({ name }) => name.startsWith(word))).not.toEqual([]);
      }
    },
  );

  it.each([
    ['ApiFaults', { MetricName: 'ApiFaults', Namespace: 'Fiche' }],
    ['ApiLatency', { MetricName: 'Latency', EvaluationPeriods: 3 }],
    ['ApiThrottled', { MetricName: 'ApiThrottled' }],
    ['FunctionsThrottled', { MetricName: 'Throttles', Namespace: 'AWS/Lambda' }],
    ['TableThrottledSubmissionsWrite', { MetricName: 'WriteThrottleEvents' }],
    ['TableThrottledRegistryRead', { MetricName: 'ReadThrottleEvents' }],
    ['ItemCollectionsubmissions', { MetricName: 'ItemCollectionGB', Threshold: 7 }],
    ['ItemCollectionopenrosa', { MetricName: 'ItemCollectionGB', Threshold: 7 }],
    ['CompileFailed', { MetricName: 'ExecutionsFailed' }],
    ['CompileTimedOut', { MetricName: 'ExecutionsTimedOut' }],
    ['CompileAborted', { MetricName: 'ExecutionsAborted' }],
    ['Drift', { MetricName: 'Drift' }],
    ['Conflictssubmissions', { MetricName: 'Conflict' }],
    ['Undelivered', { MetricName: 'ApproximateNumberOfMessagesVisible' }],
    ['UndeliveredAge', { MetricName: 'ApproximateAgeOfOldestMessage', Threshold: 864_000 }],
  ])('watch %s', (name, properties) => {
    expect(named(name)).toMatchObject({ ...properties, TreatMissingData: 'notBreaching' });
  });

  it.each(functionNames.filter((name) => name !== 'canary'))(
    'watch the errors and the age of %s',
    (name) => {
      const word = name.replace('-', '');
      expect(named(`Errors${word}`)).toMatchObject({ MetricName: 'Errors' });
      const timeout = [...resourcesOf(service, 'AWS::Lambda::Function').values()].find(
        ({ Properties }) => Properties['Description'] === `Fiche: ${name}`,
      )?.Properties['Timeout'];
      expect(named(`Age${word}`)).toMatchObject({
        MetricName: 'Duration',
        Threshold: 800 * z.number().parse(timeout),
      });
    },
  );

  it('go off when the canary fails twice or says nothing', () => {
    expect(named('Canary')).toMatchObject({
      MetricName: 'CanaryFailed',
      Period: 900,
      EvaluationPeriods: 2,
      TreatMissingData: 'breaching',
    });
    expect(
      alarmsOf(synthesise({ canaryEvery: '0' }).service).map(({ name }) => name),
    ).not.toContain('Canary');
  });

  it.each([
    [60, 3600],
    [5, 3600],
    [1440, 86_400],
  ])(
    'go off when no compile succeeds for three times %i minutes, or three hours',
    (every, period) => {
      const missed = alarmsOf(synthesise({ compileEvery: every }).service).find(
        ({ name }) => name === 'CompileMissed',
      );
      expect(missed).toMatchObject({
        MetricName: 'ExecutionsSucceeded',
        Period: period,
        EvaluationPeriods: 3,
        ComparisonOperator: 'LessThanThreshold',
        TreatMissingData: 'breaching',
      });
    },
  );

  it('watch as long as CloudWatch lets them: a day, or seven by the hour', () => {
    for (const { name, Period, EvaluationPeriods } of alarms) {
      expect(Period * EvaluationPeriods, name).toBeLessThanOrEqual(
        Period < 3600 ? 86_400 : 604_800,
      );
    }
  });

  it('take no silence for bad news but that of the canary and of the compile', () => {
    const silent = alarms.filter(({ TreatMissingData }) => TreatMissingData === 'breaching');
    expect(silent.map(({ name }) => name)).toEqual(['Canary', 'CompileMissed']);
  });

  it('count for their own deployment', () => {
    const other = alarmsOf(synthesise({ name: 'essai' }).service);
    expect(other.map(({ Namespace }) => Namespace)).not.toContain('Fiche');
    expect(other.map(({ Namespace }) => Namespace)).toContain('Fiche/essai');
  });
});

function serviceOf(cdk: typeof app): Stack {
  const found = cdk.node.tryFindChild('fiche-service');
  if (!(found instanceof Stack)) throw new TypeError('No such stack.');
  return found;
}

describe('what alarms tell', () => {
  const [topic = ''] = resourcesOf(service, 'AWS::SNS::Topic').keys();

  it.each(alarms)('goes to one topic, the end of it too: $name', ({ AlarmActions, OKActions }) => {
    expect(AlarmActions).toEqual([{ Ref: topic }]);
    expect(OKActions).toEqual([{ Ref: topic }]);
  });

  it('is let through to the topic, from this account alone, and by TLS alone', () => {
    service.hasResourceProperties('AWS::SNS::TopicPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Effect: 'Deny',
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          }),
          ...['cloudwatch', 'budgets'].map((name) =>
            Match.objectLike({
              Effect: 'Allow',
              Action: 'sns:Publish',
              Principal: { Service: `${name}.amazonaws.com` },
              Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
            }),
          ),
        ]),
      },
    });
  });

  it('goes to every address that was given', () => {
    const told = synthesise({ alarmEmail: 'ops@example.org, net@example.org' });
    const addresses = [...resourcesOf(told.service, 'AWS::SNS::Subscription').values()].map(
      ({ Properties }) => [Properties['Protocol'], Properties['Endpoint']],
    );
    expect(addresses).toEqual([
      ['email', 'ops@example.org'],
      ['email', 'net@example.org'],
    ]);
  });

  it('goes to nobody without an address, and whoever deploys is warned', () => {
    const warnings = (stacks: typeof app) =>
      Annotations.fromStack(serviceOf(stacks)).findWarning(
        '*',
        Match.stringLikeRegexp('tell nobody'),
      );
    expect(warnings(app)).toHaveLength(1);
    expect(warnings(synthesise({ alarmEmail: 'ops@example.org' }).app)).toEqual([]);
  });
});

describe('the budget', () => {
  it('tells at 80 % of what is spent and 100 % of what will be', () => {
    service.hasResourceProperties('AWS::Budgets::Budget', {
      Budget: { BudgetLimit: { Amount: 10, Unit: 'USD' }, TimeUnit: 'MONTHLY' },
      NotificationsWithSubscribers: [
        { Notification: Match.objectLike({ NotificationType: 'ACTUAL', Threshold: 80 }) },
        { Notification: Match.objectLike({ NotificationType: 'FORECASTED', Threshold: 100 }) },
      ],
    });
  });

  it.each([
    ['25', 1],
    ['0', 0],
  ])('can be another or none: %s', (budget, count) => {
    synthesise({ budget }).service.resourceCountIs('AWS::Budgets::Budget', count);
  });
});

describe('the access log', () => {
  it.each([
    ['ApiFaults', '{ ($.status = "5*") && ($.status != "501") }'],
    ['ApiThrottled', '{ $.status = "429" }'],
  ])('is counted, a 501 not among the faults: %s', (MetricName, FilterPattern) => {
    service.hasResourceProperties('AWS::Logs::MetricFilter', {
      FilterPattern,
      MetricTransformations: [{ MetricName, MetricNamespace: 'Fiche', MetricValue: '1' }],
    });
  });
});
