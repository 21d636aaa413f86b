import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { functionNames, type FunctionName } from '../../infra/functions.ts';
import { doors } from '../../shared/http/operations/operation.ts';
import { Client, joinNetwork } from '../support/client.ts';
import { startDeployed, type DeployedService } from '../support/deployed-service.ts';
import type { Emulator } from '../support/emulator.ts';
import { eventOf } from '../support/event.ts';
import { fixtureOf } from '../support/fixtures.ts';
import { killFunctions } from '../support/kill-functions.ts';
import { median, type Bench, type Figure } from './figures.ts';

const coldStarts = 5;
const warmCalls = 10;
const clients = 8;
const submissions = 400;
/** Characters of an item about as large as the submission. */
const itemSize = 1500;

interface DeployedFunction {
  readonly fullName: string;
  readonly short: FunctionName;
}

const isDoor = (name: FunctionName): boolean => doors.some((door) => door === name);

/** The emulator's Lambda API, without a client of its own: two requests are all that is needed. */
async function lambda(
  emulator: Emulator,
  method: string,
  path: string,
  body?: unknown,
): Promise<unknown> {
  const response = await fetch(`${emulator.url}/2015-03-31/functions/${path}`, {
    method,
    headers: {
      'content-type': 'application/json',
      authorization: `AWS4-HMAC-SHA256 Credential=test/20260101/${emulator.environment['AWS_REGION'] ?? ''}/lambda/aws4_request, SignedHeaders=host, Signature=none`,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return response.json();
}

async function deployedFunctions(emulator: Emulator): Promise<DeployedFunction[]> {
  const { Functions } = (await lambda(emulator, 'GET', '')) as {
    Functions: readonly { FunctionName: string }[];
  };
  return functionNames.map((short) => {
    const prefix = `fiche-service-${short.replaceAll('-', '')}Function`;
    const found = Functions.find(({ FunctionName }) => FunctionName.startsWith(prefix));
    if (found === undefined) throw new Error(`${short} was not deployed.`);
    return { short, fullName: found.FunctionName };
  });
}

/** Milliseconds of one call. Doors refuse it for want of a token, steps for want of sense: at once. */
async function callTime(emulator: Emulator, { fullName }: DeployedFunction): Promise<number> {
  const event = eventOf({ key: 'GET /v1/me' });
  const startedAt = performance.now();
  await lambda(emulator, 'POST', `${fullName}/invocations`, event);
  return performance.now() - startedAt;
}

/** Without its processes a function's next call is a cold start. */
async function coldTime(emulator: Emulator, fn: DeployedFunction): Promise<number> {
  await killFunctions(emulator, fn.fullName);
  return callTime(emulator, fn);
}

async function coldStartFigures(emulator: Emulator): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const fn of await deployedFunctions(emulator)) {
    const cold: number[] = [];
    const warm: number[] = [];
    for (let run = 0; run < coldStarts; run += 1) {
      cold.push(await coldTime(emulator, fn));
      for (let call = 0; call < warmCalls; call += 1) warm.push(await callTime(emulator, fn));
    }
    figures.push({
      what: `cold start of ${fn.short} on the emulator`,
      measured: `${median(cold).toFixed(0)} ms`,
      // A step fails for want of sense, and the emulator starts it anew after each failure.
      baseline: isDoor(fn.short) ? `warm: ${median(warm).toFixed(1)} ms` : '–',
      value: median(cold),
      unit: 'ms',
      target: { atMost: 1000 },
    });
  }
  return figures;
}

/** How many a second, `clients` at a time. */
async function rateOf(count: number, send: (index: number) => Promise<void>): Promise<number> {
  let next = 0;
  const startedAt = performance.now();
  const client = async (): Promise<void> => {
    while (next < count) {
      const index = next;
      next += 1;
      await send(index);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  return (1000 * count) / (performance.now() - startedAt);
}

async function rateFigure({ url, coordinatorToken, emulator, outputs }: DeployedService) {
  const coordinator = new Client(url, coordinatorToken);
  const { client: member } = await joinNetwork(coordinator, 'bench', 'Bench');
  const answers = fixtureOf('mapping-tool').valid[0]?.answers ?? {};
  const ours = await rateOf(submissions, async (index) => {
    const { status, text } = await member.submit(
      'mapping-tool',
      `bench-${String(index).padStart(6, '0')}`,
      answers,
    );
    if (status !== 201) throw new Error(text);
  });
  const environment = emulator.environment;
  const dynamo = new DynamoDBClient({
    endpoint: emulator.url,
    region: environment['AWS_REGION'] ?? '',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const text = { S: 'x'.repeat(itemSize) };
  const bare = await rateOf(submissions, async (index) => {
    const Item = { pk: { S: 'bench' }, sk: { S: String(index) }, text };
    await dynamo.send(new PutItemCommand({ TableName: outputs.SubmissionsTableName, Item }));
  });
  dynamo.destroy();
  return {
    what: `submissions through API, function and table of the emulator, ${clients} clients (for comparison only)`,
    measured: `${ours.toFixed(0)}/s`,
    baseline: `bare PutItem on it: ${bare.toFixed(0)}/s`,
    value: (100 * ours) / bare,
    unit: '%',
    target: { atLeast: 1 },
  } as const satisfies Figure;
}

/** From nothing to an answer of 201, as docs/deploy.md has it, `npm ci` apart. Milliseconds. */
async function firstSubmission(): Promise<{
  readonly service: DeployedService;
  readonly ms: number;
}> {
  const startedAt = performance.now();
  const service = await startDeployed();
  const { answers } = fixtureOf('plan-activity').valid[0] ?? { answers: {} };
  const coordinator = new Client(service.url, service.coordinatorToken);
  const { status, text } = await coordinator.submit('plan-activity', 'first-0001', answers);
  if (status !== 201) throw new Error(text);
  return { service, ms: performance.now() - startedAt };
}

/** Needs an emulator of AWS, which FICHE_EMULATOR names: see docs/deploy.md. */
export const deployedBench: Bench = {
  name: 'deployed',
  async run() {
    const { service, ms } = await firstSubmission();
    try {
      const { emulator, deploy, init } = service.took;
      const first: Figure = {
        what: 'from nothing to the first accepted submission, on the emulator',
        measured: `${(ms / 1000).toFixed(0)} s`,
        baseline: `emulator ${(emulator / 1000).toFixed(0)} s, stacks ${(deploy / 1000).toFixed(0)} s, init ${(init / 1000).toFixed(0)} s`,
        value: ms,
        unit: 'ms',
        target: { atMost: 180_000 },
      };
      return [first, await rateFigure(service), ...(await coldStartFigures(service.emulator))];
    } finally {
      await service.close();
    }
  },
};
