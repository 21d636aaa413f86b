import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { Client, joinNetwork, type Answer } from '../support/client.ts';
import { startDeployed, type DeployedService } from '../support/deployed-service.ts';
import { FaultyProxy, type FaultPlan, type StoreFault } from '../support/faulty-proxy.ts';
import { fixtureOf, retitled } from '../support/fixtures.ts';
import { killFunctions } from '../support/kill-functions.ts';

const clients = 3;
const each = 12;
/** How often a client sends a request again before it is said to have been refused for ever. */
const patience = 40;
const answers = fixtureOf('initiative').valid[0]?.answers ?? {};
const form = '/v1/forms/initiative/submissions';

/** Of a hundred requests to a store, so many meet each of these. */
const perCent: readonly (readonly [StoreFault, number])[] = [
  ['throttled', 3],
  ['error', 3],
  ['reset-before', 3],
  ['reset-after', 4],
  ['truncated', 3],
  ['garbled', 2],
  ['unprocessed', 3],
  ['slow', 5],
  ['silent-after', 0.3],
];

/** A small generator, so that a failing run can be repeated from its printed seed. */
function randomPlan(seed: number, shares: typeof perCent = perCent): FaultPlan {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    let left = (state / 2 ** 32) * 100;
    for (const [fault, share] of shares) {
      if (left < share) return fault;
      left -= share;
    }
    return undefined;
  };
}

let proxy: FaultyProxy;
let service: DeployedService;
let coordinator: Client;
let member: Client;
const acknowledged = new Map<string, number>();

beforeAll(async () => {
  proxy = await FaultyProxy.start();
  service = await startDeployed({
    settings: (url) => {
      proxy.targetOf = () => url;
      // Functions ask here for everything; operators and clients ask the emulator itself.
      return { AWS_ENDPOINT_URL: proxy.url };
    },
  });
  coordinator = new Client(service.url, service.coordinatorToken);
  ({ client: member } = await joinNetwork(coordinator, 'ong-alpha', 'ONG Alpha'));
});
afterAll(async () => {
  await service.close();
  await proxy.close();
});
beforeEach(() => {
  proxy.plan(undefined);
});

const Problem = z.object({ code: z.literal('store-unavailable') });

/** Sends a request until it is answered by something else than "again". `isCut`: a broken answer is one, too. */
async function persist(ask: () => Promise<Answer>, isCut = false): Promise<Answer> {
  for (let attempt = 1; ; attempt += 1) {
    const answer = await ask();
    const isHonest = answer.status === 503 && answer.headers.get('retry-after') !== null;
    if (isHonest) Problem.parse(answer.body);
    if ((!isHonest && !(isCut && answer.status >= 500)) || attempt === patience) return answer;
  }
}

/** Sends and edits, as several people at once; every status is one that tells of success. */
async function stream(round: string, isCut = false): Promise<void> {
  const write = async (writer: number): Promise<void> => {
    for (let index = 0; index < each; index += 1) {
      const id = `${round}-${writer}-${String(index).padStart(4, '0')}`;
      const sent = await persist(() => member.submit('initiative', id, answers), isCut);
      expect([200, 201], sent.text).toContain(sent.status);
      acknowledged.set(id, 1);
      if (index % 3 !== 0) continue;
      const body = { answers: retitled(answers, `Changé, ${id}`) };
      const edit = () => member.put(`${form}/${id}`, body, { 'if-match': '"1"' });
      const edited = await persist(edit, isCut);
      expect(edited.status, edited.text).toBe(200);
      acknowledged.set(id, 2);
    }
  };
  await Promise.all(Array.from({ length: clients }, (_, writer) => write(writer)));
}

/** Everything that was acknowledged is there, once, in the revision that was acknowledged. */
async function expectWhole(): Promise<void> {
  const items = await coordinator.all(`${form}?limit=200`);
  const stored = items.map((item) => [item['instanceId'], item['revision']]);
  expect(new Map(stored as [string, number][])).toEqual(acknowledged);
  expect(stored).toHaveLength(acknowledged.size);
}

