import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { operations } from '../../shared/http/operations/table.ts';
import { resourcesOf, synthesise } from './synthesise.ts';

const { service } = synthesise();

const Route = z.object({
  RouteKey: z.string(),
  Target: z.object({
    'Fn::Join': z.tuple([z.literal(''), z.tuple([z.string(), z.object({ Ref: z.string() })])]),
  }),
});
const Integration = z.object({
  IntegrationUri: z.object({ 'Fn::GetAtt': z.tuple([z.string(), z.literal('Arn')]) }),
  PayloadFormatVersion: z.string(),
});
const Described = z.object({ Description: z.string() });

/** Route key → description of the function that answers it. */
function answeredBy(): ReadonlyMap<string, string> {
  const all = resourcesOf(service);
  return new Map(
    [...resourcesOf(service, 'AWS::ApiGatewayV2::Route').values()].map(({ Properties }) => {
      const { RouteKey, Target } = Route.parse(Properties);
      const integration = all.get(Target['Fn::Join'][1][1].Ref);
      const [id] = Integration.parse(integration?.Properties).IntegrationUri['Fn::GetAtt'];
      return [RouteKey, Described.parse(all.get(id)?.Properties).Description];
    }),
  );
}

describe('the HTTP API', () => {
  it('has the routes of the table of operations, each with its door, and one for all the rest', () => {
    const wanted = operations.map(({ method, path, door }) => [
      `${method} ${path}`,
      `Fiche: ${door}`,
    ]);
    expect(answeredBy()).toEqual(
      new Map([
        ...wanted.map(([key, door]) => [key, door] as const),
        ['$default', 'Fiche: datasets'],
      ]),
    );
  });

  it('speaks to functions in payload 2.0, which the local server speaks too', () => {
    for (const { Properties } of resourcesOf(service, 'AWS::ApiGatewayV2::Integration').values()) {
      expect(Integration.parse(Properties).PayloadFormatVersion).toBe('2.0');
    }
  });

  it('is throttled', () => {
    service.hasResourceProperties('AWS::ApiGatewayV2::Stage', {
      StageName: '$default',
      DefaultRouteSettings: {
        ThrottlingRateLimit: Match.anyValue(),
        ThrottlingBurstLimit: Match.anyValue(),
      },
    });
  });

  it('keeps no address, no agent and no path of those who call it', () => {
    const [stage] = resourcesOf(service, 'AWS::ApiGatewayV2::Stage').values();
    const { AccessLogSettings } = z
      .object({ AccessLogSettings: z.object({ Format: z.string() }) })
      .parse(stage?.Properties);
    const variables = [...AccessLogSettings.Format.matchAll(/\$context\.([\w.]+)/g)].map(
      ([, name]) => name,
    );
    expect(variables.sort()).toEqual([
      'integrationStatus',
      'requestId',
      'requestTime',
      'responseLatency',
      'responseLength',
      'routeKey',
      'status',
    ]);
  });
});
