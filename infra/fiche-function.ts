import { RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  Function as LambdaFunction,
  Runtime,
  Tracing,
  type Code,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import * as z from 'zod';
import type { Resources } from './functions.ts';

export interface FicheFunctionProps {
  readonly description: string;
  readonly code: Code;
  readonly resources: Resources;
  /** By the names of shared/config.ts. */
  readonly environment: Readonly<Record<string, string>>;
  /** All that the function may do, besides writing its own log. */
  readonly statements: readonly PolicyStatement[];
  readonly tracing: boolean;
  readonly reservedConcurrency?: number | undefined;
}

/** What a part of a resource refers to: something of another stack, or of the same. */
const Referred = z.union([
  z.object({ 'Fn::ImportValue': z.string() }).transform((part) => part['Fn::ImportValue']),
  z
    .object({ 'Fn::GetAtt': z.tuple([z.string(), z.string()]) })
    .transform((part) => `<${part['Fn::GetAtt'].join('.')}>`),
]);

/** A resource of a statement in the words of cdk-nag's findings. */
const Resource = z.union([
  z.string(),
  z
    .object({ 'Fn::Join': z.tuple([z.literal(''), z.array(z.unknown())]) })
    .transform(({ 'Fn::Join': [, parts] }) =>
      parts.map((part) => Referred.safeParse(part).data ?? String(part)).join(''),
    ),
]);

/** Tells cdk-nag, finding by finding, why a wildcard stands in a function's statements. */
function acknowledgeWildcards(role: Role, { statements, tracing }: FicheFunctionProps): void {
  const prefixes = statements
    .flatMap(({ resources }) => resources)
    .flatMap((resource) => Resource.safeParse(Stack.of(role).resolve(resource)).data ?? [])
    .filter((resource) => resource.endsWith('/*'));
  for (const prefix of new Set(prefixes)) {
    Validations.of(role).acknowledge({
      id: `AwsSolutions-IAM5[Resource::${prefix}]`,
      reason: 'The objects of one prefix: S3 grants objects in no other way.',
    });
  }
  if (tracing) {
    Validations.of(role).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'X-Ray has no resources that a policy could name.',
    });
  }
}

/** A function as Fiche has them: one runtime, its own role and its own log group. */
export class FicheFunction extends Construct {
  readonly lambda: LambdaFunction;
  readonly logGroup: LogGroup;

  constructor(scope: Construct, id: string, props: FicheFunctionProps) {
    super(scope, id);
    const { memory, timeout, disk } = props.resources;

    // Logs hold nothing that is worth keeping once the function is gone.
    this.logGroup = new LogGroup(this, 'Log', {
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });

    // The managed policy AWSLambdaBasicExecutionRole may write every log group of the account.
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      inlinePolicies: {
        Log: new PolicyDocument({
          statements: [
            new PolicyStatement({
              actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
              resources: [this.logGroup.logGroupArn],
            }),
          ],
        }),
        Work: new PolicyDocument({ statements: [...props.statements] }),
      },
    });

    acknowledgeWildcards(role, props);

    this.lambda = new LambdaFunction(this, 'Function', {
      description: props.description,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      code: props.code,
      handler: 'index.handler',
      role,
      logGroup: this.logGroup,
      memorySize: memory,
      timeout,
      ...(disk === undefined ? {} : { ephemeralStorageSize: disk }),
      tracing: props.tracing ? Tracing.ACTIVE : Tracing.DISABLED,
      environment: {
        NODE_OPTIONS: '--enable-source-maps',
        ...props.environment,
      },
      ...(props.reservedConcurrency === undefined
        ? {}
        : { reservedConcurrentExecutions: props.reservedConcurrency }),
    });
  }
}
