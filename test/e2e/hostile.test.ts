import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Client, joinNetwork } from '../support/client.ts';
import { fixtureOf } from '../support/fixtures.ts';
import { startServer, type RunningServer } from '../support/start-server.ts';

let server: RunningServer;
let coordinator: Client;
let member: Client;
const path = '/v1/forms/initiative/submissions';
const answers = JSON.stringify(fixtureOf('initiative').valid[0]?.answers ?? {});

beforeAll(async () => {
  server = await startServer();
  coordinator = new Client(server.url, server.coordinatorToken);
  ({ client: member } = await joinNetwork(coordinator, 'ong-alpha', 'ONG Alpha'));
});
afterAll(() => server.kill());

/** A body whose answers are right but for what is put in front of them. */
function withAnswer(fragment: string): string {
  return `{"instanceId":"hostile-1","answers":{${fragment},${answers.slice(1)}}`;
}

interface Hostile {
  readonly what: string;
  readonly raw: string | Uint8Array;
  readonly type?: string;
  readonly status: number;
  readonly code: string;
}

const hostile: readonly Hostile[] = [
  { what: 'no JSON', raw: '{"instanceId":', status: 400, code: 'malformed-json' },
  {
    what: 'bytes that are not UTF-8',
    raw: Uint8Array.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]),
    status: 400,
    code: 'malformed-json',
  },
  {
    what: '__proto__',
    raw: withAnswer('"__proto__":{"polluted":true}'),
    status: 422,
    code: 'invalid-answers',
  },
  { what: 'constructor', raw: withAnswer('"constructor":1'), status: 422, code: 'invalid-answers' },
  { what: 'prototype', raw: withAnswer('"prototype":1'), status: 422, code: 'invalid-answers' },
  { what: '1e308', raw: withAnswer('"n":1e308'), status: 422, code: 'invalid-answers' },
  {
    what: '2^53 + 1',
    raw: withAnswer('"n":9007199254740993'),
    status: 422,
    code: 'invalid-answers',
  },
  {
    what: 'JSON 20,000 deep',
    raw: `{"instanceId":"hostile-1","answers":${'['.repeat(20_000)}${']'.repeat(20_000)}}`,
    status: 413,
    code: 'nesting-too-deep',
  },
  {
    what: 'a body of 5 MB',
    raw: withAnswer(`"big":"${'x'.repeat(5_000_000)}"`),
    status: 413,
    code: 'body-too-large',
  },
  {
    what: 'a form post',
    raw: 'a=1',
    type: 'text/plain',
    status: 415,
    code: 'unsupported-media-type',
  },
  {
    what: 'no instanceId',
    raw: `{"answers":${answers}}`,
    status: 422,
    code: 'invalid-body',
  },
];

describe('a hostile body', () => {
  it.each(hostile)('of $what gets $status and its code', async ({ raw, type, status, code }) => {
    const answer = await member.request('POST', path, {
      raw,
      headers: { 'content-type': type ?? 'application/json' },
    });
    expect(answer.status, answer.text).toBe(status);
    expect(answer.body).toMatchObject({ status, code });
    expect(answer.text).not.toMatch(/node_modules|\.ts:|at Object/);
    expect((await member.get('/v1/health')).status).toBe(200);
  });

  it('leaves no trace on objects of the process', async () => {
    const me = await member.get('/v1/me');
    expect(me.body).not.toHaveProperty('polluted');
  });
});

describe('a form with strange names', () => {
  it('works with questions called toString, valueOf and hasOwnProperty', async () => {
    const definition = {
      survey: ['toString', 'valueOf', 'hasOwnProperty'].map((name) => ({
        type: 'text',
        name,
        label: name,
        visibility: 'public',
        review_text: 'yes',
        relevant: name === 'valueOf' ? "${toString} != ''" : null,
      })),
      choices: [],
      settings: { form_title: 'Noms', version: '1' },
    };
    const uploaded = await coordinator.put('/v1/forms/strange/draft', definition);
    expect(uploaded.status, uploaded.text).toBe(200);
    expect((await coordinator.post('/v1/forms/strange/publish')).status).toBe(200);
    const sent = { toString: 'un', valueOf: 'deux', hasOwnProperty: 'trois' };
    expect((await member.submit('strange', 'strange-one', sent)).status).toBe(201);
    expect((await coordinator.review('strange', 'strange-one', 1, 'accept')).status).toBe(200);
    expect((await coordinator.compile()).state).toBe('done');
    const open = await new Client(server.url).get('/public/strange.json');
    const { records } = open.body as { records: { answers: unknown }[] };
    expect(records[0]?.answers).toEqual(sent);
  });

  it.each(['__proto__', 'constructor', 'prototype'])('is refused for %s', async (name) => {
    const raw = `{"survey":[{"type":"text","name":"${name}","label":"x"}],"choices":[],"settings":{"form_title":"x","version":"1"}}`;
    const answer = await coordinator.request('PUT', '/v1/forms/reserved/draft', { raw });
    expect(answer.status).toBe(422);
    expect(answer.body).toMatchObject({
      code: 'invalid-form',
      errors: [{ sheet: 'survey', row: 2, column: 'name' }],
    });
  });

  it.each(['a.b', 'plan', 'who-does-what-where', '1a'])(
    'may not be called %s, and its author is told why',
    async (formId) => {
      const definition = { survey: [{ type: 'text', name: 'a', label: 'a' }], settings: {} };
      const answer = await coordinator.put(`/v1/forms/${formId}/draft`, definition);
      expect(answer.status).toBe(422);
      expect(answer.body).toMatchObject({ errors: [{ code: 'reserved-form-id' }] });
    },
  );

  it('answers a constraint of (a+)+$ in linear time', async () => {
    const definition = {
      survey: [{ type: 'text', name: 'a', label: 'a', constraint: "regex(., '(a+)+$')" }],
      choices: [],
      settings: { form_title: 'Regex', version: '1' },
    };
    expect((await coordinator.put('/v1/forms/regex/draft', definition)).status).toBe(200);
    expect((await coordinator.post('/v1/forms/regex/publish')).status).toBe(200);
    const slow = await member.submit('regex', 'regex-one', { a: `${'a'.repeat(5_000)}!` });
    expect(slow.status).toBe(422);
    expect(slow.body).toMatchObject({ errors: [{ pointer: '/answers/a', code: 'constraint' }] });
    expect((await member.submit('regex', 'regex-two', { a: 'aaaa' })).status).toBe(201);
  });
});
