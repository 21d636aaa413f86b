import { Match, type Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { compileSteps } from '../../infra/functions.ts';
import { resourcesOf, synthesise, textOf } from './synthesise.ts';

const { service } = synthesise();

const Rules = z
  .array(
    z.object({
      ErrorEquals: z.array(z.string()),
      JitterStrategy: z.string().optional(),
      BackoffRate: z.number().optional(),
      Next: z.string().optional(),
    }),
  )
  .default([]);
const State = z.looseObject({
  Type: z.string(),
  Next: z.string().optional(),
  Resource: z.string().optional(),
  MaxConcurrency: z.int().optional(),
  Retry: Rules,
  Catch: Rules,
  Parameters: z.record(z.string(), z.unknown()).optional(),
  ItemSelector: z.record(z.string(), z.unknown()).optional(),
  OutputPath: z.string().nullish(),
  Choices: z.array(z.looseObject({ Variable: z.string(), Next: z.string() })).default([]),
  Default: z.string().optional(),
  ToleratedFailurePercentage: z.number().optional(),
  get ItemProcessor() {
    return Machine.optional();
  },
});
const Machine = z.object({
  StartAt: z.string(),
  ProcessorConfig: z.looseObject({ Mode: z.string() }).optional(),
  get States() {
    return z.record(z.string(), State);
  },
});

const definitionOf = (template: Template): z.infer<typeof Machine> => {
  const [found] = resourcesOf(template, 'AWS::StepFunctions::StateMachine').values();
  return Machine.parse(JSON.parse(textOf(found?.Properties['DefinitionString'])));
};
const [machine] = resourcesOf(service, 'AWS::StepFunctions::StateMachine').values();
const definition = definitionOf(service);

function statesOf({ States }: z.infer<typeof Machine>): [string, z.infer<typeof State>][] {
  return Object.entries(States).flatMap(([name, state]) => [
    [name, state] as [string, z.infer<typeof State>],
    ...(state.ItemProcessor === undefined ? [] : statesOf(state.ItemProcessor)),
  ]);
}
const states = statesOf(definition);
const tasks = states.filter(([, { Type }]) => Type === 'Task');

describe('the state machine that compiles', () => {
  it('calls every step', () => {
    const called = new Set(tasks.map(([, { Resource }]) => Resource));
    expect(called.size).toBe(compileSteps.length);
  });

  it('starts, collects every shard, publishes forms, then what is derived from them, verifies shards before datasets, and ends', () => {
    const order: string[] = [];
    for (let name: string | undefined = definition.StartAt; name !== undefined;) {
      order.push(name);
      name = definition.States[name]?.Next;
    }
    expect(order).toEqual([
      'compile-start',
      'collect shards',
      'publish forms',
      'publish derived',
      'verify shardChecks',
      'verify datasetChecks',
      'compile-end',
    ]);
  });

  it.each(tasks)(
    'tries again, later and later and not in step, when Lambda fails: %s',
    (_, { Retry }) => {
      const rule = Retry.find(({ ErrorEquals }) => ErrorEquals.includes('Lambda.ServiceException'));
      expect(rule).toMatchObject({ JitterStrategy: 'FULL', BackoffRate: 2 });
      expect(rule?.ErrorEquals).toContain('Lambda.TooManyRequestsException');
    },
  );

  it.each(states.filter(([, { Type }]) => Type === 'Map'))(
    'goes on with the other items when one fails, and not with all at once: %s',
    (_, { ItemProcessor, MaxConcurrency }) => {
      const items = Object.entries(ItemProcessor?.States ?? {});
      for (const [, item] of items.filter(([, { Type }]) => Type === 'Task')) {
        const [rule] = item.Catch;
        expect(rule?.ErrorEquals).toEqual(['States.ALL']);
        expect(ItemProcessor?.States[rule?.Next ?? '']?.Type).toBe('Pass');
      }
      expect(MaxConcurrency).toBeGreaterThan(0);
    },
  );

  it('collects each shard in an execution of its own, as many at once as the deployment wants', () => {
    const map = definition.States['collect shards'];
    expect(map?.ItemProcessor?.ProcessorConfig).toEqual({
      Mode: 'DISTRIBUTED',
      ExecutionType: 'STANDARD',
    });
    expect(map).toMatchObject({ MaxConcurrency: 8, ToleratedFailurePercentage: 100 });
    const more = definitionOf(synthesise({ shardConcurrency: '40' }).service);
    expect(more.States['collect shards']?.MaxConcurrency).toBe(40);
  });

  it('gives items the id of the compile, which an execution of their own does not know', () => {
    for (const [, { ItemSelector }] of states.filter(([, { Type }]) => Type === 'Map')) {
      expect(ItemSelector).toMatchObject({ 'runId.$': '$.runId', 'full.$': '$.full' });
    }
  });

  it('keeps nothing of what was collected, since all results have to fit into a state', () => {
    const items = definition.States['collect shards']?.ItemProcessor?.States ?? {};
    const after = items[items['collect of shards']?.Next ?? ''];
    expect(after).toMatchObject({ Type: 'Pass', OutputPath: null, End: true });
  });

  it('may start, look at and stop executions of itself, and nobody else’s', () => {
    const [id] = resourcesOf(service, 'AWS::StepFunctions::StateMachine').keys();
    const policies = [...resourcesOf(service, 'AWS::IAM::Policy').values()].filter((policy) =>
      JSON.stringify(policy).includes('states:StopExecution'),
    );
    expect(policies).toHaveLength(1);
    const { Properties } = policies[0] ?? {};
    expect(Properties?.['PolicyDocument']).toMatchObject({
      Statement: [
        { Action: 'states:StartExecution', Effect: 'Allow', Resource: { Ref: id } },
        { Action: ['states:DescribeExecution', 'states:StopExecution'], Effect: 'Allow' },
      ],
    });
    const Statements = z.object({ Statement: z.array(z.object({ Resource: z.unknown() })) });
    const [, executions] = Statements.parse(Properties?.['PolicyDocument']).Statement;
    expect(JSON.stringify(executions?.Resource)).toMatch(
      new RegExp(`:execution:",\\{"Fn::GetAtt":\\["${id}","Name"\\]\\},"/\\*"`),
    );
  });

  it('does without a distributed map, and without its rights, where there is none', () => {
    const { service: plain } = synthesise({ distributedMap: 'false' });
    const map = definitionOf(plain).States['collect shards'];
    expect(map?.ItemProcessor?.ProcessorConfig?.Mode).toBe('INLINE');
    expect(JSON.stringify(plain.toJSON())).not.toContain('states:StopExecution');
  });

  it.each(['forms', 'derived'])(
    'goes on with %s for as long as publish says that there is more',
    (list) => {
      const items = definition.States[`publish ${list}`]?.ItemProcessor?.States ?? {};
      const publish = `publish of ${list}`;
      const choice = items[items[publish]?.Next ?? ''];
      expect(choice?.Choices).toMatchObject([{ Variable: '$.report.more', IsPresent: true }]);
      const goOn = items[choice?.Choices[0]?.Next ?? ''];
      expect(goOn).toMatchObject({
        Next: publish,
        Parameters: { 'dataset.$': '$.dataset', 'runId.$': '$.runId', 'more.$': '$.report.more' },
      });
      expect(items[choice?.Default ?? '']).toMatchObject({ Type: 'Pass', OutputPath: '$.report' });
    },
  );

  it('tells compile-end of whatever else goes wrong, and then fails', () => {
    for (const name of ['compile-start', 'collect shards', 'publish forms', 'publish derived']) {
      const [rule] = definition.States[name]?.Catch ?? [];
      expect(rule).toMatchObject({ ErrorEquals: ['States.ALL'], Next: 'Record failure' });
    }
    expect(definition.States['Record failure']?.Next).toBe('Failed');
    expect(definition.States['Failed']?.Type).toBe('Fail');
  });

  it('fails when compile-end says that an item failed, without asking again', () => {
    const end = definition.States['compile-end'];
    expect(end?.Catch).toEqual([]);
    expect(end?.Retry.flatMap(({ ErrorEquals }) => ErrorEquals)).not.toContain('States.TaskFailed');
  });

  it('notes names of errors only: causes can quote what a function choked on', () => {
    expect(JSON.stringify(definition)).not.toContain('Cause');
  });

  it('logs errors without the data of executions', () => {
    expect(machine?.Properties['LoggingConfiguration']).toMatchObject({
      Level: 'ERROR',
      IncludeExecutionData: false,
    });
  });
});

describe('the schedules', () => {
  const schedules = [...resourcesOf(service, 'AWS::Scheduler::Schedule').values()];
  const Target = z.object({
    ScheduleExpression: z.string(),
    // The canary's has no input.
    Target: z.looseObject({ Input: z.string() }),
  });

  it('compile every hour, and verify every night', () => {
    const ofCompiles = schedules.filter(({ Properties }) => Target.safeParse(Properties).success);
    const inputs = ofCompiles.map(({ Properties }) => {
      const { ScheduleExpression, Target: target } = Target.parse(Properties);
      return [ScheduleExpression, JSON.parse(target.Input) as unknown];
    });
    expect(inputs).toEqual([
      ['rate(1 hour)', { full: false }],
      [expect.stringMatching(/^cron\(\d+ \d+ \* \* \? \*\)$/), { full: false, verify: true }],
    ]);
  });

  it('compile as often as the deployment wants', () => {
    const often = synthesise({ compileEvery: '15' }).service;
    often.hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'rate(15 minutes)',
    });
  });

  it.each(schedules)('try again, and keep what could not be delivered: %#', ({ Properties }) => {
    const [queue] = resourcesOf(service, 'AWS::SQS::Queue').keys();
    expect(Properties['Target']).toMatchObject({
      DeadLetterConfig: { Arn: { 'Fn::GetAtt': [queue, 'Arn'] } },
      RetryPolicy: {
        MaximumRetryAttempts: expect.any(Number) as number,
        MaximumEventAgeInSeconds: expect.any(Number) as number,
      },
    });
  });

  it('keep it for fourteen days, encrypted and over TLS only', () => {
    service.hasResourceProperties('AWS::SQS::Queue', {
      MessageRetentionPeriod: 14 * 24 * 60 * 60,
      SqsManagedSseEnabled: true,
    });
    service.hasResourceProperties('AWS::SQS::QueuePolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Effect: 'Deny',
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          }),
        ]),
      },
    });
  });
});
