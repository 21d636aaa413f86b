import { Aws, Duration, Stack } from 'aws-cdk-lib';
import {
  HeadersFrameOption,
  HeadersReferrerPolicy,
  ResponseHeadersPolicy,
  type ResponseSecurityHeadersBehavior,
} from 'aws-cdk-lib/aws-cloudfront';
import { Construct } from 'constructs';
import { pageSecurity } from '../../shared/http/page-files.ts';
import { publicCors, publicMethods, publicPreflight } from '../../shared/public-headers.ts';

/** For a year no browser asks this host over plain HTTP; other hosts below its domain are not ours. */
const tlsOnly: ResponseSecurityHeadersBehavior = {
  strictTransportSecurity: {
    accessControlMaxAge: Duration.days(365),
    includeSubdomains: false,
    preload: false,
    override: true,
  },
};

/** What S3 tells of itself. Its Last-Modified counts in seconds: too coarse for what is replaced at once. */
const ofTheStore = ['last-modified', 'x-amz-server-side-encryption', 'x-amz-version-id'];

/** What CloudFront writes on answers, with the values that a server on one machine sends. */
export class EdgeHeaders extends Construct {
  readonly pages: ResponseHeadersPolicy;
  readonly publicFiles: ResponseHeadersPolicy;
  /** The API writes its own; only TLS is the edge's. */
  readonly api: ResponseHeadersPolicy;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const contentTypeOptions = { override: true };
    // CloudFront is the same in every region: a deployment of the same name elsewhere has others.
    const named = (of: string) => ({
      responseHeadersPolicyName: `${Stack.of(this).stackName}-${of}-${Aws.REGION}`,
    });

    this.pages = new ResponseHeadersPolicy(this, 'OfPages', {
      comment: 'Fiche: pages',
      ...named('pages'),
      removeHeaders: ofTheStore,
      securityHeadersBehavior: {
        ...tlsOnly,
        contentTypeOptions,
        contentSecurityPolicy: {
          contentSecurityPolicy: pageSecurity['content-security-policy'],
          override: true,
        },
        referrerPolicy: {
          referrerPolicy: HeadersReferrerPolicy.NO_REFERRER,
          override: true,
        },
        frameOptions: { frameOption: HeadersFrameOption.DENY, override: true },
      },
    });
    this.publicFiles = new ResponseHeadersPolicy(this, 'OfPublicFiles', {
      comment: 'Fiche: public files',
      ...named('public'),
      removeHeaders: ofTheStore,
      corsBehavior: {
        accessControlAllowOrigins: [publicCors['access-control-allow-origin']],
        accessControlExposeHeaders: publicCors['access-control-expose-headers'].split(', '),
        accessControlAllowMethods: [...publicMethods],
        accessControlAllowHeaders: [publicPreflight['access-control-allow-headers']],
        accessControlMaxAge: Duration.seconds(Number(publicPreflight['access-control-max-age'])),
        accessControlAllowCredentials: false,
        originOverride: true,
      },
      securityHeadersBehavior: { ...tlsOnly, contentTypeOptions },
    });
    this.api = new ResponseHeadersPolicy(this, 'OfTheApi', {
      comment: 'Fiche: API',
      ...named('api'),
      securityHeadersBehavior: tlsOnly,
    });
  }
}
