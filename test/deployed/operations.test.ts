import { SFNClient, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { askJson, askPath, askQuery } from '../support/ask-emulator.ts';
import { Client } from '../support/client.ts';
import { startDeployed, type DeployedService } from '../support/deployed-service.ts';
import { deploy } from '../support/deployment.ts';

let service: DeployedService;
let coordinator: Client;
let canary = '';
/** What the canary told before it was told where the service is. */
let lost: Awaited<ReturnType<typeof send>>;

const context = { edge: 'false', alarmEmail: 'ops@example.org', canaryEvery: '60' } as const;

beforeAll(async () => {
  service = await startDeployed({ context: { ...context, publicUrl: 'http://127.0.0.1:1' } });
  coordinator = new Client(service.url, service.coordinatorToken);
  const { Functions } = Listed.parse(
    JSON.parse(await askPath(service.emulator, 'lambda', '/2015-03-31/functions/')),
  );
  canary = Functions.find(({ Description }) => Description === 'Fiche: canary')?.FunctionName ?? '';
  lost = await send();
  // The API's own address is one that no resolver knows: it is given another, as with a domain.
  await deploy(service.emulator, { ...context, publicUrl: service.url });
});
afterAll(() => service.close());

const Listed = z.object({
  Functions: z.array(z.object({ FunctionName: z.string(), Description: z.string() })),
});
const Alarms = z.object({
  MetricAlarms: z
    .array(
      z.object({
        AlarmName: z.string(),
        AlarmActions: z.array(z.string()),
        OKActions: z.array(z.string()),
      }),
    )
    .min(12),
});
const Records = z.object({ Count: z.int(), Items: z.array(z.unknown()) });
const Answer = z.object({
  ok: z.boolean(),
  ms: z.number().optional(),
  failed: z.string().optional(),
});

/** What the canary answers when it is started by hand, and what it logs. */
async function send(): Promise<{ answer: z.infer<typeof Answer>; log: Record<string, unknown>[] }> {
  const url = `${service.emulator.url}/2015-03-31/functions/${canary}/invocations`;
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'x-amz-log-type': 'Tail' },
    body: '{}',
  });
  const log = Buffer.from(response.headers.get('x-amz-log-result') ?? '', 'base64').toString();
  return {
    answer: Answer.parse(await response.json()),
    log: log.split('\n').flatMap((line) => {
      const [, json] = /(\{.*\})/.exec(line) ?? [];
      return json === undefined ? [] : [z.record(z.string(), z.unknown()).parse(JSON.parse(json))];
    }),
  };
}

/** How many records a partition has. */
async function count(TableName: string, partition: string): Promise<number> {
  const found = await askJson(service.emulator, 'dynamodb', 'DynamoDB_20120810.Query', {
    TableName,
    ConsistentRead: true,
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': { S: partition } },
  });
  return Records.parse(found).Count;
}

describe('a deployment', () => {
  it('has its alarms, which tell a topic, which tells a person', async () => {
    const { MetricAlarms } = Alarms.parse(
      await askJson(
        service.emulator,
        'monitoring',
        'GraniteServiceVersion20100801.DescribeAlarms',
        { MaxRecords: 100 },
      ),
    );
    for (const word of ['Canary', 'ApiFaults', 'CompileMissed', 'Drift', 'Undelivered']) {
      const found = MetricAlarms.some(({ AlarmName }) => AlarmName.includes(`Alarms${word}`));
      expect(found, word).toBe(true);
    }
    const told = await askQuery(service.emulator, 'sns', { Action: 'ListSubscriptions' });
    expect(told).toContain('ops@example.org');
    const [, topic = ''] = /<TopicArn>([^<]+)</.exec(told) ?? [];
    for (const { AlarmActions, OKActions } of MetricAlarms) {
      expect([...AlarmActions, ...OKActions]).toEqual([topic, topic]);
    }
  });

  it('has a dashboard, a schedule for the canary, and a rule for compiles that die', async () => {
    const { emulator } = service;
    const dashboards = await askQuery(emulator, 'monitoring', { Action: 'ListDashboards' });
    expect(dashboards).toContain('<DashboardName>fiche-service-');
    expect(await askPath(emulator, 'scheduler', '/schedules')).toContain('CanaryRegular');
    const rules = JSON.stringify(await askJson(emulator, 'events', 'AWSEvents.ListRules'));
    expect(rules).toContain('Step Functions Execution Status Change');
  });
});

describe('the canary', () => {
  it('comes and goes through the front door, says so in a metric, and leaves nothing', async () => {
    for (const visit of ['first', 'second']) {
      const { answer, log } = await send();
      expect(answer, visit).toMatchObject({ ok: true });
      expect(log).toContainEqual(
        expect.objectContaining({ service: 'canary', CanaryFailed: 0, CanaryMs: answer.ms }),
      );
    }
    const { SubmissionsTableName, RegistryTableName } = service.outputs;
    expect(await count(SubmissionsTableName, 'fiche-canary.draft#0')).toBe(0);
    expect(await count(RegistryTableName, 'token#fiche-canary')).toBe(0);
    expect((await coordinator.get('/v1/forms')).text).not.toContain('canary');
  });

  it('tells when nobody answers, by a metric and not by an error', () => {
    const { answer, log } = lost;
    expect(answer).toEqual({ ok: false, failed: 'canary-health: no-answer' });
    expect(log).toContainEqual(expect.objectContaining({ service: 'canary', CanaryFailed: 1 }));
    expect(log).toContainEqual(expect.objectContaining({ message: 'failed' }));
  });
});

describe('a compile that is stopped', () => {
  const Run = z.object({ runId: z.string() });
  const State = z.object({ state: z.string(), error: z.string().optional() });

  it('is told as failed, though it could not tell so itself', async () => {
    const { runId } = Run.parse((await coordinator.post('/v1/compile')).body);
    const executionArn = `${service.outputs.CompileStateMachine.replace(':stateMachine:', ':execution:')}:${runId}`;
    const { environment, url } = service.emulator;
    const states = new SFNClient({
      endpoint: url,
      region: environment['AWS_REGION'] ?? '',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
    await states.send(new StopExecutionCommand({ executionArn }));
    let run = State.parse((await coordinator.get(`/v1/compile/${runId}`)).body);
    while (run.state === 'running') {
      await wait(100);
      run = State.parse((await coordinator.get(`/v1/compile/${runId}`)).body);
    }
    expect(run).toEqual(expect.objectContaining({ state: 'failed', error: 'ABORTED' }));
  });
});
