import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import { CfnWebACL } from 'aws-cdk-lib/aws-wafv2';
import type { Construct } from 'constructs';

/**
 * Requests of one address in five minutes. Generous: a mobile operator puts thousands of phones
 * behind one address, and a workshop sends a hundred fiches from one line.
 */
const mostPerAddress = 5000;
const seconds = 300;

/** AWS keeps the web ACLs of CloudFront in this region alone. */
const firewallRegion = 'us-east-1';

/**
 * Slows down who asks too much, before it costs anything. A stack of its own, for its region; what it
 * prints is given to the edge as `webAclArn`.
 */
export class FirewallStack extends Stack {
  constructor(scope: Construct, id: string, props: StackProps) {
    super(scope, id, { ...props, env: { region: firewallRegion } });
    // Counts only: samples would keep addresses and paths, and a path can carry a token.
    const visibility = (metricName: string): CfnWebACL.VisibilityConfigProperty => ({
      cloudWatchMetricsEnabled: true,
      metricName,
      sampledRequestsEnabled: false,
    });
    const acl = new CfnWebACL(this, 'WebAcl', {
      scope: 'CLOUDFRONT',
      defaultAction: { allow: {} },
      visibilityConfig: visibility('fiche'),
      rules: [
        {
          name: 'rate',
          priority: 0,
          statement: {
            rateBasedStatement: {
              aggregateKeyType: 'IP',
              limit: mostPerAddress,
              evaluationWindowSec: seconds,
            },
          },
          action: {
            block: {
              customResponse: {
                responseCode: 429,
                responseHeaders: [{ name: 'retry-after', value: String(seconds) }],
              },
            },
          },
          visibilityConfig: visibility('rate'),
        },
      ],
    });
    new CfnOutput(this, 'WebAclArn', {
      description: 'For the edge: -c webAclArn=…',
      value: acl.attrArn,
    });
  }
}
