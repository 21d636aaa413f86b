import { Duration, RemovalPolicy, Validations, ArnFormat, CfnElement, Stack } from 'aws-cdk-lib';
import { EventField, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import {
  PolicyDocument,
  PolicyStatement,
  Role,
  ServicePrincipal,
  Policy,
  type IRole,
} from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import {
  Choice,
  Condition,
  DefinitionBody,
  DistributedMap,
  Fail,
  JitterType,
  JsonPath,
  LogLevel,
  Map as MapState,
  Pass,
  StateMachine,
  StateMachineType,
  TaskInput,
  type IChainable,
  type IStateMachine,
} from 'aws-cdk-lib/aws-stepfunctions';
import { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { Construct } from 'constructs';
import { compileSteps, type CompileStep } from './functions.ts';

interface CompileStateMachineProps {
  readonly functions: Readonly<Record<CompileStep, IFunction>>;
  readonly tracing: boolean;
  /** Shards that are collected at the same time. */
  readonly shardConcurrency: number;
  /** Every shard is an execution of its own; false: a part of the compile's, where there is no such map. */
  readonly distributedMap: boolean;
}

/**
 * How many datasets are published at the same time. Derived ones come one after the other, in the
 * order of their list: the catalogue tells of all the others.
 */
const concurrency = { forms: 4, derived: 1 } as const;
/** A dataset of 100 million rows is published in some dozens of parts, each of minutes. */
const longest = Duration.hours(24);

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
 * derived ones → end. Shards may be thousands: a distributed map keeps them out of the history of the
 * execution, which holds 25,000 events. A dataset that one invocation cannot publish is gone on with
 * for as long as `publish` answers that there is more. An item that fails is noted and stops no other; `compile-end` writes down how it went and throws if anything failed, so that
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

    /** An item that fails gives its own ids and the error's name, and nothing stops. */
    const noted = (list: string, ...ids: readonly string[]): Pass =>
      new Pass(this, `Note failure of ${list}`, {
        parameters: {
          ...Object.fromEntries(ids.map((id) => [`${id}.$`, `$.${id}`])),
          'error.$': '$.error.Error',
        },
      });
    // Not from the context: there, in an item of a distributed map, is the item's own execution.
    const passedOn = { runId: JsonPath.stringAt('$.runId'), full: JsonPath.objectAt('$.full') };

    const collectShard = invoke('collect of shards', 'collect', { resultPath: '$.report' });
    collectShard.addCatch(noted('shards', 'formId', 'shard'), orRecordFailure);
    // All results together have to fit into a state, 256 KB: what went well is told by its silence.
    collectShard.next(new Pass(this, 'Collected', { outputPath: JsonPath.DISCARD }));
    const shards = {
      itemsPath: '$.shards',
      itemSelector: {
        formId: JsonPath.stringAt('$$.Map.Item.Value.formId'),
        shard: JsonPath.stringAt('$$.Map.Item.Value.shard'),
        ...passedOn,
      },
      maxConcurrency: props.shardConcurrency,
      resultPath: '$.shards',
    };
    const collectShards = props.distributedMap
      ? new DistributedMap(this, 'collect shards', {
          ...shards,
          mapExecutionType: StateMachineType.STANDARD,
          // An execution that Step Functions itself loses is missed by compile-end.
          toleratedFailurePercentage: 100,
        })
      : new MapState(this, 'collect shards', shards);
    collectShards.itemProcessor(collectShard);
    collectShards.addCatch(recordFailure, orRecordFailure);

    /** Repairs what it finds: the shards come before the datasets that are made from them. */
    const verifyAll = (list: 'shardChecks' | 'datasetChecks', maxConcurrency: number) => {
      const verify = invoke(`verify of ${list}`, 'verify', { resultPath: '$.report' });
      verify.addCatch(noted(list), orRecordFailure);
      verify.next(new Pass(this, `Verified ${list}`, { outputPath: JsonPath.DISCARD }));
      const items = {
        itemsPath: `$.${list}`,
        itemSelector: { check: JsonPath.objectAt('$$.Map.Item.Value'), ...passedOn },
        maxConcurrency,
        resultPath: `$.${list}`,
      };
      const map = props.distributedMap
        ? new DistributedMap(this, `verify ${list}`, {
            ...items,
            mapExecutionType: StateMachineType.STANDARD,
            toleratedFailurePercentage: 100,
          })
        : new MapState(this, `verify ${list}`, items);
      map.itemProcessor(verify);
      map.addCatch(recordFailure, orRecordFailure);
      return map;
    };

    const publishDatasets = (list: keyof typeof concurrency): MapState => {
      const publish = invoke(`publish of ${list}`, 'publish', { resultPath: '$.report' });
      publish.addCatch(noted(list, 'dataset'), orRecordFailure);
      const goOn = new Pass(this, `Go on with ${list}`, {
        parameters: {
          ...Object.fromEntries(
            ['dataset', 'runId', 'full'].map((key) => [`${key}.$`, `$.${key}`]),
          ),
          'more.$': '$.report.more',
        },
      });
      const item: IChainable = publish.next(
        new Choice(this, `More of ${list}?`)
          .when(Condition.isPresent('$.report.more'), goOn.next(publish))
          .otherwise(new Pass(this, `Published ${list}`, { outputPath: '$.report' })),
      );
      const map = new MapState(this, `publish ${list}`, {
        itemsPath: `$.${list}`,
        itemSelector: { dataset: JsonPath.stringAt('$$.Map.Item.Value'), ...passedOn },
        maxConcurrency: concurrency[list],
        resultPath: `$.${list}`,
      });
      map.itemProcessor(item);
      map.addCatch(recordFailure, orRecordFailure);
      return map;
    };

    const start = invoke('compile-start', 'compile-start', {
      payload: TaskInput.fromObject({ runId, input: JsonPath.objectAt('$') }),
    }).addCatch(recordFailure, orRecordFailure);
    // It throws when an item failed: repeating that would not mend it.
    const end = invoke('compile-end', 'compile-end', { repeat: false });
    const steps = start
      .next(collectShards)
      .next(publishDatasets('forms'))
      .next(publishDatasets('derived'))
      .next(verifyAll('shardChecks', props.shardConcurrency))
      .next(verifyAll('datasetChecks', concurrency.forms))
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
      timeout: longest,
      tracingEnabled: props.tracing,
      logs: { destination: log, level: LogLevel.ERROR, includeExecutionData: false },
    });
    if (props.distributedMap) allowMapRuns(this.machine, role);
    Validations.of(this.machine).acknowledge(
      {
        id: 'AwsSolutions-SF1',
        reason: 'Errors are logged; the history of an execution keeps the rest for 90 days.',
      },
      { id: 'AwsSolutions-SF2', reason: 'Tracing is a choice of whoever deploys (tracing=true).' },
    );
  }
}

