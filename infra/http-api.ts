import { CfnOutput, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { AccessLogField, AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  CfnStage,
  HttpApi,
  HttpMethod,
  LogGroupLogDestination,
  type HttpStage,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Door, RateLimit } from '../shared/http/operations/operation.ts';
import { operations } from '../shared/http/operations/table.ts';

/**
 * What is kept of each request. No address, no user agent, and the route instead of the path: a
 * path can name a submission, and OpenRosa clients carry their token in it.
 */
const accessLog = {
  requestId: AccessLogField.contextRequestId(),
  time: AccessLogField.contextRequestTime(),
  route: AccessLogField.contextRouteKey(),
  status: AccessLogField.contextStatus(),
  bytes: AccessLogField.contextResponseLength(),
  latencyMs: AccessLogField.contextResponseLatency(),
  integrationStatus: AccessLogField.contextIntegrationStatus(),
} as const;

/** Requests a second, and how many may come at once, for all callers of a route together. */
interface Throttle {
  readonly rate: number;
  readonly burst: number;
}

/** `usual`: of all routes together. The account's own limit is 10,000/s. */
export const throttles: Readonly<Record<RateLimit, Throttle>> = {
  // More than a network of NGOs sends, less than what would hurt.
  usual: { rate: 200, burst: 400 },
  // Open to anyone, so that whoever floods them leaves the others their share.
  open: { rate: 100, burst: 200 },
  // Seconds of a whole function each.
  heavy: { rate: 5, burst: 10 },
  // Done by one person, by hand. What is faster is no person.
  'by-hand': { rate: 10, burst: 20 },
  compile: { rate: 1, burst: 5 },
};

/** The HTTP API: one route per operation, one integration per door. */
export class FicheHttpApi extends Construct {
  readonly api: HttpApi;
  readonly accessLog: LogGroup;

  constructor(scope: Construct, id: string, functions: Readonly<Record<Door, IFunction>>) {
    super(scope, id);
    // One permission per door: with one per route, a function's policy would outgrow its 20 KB.
    const integration = (door: Door): HttpLambdaIntegration =>
      new HttpLambdaIntegration(door, functions[door], { scopePermissionToRoute: false });
    const integrations: Readonly<Record<Door, HttpLambdaIntegration>> = {
      submissions: integration('submissions'),
      registry: integration('registry'),
      datasets: integration('datasets'),
      openrosa: integration('openrosa'),
    };

    this.api = new HttpApi(this, 'Api', {
      apiName: Stack.of(this).stackName,
      createDefaultStage: false,
      // What no route takes is refused as a problem document too: 404, or 405 with Allow.
      defaultIntegration: integrations.datasets,
    });
    const added = operations.flatMap(({ method, path, door }) =>
      this.api.addRoutes({
        path,
        methods: [HttpMethod[method]],
        integration: integrations[door],
      }),
    );

    this.accessLog = new LogGroup(this, 'AccessLog', {
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const stage = this.api.addStage('Stage', {
      stageName: '$default',
      autoDeploy: true,
      throttle: { rateLimit: throttles.usual.rate, burstLimit: throttles.usual.burst },
      accessLogSettings: {
        destination: new LogGroupLogDestination(this.accessLog),
        format: AccessLogFormat.custom(JSON.stringify(accessLog)),
      },
    });
    limitRoutes(stage);
    // A stage cannot limit a route that is not there yet.
    stage.node.addDependency(...added);
    Validations.of(this.api).acknowledge({
      id: 'AwsSolutions-APIG4',
      reason:
        'The doors check tokens themselves: who may call a route depends on the form that it ' +
        'names, and some forms are open to anyone.',
    });
    new CfnOutput(Stack.of(this), 'ApiUrl', {
      description: 'Where the API answers',
      value: this.api.apiEndpoint,
    });
  }
}

function limitRoutes(stage: HttpStage): void {
  const resource = stage.node.defaultChild;
  if (!(resource instanceof CfnStage)) throw new TypeError('A stage has no resource.');
  resource.routeSettings = Object.fromEntries(
    operations.flatMap(({ method, path, limit }) => {
      if (limit === 'usual') return [];
      const { rate, burst } = throttles[limit];
      // As CloudFormation spells it: this property is passed on as it is.
      const settings = { ThrottlingRateLimit: rate, ThrottlingBurstLimit: burst };
      return [[`${method} ${path}`, settings]];
    }),
  );
}
