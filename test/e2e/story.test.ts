import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Client, joinNetwork } from '../support/client.ts';
import { builtInForms, fixtureOf, retitled, type BuiltInForm } from '../support/fixtures.ts';
import { startServer, type RunningServer } from '../support/start-server.ts';

/** The whole main job, told in order against a server as `npm start` runs it. */
let server: RunningServer;
let coordinator: Client;
let member: Client;
let other: Client;

beforeAll(async () => {
  server = await startServer();
  coordinator = new Client(server.url, server.coordinatorToken);
  ({ client: member } = await joinNetwork(coordinator, 'ong-alpha', 'ONG Alpha'));
  ({ client: other } = await joinNetwork(coordinator, 'ong-beta', 'ONG Bêta'));
});
afterAll(() => server.kill());

/** Whoever the form is for: the plan is the coordinator's to write. */
function author(formId: BuiltInForm): Client {
  return formId === 'plan-activity' ? coordinator : member;
}

/** A fixture points into the answers, a response into the body that was sent. */
function inBody({ pointer, code }: { pointer: string; code: string }): unknown {
  return expect.objectContaining({ pointer: `/answers${pointer}`, code });
}

async function revisionOf(client: Client, formId: string, instanceId: string): Promise<number> {
  const answer = await client.get(`/v1/forms/${formId}/submissions/${instanceId}`);
  return Number(/"(\d+)"/.exec(answer.headers.get('etag') ?? '')?.[1]);
}

async function csvOf(client: Client, datasetId: string): Promise<Record<string, string>[]> {
  const answer = await client.get(`/v1/datasets/${datasetId}/files/${datasetId}.csv`);
  expect(answer.status).toBe(200);
  return parse(answer.text, { bom: true, columns: true });
}

describe('a newcomer', () => {
  it('finds every built-in form published, with its JSON Schema', async () => {
    const forms = await coordinator.all('/v1/forms');
    expect(forms.map((form) => form['formId']).sort()).toEqual([...builtInForms].sort());
    for (const formId of builtInForms) {
      const form = await member.get(`/v1/forms/${formId}`);
      const schema = await author(formId).get(`/v1/forms/${formId}/schema.json`);
      expect(form.status, formId).toBe(formId === 'plan-activity' ? 403 : 200);
      expect(schema.body).toMatchObject({ type: 'object' });
    }
  });

  it('finds the plan of the thematic group, whole, in plan.json after a compile', async () => {
    expect(await coordinator.compile()).toMatchObject({ state: 'done' });
    const plan = await new Client(server.url).get('/public/plan.json');
    expect(plan.status).toBe(200);
    expect(plan.body).toMatchObject({ counts: { done: 0, doneLate: 0 }, percentDone: 0 });
    expect((plan.body as { activities: unknown[] }).activities).toHaveLength(14);
  });
});

describe.each(builtInForms.map((formId) => ({ formId, fixture: fixtureOf(formId) })))(
  'the form $formId',
  ({ formId, fixture }) => {
    it('takes what the papers say, once, and answers a replay as the first time', async () => {
      expect(fixture.valid.length).toBeGreaterThan(0);
      for (const { instanceId, answers, warnings } of fixture.valid) {
        const first = await author(formId).submit(formId, instanceId, answers);
        expect(first.status, first.text).toBe(201);
        const expected = (warnings ?? []).map(inBody);
        expect((first.body as { warnings: unknown[] }).warnings).toEqual(
          expect.arrayContaining(expected),
        );
        const again = await author(formId).submit(formId, instanceId, answers);
        expect(again.status).toBe(200);
        expect(again.body).toEqual(first.body);
      }
    });

    it('refuses wrong answers, every fault with its pointer', async () => {
      expect(fixture.invalid.length).toBeGreaterThan(0);
      for (const [index, { answers, expect: faults }] of fixture.invalid.entries()) {
        const answer = await author(formId).submit(formId, `wrong-${formId}-${index}`, answers);
        expect(answer.status, answer.text).toBe(422);
        expect(answer.headers.get('content-type')).toContain('application/problem+json');
        expect((answer.body as { errors: unknown[] }).errors).toEqual(
          expect.arrayContaining(faults.map(inBody)),
        );
      }
    });

    it('gives the coordinator every row in each format, and the public what is accepted', async () => {
      for (const { instanceId } of fixture.valid) {
        const revision = await revisionOf(coordinator, formId, instanceId);
        const reviewed = await coordinator.review(formId, instanceId, revision, 'accept');
        expect(reviewed.status, reviewed.text).toBe(200);
      }
      expect(await coordinator.compile()).toMatchObject({ state: 'done' });
      const rows = await csvOf(coordinator, formId);
      const ids = new Set(rows.map((row) => row['id']));
      for (const { instanceId } of fixture.valid) expect(ids).toContain(instanceId);
      const manifest = await coordinator.get(`/v1/datasets/${formId}`);
      expect(manifest.body).toMatchObject({
        dataset: formId,
        audiences: { coordinator: { rows: rows.length } },
      });
      const json = await coordinator.get(`/v1/datasets/${formId}/files/${formId}.json`);
      expect(json.body).toMatchObject({ dataset: formId, count: rows.length });
      const open = await new Client(server.url).get(`/public/${formId}.json`);
      expect(open.status).toBe(200);
    });
  },
);

