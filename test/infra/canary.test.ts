import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { throttles } from '../../infra/http-api.ts';
import { operations } from '../../shared/http/operations/table.ts';
import { version } from '../../shared/version.ts';
import { resourcesOf, synthesise } from './synthesise.ts';

const { app, service } = synthesise();

describe('the canary', () => {
  it('is sent out every quarter of an hour, and not again if it could not go', () => {
    service.hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'rate(15 minutes)',
      Target: {
        Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^canary'), 'Arn'] },
        RetryPolicy: { MaximumEventAgeInSeconds: 300, MaximumRetryAttempts: 2 },
        DeadLetterConfig: { Arn: Match.anyValue() },
      },
    });
    service.hasResourceProperties('AWS::Lambda::EventInvokeConfig', { MaximumRetryAttempts: 0 });
  });

  it.each([
    ['60', ['rate(1 hour)']],
    ['0', []],
  ])('comes as often as it is told to: %s', (canaryEvery, expected) => {
    const schedules = resourcesOf(synthesise({ canaryEvery }).service, 'AWS::Scheduler::Schedule');
    const rates = [...schedules].filter(([id]) => id.startsWith('Canary'));
    expect(rates.map(([, { Properties }]) => Properties['ScheduleExpression'])).toEqual(expected);
  });

  it('goes where clients go: to the address that they are told, or to the API', () => {
    const addressIn = (context: Readonly<Record<string, string>>) =>
      [...resourcesOf(synthesise(context).service, 'AWS::Lambda::Function').values()].find(
        ({ Properties }) => Properties['Description'] === 'Fiche: canary',
      )?.Properties['Environment'];
    const at = (address: unknown) => ({
      Variables: expect.objectContaining({ FICHE_URL: address }) as unknown,
    });
    expect(addressIn({ publicUrl: 'https://fiche.example.org' })).toEqual(
      at('https://fiche.example.org'),
    );
    expect(addressIn({})).toEqual(at({ 'Fn::GetAtt': [expect.any(String), 'ApiEndpoint'] }));
  });

  it('is started by its schedule alone, which may start nothing else', () => {
    service.hasResourceProperties('AWS::IAM::Role', {
      AssumeRolePolicyDocument: {
        Statement: [Match.objectLike({ Principal: { Service: 'scheduler.amazonaws.com' } })],
      },
      Policies: [
        {
          PolicyDocument: {
            Statement: [
              {
                Effect: 'Allow',
                Action: 'lambda:InvokeFunction',
                Resource: { 'Fn::GetAtt': [Match.stringLikeRegexp('^canary'), 'Arn'] },
              },
              Match.objectLike({ Action: 'sqs:SendMessage' }),
            ],
          },
        },
      ],
    });
  });
});

describe('an execution that ends without noting it', () => {
  it('is noted by compile-end, which is told its id and how it ended, and nothing else', () => {
    service.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        source: ['aws.states'],
        'detail-type': ['Step Functions Execution Status Change'],
        detail: {
          status: ['FAILED', 'TIMED_OUT', 'ABORTED'],
          stateMachineArn: [{ Ref: Match.stringLikeRegexp('^CompileMachine') }],
        },
      },
      Targets: [
        Match.objectLike({
          Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^compileend'), 'Arn'] },
          DeadLetterConfig: { Arn: Match.anyValue() },
          InputTransformer: {
            InputPathsMap: { 'detail-name': '$.detail.name', 'detail-status': '$.detail.status' },
            InputTemplate: '{"runId":<detail-name>,"died":<detail-status>}',
          },
        }),
      ],
    });
  });
});

describe('a stage', () => {
  it('limits the routes that are open to anyone, heavy, or done by hand', () => {
    const wanted = operations
      .filter(({ limit }) => limit !== 'usual')
      .map(({ method, path, limit }) => {
        const { rate, burst } = throttles[limit];
        return [
          `${method} ${path}`,
          { ThrottlingRateLimit: rate, ThrottlingBurstLimit: burst },
        ] as const;
      });
    expect(wanted.length).toBe(12);
    const [stage] = resourcesOf(service, 'AWS::ApiGatewayV2::Stage').values();
    expect(stage?.Properties['RouteSettings']).toEqual(Object.fromEntries(wanted));
  });

  it('comes after the routes that it limits', () => {
    const [stage] = Object.values(
      service.findResources('AWS::ApiGatewayV2::Stage', { DependsOn: Match.anyValue() }),
    );
    const needed = new Set<unknown>(stage?.['DependsOn'] as unknown[]);
    for (const [id, { Properties }] of resourcesOf(service, 'AWS::ApiGatewayV2::Route')) {
      if (Properties['RouteKey'] !== '$default') expect(needed.has(id), id).toBe(true);
    }
  });
});

describe('every resource that can be', () => {
  it('tells it of the stack data by the tags of the stack, which CloudFormation passes on', () => {
    const stack = app.synth().getStackByName('fiche-data');
    expect(stack.tags).toEqual({
      application: 'fiche',
      part: 'data',
      data: 'personal',
      'fiche:version': version,
    });
  });

  it.each([
    ['service', service, 'AWS::Lambda::Function', 'operational'],
    ['service', service, 'AWS::Logs::LogGroup', 'operational'],
    ['service', service, 'AWS::SQS::Queue', 'operational'],
    ['service', service, 'AWS::SNS::Topic', 'operational'],
  ])(
    'of the stack %s tells what it is of and what it holds: %s %s',
    (part, template, type, holds) => {
      const tags = JSON.stringify(
        [...resourcesOf(template, type).values()].map(({ Properties }) => Properties),
      );
      for (const [Key, Value] of Object.entries({ application: 'fiche', part, data: holds })) {
        const found = tags.split(JSON.stringify({ Key, Value })).length - 1;
        expect(found, Key).toBe(resourcesOf(template, type).size);
      }
    },
  );
});
