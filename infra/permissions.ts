/** What each function may do, written out. Tests list it again. */

import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { canaryPartition, registryKey, type indexes } from '../shared/store/keys.ts';
import type { FunctionName } from './functions.ts';

interface Table {
  readonly tableArn: string;
  readonly tableName: string;
}

/** What the data stack holds, as far as functions need it. */
export interface Data {
  readonly submissions: Table;
  readonly registry: Table;
  readonly objects: { readonly bucketArn: string; readonly bucketName: string };
}

/** Functions that make ids with the installation's secret, or look for one that was made with it. */
export const keyReaders: readonly FunctionName[] = [
  'submissions',
  'openrosa',
  'datasets',
  'collect',
  'publish',
  'verify',
];

const get = 'dynamodb:GetItem';
/** Reads the records whose keys an index has told. */
const getMany = 'dynamodb:BatchGetItem';
const put = 'dynamodb:PutItem';
const query = 'dynamodb:Query';
const remove = 'dynamodb:DeleteItem';

/** Partitions of the registry, as patterns: `token#*` for every organisation's tokens. */
const any = '*';
const partition = {
  forms: registryKey.form(any).pk,
  vocabularies: registryKey.vocabulary(any).pk,
  organisations: registryKey.organisation(any).pk,
  tokens: registryKey.token(any, any).pk,
  quarantine: registryKey.quarantine(any, any, any).pk,
  segments: registryKey.segment(any, 0).pk,
  datasets: registryKey.dataset(any).pk,
  versions: registryKey.datasetVersion(any, any).pk,
  aliases: registryKey.alias(any, any).pk,
  sameAs: registryKey.sameAs(any).pk,
  erasures: registryKey.erasure(any, any).pk,
  uploads: registryKey.uploads(any, any).pk,
  runs: registryKey.run(any).pk,
  canaryTokens: canaryPartition.tokens,
} as const;
type Partition = keyof typeof partition;

