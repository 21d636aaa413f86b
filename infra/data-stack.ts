import {
  CfnOutput,
  CfnResource,
  Duration,
  RemovalPolicy,
  Stack,
  Validations,
  type StackProps,
} from 'aws-cdk-lib';
import {
  AttributeType,
  Billing,
  ProjectionType,
  TableEncryptionV2,
  TableV2,
  type Attribute,
  type TablePropsV2,
} from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  HttpMethods,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3';
import type { Construct, IConstruct } from 'constructs';
import { attribute, indexes } from '../shared/store/keys.ts';

const text = (name: string): Attribute => ({ name, type: AttributeType.STRING });

/**
 * How long replaced or deleted objects can still be restored, in days. Short where answers are:
 * what is erased must not live on in old versions. Backups of the tables last as long (35 days, the
 * most there is), so after that nothing erased can come back.
 */
const restorableDays = { answers: 30, everything: 90 } as const;
const answerPrefixes = ['attachments/', 'segments/', 'datasets/', 'public/'] as const;
/** Archives made to be fetched at once, of attachments that are kept elsewhere: nothing to restore. */
const exportsPrefix = 'exports/';

/** A name that a refactoring cannot change: another logical id would be another, empty, table. */
function freezeLogicalId(construct: IConstruct, id: string): void {
  const resource = construct.node.defaultChild;
  if (!(resource instanceof CfnResource)) throw new TypeError(`${id} has no resource of its own.`);
  resource.overrideLogicalId(id);
}

/** What must never be lost: it stands in a stack of its own and outlives it. */
export class DataStack extends Stack {
  readonly submissions: TableV2;
  readonly registry: TableV2;
  readonly objects: Bucket;
  /** The bucket's ARN as other stacks import it: its text is known before synthesis. */
  readonly objectsArn: string;

  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);

    const table: Omit<TablePropsV2, 'partitionKey'> = {
      sortKey: text(attribute.sk),
      billing: Billing.onDemand(),
      // Encrypted at rest with DynamoDB's own key: a KMS key would cost for every request.
      encryption: TableEncryptionV2.dynamoOwnedKey(),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
    };
    // Keys alone: whoever reads an index then reads the records. All of a head in each of three indexes
    // would make every write cost four times as much (decision 35).
    const entries = Object.entries(indexes);
    this.submissions = new TableV2(this, 'Submissions', {
      ...table,
      partitionKey: text(attribute.pk),
      localSecondaryIndexes: entries
        .filter(([, index]) => index.local)
        .map(([indexName, { sort }]) => ({
          indexName,
          sortKey: text(sort),
          projectionType: ProjectionType.KEYS_ONLY,
        })),
      globalSecondaryIndexes: entries
        .filter(([, index]) => !index.local)
        .map(([indexName, { partition, sort }]) => ({
          indexName,
          partitionKey: text(partition),
          sortKey: text(sort),
          projectionType: ProjectionType.KEYS_ONLY,
        })),
    });
    freezeLogicalId(this.submissions, 'SubmissionsTable');

    this.registry = new TableV2(this, 'Registry', { ...table, partitionKey: text(attribute.pk) });
    freezeLogicalId(this.registry, 'RegistryTable');

    this.objects = new Bucket(this, 'Objects', {
      versioned: true,
      enforceSSL: true,
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      removalPolicy: RemovalPolicy.RETAIN,
      // Pages send attachments and fetch files by signed links, which say all that is needed: nothing
      // goes along that a page of another origin could abuse.
      cors: [
        {
          allowedMethods: [HttpMethods.GET, HttpMethods.PUT],
          allowedOrigins: ['*'],
          allowedHeaders: ['content-type', 'x-amz-checksum-sha256'],
          exposedHeaders: ['ETag'],
          maxAge: 3600,
        },
      ],
      lifecycleRules: [
        {
          id: 'everything',
          abortIncompleteMultipartUploadAfter: Duration.days(7),
          noncurrentVersionExpiration: Duration.days(restorableDays.everything),
          expiredObjectDeleteMarker: true,
        },
        ...answerPrefixes.map((prefix) => ({
          id: prefix.replace('/', ''),
          prefix,
          noncurrentVersionExpiration: Duration.days(restorableDays.answers),
        })),
        {
          id: 'exports',
          prefix: exportsPrefix,
          expiration: Duration.days(1),
          noncurrentVersionExpiration: Duration.days(1),
        },
      ],
    });
    freezeLogicalId(this.objects, 'ObjectsBucket');
    // What is public, for CloudFront of this account: its number stands in the ARN. Not for the edge's
    // distribution alone, which would make the data depend on what stands in front of it.
    this.objects.addToResourcePolicy(
      new PolicyStatement({
        actions: ['s3:GetObject'],
        resources: [this.objects.arnForObjects('public/*')],
        principals: [new ServicePrincipal('cloudfront.amazonaws.com')],
        conditions: {
          ArnLike: {
            'aws:SourceArn': this.formatArn({
              service: 'cloudfront',
              region: '',
              resource: 'distribution',
              resourceName: '*',
            }),
          },
        },
      }),
    );
    this.objectsArn = this.exportValue(this.objects.bucketArn);
    // The operator's tool is told these names.
    for (const [name, value] of Object.entries({
      SubmissionsTableName: this.submissions.tableName,
      RegistryTableName: this.registry.tableName,
      ObjectsBucketName: this.objects.bucketName,
    })) {
      new CfnOutput(this, name, { value });
    }
    Validations.of(this.objects).acknowledge({
      id: 'AwsSolutions-S1',
      reason:
        'Server access logs would keep who fetched what, by address, with links that are still ' +
        'valid for a while. Only functions and short-lived signed links reach the bucket.',
    });
  }
}
