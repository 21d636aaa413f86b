import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { everyStack } from './every-stack.ts';
import { resourcesOf } from './synthesise.ts';

/**
 * What holds data, or an address that people keep, by stack and logical id. Never changed: under
 * another id CloudFormation makes another one, which is empty or elsewhere, and drops this one.
 * `kept`: it outlives its stack.
 */
const frozen: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  data: {
    SubmissionsTable: 'AWS::DynamoDB::GlobalTable kept',
    RegistryTable: 'AWS::DynamoDB::GlobalTable kept',
    ObjectsBucket: 'AWS::S3::Bucket kept',
  },
  service: {
    // Its address stands in links, on phones and in QR codes.
    HttpApi4E1D4184: 'AWS::ApiGatewayV2::Api',
    // What a schedule could not deliver.
    SchedulesUndelivered227B55D0: 'AWS::SQS::Queue',
    // Whoever is told of alarms has confirmed that to this topic.
    ToldTopic0209C841: 'AWS::SNS::Topic',
  },
  edge: {
    // Its address stands in other people's sites.
    Distribution830FAC52: 'AWS::CloudFront::Distribution',
    // All of it comes with the code.
    PagesBucket1F9960AC: 'AWS::S3::Bucket',
  },
  firewall: {
    // A distribution names it by its ARN.
    WebAcl: 'AWS::WAFv2::WebACL',
  },
};

/** Types of which one can be replaced by another without anybody losing anything. */
const stateless = [
  /^AWS::IAM::(Role|Policy)$/,
  /^AWS::Lambda::(Function|Permission|EventInvokeConfig)$/,
  /^AWS::Logs::(LogGroup|MetricFilter)$/,
  /^AWS::ApiGatewayV2::(Integration|Route|Stage)$/,
  /^AWS::StepFunctions::StateMachine$/,
  /^AWS::Scheduler::Schedule$/,
  /^AWS::Events::Rule$/,
  /^AWS::CloudWatch::(Alarm|Dashboard)$/,
  /^AWS::Budgets::Budget$/,
  /^AWS::S3::BucketPolicy$/,
  /^AWS::SQS::QueuePolicy$/,
  /^AWS::SNS::(TopicPolicy|Subscription)$/,
  /^AWS::CloudFront::(CachePolicy|ResponseHeadersPolicy|OriginAccessControl|Function)$/,
  /^Custom::FichePages$/,
];

const stacks = everyStack();

describe('what must never be replaced', () => {
  it.each([...stacks])('keeps its logical id for ever: %s', (name, template) => {
    const found = [...resourcesOf(template)]
      .filter(([, { Type }]) => !stateless.some((type) => type.test(Type)))
      .map(([id, { Type, DeletionPolicy, UpdateReplacePolicy }]) => {
        const kept = DeletionPolicy === 'Retain' && UpdateReplacePolicy === 'Retain';
        return [id, kept ? `${Type} kept` : Type];
      });
    expect(Object.fromEntries(found)).toEqual(frozen[name]);
  });

  it('is in no other stack', () => {
    expect([...stacks.keys()].sort()).toEqual(Object.keys(frozen).sort());
  });

  it('is the same whatever is switched on', () => {
    for (const [name, template] of everyStack({})) {
      const ids = new Set(resourcesOf(template).keys());
      for (const id of Object.keys(frozen[name] ?? {})) expect(ids).toContain(id);
    }
  });
});

/** Any change here makes another table of it: DynamoDB changes none of this in a table that is there. */
const tables = {
  SubmissionsTable: {
    AttributeDefinitions: {
      pk: 'S',
      sk: 'S',
      at: 'S',
      orgKey: 'S',
      inboxKey: 'S',
    },
    KeySchema: 'pk sk',
    LocalSecondaryIndexes: { byTime: 'pk at KEYS_ONLY' },
    // These could be replaced one by one, each deployment one; until it is filled an index is of no use.
    GlobalSecondaryIndexes: {
      byOrganisation: 'orgKey at KEYS_ONLY',
      inbox: 'inboxKey at KEYS_ONLY',
    },
  },
  RegistryTable: {
    AttributeDefinitions: { pk: 'S', sk: 'S' },
    KeySchema: 'pk sk',
    LocalSecondaryIndexes: {},
    GlobalSecondaryIndexes: {},
  },
};

const keys = z
  .array(z.object({ AttributeName: z.string(), KeyType: z.enum(['HASH', 'RANGE']) }))
  .transform((schema) =>
    schema
      .sort((one, other) => (one.KeyType < other.KeyType ? -1 : 1))
      .map((key) => key.AttributeName)
      .join(' '),
  );
const secondary = z
  .array(
    z.object({
      IndexName: z.string(),
      KeySchema: keys,
      Projection: z.strictObject({ ProjectionType: z.string() }),
    }),
  )
  .default([])
  .transform((all) =>
    Object.fromEntries(
      all.map(({ IndexName, KeySchema, Projection }) => [
        IndexName,
        `${KeySchema} ${Projection.ProjectionType}`,
      ]),
    ),
  );
const Table = z.object({
  AttributeDefinitions: z
    .array(z.object({ AttributeName: z.string(), AttributeType: z.string() }))
    .transform((all) =>
      Object.fromEntries(
        all.map(({ AttributeName, AttributeType }) => [AttributeName, AttributeType]),
      ),
    ),
  KeySchema: keys,
  LocalSecondaryIndexes: secondary,
  GlobalSecondaryIndexes: secondary,
});

describe('the tables', () => {
  it.each(Object.entries(tables))('keep their keys and indexes: %s', (id, shape) => {
    const data = stacks.get('data');
    const properties = data && resourcesOf(data).get(id)?.Properties;
    expect(Table.parse(properties)).toEqual(shape);
  });
});
