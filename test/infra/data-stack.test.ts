import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { indexes } from '../../shared/store/keys.ts';
import { resourcesOf, synthesise } from './synthesise.ts';

const { data } = synthesise();

const Policy = z.object({
  PolicyDocument: z.object({ Statement: z.array(z.looseObject({ Effect: z.string() })) }),
});

const Rule = z.looseObject({ Prefix: z.string().optional() });

describe('what must never be lost', () => {
  it('keeps its logical ids for ever: another one would be another, empty, table or bucket', () => {
    const ids = [...resourcesOf(data)]
      .filter(([, { Type }]) => !Type.endsWith('Policy'))
      .map(([id, { Type }]) => `${id}: ${Type}`);
    expect(ids.sort()).toEqual([
      'ObjectsBucket: AWS::S3::Bucket',
      'RegistryTable: AWS::DynamoDB::GlobalTable',
      'SubmissionsTable: AWS::DynamoDB::GlobalTable',
    ]);
  });

  it.each([...resourcesOf(data)].filter(([, { Type }]) => !Type.endsWith('Policy')))(
    'survives the stack and any replacement: %s',
    (_, { DeletionPolicy, UpdateReplacePolicy }) => {
      expect([DeletionPolicy, UpdateReplacePolicy]).toEqual(['Retain', 'Retain']);
    },
  );

  it('has no physical name, so that it can be deployed again beside what was retained', () => {
    for (const [, { Properties }] of resourcesOf(data)) {
      expect(Properties).not.toHaveProperty('TableName');
      expect(Properties).not.toHaveProperty('BucketName');
    }
  });
});

describe('the tables', () => {
  it.each(['SubmissionsTable', 'RegistryTable'])(
    'are on demand, restorable to any second, and protected from deletion: %s',
    (id) => {
      const table = resourcesOf(data).get(id)?.Properties;
      expect(table).toMatchObject({
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
        Replicas: [
          {
            DeletionProtectionEnabled: true,
            PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
          },
        ],
      });
    },
  );

  it.each(Object.entries(indexes))(
    'the submissions have the index %s, of keys alone',
    (name, index) => {
      data.hasResourceProperties('AWS::DynamoDB::GlobalTable', {
        [index.local ? 'LocalSecondaryIndexes' : 'GlobalSecondaryIndexes']: Match.arrayWith([
          {
            IndexName: name,
            KeySchema: [
              { AttributeName: index.partition, KeyType: 'HASH' },
              { AttributeName: index.sort, KeyType: 'RANGE' },
            ],
            Projection: { ProjectionType: 'KEYS_ONLY' },
          },
        ]),
      });
    },
  );
});

describe('the bucket', () => {
  it('is versioned, encrypted, and closed to the public in every way', () => {
    data.hasResourceProperties('AWS::S3::Bucket', {
      VersioningConfiguration: { Status: 'Enabled' },
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          { ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } },
        ],
      },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
    });
  });

  it('refuses everything that does not come over TLS', () => {
    data.hasResourceProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Effect: 'Deny',
            Action: 's3:*',
            Principal: { AWS: '*' },
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          }),
        ]),
      },
    });
  });

  it('lets nobody in by its policy but CloudFront of the same account, to read what is public', () => {
    const [policy] = resourcesOf(data, 'AWS::S3::BucketPolicy').values();
    const { PolicyDocument } = Policy.parse(policy?.Properties);
    expect(PolicyDocument.Statement.filter(({ Effect }) => Effect === 'Allow')).toEqual([
      {
        Effect: 'Allow',
        Action: 's3:GetObject',
        Principal: { Service: 'cloudfront.amazonaws.com' },
        Resource: {
          'Fn::Join': ['', [{ 'Fn::GetAtt': ['ObjectsBucket', 'Arn'] }, '/public/*']],
        },
        Condition: {
          ArnLike: {
            'aws:SourceArn': {
              'Fn::Join': [
                '',
                [
                  'arn:',
                  { Ref: 'AWS::Partition' },
                  ':cloudfront::',
                  { Ref: 'AWS::AccountId' },
                  ':distribution/*',
                ],
              ],
            },
          },
        },
      },
    ]);
  });

  it.each(['attachments/', 'segments/', 'datasets/', 'public/'])(
    'forgets old versions of answers within 30 days, so that erasure is erasure: %s',
    (prefix) => {
      data.hasResourceProperties('AWS::S3::Bucket', {
        LifecycleConfiguration: {
          Rules: Match.arrayWith([
            Match.objectLike({
              Prefix: prefix,
              Status: 'Enabled',
              NoncurrentVersionExpiration: { NoncurrentDays: 30 },
            }),
          ]),
        },
      });
    },
  );

  it('keeps archives made for a download for a day, and their old versions for one more', () => {
    data.hasResourceProperties('AWS::S3::Bucket', {
      LifecycleConfiguration: {
        Rules: Match.arrayWith([
          Match.objectLike({
            Prefix: 'exports/',
            Status: 'Enabled',
            ExpirationInDays: 1,
            NoncurrentVersionExpiration: { NoncurrentDays: 1 },
          }),
        ]),
      },
    });
  });

  it('lets nothing expire but archives made for a download: what was erased is remembered for ever', () => {
    const [bucket] = Object.values(data.findResources('AWS::S3::Bucket'));
    const { LifecycleConfiguration } = z
      .object({ LifecycleConfiguration: z.object({ Rules: z.array(Rule) }) })
      .parse(bucket?.['Properties']);
    const expiring = LifecycleConfiguration.Rules.filter(
      (rule) => rule['ExpirationInDays'] !== undefined || rule['ExpirationDate'] !== undefined,
    );
    expect(expiring.map(({ Prefix }) => Prefix)).toEqual(['exports/']);
  });

  it('lets pages of any origin follow signed links, and do nothing else', () => {
    data.hasResourceProperties('AWS::S3::Bucket', {
      CorsConfiguration: {
        CorsRules: [
          {
            AllowedMethods: ['GET', 'PUT'],
            AllowedOrigins: ['*'],
            AllowedHeaders: ['content-type', 'x-amz-checksum-sha256'],
            ExposedHeaders: ['ETag'],
            MaxAge: 3600,
          },
        ],
      },
    });
  });

  it('clears away uploads that were never finished', () => {
    data.hasResourceProperties('AWS::S3::Bucket', {
      LifecycleConfiguration: {
        Rules: Match.arrayWith([
          Match.objectLike({ AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 } }),
        ]),
      },
    });
  });
});