const Manifest = z.object({
  version: z.string(),
  audiences: z.object({
    coordinator: z.object({
      files: z.array(z.object({ name: z.string(), sha256: z.string() })),
    }),
  }),
});

/** The current version as readers get it: its files are those of its manifest. */
async function currentIds(): Promise<string[]> {
  const manifest = Manifest.parse((await coordinator.get('/v1/datasets/initiative')).body);
  const name = 'initiative.json';
  const known = manifest.audiences.coordinator.files.find((file) => file.name === name);
  const { status, bytes } = await coordinator.download(
    `/v1/datasets/initiative/files/${name}?version=${manifest.version}`,
  );
  expect(status).toBe(200);
  expect(createHash('sha256').update(bytes).digest('hex')).toBe(known?.sha256);
  const { records } = z
    .object({ records: z.array(z.object({ id: z.string() })) })
    .parse(JSON.parse(bytes.toString()));
  return records.map(({ id }) => id).sort();
}

describe('a deployment whose stores fail', () => {
  it('loses nothing that it has acknowledged, and has nothing twice', async () => {
    const seed = Date.now();
    proxy.plan(randomPlan(seed));
    await stream('faulty');
    expect(proxy.faults, `seed ${seed}`).toBeGreaterThan(20);
    proxy.plan(undefined);
    await expectWhole();
    expect((await coordinator.compile()).state).toBe('done');
    expect(await currentIds()).toEqual([...acknowledged.keys()].sort());
  });

  it('says that nothing is confirmed while they are gone, and takes everything afterwards', async () => {
    proxy.plan(() => 'error');
    const refused = await member.submit('initiative', 'gone-0001', answers);
    expect(refused.status).toBe(503);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    Problem.parse(refused.body);
    proxy.plan(undefined);
    expect((await member.submit('initiative', 'gone-0001', answers)).status).toBe(201);
    acknowledged.set('gone-0001', 1);
    await expectWhole();
  });

  it('publishes a whole version or none while they fail, and the next compile mends it', async () => {
    const before = await currentIds();
    const started = z
      .object({ runId: z.string() })
      .parse((await coordinator.post('/v1/compile')).body);
    const seed = Date.now();
    // A step waits for minutes where S3 says nothing at all: bound-requests.test.ts tells of that.
    proxy.plan(
      randomPlan(
        seed,
        perCent.filter(([fault]) => fault !== 'silent-after'),
      ),
    );
    const Run = z.object({ state: z.enum(['running', 'done', 'failed']) });
    for (;;) {
      const asked = await persist(() => coordinator.get(`/v1/compile/${started.runId}`));
      if (asked.status === 200 && Run.parse(asked.body).state !== 'running') break;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
    expect(proxy.faults, `seed ${seed}`).toBeGreaterThan(5);
    proxy.plan(undefined);
    const all = [...acknowledged.keys()].sort();
    expect([before, all], `seed ${seed}`).toContainEqual(await currentIds());
    expect((await coordinator.compile()).state).toBe('done');
    expect(await currentIds()).toEqual(all);
    // The state machine waits before it tries again, longer each time.
  }, 1_800_000);
});

describe('functions that are ended by kill -9', () => {
  it('lose nothing that they have acknowledged, and have nothing twice', async () => {
    let killed = 0;
    let isOver = false;
    const kill = async (): Promise<void> => {
      while (!isOver) {
        // With the requests of some function under way: the next write to a store is awaited.
        await new Promise<void>((resolve) => {
          proxy.plan(({ number, operation }) => {
            if (number > 30 && operation === 'PutItem') resolve();
            return isOver ? undefined : 'slow';
          });
          void over.finally(resolve);
        });
        killed += await killFunctions(service.emulator, 'submissions');
      }
    };
    const over = stream('killed', true).finally(() => {
      isOver = true;
    });
    await Promise.all([over, kill()]);
    proxy.plan(undefined);
    expect(killed).toBeGreaterThan(2);
    await expectWhole();
    expect((await coordinator.compile()).state).toBe('done');
    expect(await currentIds()).toEqual([...acknowledged.keys()].sort());
  });
});