describe('the members', () => {
  it('see nothing of one another', async () => {
    const instanceId = fixtureOf('initiative').valid[0]?.instanceId ?? '';
    const path = `/v1/forms/initiative/submissions/${instanceId}`;
    expect((await member.get(path)).status).toBe(200);
    expect((await other.get(path)).status).toBe(404);
    expect((await other.get(`${path}/revisions`)).status).toBe(404);
    expect(await other.all('/v1/forms/initiative/submissions')).toEqual([]);
  });

  it('edit with the revision that they saw, and are told when it is stale', async () => {
    const { instanceId, answers } = fixtureOf('initiative').valid[0] ?? {
      instanceId: '',
      answers: {},
    };
    const path = `/v1/forms/initiative/submissions/${instanceId}`;
    const revision = await revisionOf(member, 'initiative', instanceId);
    const bare = await member.put(path, { answers });
    expect(bare.status).toBe(428);
    const edited = await member.put(path, { answers }, { 'if-match': `"${revision}"` });
    expect(edited.status, edited.text).toBe(200);
    const repeated = await member.put(path, { answers }, { 'if-match': `"${revision}"` });
    expect(repeated.status, 'the answer was lost, the edit was not').toBe(200);
    const stale = await member.put(
      path,
      { answers: retitled(answers, 'Autre') },
      { 'if-match': '"1"' },
    );
    expect(stale.status).toBe(412);
    expect(stale.body).toMatchObject({ currentRevision: revision + 1 });
    const history = await member.all(`${path}/revisions`);
    expect(history).toHaveLength(revision + 1);
  });

  it('withdraw what they sent, and the next dataset no longer has it', async () => {
    const { instanceId } = fixtureOf('mapping-tool').valid[0] ?? { instanceId: '' };
    const path = `/v1/forms/mapping-tool/submissions/${instanceId}`;
    const revision = await revisionOf(member, 'mapping-tool', instanceId);
    const gone = await member.request('DELETE', path, { headers: { 'if-match': `"${revision}"` } });
    expect(gone.status, gone.text).toBe(200);
    await coordinator.compile();
    const ids = (await csvOf(coordinator, 'mapping-tool')).map((row) => row['id']);
    expect(ids).not.toContain(instanceId);
  });
});

describe('the plan', () => {
  it('moves when the report of a meeting is accepted', async () => {
    const plan = await new Client(server.url).get('/public/plan.json');
    const { counts, activities } = plan.body as {
      counts: { done: number; doneLate: number };
      activities: { id: string; state: string; heldOn: string | null; reports: unknown }[];
    };
    expect(counts.done + counts.doneLate).toBeGreaterThan(0);
    const reported = activities.find(({ state }) => state === 'done' || state === 'done-late');
    expect(reported?.heldOn).toMatch(/^\d{4}-\d{2}-\d{2}$/);
  });

  it('can be subscribed to as a calendar', async () => {
    const calendar = await new Client(server.url).get('/public/plan.ics');
    expect(calendar.headers.get('content-type')).toContain('text/calendar');
    expect(calendar.text.match(/BEGIN:VEVENT/g)?.length).toBeGreaterThanOrEqual(14);
  });
});

describe('the network', () => {
  it('sees who does what, where, and where nobody does', async () => {
    const rows = await csvOf(coordinator, 'who-does-what-where');
    expect(rows.length).toBeGreaterThan(0);
    const open = new Client(server.url);
    const map = await open.get('/public/who-does-what-where.geojson');
    expect(map.body).toMatchObject({ type: 'FeatureCollection' });
    expect((await open.get('/public/gaps.json')).status).toBe(200);
    expect((await open.get('/public/catalog.json')).status).toBe(200);
  });

  it('knows who has answered what, for the coordinator alone', async () => {
    const coverage = await coordinator.get('/v1/coverage');
    const { forms } = coverage.body as {
      forms: { id: string; organisations: { id: string; state: string }[] }[];
    };
    const expected = forms.filter(({ organisations }) => organisations.length > 0);
    expect(expected.length).toBeGreaterThan(0);
    const states = new Map(expected[0]?.organisations.map(({ id, state }) => [id, state]));
    expect(states.get('ong-alpha')).toBe('answered');
    expect(states.get('ong-beta')).not.toBe('answered');
    expect((await member.get('/v1/coverage')).status).toBe(403);
  });

  it('loses a token from the next request on', async () => {
    const { client, tokenId } = await joinNetwork(coordinator, 'ong-gamma', 'ONG Gamma');
    expect((await client.get('/v1/me')).body).toMatchObject({
      role: 'member',
      organisation: 'ong-gamma',
    });
    const revoked = await coordinator.request(
      'DELETE',
      `/v1/organisations/ong-gamma/tokens/${tokenId}`,
    );
    expect(revoked.status).toBe(204);
    expect((await client.get('/v1/me')).status).toBe(401);
  });
});

describe('what the world sees', () => {
  it('carries the headers that keep a site up', async () => {
    const open = new Client(server.url);
    const first = await open.get('/public/initiative.json');
    const etag = first.headers.get('etag') ?? '';
    expect(first.headers.get('cache-control')).toBe(
      'public, max-age=60, stale-while-revalidate=86400, stale-if-error=604800',
    );
    expect(etag).toMatch(/^"[^"]+"$/);
    const second = await open.get('/public/initiative.json', { 'if-none-match': etag });
    expect(second.status).toBe(304);
    const missing = await open.get('/public/nothing.json');
    expect(missing.status).toBe(404);
    for (const answer of [first, second, missing]) {
      expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    }
    expect((await coordinator.get('/v1/me')).headers.get('cache-control')).toBe('no-store');
  });
});
