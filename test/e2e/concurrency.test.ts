import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Client, joinNetwork } from '../support/client.ts';
import { fixtureOf, retitled } from '../support/fixtures.ts';
import { startServer, type RunningServer } from '../support/start-server.ts';

let server: RunningServer;
let coordinator: Client;
let member: Client;
const answers = fixtureOf('initiative').valid[0]?.answers ?? {};

beforeAll(async () => {
  server = await startServer();
  coordinator = new Client(server.url, server.coordinatorToken);
  ({ client: member } = await joinNetwork(coordinator, 'ong-alpha', 'ONG Alpha'));
});
afterAll(() => server.kill());

function tally(statuses: readonly number[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const status of statuses) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

describe('fifty identical submissions at once', () => {
  it('make one record: one 201, and 200 for the rest', async () => {
    const sent = Array.from({ length: 50 }, () =>
      member.submit('initiative', 'fifty-times', answers),
    );
    const all = await Promise.all(sent);
    expect(tally(all.map(({ status }) => status))).toEqual({ 200: 49, 201: 1 });
    expect(new Set(all.map(({ text }) => text)).size).toBe(1);
    const listed = await member.all('/v1/forms/initiative/submissions');
    expect(listed.filter((item) => item['instanceId'] === 'fifty-times')).toHaveLength(1);
  });
});

describe('two different submissions under one instanceId', () => {
  it('give 201 and 409, and the second is kept for the coordinator', async () => {
    const changed = retitled(answers, 'Un autre intitulé');
    const both = await Promise.all([
      member.submit('initiative', 'two-of-one', answers),
      member.submit('initiative', 'two-of-one', changed),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual([201, 409]);
    const quarantine = await coordinator.all('/v1/forms/initiative/quarantine');
    expect(quarantine.filter((item) => item['instanceId'] === 'two-of-one')).toHaveLength(1);
    expect((await member.get('/v1/forms/initiative/quarantine')).status).toBe(403);
  });
});

describe('twenty edits of one revision at once', () => {
  it('let one through and tell the others that they are stale', async () => {
    await member.submit('initiative', 'edit-race', answers);
    const path = '/v1/forms/initiative/submissions/edit-race';
    const edits = Array.from({ length: 20 }, (_, index) =>
      member.put(
        path,
        { answers: retitled(answers, `Intitulé, version ${index}`) },
        { 'if-match': '"1"' },
      ),
    );
    const statuses = (await Promise.all(edits)).map(({ status }) => status);
    expect(tally(statuses)).toEqual({ 200: 1, 412: 19 });
    expect(await member.all(`${path}/revisions`)).toHaveLength(2);
  });
});

describe('compiles at once, with submissions arriving', () => {
  it('leave every submission in exactly one row, and readers a whole version', async () => {
    const sending = Array.from({ length: 60 }, (_, index) =>
      member.submit('initiative', `during-compile-${index}`, answers),
    );
    const compiling = [coordinator.compile(), coordinator.compile(), coordinator.compile()];
    const path = '/v1/datasets/initiative/files/initiative.json';
    const compiled = new AbortController();
    const reading = (async () => {
      while (!compiled.signal.aborted) {
        const answer = await coordinator.get(path);
        if (answer.status === 404) continue;
        const { count, records } = answer.body as { count: number; records: unknown[] };
        expect(records).toHaveLength(count);
      }
    })();
    const sent = await Promise.all(sending);
    expect(tally(sent.map(({ status }) => status))).toEqual({ 201: 60 });
    const runs = await Promise.all(compiling);
    compiled.abort();
    await reading;
    expect(runs.map(({ state }) => state)).toEqual(['done', 'done', 'done']);
    await coordinator.compile();
    const { records } = (await coordinator.get(path)).body as { records: { id: string }[] };
    const ids = records.map(({ id }) => id).filter((id) => id.startsWith('during-compile-'));
    expect(ids).toHaveLength(60);
    expect(new Set(ids).size).toBe(60);
  });
});
