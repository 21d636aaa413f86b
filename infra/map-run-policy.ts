import { ArnFormat, CfnElement, Stack, Validations } from 'aws-cdk-lib';
import { Policy, PolicyStatement, type IRole } from 'aws-cdk-lib/aws-iam';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';

/**
 * What a distributed map needs: each item is an execution of the same state machine. A policy of its
 * own, because the machine cannot be made before its role and has no name that could be known before.
 * https://docs.aws.amazon.com/step-functions/latest/dg/iam-policies-eg-distributed-map.html
 */
export function allowMapRuns(machine: StateMachine, role: IRole): void {
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
