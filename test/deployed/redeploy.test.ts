import { mkdir, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Client, joinNetwork } from '../support/client.ts';
import { contextWords, deploy, runCdk } from '../support/deployment.ts';
import { startDeployed, type DeployedService } from '../support/deployed-service.ts';
import { fixtureOf } from '../support/fixtures.ts';
import { csvOf } from '../support/story/cast.ts';

const results = new URL('../../test-results/', import.meta.url);

/** CI prints it: what vitest catches of a test's output is cut into pieces. */
async function keepForCi(name: string, text: string): Promise<void> {
  await mkdir(results, { recursive: true });
  await writeFile(new URL(name, results), text);
}

/** The least that a schedule can be: a compile each minute. */
const context = { compileEvery: '1' };

let service: DeployedService;
let coordinator: Client;
let begun: number;
beforeAll(async () => {
  begun = performance.now();
  service = await startDeployed({ context });
  coordinator = new Client(service.url, service.coordinatorToken);
});
afterAll(() => service.close());

function spent(ms: number): string {
  const { emulator, deploy: deployed, init } = service.took;
  const seconds = (what: string, time: number): string => `${what}: ${(time / 1000).toFixed(1)} s`;
  return [
    seconds('From nothing to the first accepted submission', ms),
    seconds('  the emulator starts', emulator),
    seconds('  cdk bootstrap, cdk deploy --all', deployed),
    seconds('  fiche init', init),
  ].join('\n');
}

describe('a deployment that nobody touches', () => {
  it('compiles by itself what was sent', async () => {
    const [report] = fixtureOf('initiative').valid;
    if (report === undefined) throw new Error('There is no initiative.');
    const { client: member } = await joinNetwork(coordinator, 'ong-alpha', 'ONG Alpha');
    const sent = await member.submit('initiative', report.instanceId, report.answers);
    expect(sent.status, sent.text).toBe(201);
    await keepForCi('first-submission.txt', spent(performance.now() - begun));
    // Until its schedule fires, the dataset is not there; the test's own limit of time ends the wait.
    for (;;) {
      const dataset = await coordinator.get('/v1/datasets/initiative');
      if (dataset.status === 200) break;
      expect(dataset.status).toBe(404);
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    const rows = await csvOf(coordinator, 'initiative');
    expect(rows.map(({ id }) => id)).toEqual([report.instanceId]);
  });
});

describe('a second deployment of the same', () => {
  it('has nothing to change, and changes nothing', async () => {
    const before = await coordinator.get('/v1/me');
    const { output, outputs } = await deploy(service.emulator, context);
    const stacks = Object.keys(outputs);
    expect(stacks.length).toBeGreaterThanOrEqual(2);
    for (const stack of stacks) expect(output).toContain(`${stack} (no changes)`);
    expect((await coordinator.get('/v1/me')).body).toEqual(before.body);
  });

  it('is shown as such by cdk diff, which shows what another one would change', async () => {
    const diff = (compileEvery: string) =>
      runCdk(service.emulator, ['diff', '--fail', ...contextWords({ compileEvery })]);
    const same = await diff('1');
    await keepForCi('cdk-diff.txt', same.output);
    expect(same.code, same.output).toBe(0);
    const other = await diff('2');
    expect(other.code).toBe(1);
    expect(other.output).toContain('rate(2 minutes)');
  });
});
