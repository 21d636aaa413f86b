import * as z from 'zod';
import { askJson, askPath, askQuery } from './ask-emulator.ts';
import type { Emulator } from './emulator.ts';

const Groups = z.object({ logGroups: z.array(z.object({ logGroupName: z.string() })) });
const Events = z.object({
  events: z.array(z.object({ message: z.string(), logStreamName: z.string() })),
  nextToken: z.string().nullish(),
});
const Executions = z.object({ executions: z.array(z.object({ executionArn: z.string() })) });
const Machines = z.object({ stateMachines: z.array(z.object({ stateMachineArn: z.string() })) });
const History = z.object({ events: z.array(z.unknown()), nextToken: z.string().nullish() });
const Queues = z.object({ QueueUrls: z.array(z.string()).default([]) });
const Rules = z.object({ Rules: z.array(z.object({ Name: z.string() })) });
const Schedules = z.object({ Schedules: z.array(z.object({ Name: z.string() })) });

/**
 * Everything that a deployment tells those who run it, by where it stands: logs with the metrics in
 * them, executions with inputs and outputs, queues, schedules, rules, stacks, functions' settings,
 * alarms, topics, and what the emulator itself prints. Not what it stores: tables and bucket.
 */
export async function tracesOf(emulator: Emulator): Promise<ReadonlyMap<string, string>> {
  const traces = new Map<string, string>();
  const logs = (action: string, input: object) =>
    askJson(emulator, 'logs', `Logs_20140328.${action}`, input);
  const { logGroups } = Groups.parse(await logs('DescribeLogGroups', {}));
  for (const { logGroupName } of logGroups) {
    const lines: string[] = [];
    let nextToken: string | null | undefined;
    do {
      const asked = { logGroupName, ...(nextToken ? { nextToken } : {}) };
      const page = Events.parse(await logs('FilterLogEvents', asked));
      lines.push(...page.events.map(({ logStreamName, message }) => `${logStreamName} ${message}`));
      ({ nextToken } = page);
    } while (nextToken);
    traces.set(`log ${logGroupName}`, lines.join('\n'));
  }
  for (const [arn, text] of await executionsOf(emulator)) traces.set(`execution ${arn}`, text);

  const sqs = (action: string, input: object) =>
    askJson(emulator, 'sqs', `AmazonSQS.${action}`, input);
  const { QueueUrls } = Queues.parse(await sqs('ListQueues', {}));
  for (const QueueUrl of QueueUrls) {
    const attributes = await sqs('GetQueueAttributes', { QueueUrl, AttributeNames: ['All'] });
    const every = { MaxNumberOfMessages: 10, VisibilityTimeout: 0, MessageAttributeNames: ['All'] };
    const messages = await sqs('ReceiveMessage', { QueueUrl, ...every });
    traces.set(`queue ${QueueUrl}`, JSON.stringify([attributes, messages]));
  }

  const { Schedules: schedules } = Schedules.parse(
    JSON.parse(await askPath(emulator, 'scheduler', '/schedules')),
  );
  for (const { Name } of schedules) {
    traces.set(`schedule ${Name}`, await askPath(emulator, 'scheduler', `/schedules/${Name}`));
  }
  const events = (action: string, input: object) =>
    askJson(emulator, 'events', `AWSEvents.${action}`, input);
  const rules = Rules.parse(await events('ListRules', {}));
  for (const rule of rules.Rules) {
    const targets = await events('ListTargetsByRule', { Rule: rule.Name });
    traces.set(`rule ${rule.Name}`, JSON.stringify([rule, targets]));
  }

  const query = (service: string, Action: string, more: Readonly<Record<string, string>> = {}) =>
    askQuery(emulator, service, { Action, ...more });
  const stacks = await query('cloudformation', 'DescribeStacks');
  traces.set('stacks', stacks);
  for (const [, StackName = ''] of stacks.matchAll(/<StackName>([^<]+)</g)) {
    for (const action of ['DescribeStackEvents', 'DescribeStackResources', 'GetTemplate']) {
      const told = await query('cloudformation', action, { StackName });
      traces.set(`stack ${StackName} ${action}`, told);
    }
  }
  traces.set('metrics', await query('monitoring', 'ListMetrics'));
  traces.set('alarms', await query('monitoring', 'DescribeAlarms'));
  traces.set('alarm history', await query('monitoring', 'DescribeAlarmHistory'));
  traces.set('topics', await query('sns', 'ListTopics'));
  traces.set('subscriptions', await query('sns', 'ListSubscriptions'));
  traces.set('functions', await askPath(emulator, 'lambda', '/2015-03-31/functions/'));
  traces.set('emulator', emulator.output());
  return traces;
}

/** Of every state machine and of what a distributed map runs for it: description and whole history. */
async function executionsOf(emulator: Emulator): Promise<ReadonlyMap<string, string>> {
  const states = (action: string, input: object) =>
    askJson(emulator, 'states', `AWSStepFunctions.${action}`, input);
  const { stateMachines } = Machines.parse(await states('ListStateMachines', {}));
  const found = new Map<string, string>();
  // Without a state machine the emulator lists the executions of all, a map's own too.
  const all = [{}, ...stateMachines.map(({ stateMachineArn }) => ({ stateMachineArn }))];
  for (const of of all) {
    const { executions } = Executions.parse(await states('ListExecutions', of));
    for (const { executionArn } of executions) {
      if (found.has(executionArn)) continue;
      const told: unknown[] = [await states('DescribeExecution', { executionArn })];
      let nextToken: string | null | undefined;
      do {
        const asked = { executionArn, maxResults: 1000, ...(nextToken ? { nextToken } : {}) };
        const page = History.parse(await states('GetExecutionHistory', asked));
        told.push(...page.events);
        ({ nextToken } = page);
      } while (nextToken);
      found.set(executionArn, JSON.stringify(told));
    }
  }
  return found;
}
