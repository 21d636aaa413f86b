import { CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Code } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { env, keysParameterOf } from '../shared/config.ts';
import { CanarySchedule } from './canary-schedule.ts';
import { CompileSchedules } from './compile-schedules.ts';
import { CompileStateMachine, noteCompileDeaths } from './compile-state-machine.ts';
import { FicheFunction } from './fiche-function.ts';
import { functionNames, resources, type FunctionName } from './functions.ts';
import { FicheHttpApi } from './http-api.ts';
import { defaultNamespace, namespaceOf } from './metrics.ts';
import { addMonitoring } from './monitoring.ts';
import { keyReaders, permissions, type Data } from './permissions.ts';
import type { Settings } from './settings.ts';

export interface ServiceStackProps extends StackProps {
  readonly data: Data;
  readonly settings: Settings;
  /** The code of each function. */
  readonly code: (name: FunctionName) => Code;
}

/** What answers and compiles. It holds nothing: it can be deleted and deployed again. */
export class ServiceStack extends Stack {
  readonly api: HttpApi;

  constructor(scope: Construct, id: string, props: ServiceStackProps) {
    super(scope, id, props);
    const { data, settings } = props;
    const parameter = keysParameterOf(settings.name);
    const allowed = permissions(
      data,
      // Not in a template: CloudFormation cannot make a SecureString, and what is published hangs on it.
      this.formatArn({ service: 'ssm', resource: 'parameter', resourceName: parameter.slice(1) }),
    );
    const namespace = namespaceOf(settings.name);
    const environment = {
      [env.submissionsTable]: data.submissions.tableName,
      [env.registryTable]: data.registry.tableName,
      [env.objectsBucket]: data.objects.bucketName,
      ...(namespace === defaultNamespace ? {} : { [env.metricsNamespace]: namespace }),
    };

    const create = (
      name: FunctionName,
      more: {
        readonly reservedConcurrency?: number | undefined;
        readonly environment?: Readonly<Record<string, string>>;
        readonly statements?: readonly PolicyStatement[];
      } = {},
    ): FicheFunction =>
      new FicheFunction(this, name, {
        description: `Fiche: ${name}`,
        code: props.code(name),
        resources: resources[name],
        environment: {
          ...environment,
          ...(keyReaders.includes(name) ? { [env.keysParameter]: parameter } : {}),
          ...more.environment,
        },
        statements: [...allowed[name], ...(more.statements ?? [])],
        tracing: settings.tracing,
        reservedConcurrency: more.reservedConcurrency,
      });

    const { keepVersions, keepDays } = settings;
    const kept = {
      ...(keepVersions === undefined ? {} : { [env.keepVersions]: String(keepVersions) }),
      ...(keepDays === undefined ? {} : { [env.keepDays]: String(keepDays) }),
    };
    const keeping = { environment: kept };
    const steps = {
      'compile-start': create('compile-start').lambda,
      collect: create('collect').lambda,
      publish: create('publish', keeping).lambda,
      verify: create('verify', keeping).lambda,
      'compile-end': create('compile-end').lambda,
    };
    const { machine } = new CompileStateMachine(this, 'Compile', {
      functions: steps,
      tracing: settings.tracing,
      shardConcurrency: settings.shardConcurrency,
      distributedMap: settings.distributedMap,
    });

    const { publicUrl, doorConcurrency: reservedConcurrency } = settings;
    const found = publicUrl === undefined ? {} : { [env.publicUrl]: publicUrl };
    const door = { reservedConcurrency, environment: found };
    const doors = {
      submissions: create('submissions', door).lambda,
      registry: create('registry', door).lambda,
      openrosa: create('openrosa', door).lambda,
      datasets: create('datasets', {
        reservedConcurrency,
        environment: { ...found, [env.compileStateMachine]: machine.stateMachineArn },
        statements: [
          new PolicyStatement({
            actions: ['states:StartExecution'],
            resources: [machine.stateMachineArn],
          }),
        ],
      }).lambda,
    };
    const { api, accessLog } = new FicheHttpApi(this, 'Http', doors);
    this.api = api;

    const { undelivered } = new CompileSchedules(this, 'Schedules', {
      machine,
      every: Duration.minutes(settings.compileEvery),
    });
    // The operator's tool is told these.
    new CfnOutput(this, 'CompileStateMachine', { value: machine.stateMachineArn });
    new CfnOutput(this, 'Undelivered', { value: undelivered.queueUrl });
    if (keepVersions !== undefined)
      new CfnOutput(this, 'KeepVersions', { value: String(keepVersions) });
    if (keepDays !== undefined) new CfnOutput(this, 'KeepDays', { value: String(keepDays) });
    const canary = create('canary', {
      environment: { [env.publicUrl]: publicUrl ?? api.apiEndpoint },
    }).lambda;
    if (settings.canaryEvery > 0) {
      const every = Duration.minutes(settings.canaryEvery);
      new CanarySchedule(this, 'Canary', { canary, every, undelivered });
    }
    noteCompileDeaths(this, machine, steps['compile-end'], undelivered);
    const lambdas = { ...steps, ...doors, canary };
    addMonitoring(
      this,
      {
        namespace,
        api,
        machine,
        undelivered,
        functions: new Map(functionNames.map((name) => [name, lambdas[name]])),
        tables: { Submissions: data.submissions, Registry: data.registry },
        compileEvery: settings.compileEvery,
        canaryEvery: settings.canaryEvery,
      },
      accessLog,
      settings,
    );
  }
}
