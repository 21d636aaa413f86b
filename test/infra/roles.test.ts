import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { everyStack } from './every-stack.ts';
import { statementsOf } from './grants.ts';
import { resourcesOf, textOf } from './synthesise.ts';

const stacks = everyStack();
const roles = [...stacks].flatMap(([stack, template]) =>
  [...resourcesOf(template, 'AWS::IAM::Role').keys()].map(
    (id) => [`${stack}/${id}`, statementsOf(template, id)] as const,
  ),
);

/**
 * What AWS grants on `*` alone: delivering logs of a state machine and of an API, traces. Source: the
 * Service Authorization Reference, "Resource types" of CloudWatch Logs and X-Ray.
 */
const nameless =
  /^(logs:(\w+LogDeliver(y|ies)|PutResourcePolicy|DescribeResourcePolicies|DescribeLogGroups)|xray:(PutTraceSegments|PutTelemetryRecords|GetSamplingRules|GetSamplingTargets))$/;

describe('every role of every stack', () => {
  it.each(roles)('names its actions, one by one: %s', (_, statements) => {
    for (const { Action } of statements) {
      for (const action of Action) expect(action).toMatch(/^[a-z0-9]+:[A-Za-z]+$/);
    }
  });

  it.each(roles)('may use every resource only where AWS knows no names: %s', (_, statements) => {
    for (const { Action, Resource } of statements) {
      if (!Resource.includes('*')) continue;
      for (const action of Action) expect(action).toMatch(nameless);
    }
  });

  it.each(roles)('may do nothing to roles, policies, keys or functions: %s', (_, statements) => {
    const actions = statements.flatMap(({ Action }) => Action);
    expect(
      actions.filter((action) => /^(iam|kms|sts|lambda:(Update|Create|Add|Delete))/.test(action)),
    ).toEqual([]);
  });
});

const Trust = z.object({
  AssumeRolePolicyDocument: z.object({
    Statement: z.array(
      z.object({
        Effect: z.literal('Allow'),
        Action: z.literal('sts:AssumeRole'),
        Principal: z.strictObject({ Service: z.unknown() }),
      }),
    ),
  }),
});
const services = new Set([
  'lambda.amazonaws.com',
  'states.amazonaws.com',
  'scheduler.amazonaws.com',
  'events.amazonaws.com',
]);

describe('who may take on a role', () => {
  it.each(
    [...stacks].flatMap(([stack, template]) =>
      [...resourcesOf(template, 'AWS::IAM::Role')].map(
        ([id, { Properties }]) => [`${stack}/${id}`, Properties] as const,
      ),
    ),
  )('is one service of AWS, no account and no person: %s', (_, properties) => {
    const { Statement } = Trust.parse(properties).AssumeRolePolicyDocument;
    expect(Statement).toHaveLength(1);
    for (const { Principal } of Statement) expect(services).toContain(textOf(Principal.Service));
  });
});

describe('statements', () => {
  it.each([...stacks])(
    'stand with roles and resources that are looked at, nowhere else: %s',
    (_, template) => {
      const known =
        /^AWS::(IAM::(Role|Policy)|S3::BucketPolicy|SQS::QueuePolicy|SNS::TopicPolicy)$/;
      const elsewhere = [...resourcesOf(template)]
        .filter(([, { Type }]) => !known.test(Type))
        .filter(([, { Properties }]) =>
          /"(PolicyDocument|ManagedPolicyArns|PolicyName)"/.test(JSON.stringify(Properties)),
        );
      expect(elsewhere.map(([id]) => id)).toEqual([]);
    },
  );

  it.each([...stacks])(
    'let nobody call a function but a service, for one resource: %s',
    (_, template) => {
      for (const [, { Properties }] of resourcesOf(template, 'AWS::Lambda::Permission')) {
        expect(Properties['Principal']).toMatch(/^(apigateway|events|scheduler)\.amazonaws\.com$/);
        expect(Properties['SourceArn']).toBeDefined();
      }
    },
  );
});
