import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { everyStack } from './every-stack.ts';
import { resourcesOf, type Resource } from './synthesise.ts';

const stacks = [...everyStack()];

/** Resources of a type in all stacks: name for the test's title, id, resource, and those beside it. */
const all = (type: string): [string, string, Resource, ReadonlyMap<string, Resource>][] =>
  stacks.flatMap(([stack, template]) => {
    const beside = resourcesOf(template);
    return [...beside]
      .filter(([, { Type }]) => Type === type)
      .map(([id, resource]): [string, string, Resource, ReadonlyMap<string, Resource>] => [
        `${stack}/${id}`,
        id,
        resource,
        beside,
      ]);
  });

const list = z.union([z.array(z.string()), z.string().transform((one) => [one])]);
const Statement = z.object({
  Effect: z.enum(['Allow', 'Deny']),
  Principal: z.unknown().optional(),
  Action: list,
  Condition: z.unknown().optional(),
});
const Policy = z.object({
  PolicyDocument: z.object({ Statement: z.array(Statement) }),
  Bucket: z.unknown().optional(),
  Queues: z.unknown().optional(),
  Topics: z.unknown().optional(),
});

/** The statements of the policies of one type that are for that resource. */
function statementsFor(
  type: string,
  id: string,
  beside: ReadonlyMap<string, Resource>,
): z.infer<typeof Statement>[] {
  return [...beside.values()]
    .filter((resource) => resource.Type === type)
    .map(({ Properties }) => Policy.parse(Properties))
    .filter(({ Bucket, Queues, Topics }) =>
      JSON.stringify([Bucket, Queues, Topics]).includes(`{"Ref":"${id}"}`),
    )
    .flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
}

const policyOf = new Map([
  ['AWS::S3::Bucket', 'AWS::S3::BucketPolicy'],
  ['AWS::SQS::Queue', 'AWS::SQS::QueuePolicy'],
  ['AWS::SNS::Topic', 'AWS::SNS::TopicPolicy'],
]);
const guarded = [...policyOf].flatMap(([type, policy]) =>
  all(type).map(([name, id, , beside]) => [name, statementsFor(policy, id, beside)] as const),
);
const anyone = (principal: unknown): boolean => /"\*"/.test(JSON.stringify(principal ?? ''));

describe('every bucket, queue and topic', () => {
  it.each(guarded)('refuses who comes without TLS: %s', (_, statements) => {
    const refusals = statements.filter(
      ({ Effect, Principal, Condition }) =>
        Effect === 'Deny' &&
        anyone(Principal) &&
        JSON.stringify(Condition) === '{"Bool":{"aws:SecureTransport":"false"}}',
    );
    const actions = refusals.flatMap(({ Action }) => Action);
    expect(actions).toContainEqual(expect.stringMatching(/^(s3:\*|sqs:\*|sns:Publish)$/));
  });

  it.each(guarded)('lets nobody in who is not named: %s', (_, statements) => {
    const open = statements.filter(
      ({ Effect, Principal }) => Effect === 'Allow' && anyone(Principal),
    );
    expect(open).toEqual([]);
  });

  it('is looked at, and so can be found wanting', () => {
    expect(guarded.map(([name]) => name).length).toBeGreaterThanOrEqual(4);
  });
});

describe('every bucket', () => {
  it.each(all('AWS::S3::Bucket'))(
    'cannot be made public, and is encrypted: %s',
    (_, __, { Properties }) => {
      expect(Properties).toMatchObject({
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
        OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [
            { ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } },
          ],
        },
      });
      expect(Properties).not.toHaveProperty('WebsiteConfiguration');
      expect(Properties).not.toHaveProperty('AccessControl');
    },
  );
});

describe('every queue', () => {
  it.each(all('AWS::SQS::Queue'))('is encrypted: %s', (_, __, { Properties }) => {
    expect(Properties['SqsManagedSseEnabled'] ?? Properties['KmsMasterKeyId']).toBeTruthy();
  });
});

describe('every table', () => {
  it.each(all('AWS::DynamoDB::GlobalTable'))(
    'is encrypted with a key of DynamoDB, as all are that name no other: %s',
    (_, __, { Properties }) => {
      const { SSESpecification } = z
        .object({ SSESpecification: z.unknown().optional() })
        .parse(Properties);
      expect([undefined, '{"SSEEnabled":false}']).toContain(JSON.stringify(SSESpecification));
    },
  );

  it('is of the kind that is looked at', () => {
    expect(all('AWS::DynamoDB::Table')).toEqual([]);
  });
});
