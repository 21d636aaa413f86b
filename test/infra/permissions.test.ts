import { describe, expect, it } from 'vitest';
import { keysParameterArn } from './deployed-functions.ts';
import { functionNames, type FunctionName } from '../../infra/functions.ts';
import { grantsOf, statementsOf } from './grants.ts';
import { resourcesOf, synthesise } from './synthesise.ts';

const { service } = synthesise();

const grants = grantsOf(service);

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
const keys = `ssm:GetParameter on ${keysParameterArn}`;
const read = ['GetItem', 'Query'];
const all = ['GetItem', 'PutItem', 'Query', 'DeleteItem'];
const upload = ['GetObject', 'PutObject', 'AbortMultipartUpload'];

const allowed: Readonly<Record<FunctionName, readonly string[]>> = {
  submissions: [
    ...[...all, 'BatchGetItem'].map((action) => `dynamodb:${action} on {SubmissionsTable}`),
    'dynamodb:Query on {SubmissionsTable}/index/byTime',
    'dynamodb:Query on {SubmissionsTable}/index/byOrganisation',
    'dynamodb:Query on {SubmissionsTable}/index/inbox',
    ...registry(['GetItem'], 'token#*', 'organisation', 'form', 'vocabulary'),
    ...registry(all, 'quarantine#*'),
    ...registry(['GetItem', 'Query', 'DeleteItem'], 'alias#*'),
    ...registry(['PutItem'], 'erasure#*', 'uploads#*'),
    ...objects(['GetObject'], 'forms'),
    ...objects(['GetObject', 'PutObject', 'DeleteObject'], 'attachments'),
    ...objects(['DeleteObject'], 'exports'),
    ...objects(['GetObject', 'PutObject'], 'erasures'),
    's3:ListBucket on {ObjectsBucket}',
    keys,
  ],
  openrosa: [
    ...all.map((action) => `dynamodb:${action} on {SubmissionsTable}`),
    ...registry(['GetItem'], 'token#*', 'organisation', 'vocabulary'),
    ...registry(read, 'form'),
    ...registry(all, 'quarantine#*', 'alias#*'),
    ...objects(['GetObject'], 'forms'),
    ...objects(['GetObject', 'PutObject', 'DeleteObject'], 'attachments'),
    ...objects(['GetObject'], 'erasures'),
    's3:ListBucket on {ObjectsBucket}',
    keys,
  ],
  registry: [
    ...registry(['GetItem', 'PutItem'], 'token#*'),
    ...registry(['GetItem', 'Query', 'PutItem'], 'organisation', 'form'),
    ...registry(['Query'], 'vocabulary'),
    ...registry(all, 'same-as'),
    ...objects(['GetObject', 'PutObject'], 'forms'),
    's3:ListBucket on {ObjectsBucket}',
  ],
  datasets: [
    ...registry(['GetItem'], 'token#*'),
    ...registry(read, 'organisation'),
    ...registry(read, 'dataset'),
    ...registry(['Query'], 'version#*', 'erasure#*'),
    ...registry(['GetItem', 'PutItem'], 'run'),
    'dynamodb:GetItem on {SubmissionsTable}',
    ...registry(['GetItem'], 'form'),
    ...objects(['GetObject'], 'datasets', 'forms', 'attachments'),
    ...objects([...upload, 'DeleteObject'], 'exports'),
    's3:ListBucket on {ObjectsBucket}',
    keys,
    'states:StartExecution on {CompileMachine}',
  ],
  'compile-start': [
    ...['GetItem', 'BatchGetItem', 'PutItem', 'DeleteItem'].map(
      (action) => `dynamodb:${action} on {SubmissionsTable}`,
    ),
    'dynamodb:Query on {SubmissionsTable}/index/inbox',
    ...registry(read, 'form'),
    ...registry(['GetItem'], 'vocabulary'),
    ...registry(['GetItem', 'PutItem'], 'run'),
    ...registry(['Query', 'DeleteItem'], 'uploads#*'),
    ...objects(['GetObject'], 'forms'),
    ...objects(['GetObject', 'DeleteObject'], 'attachments'),
    's3:ListBucket on {ObjectsBucket}',
  ],
  collect: [
    'dynamodb:BatchGetItem on {SubmissionsTable}',
    'dynamodb:Query on {SubmissionsTable}',
    'dynamodb:Query on {SubmissionsTable}/index/byTime',
    ...registry(['GetItem', 'PutItem'], 'segment#*'),
    ...objects(upload, 'segments'),
    's3:ListBucket on {ObjectsBucket}',
    keys,
  ],
  publish: [
    ...registry(read, 'form'),
    ...registry(['Query'], 'organisation', 'same-as'),
    ...registry(['GetItem', 'Query', 'PutItem'], 'segment#*', 'dataset'),
    ...registry(all, 'version#*'),
    ...registry(['Query', 'DeleteItem'], 'erasure#*'),
    ...objects(['GetObject'], 'forms'),
    ...objects(['GetObject', 'DeleteObject'], 'segments'),
    ...objects([...upload, 'DeleteObject'], 'datasets', 'public'),
    's3:ListBucket on {ObjectsBucket}',
    keys,
  ],
  verify: [
    ...['GetItem', 'BatchGetItem', 'Query', 'DeleteItem'].map(
      (action) => `dynamodb:${action} on {SubmissionsTable}`,
    ),
    'dynamodb:Query on {SubmissionsTable}/index/byTime',
    ...registry(read, 'form'),
    ...registry(['Query'], 'organisation', 'same-as'),
    ...registry(['GetItem', 'Query', 'PutItem'], 'segment#*', 'dataset'),
    ...registry(all, 'version#*'),
    ...registry(['Query', 'DeleteItem'], 'erasure#*', 'quarantine#*', 'run'),
    ...objects(['GetObject'], 'forms', 'erasures'),
    ...objects([...upload, 'DeleteObject'], 'segments', 'datasets', 'public'),
    ...objects(['DeleteObject'], 'attachments', 'exports'),
    's3:ListBucket on {ObjectsBucket}',
    keys,
  ],
  'compile-end': [...registry(['GetItem', 'PutItem'], 'run')],
  canary: [
    ...registry(['Query', 'PutItem', 'DeleteItem'], 'token#fiche-canary'),
    ...['Query', 'DeleteItem'].map(
      (action) =>
        `dynamodb:${action} on {SubmissionsTable} if dynamodb:LeadingKeys is fiche-canary.draft#0`,
    ),
  ],
};

