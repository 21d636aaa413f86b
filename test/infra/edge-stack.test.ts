import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { pageSecurity } from '../../shared/http/page-files.ts';
import { publicCors, publicUsefulSeconds } from '../../shared/public-headers.ts';
import { resourcesOf, synthesise } from './synthesise.ts';

const domainName = 'fiche.example.org';
const certificateArn =
  'arn:aws:acm:us-east-1:111122223333:certificate/00000000-0000-4000-8000-000000000000';
const webAclArn =
  'arn:aws:wafv2:us-east-1:111122223333:global/webacl/fiche/00000000-0000-4000-8000-000000000000';

function edgeOf(context: Readonly<Record<string, unknown>> = {}) {
  const made = synthesise(context);
  if (made.edge === undefined) throw new TypeError('No edge.');
  return { ...made, edge: made.edge };
}
const { edge } = edgeOf();

const Behavior = z.looseObject({
  PathPattern: z.string().optional(),
  TargetOriginId: z.string(),
  ViewerProtocolPolicy: z.string(),
  Compress: z.boolean(),
  AllowedMethods: z.array(z.string()).optional(),
});
const Config = z.looseObject({
  DefaultCacheBehavior: Behavior,
  CacheBehaviors: z.array(Behavior),
  Origins: z.array(z.looseObject({ Id: z.string(), DomainName: z.unknown() })),
  OriginGroups: z.object({
    Items: z.array(
      z.object({
        Id: z.string(),
        FailoverCriteria: z.object({ StatusCodes: z.object({ Items: z.array(z.number()) }) }),
        Members: z.object({ Items: z.array(z.object({ OriginId: z.string() })) }),
      }),
    ),
  }),
});

function configOf(template: typeof edge) {
  const [distribution] = resourcesOf(template, 'AWS::CloudFront::Distribution').values();
  return Config.parse(distribution?.Properties['DistributionConfig']);
}
const config = configOf(edge);

/** The origin, or the first of the group, as text. */
function originOf({ TargetOriginId }: z.infer<typeof Behavior>) {
  const group = config.OriginGroups.Items.find(({ Id }) => Id === TargetOriginId);
  const ids = group?.Members.Items.map(({ OriginId }) => OriginId) ?? [TargetOriginId];
  return {
    origins: ids.map((id) =>
      JSON.stringify(config.Origins.find(({ Id }) => Id === id)?.DomainName),
    ),
    fallsBackOn: group?.FailoverCriteria.StatusCodes.Items,
  };
}
const isApi = expect.stringContaining('execute-api') as string;
const isObjects = expect.stringContaining('ObjectsBucket') as string;
const isPages = expect.stringContaining('PagesBucket') as string;

