import { rm } from 'node:fs/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { Client, joinNetwork } from '../support/client.ts';
import { fixtureOf, retitled } from '../support/fixtures.ts';
import { startServer, type RunningServer } from '../support/start-server.ts';

const rounds = 6;
const writers = 8;
const answers = fixtureOf('initiative').valid[0]?.answers ?? {};

let server: RunningServer | undefined;
let home: string | undefined;
afterAll(async () => {
  await server?.kill();
  if (home !== undefined) await rm(home, { recursive: true, force: true });
});

/** A small generator of whole numbers, so that a failing run can be repeated from its printed seed. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

describe('kill -9 of the server', () => {
  it('at random moments, with writes and a compile in flight, loses nothing acknowledged', async () => {
    const seed = Date.now();
    const random = randomFrom(seed);
    let running = await startServer();
    server = running;
    home = running.home;
    const { coordinatorToken } = running;
    const joined = await joinNetwork(
      new Client(running.url, coordinatorToken),
      'ong-alpha',
      'ONG Alpha',
    );
    const token = joined.client.token;
    const acknowledged = new Map<string, number>();

    for (let round = 0; round < rounds; round += 1) {
      const member = new Client(running.url, token);
      const coordinator = new Client(running.url, coordinatorToken);
      const killAfter = 20 + random(200);
      let sent = 0;
      let killed: Promise<void> | undefined;
      const isKilled = (): boolean => killed !== undefined;
      const current = running;
      const write = async (writer: number): Promise<void> => {
        for (let index = 0; killed === undefined; index += 1) {
          const instanceId = `kill-${round}-${writer}-${index}`;
          try {
            const answer = await member.submit('initiative', instanceId, answers);
            if (answer.status === 201) acknowledged.set(instanceId, 1);
            if (index % 3 === 0) {
              const edited = await member.put(
                `/v1/forms/initiative/submissions/${instanceId}`,
                { answers: retitled(answers, `Changé, ${instanceId}`) },
                { 'if-match': '"1"' },
              );
              if (edited.status === 200) acknowledged.set(instanceId, 2);
            }
          } catch (error) {
            if (!isKilled()) throw error;
          }
          sent += 1;
          if (sent >= killAfter) killed ??= current.kill('SIGKILL');
        }
      };
      const compiling = coordinator.compile().catch((error: unknown) => {
        if (!isKilled()) throw error;
      });
      await Promise.all([
        ...Array.from({ length: writers }, (_, writer) => write(writer)),
        compiling,
      ]);
      await killed;
      running = await startServer({ home });
      server = running;
    }

    const coordinator = new Client(running.url, coordinatorToken);
    const stored = new Map(
      (await coordinator.all('/v1/forms/initiative/submissions?limit=200')).map((item) => [
        item['instanceId'],
        Number(item['revision']),
      ]),
    );
    expect(acknowledged.size).toBeGreaterThan(rounds * 10);
    const lost = [...acknowledged].filter(([id, revision]) => (stored.get(id) ?? 0) < revision);
    expect(lost, `seed ${seed}`).toEqual([]);

    const run = await coordinator.compile();
    expect(run.state, `seed ${seed}`).toBe('done');
    const file = await coordinator.get('/v1/datasets/initiative/files/initiative.json');
    const { records } = file.body as { records: { id: string }[] };
    expect(records.map(({ id }) => id).sort()).toEqual([...stored.keys()].sort());
  });
});