describe('the statements of a function', () => {
  it.each(functionNames)('are these and no others: %s', (name) => {
    const lines = (grants.get(name) ?? []).map((grant) =>
      grant.replace(/(\{CompileMachine)\w*/, '$1'),
    );
    const log = new RegExp(
      `^logs:(CreateLogStream|PutLogEvents) on \\{${name.replace('-', '')}Log\\w+\\}$`,
    );
    expect(lines.filter((grant) => log.test(grant))).toHaveLength(2);
    expect(lines.filter((grant) => !log.test(grant))).toEqual([...allowed[name]].sort());
  });
});

describe('every role', () => {
  const roles = [...resourcesOf(service, 'AWS::IAM::Role').keys()];

  it.each(roles)('names its actions, one by one: %s', (id) => {
    for (const { Action } of statementsOf(service, id)) {
      for (const action of Action) expect(action).toMatch(/^[a-z0-9]+:[A-Za-z]+$/);
    }
  });

  it.each(roles)('may use every resource only where AWS knows no names: %s', (id) => {
    const anywhere = statementsOf(service, id)
      .filter(({ Resource }) => Resource.includes('*'))
      .flatMap(({ Action }) => Action);
    for (const action of anywhere) {
      expect(action).toMatch(
        /^logs:(\w+LogDeliver(y|ies)|PutResourcePolicy|DescribeResourcePolicies|DescribeLogGroups)$/,
      );
    }
  });
});