describe('the distribution', () => {
  it('serves pages and public files from their buckets, and asks the API about what is in none', () => {
    const behaviours = [config.DefaultCacheBehavior, ...config.CacheBehaviors];
    const seen = behaviours.map((one) => [one.PathPattern ?? '*', originOf(one)]);
    expect(seen).toEqual([
      ['*', { origins: [isPages, isApi], fallsBackOn: [403, 404] }],
      ['/v1/*', { origins: [isApi], fallsBackOn: undefined }],
      ['/public/*', { origins: [isObjects, isApi], fallsBackOn: [403, 404] }],
      ['/embed.js', { origins: [isObjects, isApi], fallsBackOn: [403, 404] }],
    ]);
  });

  it('reads buckets by origin access control, signing always', () => {
    for (const origin of config.Origins.filter(({ S3OriginConfig }) => S3OriginConfig)) {
      expect(origin['OriginAccessControlId']).toBeDefined();
    }
    edge.hasResourceProperties('AWS::CloudFront::OriginAccessControl', {
      OriginAccessControlConfig: { SigningBehavior: 'always', SigningProtocol: 'sigv4' },
    });
  });

  it('keeps nothing of the API, passes all on but the host, and leaves its ETags strong', () => {
    const [api] = config.CacheBehaviors;
    expect(api).toMatchObject({
      // AWS's own: CachingDisabled, AllViewerExceptHostHeader.
      CachePolicyId: '4135ea2d-6df8-44a3-9df3-4b5a84be39ad',
      OriginRequestPolicyId: 'b689b0a8-53d0-40ab-baf2-68738e2966ac',
      Compress: false,
      ViewerProtocolPolicy: 'https-only',
    });
    expect(api?.AllowedMethods?.toSorted()).toEqual(
      ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'].toSorted(),
    );
  });

  it('keeps no error, whose cause may be who asked, and replaces none', () => {
    expect(config['CustomErrorResponses']).toEqual(
      [400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504].map((ErrorCode) => ({
        ErrorCode,
        ErrorCachingMinTTL: 0,
      })),
    );
  });

  it('keeps files as they say themselves, as long as they are better than none, and compresses them', () => {
    edge.hasResourceProperties('AWS::CloudFront::CachePolicy', {
      CachePolicyConfig: {
        MinTTL: 0,
        DefaultTTL: 0,
        MaxTTL: publicUsefulSeconds,
        ParametersInCacheKeyAndForwardedToOrigin: {
          EnableAcceptEncodingBrotli: true,
          EnableAcceptEncodingGzip: true,
          HeadersConfig: { HeaderBehavior: 'none' },
          CookiesConfig: { CookieBehavior: 'none' },
          QueryStringsConfig: { QueryStringBehavior: 'none' },
        },
      },
    });
    const files = [config.DefaultCacheBehavior, ...config.CacheBehaviors.slice(1)];
    for (const { Compress, ViewerProtocolPolicy } of files) {
      expect([Compress, ViewerProtocolPolicy]).toEqual([true, 'redirect-to-https']);
    }
  });

  it('speaks HTTP/2 and HTTP/3 from everywhere, and logs nobody', () => {
    expect(config).toMatchObject({
      HttpVersion: 'http2and3',
      IPV6Enabled: true,
      PriceClass: 'PriceClass_All',
      DefaultRootObject: 'index.html',
    });
    expect(config).not.toHaveProperty('Logging');
  });
});

describe('the headers at the edge', () => {
  const policy = (properties: object) => {
    edge.hasResourceProperties('AWS::CloudFront::ResponseHeadersPolicy', {
      ResponseHeadersPolicyConfig: Match.objectLike(properties),
    });
  };

  it('protect who looks at a page as on one machine', () => {
    expect(pageSecurity).toMatchObject({ 'x-frame-options': 'DENY' });
    policy({
      SecurityHeadersConfig: Match.objectLike({
        ContentSecurityPolicy: {
          ContentSecurityPolicy: pageSecurity['content-security-policy'],
          Override: true,
        },
        FrameOptions: { FrameOption: pageSecurity['x-frame-options'], Override: true },
        ReferrerPolicy: { ReferrerPolicy: pageSecurity['referrer-policy'], Override: true },
      }),
    });
  });

  it('let any page read what is public, whatever became of the request', () => {
    policy({
      CorsConfig: Match.objectLike({
        AccessControlAllowOrigins: { Items: [publicCors['access-control-allow-origin']] },
        AccessControlAllowCredentials: false,
        OriginOverride: true,
      }),
    });
  });

  it('want TLS for a year on every answer, and say nosniff on files', () => {
    const policies = [...resourcesOf(edge, 'AWS::CloudFront::ResponseHeadersPolicy').values()];
    expect(policies).toHaveLength(3);
    for (const { Properties } of policies) {
      expect(Properties).toMatchObject({
        ResponseHeadersPolicyConfig: {
          SecurityHeadersConfig: {
            StrictTransportSecurity: { AccessControlMaxAgeSec: 31_536_000, Override: true },
          },
        },
      });
    }
    policy({
      CorsConfig: Match.anyValue(),
      SecurityHeadersConfig: Match.objectLike({ ContentTypeOptions: { Override: true } }),
    });
  });
});

