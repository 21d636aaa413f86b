import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { functionNames, type FunctionName } from '../../infra/functions.ts';
import { resourcesOf, synthesise, textOf } from './synthesise.ts';

const { service } = synthesise();

const list = <T extends z.ZodType>(item: T) =>
  z.union([z.array(item), item.transform((one) => [one])]);
const Statement = z.object({
  Effect: z.literal('Allow'),
  Action: list(z.string()),
  Resource: list(z.unknown()),
  Condition: z
    .record(z.string(), z.record(z.string(), list(z.string())))
    .optional()
    .transform((condition) =>
      Object.values(condition ?? {}).flatMap((keys) => Object.entries(keys)),
    ),
});
const Document = z.object({ Statement: z.array(Statement) });
// Strict: a managed policy would be a statement that nobody sees here.
const RoleProperties = z.strictObject({
  AssumeRolePolicyDocument: z.unknown(),
  Policies: z.array(z.object({ PolicyDocument: Document })).default([]),
  Tags: z.unknown(),
});
const FunctionRole = z.object({
  Description: z.string(),
  Role: z.object({ 'Fn::GetAtt': z.tuple([z.string(), z.literal('Arn')]) }),
});

const Policy = z.object({
  PolicyDocument: Document,
  Roles: z.array(z.object({ Ref: z.string() })),
});

/** Every statement of a role: its own and those of policies attached to it. */
function statementsOf(roleId: string): z.infer<typeof Statement>[] {
  const role = RoleProperties.parse(resourcesOf(service).get(roleId)?.Properties);
  const attached = [...resourcesOf(service, 'AWS::IAM::Policy').values()]
    .map(({ Properties }) => Policy.parse(Properties))
    .filter(({ Roles }) => Roles.some(({ Ref }) => Ref === roleId));
  return [...role.Policies, ...attached].flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
}

/** `action on resource [if key in values]`, one line for each action and resource. */
function granted(statements: readonly z.infer<typeof Statement>[]): string[] {
  return statements
    .flatMap(({ Action, Resource, Condition }) =>
      Action.flatMap((action) =>
        Resource.flatMap((resource) => {
          const grant = `${action} on ${textOf(resource)}`;
          if (Condition.length === 0) return [grant];
          return Condition.flatMap(([key, values]) =>
            values.map((value) => `${grant} if ${key} is ${value}`),
          );
        }),
      ),
    )
    .sort();
}

const roleOf = new Map(
  [...resourcesOf(service, 'AWS::Lambda::Function').values()].map(({ Properties }) => {
    const { Description, Role } = FunctionRole.parse(Properties);
    return [Description.replace('Fiche: ', ''), Role['Fn::GetAtt'][0]];
  }),
);

const registry = (actions: string[], ...partitions: string[]): string[] =>
  actions.flatMap((action) =>
    partitions.map(
      (pk) => `dynamodb:${action} on {RegistryTable} if dynamodb:LeadingKeys is ${pk}`,
    ),
  );
const objects = (actions: string[], ...prefixes: string[]): string[] =>
  actions.flatMap((action) =>
    prefixes.map((prefix) => `s3:${action} on {ObjectsBucket}/${prefix}/*`),
  );
const read = ['GetItem', 'Query'];
const all = ['GetItem', 'PutItem', 'Query', 'DeleteItem'];
const upload = ['GetObject', 'PutObject', 'AbortMultipartUpload'];

const allowed: Readonly<Record<FunctionName, readonly string[]>> = {
  submissions: [
    ...all.map((action) => `dynamodb:${action} on {SubmissionsTable}`),
    'dynamodb:Query on {SubmissionsTable}/index/byTime',
    'dynamodb:Query on {SubmissionsTable}/index/byOrganisation',
    'dynamodb:Query on {SubmissionsTable}/index/inbox',
    ...registry(['GetItem'], 'token#*', 'organisation', 'form', 'vocabulary'),
    ...registry(all, 'quarantine#*'),
    ...registry(['PutItem'], 'erasure#*'),
    ...objects(['GetObject'], 'forms'),
    ...objects(['DeleteObject'], 'attachments'),
    's3:ListBucket on {ObjectsBucket} if s3:prefix is attachments/*',
  ],
  registry: [
    ...registry(['GetItem', 'PutItem'], 'token#*'),
    ...registry(['GetItem', 'Query', 'PutItem'], 'organisation', 'form'),
    ...registry(read, 'vocabulary'),
    ...objects(['GetObject', 'PutObject'], 'forms'),
  ],
  datasets: [
    ...registry(['GetItem'], 'token#*'),
    ...registry(read, 'organisation', 'form', 'dataset', 'version#*'),
    ...registry(['GetItem', 'PutItem'], 'run'),
    ...objects(['GetObject'], 'datasets'),
    's3:ListBucket on {ObjectsBucket}',
    'states:StartExecution on {CompileMachine}',
  ],
  'compile-start': [...registry(read, 'form'), ...registry(['GetItem', 'PutItem'], 'run')],
  collect: [
    'dynamodb:Query on {SubmissionsTable}',
    'dynamodb:Query on {SubmissionsTable}/index/byTime',
    ...registry(['GetItem', 'PutItem'], 'segment#*'),
    ...objects(upload, 'segments'),
    's3:ListBucket on {ObjectsBucket}',
  ],
  publish: [
    ...registry(read, 'form', 'vocabulary', 'organisation'),
    ...registry(['GetItem', 'Query', 'PutItem'], 'segment#*', 'dataset', 'version#*'),
    ...registry(['Query', 'DeleteItem'], 'erasure#*'),
    ...objects(['GetObject'], 'forms'),
    ...objects(['GetObject', 'DeleteObject'], 'segments'),
    ...objects([...upload, 'DeleteObject'], 'datasets', 'public'),
    's3:ListBucket on {ObjectsBucket}',
  ],
  'compile-end': [...registry(['GetItem', 'PutItem'], 'run')],
};

describe('the statements of a function', () => {
  it.each(functionNames)('are these and no others: %s', (name) => {
    const grants = granted(statementsOf(roleOf.get(name) ?? '')).map((grant) =>
      grant.replace(/(\{CompileMachine)\w*/, '$1'),
    );
    const log = new RegExp(
      `^logs:(CreateLogStream|PutLogEvents) on \\{${name.replace('-', '')}Log\\w+\\}$`,
    );
    expect(grants.filter((grant) => log.test(grant))).toHaveLength(2);
    expect(grants.filter((grant) => !log.test(grant))).toEqual([...allowed[name]].sort());
  });
});

describe('every role', () => {
  const roles = [...resourcesOf(service, 'AWS::IAM::Role').keys()];

  it.each(roles)('names its actions, one by one: %s', (id) => {
    for (const { Action } of statementsOf(id)) {
      for (const action of Action) expect(action).toMatch(/^[a-z0-9]+:[A-Za-z]+$/);
    }
  });

  it.each(roles)('may use every resource only where AWS knows no names: %s', (id) => {
    const anywhere = statementsOf(id)
      .filter(({ Resource }) => Resource.includes('*'))
      .flatMap(({ Action }) => Action);
    for (const action of anywhere) {
      expect(action).toMatch(
        /^logs:(\w+LogDeliver(y|ies)|PutResourcePolicy|DescribeResourcePolicies|DescribeLogGroups)$/,
      );
    }
  });
});