/**
 * What a distributed map needs: each item is an execution of the same state machine. A policy of its
 * own, because the machine cannot be made before its role and has no name that could be known before.
 * https://docs.aws.amazon.com/step-functions/latest/dg/iam-policies-eg-distributed-map.html
 */
function allowMapRuns(machine: StateMachine, role: IRole): void {
  const executions = Stack.of(machine).formatArn({
    service: 'states',
    resource: 'execution',
    resourceName: `${machine.stateMachineName}/*`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  // CDK's own, which may do more, is attached to nothing: the role takes no statements from it.
  machine.node.tryRemoveChild('DistributedMapPolicy');
  const policy = new Policy(machine, 'MapRuns', {
    statements: [
      new PolicyStatement({
        actions: ['states:StartExecution'],
        resources: [machine.stateMachineArn],
      }),
      new PolicyStatement({
        actions: ['states:DescribeExecution', 'states:StopExecution'],
        resources: [executions],
      }),
    ],
  });
  policy.attachToRole(role);
  Validations.of(policy).acknowledge({
    id: `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:execution:<${logicalIdOf(machine)}.Name>/*]`,
    reason: 'Executions of this state machine alone; their names are made when they start.',
  });
}

function logicalIdOf(machine: StateMachine): string {
  const { defaultChild } = machine.node;
  if (!(defaultChild instanceof CfnElement))
    throw new TypeError('A state machine has no resource.');
  return String(Stack.of(machine).resolve(defaultChild.logicalId));
}

/**
 * Has `compile-end` told of executions that ended without it: stopped by hand, out of time, or failed
 * where even the failure could not be noted. Else their runs would be `running` for ever. Nothing but the
 * run's id and how it ended is passed on.
 * https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html
 */
export function noteCompileDeaths(
  scope: Construct,
  machine: IStateMachine,
  compileEnd: IFunction,
  undelivered: IQueue,
): void {
  new Rule(scope, 'CompileDeaths', {
    description: 'Notes the end of compiles that could not note it themselves',
    eventPattern: {
      source: ['aws.states'],
      detailType: ['Step Functions Execution Status Change'],
      detail: {
        status: ['FAILED', 'TIMED_OUT', 'ABORTED'],
        stateMachineArn: [machine.stateMachineArn],
      },
    },
    targets: [
      new LambdaFunction(compileEnd, {
        event: RuleTargetInput.fromObject({
          runId: EventField.fromPath('$.detail.name'),
          died: EventField.fromPath('$.detail.status'),
        }),
        deadLetterQueue: undelivered,
        retryAttempts: 10,
        maxEventAge: Duration.hours(1),
      }),
    ],
  });
}