describe('the bucket of the pages', () => {
  it('is closed to the public in every way, encrypted, and read by this distribution alone', () => {
    edge.hasResourceProperties('AWS::S3::Bucket', {
      BucketEncryption: Match.anyValue(),
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
    });
    edge.hasResourceProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: {
        Statement: [
          Match.objectLike({
            Effect: 'Deny',
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          }),
          Match.objectLike({
            Effect: 'Allow',
            Action: 's3:GetObject',
            Principal: { Service: 'cloudfront.amazonaws.com' },
            Condition: { StringEquals: { 'aws:SourceArn': Match.anyValue() } },
          }),
        ],
      },
    });
  });

  it('is all that the function may write that fills it', () => {
    const [role] = resourcesOf(edge, 'AWS::IAM::Role').values();
    const text = JSON.stringify(role?.Properties['Policies']);
    expect(text).toContain('PagesBucket');
    expect(text).not.toContain('ImportValue');
    expect([...text.matchAll(/"s3:\w+"/g)].map(([action]) => action)).toEqual([
      '"s3:PutObject"',
      '"s3:DeleteObject"',
      '"s3:ListBucket"',
    ]);
  });
});

describe('a domain of one’s own', () => {
  const own = edgeOf({ domainName, certificateArn, webAclArn });

  it('is served with its certificate, over TLS 1.2 or newer, behind the web ACL', () => {
    expect(configOf(own.edge)).toMatchObject({
      Aliases: [domainName],
      ViewerCertificate: {
        AcmCertificateArn: certificateArn,
        MinimumProtocolVersion: 'TLSv1.2_2021',
        SslSupportMethod: 'sni-only',
      },
      WebACLId: webAclArn,
    });
  });

  it('stands in the links of every door, unless another address is said', () => {
    const urlOf = (service: typeof own.service) =>
      new Set(JSON.stringify(service.toJSON()).match(/"FICHE_URL":"[^"]*"/g));
    expect(urlOf(own.service)).toEqual(new Set([`"FICHE_URL":"https://${domainName}"`]));
    const publicUrl = 'https://autre.example.org';
    expect(urlOf(edgeOf({ domainName, certificateArn, publicUrl }).service)).toEqual(
      new Set([`"FICHE_URL":"${publicUrl}"`]),
    );
    expect(urlOf(edgeOf().service)).toEqual(new Set());
  });
});

describe('the firewall', () => {
  it('is not there unless it is wanted, and is then in the one region where it can be', () => {
    expect(synthesise().firewall).toBeUndefined();
    const { app, firewall } = synthesise({ waf: 'true' });
    const stack = app.synth().getStackByName('fiche-firewall');
    expect(stack.environment.region).toBe('us-east-1');
    firewall?.hasResourceProperties('AWS::WAFv2::WebACL', {
      Scope: 'CLOUDFRONT',
      DefaultAction: { Allow: {} },
      VisibilityConfig: Match.objectLike({ SampledRequestsEnabled: false }),
      Rules: [
        Match.objectLike({
          Statement: { RateBasedStatement: Match.objectLike({ AggregateKeyType: 'IP' }) },
          Action: {
            Block: {
              CustomResponse: {
                ResponseCode: 429,
                ResponseHeaders: [{ Name: 'retry-after', Value: '300' }],
              },
            },
          },
        }),
      ],
    });
  });
});

describe('the settings of the edge', () => {
  it('can leave it out', () => {
    const { edge: none, app } = synthesise({ edge: 'false' });
    expect(none).toBeUndefined();
    expect(app.node.tryFindChild('fiche-edge')).toBeUndefined();
  });

  it.each([
    { domainName },
    { certificateArn },
    { domainName: 'https://fiche.example.org', certificateArn },
    { domainName, certificateArn: certificateArn.replace('us-east-1', 'eu-west-3') },
    { webAclArn: webAclArn.replace('us-east-1', 'eu-west-3') },
    { edge: 'false', domainName, certificateArn },
    { edge: 'false', webAclArn },
    { edge: 'perhaps' },
  ])('that make no sense stop the synthesis: %j', (context) => {
    expect(() => synthesise(context)).toThrow();
  });
});
