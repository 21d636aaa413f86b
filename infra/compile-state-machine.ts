import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import {
  DefinitionBody,
  Fail,
  JitterType,
  JsonPath,
  LogLevel,
  Map as MapState,
  Pass,
  StateMachine,
  TaskInput,
} from 'aws-cdk-lib/aws-stepfunctions';
import { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { Construct } from 'constructs';
import { compileSteps, type CompileStep } from './functions.ts';

export interface CompileStateMachineProps {
  readonly functions: Readonly<Record<CompileStep, IFunction>>;
  readonly tracing: boolean;
}

/**
 * How many items are worked on at the same time. Derived datasets come one after the other, in the
 * order of their list: the catalogue tells of all the others.
 */
const concurrency = { shards: 8, forms: 4, derived: 1 } as const;

/** The service's faults, not ours: https://docs.aws.amazon.com/step-functions/latest/dg/bp-lambda-serviceexception.html */
const serviceErrors = [
  'Lambda.ClientExecutionTimeoutException',
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.TooManyRequestsException',
];

/** https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html */
const logDelivery = [
  'logs:CreateLogDelivery',
  'logs:GetLogDelivery',
  'logs:UpdateLogDelivery',
  'logs:DeleteLogDelivery',
  'logs:ListLogDeliveries',
  'logs:PutResourcePolicy',
  'logs:DescribeResourcePolicies',
  'logs:DescribeLogGroups',
];
/** https://docs.aws.amazon.com/step-functions/latest/dg/concepts-xray-tracing.html */
const traces = [
  'xray:PutTraceSegments',
  'xray:PutTelemetryRecords',
  'xray:GetSamplingRules',
  'xray:GetSamplingTargets',
];

function everywhere(actions: string[]): PolicyStatement[] {
  return [new PolicyStatement({ actions, resources: ['*'] })];
}

/**
 * A compile: start → collect every shard → publish the forms' datasets → publish the
 * derived ones → end. An item that fails is noted
 * and stops no other; `compile-end` writes down how it went and throws if anything failed, so that
 * the execution fails too. The execution's name is the run's id. Nothing of an answer ever passes
 * through a state: ids, counts and names of errors only.
 */
export class CompileStateMachine extends Construct {
  readonly machine: StateMachine;

  constructor(scope: Construct, id: string, props: CompileStateMachineProps) {
    super(scope, id);
    const runId = JsonPath.stringAt('$$.Execution.Name');

    const invoke = (
      name: string,
      step: CompileStep,
      options: { readonly payload?: TaskInput; readonly resultPath?: string; repeat?: boolean },
    ): LambdaInvoke => {
      const { repeat = true, ...rest } = options;
      const task = new LambdaInvoke(this, name, {
        lambdaFunction: props.functions[step],
        payloadResponseOnly: true,
        retryOnServiceExceptions: false,
        ...rest,
      });
      task.addRetry({
        errors: serviceErrors,
        interval: Duration.seconds(2),
        backoffRate: 2,
        maxAttempts: 6,
        maxDelay: Duration.minutes(1),
        jitterStrategy: JitterType.FULL,
      });
      // Every step can be repeated without harm, and a store that throttled may have recovered.
      if (repeat) {
        task.addRetry({
          errors: ['States.TaskFailed'],
          interval: Duration.seconds(10),
          backoffRate: 2,
          maxAttempts: 2,
          jitterStrategy: JitterType.FULL,
        });
      }
      return task;
    };

    const recordFailure = invoke('Record failure', 'compile-end', {
      payload: TaskInput.fromObject({ runId, error: JsonPath.stringAt('$.error.Error') }),
    });
    recordFailure.next(new Fail(this, 'Failed', { error: 'CompileFailed' }));
    const orRecordFailure = { resultPath: '$.error' };

    /** A map whose items fail alone: a failed one gives its own ids and the error's name. */
    const each = (
      step: 'collect' | 'publish',
      list: keyof typeof concurrency,
      item: Readonly<Record<string, string>>,
    ): MapState => {
      const failed = new Pass(this, `Note failure of ${list}`, {
        parameters: {
          ...Object.fromEntries(Object.keys(item).map((key) => [`${key}.$`, `$.${key}`])),
          'error.$': '$.error.Error',
        },
      });
      const map = new MapState(this, `${step} ${list}`, {
        itemsPath: `$.${list}`,
        itemSelector: { ...item, runId, full: JsonPath.objectAt('$.full') },
        maxConcurrency: concurrency[list],
        resultPath: `$.${list}`,
      });
      map.itemProcessor(
        invoke(`${step} of ${list}`, step, {}).addCatch(failed, { resultPath: '$.error' }),
      );
      map.addCatch(recordFailure, orRecordFailure);
      return map;
    };

    const start = invoke('compile-start', 'compile-start', {
      payload: TaskInput.fromObject({ runId, input: JsonPath.objectAt('$') }),
    }).addCatch(recordFailure, orRecordFailure);
    const dataset = JsonPath.stringAt('$$.Map.Item.Value');
    // It throws when an item failed: repeating that would not mend it.
    const end = invoke('compile-end', 'compile-end', { repeat: false });
    const steps = start
      .next(
        each('collect', 'shards', {
          formId: JsonPath.stringAt('$$.Map.Item.Value.formId'),
          shard: JsonPath.stringAt('$$.Map.Item.Value.shard'),
        }),
      )
      .next(each('publish', 'forms', { dataset }))
      .next(each('publish', 'derived', { dataset }))
      .next(end);

    const log = new LogGroup(this, 'Log', {
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('states.amazonaws.com'),
      inlinePolicies: {
        Work: new PolicyDocument({
          statements: [
            new PolicyStatement({
              actions: ['lambda:InvokeFunction'],
              resources: compileSteps.map((step) => props.functions[step].functionArn),
            }),
            ...everywhere(logDelivery),
            ...(props.tracing ? everywhere(traces) : []),
          ],
        }),
      },
    });
    Validations.of(role).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'Log delivery and X-Ray have no resources that a policy could name.',
    });
    this.machine = new StateMachine(this, 'Machine', {
      comment: 'Compiles submissions into datasets',
      // CDK would grant every version of the functions too.
      role: role.withoutPolicyUpdates(),
      definitionBody: DefinitionBody.fromChainable(steps),
      timeout: Duration.hours(2),
      tracingEnabled: props.tracing,
      logs: { destination: log, level: LogLevel.ERROR, includeExecutionData: false },
    });
    Validations.of(this.machine).acknowledge(
      {
        id: 'AwsSolutions-SF1',
        reason: 'Errors are logged; the history of an execution keeps the rest for 90 days.',
      },
      { id: 'AwsSolutions-SF2', reason: 'Tracing is a choice of whoever deploys (tracing=true).' },
    );
  }
}
