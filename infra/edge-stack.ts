import {
  Annotations,
  Aws,
  CfnOutput,
  Duration,
  Fn,
  Stack,
  Validations,
  type StackProps,
} from 'aws-cdk-lib';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import {
  AllowedMethods,
  CachePolicy,
  Distribution,
  Function as ViewerFunction,
  FunctionCode,
  FunctionEventType,
  FunctionRuntime,
  HttpVersion,
  OriginProtocolPolicy,
  OriginRequestPolicy,
  OriginSslPolicy,
  PriceClass,
  S3OriginAccessControl,
  SecurityPolicyProtocol,
  ViewerProtocolPolicy,
  type BehaviorOptions,
  type FunctionAssociation,
  type IOrigin,
} from 'aws-cdk-lib/aws-cloudfront';
import { HttpOrigin, OriginGroup, S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import type { Code } from 'aws-cdk-lib/aws-lambda';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { publicUsefulSeconds } from '../shared/public-headers.ts';
import { EdgeHeaders } from './edge/edge-headers.ts';
import { PagesBucket, rootPage } from './edge/pages-bucket.ts';
import { findPublicFile, letAnyoneRead, sayHost } from './edge/viewer-functions.ts';
import type { Settings } from './settings.ts';

export interface EdgeStackProps extends StackProps {
  readonly objects: { readonly bucketName: string };
  readonly api: { readonly apiId: string };
  readonly settings: Settings;
  /** The code of the function that puts the pages into their bucket. */
  readonly pages: Code;
}

/**
 * CloudFront keeps an error for ten seconds unless told otherwise, whoever asked: what one token may
 * not see would be missing for all others.
 */
const errorsThatAreKept = [400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504];

/** One address for everything: the pages, what is public, and the API. */
export class EdgeStack extends Stack {
  readonly #access: S3OriginAccessControl;
  readonly #api: IOrigin;
  readonly #cached: CachePolicy;

  constructor(scope: Construct, id: string, props: EdgeStackProps) {
    super(scope, id, props);
    const { domainName, certificateArn, webAclArn } = props.settings;
    const headers = new EdgeHeaders(this, 'Headers');
    const pages = new PagesBucket(this, 'Pages', props.pages);

    this.#access = new S3OriginAccessControl(this, 'Access', {
      originAccessControlName: `${id}-${Aws.REGION}`,
    });
    const apiHost = [props.api.apiId, 'execute-api', Aws.REGION, Aws.URL_SUFFIX];
    this.#api = new HttpOrigin(Fn.join('.', apiHost), {
      protocolPolicy: OriginProtocolPolicy.HTTPS_ONLY,
      originSslProtocols: [OriginSslPolicy.TLS_V1_2],
    });
    // Nothing of a request but its path makes a difference. What a file itself says counts: the pages'
    // `no-store`, and of public files for how long they are better than none, which is never longer
    // than the maximum here.
    this.#cached = new CachePolicy(this, 'Cached', {
      comment: 'Fiche: pages and public files',
      minTtl: Duration.seconds(0),
      defaultTtl: Duration.seconds(0),
      maxTtl: Duration.seconds(publicUsefulSeconds),
      enableAcceptEncodingGzip: true,
      enableAcceptEncodingBrotli: true,
    });

    const publicFiles: BehaviorOptions = {
      ...this.#fromBucket('Objects', props.objects.bucketName),
      responseHeadersPolicy: headers.publicFiles,
      allowedMethods: AllowedMethods.ALLOW_GET_HEAD_OPTIONS,
      functionAssociations: [
        this.#run('FindPublicFile', findPublicFile, FunctionEventType.VIEWER_REQUEST),
        this.#run('LetAnyoneRead', letAnyoneRead, FunctionEventType.VIEWER_RESPONSE),
      ],
    };
    const distribution = new Distribution(this, 'Distribution', {
      comment: `Fiche: ${props.settings.name}`,
      defaultRootObject: rootPage,
      httpVersion: HttpVersion.HTTP2_AND_3,
      priceClass: PriceClass.PRICE_CLASS_ALL,
      ...(webAclArn === undefined ? {} : { webAclId: webAclArn }),
      ...(domainName === undefined || certificateArn === undefined
        ? {}
        : {
            domainNames: [domainName],
            minimumProtocolVersion: SecurityPolicyProtocol.TLS_V1_2_2021,
            certificate: Certificate.fromCertificateArn(this, 'Certificate', certificateArn),
          }),
      defaultBehavior: {
        ...this.#fromBucket('PagesFiles', pages.bucketName),
        responseHeadersPolicy: headers.pages,
      },
      additionalBehaviors: {
        '/v1/*': {
          origin: this.#api,
          // Never redirected: a token that came over plain HTTP should be noticed, not sent again.
          viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
          allowedMethods: AllowedMethods.ALLOW_ALL,
          cachePolicy: CachePolicy.CACHING_DISABLED,
          originRequestPolicy: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
          // CloudFront weakens the ETag of what it compresses, and no If-Match would hold any more.
          compress: false,
          responseHeadersPolicy: headers.api,
          functionAssociations: [this.#run('SayHost', sayHost, FunctionEventType.VIEWER_REQUEST)],
        },
        '/public/*': publicFiles,
        '/embed.js': publicFiles,
      },
      errorResponses: errorsThatAreKept.map((httpStatus) => ({
        httpStatus,
        ttl: Duration.seconds(0),
      })),
    });

    pages.letRead(distribution.distributionArn);
    Annotations.of(this).acknowledgeWarning(
      '@aws-cdk/aws-cloudfront-origins:updateImportedBucketPolicyOac',
      'Each bucket says itself what CloudFront may read: the data stack names no distribution, and so no cycle.',
    );
    Validations.of(distribution).acknowledge(
      {
        id: 'AwsSolutions-CFR1',
        reason: 'Members, and readers of what is public, are anywhere; abroad too.',
      },
      {
        id: 'AwsSolutions-CFR2',
        reason:
          'A web ACL costs more by the month than all the rest of a small network: `-c webAclArn`. ' +
          'Without one the HTTP API is throttled, and everything else is cached files.',
      },
      {
        id: 'AwsSolutions-CFR3',
        reason:
          'Access logs would keep addresses of people beside what they looked at, and paths with ' +
          'tokens of phones in them. CloudWatch counts requests and errors without any of it.',
      },
    );
    if (domainName === undefined) {
      Validations.of(distribution).acknowledge({
        id: 'AwsSolutions-CFR4',
        reason:
          'With the certificate of cloudfront.net its owner decides which TLS it speaks. With a ' +
          'domain of ours it is TLS 1.2 or newer.',
      });
    }

    const { distributionDomainName } = distribution;
    new CfnOutput(this, 'Url', {
      description: 'Where clients find the service',
      value: `https://${domainName ?? distributionDomainName}`,
    });
    new CfnOutput(this, 'DistributionDomainName', {
      description: 'What the domain of the service, if it has one, is a CNAME for',
      value: distributionDomainName,
    });
  }

  /**
   * Files of a bucket by origin access control. What is not there S3 answers with 403, as CloudFront
   * may not list names; the API then answers 404 as it does for any path that it does not know. A
   * page of errors would do that for the API's own 403 too.
   */
  #fromBucket(id: string, bucketName: string): BehaviorOptions {
    const bucket = Bucket.fromBucketName(this, id, bucketName);
    return {
      origin: new OriginGroup({
        primaryOrigin: S3BucketOrigin.withOriginAccessControl(bucket, {
          originAccessControl: this.#access,
        }),
        fallbackOrigin: this.#api,
        fallbackStatusCodes: [403, 404],
      }),
      viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
      cachePolicy: this.#cached,
      compress: true,
    };
  }

  #run(id: string, code: string, eventType: FunctionEventType): FunctionAssociation {
    const made = new ViewerFunction(this, id, {
      code: FunctionCode.fromInline(code),
      runtime: FunctionRuntime.JS_2_0,
    });
    return { function: made, eventType };
  }
}