export function permissions(
  { submissions, registry, objects }: Data,
  keysParameterArn: string,
): Readonly<Record<FunctionName, readonly PolicyStatement[]>> {
  /**
   * Records of some partitions of the registry. Every one of these actions names one partition key,
   * so the condition holds for all of them; it is what keeps a function that reads tokens from
   * making one.
   */
  const records = (actions: readonly string[], partitions: readonly Partition[]): PolicyStatement =>
    new PolicyStatement({
      actions: [...actions],
      resources: [registry.tableArn],
      conditions: {
        'ForAllValues:StringLike': {
          'dynamodb:LeadingKeys': partitions.map((name) => partition[name]),
        },
      },
    });
  const heads = (...actions: string[]): PolicyStatement =>
    new PolicyStatement({ actions, resources: [submissions.tableArn] });
  const index = (...names: (keyof typeof indexes)[]): PolicyStatement =>
    new PolicyStatement({
      actions: [query],
      resources: names.map((name) => `${submissions.tableArn}/index/${name}`),
    });
  const files = (actions: readonly string[], ...prefixes: string[]): PolicyStatement =>
    new PolicyStatement({
      actions: actions.map((action) => `s3:${action}`),
      resources: prefixes.map((prefix) => `${objects.bucketArn}/${prefix}/*`),
    });
  /**
   * Names of objects, below the prefixes or all of them. A function that reads what may be absent
   * needs it for all: without it S3 answers 403 instead of 404, as if something were broken.
   */
  const list = (...prefixes: string[]): PolicyStatement =>
    new PolicyStatement({
      actions: ['s3:ListBucket'],
      resources: [objects.bucketArn],
      ...(prefixes.length === 0
        ? {}
        : { conditions: { StringLike: { 's3:prefix': prefixes.map((prefix) => `${prefix}/*`) } } }),
    });

  // Under AWS's own key, which needs no statement of its own: whoever may read it may decrypt it.
  const keys = new PolicyStatement({
    actions: ['ssm:GetParameter'],
    resources: [keysParameterArn],
  });

  const parts = ['GetObject', 'PutObject', 'AbortMultipartUpload'];
  return {
    submissions: [
      heads(get, getMany, put, query, remove),
      index('byTime', 'byOrganisation', 'inbox'),
      records([get], ['tokens', 'organisations', 'forms', 'vocabularies']),
      records([get, query, put, remove], ['quarantine']),
      records([get, query, remove], ['aliases']),
      records([put], ['erasures', 'uploads']),
      files(['GetObject'], 'forms'),
      // A signed link may do what its signer may: clients send and fetch attachments by such links.
      files(['GetObject', 'PutObject', 'DeleteObject'], 'attachments'),
      files(['DeleteObject'], 'exports'),
      // What was erased is remembered where no function can forget it.
      files(['GetObject', 'PutObject'], 'erasures'),
      list(),
      keys,
    ],
    openrosa: [
      heads(get, put, query, remove),
      records([get], ['tokens', 'organisations', 'vocabularies']),
      records([get, query], ['forms']),
      records([get, query, put, remove], ['quarantine', 'aliases']),
      files(['GetObject'], 'forms'),
      files(['GetObject', 'PutObject', 'DeleteObject'], 'attachments'),
      files(['GetObject'], 'erasures'),
      list(),
      keys,
    ],
    registry: [
      records([get, put], ['tokens']),
      records([get, query, put], ['organisations', 'forms']),
      records([query], ['vocabularies']),
      records([get, query, put, remove], ['sameAs']),
      files(['GetObject', 'PutObject'], 'forms'),
      list(),
    ],
    datasets: [
      records([get], ['tokens']),
      records([get, query], ['organisations']),
      records([get, query], ['datasets']),
      records([query], ['versions', 'erasures']),
      records([get, put], ['runs']),
      files(['GetObject'], 'datasets'),
      // Archives of attachments, and what it takes to know who may have which.
      heads(get),
      records([get], ['forms']),
      files(['GetObject'], 'forms', 'attachments'),
      files([...parts, 'DeleteObject'], 'exports'),
      list(),
      // Files of rows stand in the order of ids made with it.
      keys,
    ],
    'compile-start': [
      records([get, query], ['forms']),
      records([get], ['vocabularies']),
      records([get, put], ['runs']),
      records([query, remove], ['uploads']),
      heads(get, getMany, put, remove),
      index('inbox'),
      files(['GetObject'], 'forms'),
      files(['GetObject', 'DeleteObject'], 'attachments'),
      list(),
    ],
    collect: [
      heads(getMany, query),
      index('byTime'),
      records([get, put], ['segments']),
      files(parts, 'segments'),
      list(),
      keys,
    ],
    publish: [
      records([get, query], ['forms']),
      records([query], ['organisations', 'sameAs']),
      records([get, query, put], ['segments', 'datasets']),
      records([get, query, put, remove], ['versions']),
      records([query, remove], ['erasures']),
      files(['GetObject'], 'forms'),
      files(['GetObject', 'DeleteObject'], 'segments'),
      files([...parts, 'DeleteObject'], 'datasets', 'public'),
      list(),
      keys,
    ],
    verify: [
      heads(get, getMany, query, remove),
      index('byTime'),
      records([get, query], ['forms']),
      records([query], ['organisations', 'sameAs']),
      records([get, query, put], ['segments', 'datasets']),
      records([get, query, put, remove], ['versions']),
      records([query, remove], ['erasures', 'quarantine', 'runs']),
      files(['GetObject'], 'forms', 'erasures'),
      files([...parts, 'DeleteObject'], 'segments', 'datasets', 'public'),
      files(['DeleteObject'], 'attachments', 'exports'),
      list(),
      keys,
    ],
    'compile-end': [records([get, put], ['runs'])],
    // It goes through the front door. What it does itself is to make its token, which that door keeps to
    // its own form (shared/canary/canary-scope.ts), and to sweep up behind itself.
    canary: [
      records([query, put, remove], ['canaryTokens']),
      new PolicyStatement({
        actions: [query, remove],
        resources: [submissions.tableArn],
        conditions: {
          'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [canaryPartition.submissions] },
        },
      }),
    ],
  };
}
