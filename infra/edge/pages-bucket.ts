import { CustomResource, Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Code } from 'aws-cdk-lib/aws-lambda';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pageCacheControl, pageFiles } from '../../shared/http/page-files.ts';
import { FicheFunction } from '../fiche-function.ts';

/**
 * The pages, in a bucket of their own: what puts them there may write nothing else. They come with the
 * code of that function, so a deployment that is rolled back brings the former pages back.
 */
export class PagesBucket extends Construct {
  readonly bucketName: string;
  readonly #bucket: Bucket;

  constructor(scope: Construct, id: string, code: Code) {
    super(scope, id);
    // Not versioned: every version of the pages is in the repository.
    this.#bucket = new Bucket(this, 'Bucket', {
      enforceSSL: true,
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      // Its resource below empties it first.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    Validations.of(this.#bucket).acknowledge({
      id: 'AwsSolutions-S1',
      reason: 'Server access logs would keep who looked at which page. Only CloudFront reads it.',
    });

    this.bucketName = this.#bucket.bucketName;

    const { lambda } = new FicheFunction(this, 'Put', {
      description: 'Fiche: puts the pages into their bucket',
      code,
      resources: { memory: 256, timeout: Duration.minutes(2) },
      environment: {},
      statements: [
        new PolicyStatement({
          actions: ['s3:PutObject', 's3:DeleteObject'],
          resources: [this.#bucket.arnForObjects('*')],
        }),
        new PolicyStatement({
          actions: ['s3:ListBucket'],
          resources: [this.#bucket.bucketArn],
        }),
      ],
      tracing: false,
    });
    new CustomResource(this, 'Pages', {
      resourceType: 'Custom::FichePages',
      serviceToken: lambda.functionArn,
      // Should the function end without a word, CloudFormation waits no longer than this.
      serviceTimeout: Duration.minutes(5),
      properties: { bucket: this.bucketName, version: pagesVersion() },
    });
  }

  /** Lets that distribution of CloudFront, and nobody else, read the pages. */
  letRead(distributionArn: string): void {
    this.#bucket.addToResourcePolicy(
      new PolicyStatement({
        actions: ['s3:GetObject'],
        resources: [this.#bucket.arnForObjects('*')],
        principals: [new ServicePrincipal('cloudfront.amazonaws.com')],
        conditions: { StringEquals: { 'aws:SourceArn': distributionArn } },
      }),
    );
  }
}

/** What the address without a path stands for. */
export const rootPage = 'index.html';

interface PageAsset {
  /** In the bucket: the path without its slash. */
  readonly key: string;
  readonly contentType: string;
  readonly cacheControl: string;
  readonly bytes: Uint8Array;
}

/** The pages as they go into their bucket. Few and small. */
function readPageAssets(): readonly PageAsset[] {
  return pageFiles.map(({ path, file, type }) => ({
    key: path === '/' ? rootPage : path.slice(1),
    contentType: type,
    cacheControl: pageCacheControl,
    bytes: readFileSync(join(import.meta.dirname, '..', '..', 'web', file)),
  }));
}

/** Another version when any byte of a page is another, or what is sent with it. */
function pagesVersion(): string {
  const hash = createHash('sha256');
  for (const { bytes, ...about } of readPageAssets()) {
    hash.update(JSON.stringify({ ...about, bytes: bytes.length })).update(bytes);
  }
  return hash.digest('hex').slice(0, 16);
}

/** Lays the pages beside the code of the function that puts them into the bucket. */
export async function writePageAssets(folder: string): Promise<void> {
  const assets = readPageAssets();
  const pages = join(folder, 'pages');
  for (const { key, bytes } of assets) {
    const path = join(pages, 'files', key);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, bytes);
  }
  const list = assets.map(({ key, contentType, cacheControl }) => ({
    key,
    contentType,
    cacheControl,
  }));
  await writeFile(join(pages, 'list.json'), JSON.stringify(list));
}
