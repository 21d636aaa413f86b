import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { canaryHandler } from '../../../functions/canary/handler.ts';
import { openHome, type Home } from '../../../local/open-home.ts';
import { makeCanaryToken, tidyCanary } from '../../../shared/canary/canary-records.ts';
import {
  frontDoor,
  visit,
  visitId,
  type Answered,
  type Ask,
  type Request,
} from '../../../shared/canary/visit.ts';
import { systemClock as clock } from '../../../shared/clock.ts';
import { canaryPartition } from '../../../shared/store/keys.ts';
import { startServer, type RunningServer } from '../../support/start-server.ts';

let server: RunningServer;
let home: Home;
beforeAll(async () => {
  server = await startServer();
  home = await openHome(server.home);
});
afterAll(async () => {
  home.close();
  await server.kill();
});

/** Every request that a visit makes, and what to make of its answer. */
let asked: string[] = [];
beforeEach(() => {
  asked = [];
});

function open(change: (answer: Answered, name: string) => Answered = (answer) => answer) {
  return (token: string): Ask => {
    const ask = frontDoor(server.url, token);
    return async (request: Request) => {
      const name = `${request.method} ${request.path.replace(/canary-\d\w+-[0-9a-f]+/, 'ID')}`;
      asked.push(name);
      return change(await ask(request), name);
    };
  };
}

const visitOnce = (way = open()) =>
  canaryHandler({ submissions: home.submissions, registry: home.registry, clock, open: way })();

async function left(): Promise<{ submissions: string[]; tokens: string[] }> {
  const [submissions, tokens] = await Promise.all([
    home.submissions.query({ partition: canaryPartition.submissions }),
    home.registry.query({ partition: canaryPartition.tokens }),
  ]);
  return {
    submissions: submissions.records.map(({ sk }) => sk),
    tokens: tokens.records.map(({ sk }) => sk),
  };
}

const nothing = { submissions: [], tokens: [] };
const base = '/v1/forms/fiche-canary.draft/submissions';

describe('the canary', () => {
  it('does what a client does, puts its form there the first time, and leaves nothing', async () => {
    expect((await visitOnce()).ms).toBeGreaterThanOrEqual(0);
    const rest = [
      `POST ${base}`,
      `GET ${base}/ID`,
      `DELETE ${base}/ID`,
      `POST ${base}/ID/erase`,
      `GET ${base}/ID`,
    ];
    const form = [`POST ${base}`, 'PUT /v1/forms/fiche-canary/draft'];
    expect(asked).toEqual(['GET /v1/health', ...form, `POST ${base}`, ...rest]);
    expect(await left()).toEqual(nothing);

    asked = [];
    await visitOnce();
    expect(asked).toEqual(['GET /v1/health', `POST ${base}`, ...rest]);
    expect(await left()).toEqual(nothing);
  });

  it('can be sent twice at once', async () => {
    await Promise.all([visitOnce(), visitOnce(), visitOnce()]);
    expect(await left()).toEqual(nothing);
  });

  it.each<[string, string, (answer: Answered) => Answered, string]>([
    ['health', 'GET /v1/health', (answer) => ({ ...answer, status: 503 }), '503'],
    [
      'submit',
      `POST ${base}`,
      () => ({ status: 503, etag: undefined, body: { code: 'store-unavailable' } }),
      'store-unavailable',
    ],
    [
      'replay',
      `POST ${base}`,
      (answer) => (answer.status === 200 ? { ...answer, body: { revision: 2 } } : answer),
      'another-answer',
    ],
    ['read', `GET ${base}/ID`, (answer) => ({ ...answer, body: { answers: {} } }), 'other-answers'],
    [
      'withdraw',
      `DELETE ${base}/ID`,
      (answer) => ({ ...answer, body: { state: 'received' } }),
      'another-state',
    ],
    ['erase', `POST ${base}/ID/erase`, (answer) => ({ ...answer, status: 500 }), '500'],
    [
      'erased',
      `GET ${base}/ID`,
      (answer) => (answer.status === 410 ? { ...answer, status: 200, body: {} } : answer),
      '200',
    ],
  ])('tells that it failed at: %s', async (step, at, change, code) => {
    const way = open((answer, name) => (name === at ? change(answer) : answer));
    await expect(visitOnce(way)).rejects.toMatchObject({ name: `canary-${step}`, code });
    expect(await left()).toEqual(nothing);
  });

  it.each([
    ['nobody there', 'http://127.0.0.1:1'],
    ['a name that nobody knows', 'http://fiche.invalid'],
  ])('tells that nobody answered: %s', async (_, url) => {
    const way = (token: string): Ask => frontDoor(url, token);
    await expect(visitOnce(way)).rejects.toMatchObject({
      name: 'canary-health',
      code: 'no-answer',
    });
    expect(await left()).toEqual(nothing);
  });

  it('sweeps away what a visit left that was cut short, an hour later, and not before', async () => {
    const { token } = await makeCanaryToken(home.registry, clock);
    const cutShort = visitId(clock());
    const ask = frontDoor(server.url, token);
    await expect(
      visit(async (request) => {
        if (request.method === 'DELETE') throw new Error('The machine is off.');
        return ask(request);
      }, cutShort),
    ).rejects.toMatchObject({ name: 'canary-withdraw' });

    await tidyCanary(home.submissions, clock, visitId(clock()));
    expect((await left()).submissions).toEqual([cutShort]);
    const later = () => new Date(clock().getTime() + 3_700_000);
    await tidyCanary(home.submissions, later, visitId(later()));
    await (await makeCanaryToken(home.registry, later)).forget();
    expect(await left()).toEqual(nothing);
  });
});

describe('the token of the canary', () => {
  const status = async (method: string, path: string, token: string, body?: object) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const answer = await fetch(server.url + path, { method, headers, ...sent });
    return answer.status;
  };

  it.each([
    ['GET', '/v1/me', 403],
    ['GET', '/v1/forms/mapping-tool/submissions', 403],
    ['POST', '/v1/organisations/coordination/tokens', 403],
    ['POST', '/v1/forms/fiche-canary/publish', 403],
    ['GET', base, 403],
    ['POST', '/v1/compile', 403],
    ['GET', `${base}/canary-nothing`, 404],
  ])('is good for the form of the canary alone: %s %s', async (method, path, expected) => {
    const made = await makeCanaryToken(home.registry, clock);
    expect(await status(method, path, made.token)).toBe(expected);
    await made.forget();
    expect(await status(method, path, made.token)).toBe(401);
  });

  it('is good for two minutes', async () => {
    const before = () => new Date(clock().getTime() - 121_000);
    const { token } = await makeCanaryToken(home.registry, before);
    expect(await status('GET', `${base}/canary-nothing`, token)).toBe(401);
  });

  it('is of nobody whom the network could have, and its form is in no list', async () => {
    const { coordinatorToken: token } = server;
    const organisation = { id: 'fiche-canary', name: 'Canari', state: 'active' };
    expect(await status('POST', '/v1/organisations', token, organisation)).toBe(422);
    expect(await status('GET', '/v1/forms/fiche-canary', token)).toBe(404);
    expect(await status('PUT', '/v1/forms/fiche-canary/draft', token, { survey: [] })).toBe(404);
    await visitOnce();
    for (const path of ['/v1/forms', `/v1/key/${token}/formList`, '/v1/organisations']) {
      const answer = await fetch(server.url + path, {
        headers: { authorization: `Bearer ${token}` },
      });
      expect(answer.status).toBe(200);
      expect(await answer.text()).not.toContain('fiche-canary');
    }
  });
});
