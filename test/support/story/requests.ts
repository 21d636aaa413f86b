import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../shared/json.ts';
import { maxFileBytes } from '../../../shared/http/operations/operation.ts';
import type { Answer } from '../client.ts';
import { sha256 } from '../collect.ts';
import { fixtureOf, retitled } from '../fixtures.ts';
import type { Cast } from './cast.ts';

const atOnce = 20;
const xlsx = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

/** Every kind of UTF-8 there is, and what JSON escapes. */
const everyScript = 'Éà œuvre – « Ñdakaaru » – 𞤆𞤵𞤤𞤢𞤪 – العربية – 👩🏾‍🌾 – "\\/\t\u2028';

function initiative(title: string): JsonObject {
  return retitled(fixtureOf('initiative').valid[0]?.answers ?? {}, title);
}

function expectProblem({ status, headers, body, text }: Answer, expected: number): void {
  expect(status, text).toBe(expected);
  expect(headers.get('content-type')).toBe('application/problem+json');
  expect(headers.get('cache-control')).toBe('no-store');
  expect(body).toMatchObject({
    status: expected,
    code: expect.stringMatching(/^[a-z-]+$/) as string,
    requestId: headers.get('x-request-id'),
  });
}

/** What happens to requests on their way: bytes, many at once, and those that are refused. */
export function tellRequests(cast: () => Cast): void {
  describe('the same submission sent twenty times at once', () => {
    it('is accepted once, answered as the first time nineteen times, and one record', async () => {
      const { member, coordinator } = cast();
      const sent = await Promise.all(
        Array.from({ length: atOnce }, () =>
          member.submit('initiative', 'parallel-1', initiative('En parallèle')),
        ),
      );
      const statuses = sent.map(({ status }) => status).sort();
      expect(statuses).toEqual([...Array.from({ length: atOnce - 1 }, () => 200), 201]);
      for (const { body } of sent) expect(body).toEqual(sent[0]?.body);
      const listed = await coordinator.all('/v1/forms/initiative/submissions');
      expect(listed.filter(({ instanceId }) => instanceId === 'parallel-1')).toHaveLength(1);
      const path = '/v1/forms/initiative/submissions/parallel-1/revisions';
      expect(await member.all(path)).toHaveLength(1);
    });

    it('with other answers each time: one is accepted, the others are kept apart', async () => {
      const { member, coordinator } = cast();
      const titles = Array.from({ length: atOnce }, (_, index) => `Version ${index}`);
      const sent = await Promise.all(
        titles.map((title) => member.submit('initiative', 'parallel-2', initiative(title))),
      );
      expect(sent.map(({ status }) => status).sort()).toEqual([
        201,
        ...Array.from({ length: atOnce - 1 }, () => 409),
      ]);
      const first = titles[sent.findIndex(({ status }) => status === 201)];
      const kept = await member.get('/v1/forms/initiative/submissions/parallel-2');
      expect(kept.body).toMatchObject({ revision: 1, answers: { what: { title: first } } });
      const quarantine = await coordinator.all('/v1/forms/initiative/quarantine');
      const apart = quarantine.filter(({ instanceId }) => instanceId === 'parallel-2');
      expect(apart).toHaveLength(atOnce - 1);
    });
  });

  describe('what is sent', () => {
    it('comes back the same in every script', async () => {
      const { member } = cast();
      const answers = initiative(everyScript);
      const sent = await member.submit('initiative', 'every-script-1', answers);
      expect(sent.status, sent.text).toBe(201);
      const path = '/v1/forms/initiative/submissions/every-script-1';
      expect((await member.get(path)).body).toMatchObject({ answers });
    });

    it('may be bytes: a workbook comes out, goes in, and is the same form', async () => {
      const { coordinator } = cast();
      const file = '/v1/forms/initiative/form.xlsx';
      const { status, headers, bytes } = await coordinator.download(file);
      expect([status, headers.get('content-type')]).toEqual([200, xlsx]);
      const put = await coordinator.request('PUT', '/v1/forms/initiative/draft', {
        raw: bytes,
        headers: { 'content-type': xlsx },
      });
      expect(put.status, put.text).toBe(200);
      const changes = await coordinator.get('/v1/forms/initiative/draft/changes');
      expect(changes.body).toMatchObject({ changes: [] });
    });

    it('is read whatever its media type: a form in YAML, with a file of any bytes', async () => {
      const { coordinator } = cast();
      const yaml =
        'survey:\n- {type: image, name: photo, label: «Où»,\n   "media::image": "où.bin"}\n' +
        'choices: []\nsettings: {form_title: Fiche d’été, version: "1"}\n';
      const draft = await coordinator.request('PUT', '/v1/forms/bytes/draft', {
        raw: yaml,
        headers: { 'content-type': 'application/yaml; charset=UTF-8' },
      });
      expect(draft.status, draft.text).toBe(200);
      const raw = Uint8Array.from({ length: 256 }, (_, byte) => byte);
      const path = `/v1/forms/bytes/draft/media/${encodeURIComponent('où.bin')}`;
      const headers = { 'content-type': 'application/octet-stream' };
      const put = await coordinator.request('PUT', path, { raw, headers });
      expect(put.status, put.text).toBe(200);
      expect((await coordinator.post('/v1/forms/bytes/publish')).status).toBe(200);
      const media = `/v1/forms/bytes/media/${encodeURIComponent('où.bin')}`;
      const got = await coordinator.download(media);
      expect([got.status, sha256(got.bytes)]).toEqual([200, sha256(raw)]);
    });
  });

  describe('what is refused', () => {
    it.each([
      ['GET', '/v1/nothing', 404],
      ['GET', '/v1', 404],
      ['DELETE', '/v1/forms', 405],
      ['HEAD', '/v1/me', 405],
    ])('%s %s: %i, as a problem document', async (method, path, status) => {
      const answer = await cast().coordinator.request(method, path);
      expect(answer.status).toBe(status);
      if (status === 405) expect(answer.headers.get('allow')).toContain('GET');
      if (method === 'HEAD') expect(answer.text).toBe('');
      else expectProblem(answer, status);
    });

    it('a page of another origin: the API is for programs that hold a token', async () => {
      const headers = {
        origin: 'https://elsewhere.example',
        'access-control-request-method': 'GET',
      };
      const answer = await cast().anyone.request('OPTIONS', '/v1/me', { headers });
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(answer.headers.get('access-control-allow-origin')).toBeNull();
    });

    it('no token, a wrong one, another’s right, another representation', async () => {
      const { anyone, member } = cast();
      expectProblem(await anyone.get('/v1/me'), 401);
      expectProblem(await anyone.get('/v1/me', { authorization: 'Bearer fiche_x_y_z' }), 401);
      expectProblem(await member.post('/v1/compile'), 403);
      expectProblem(await member.get('/v1/me', { accept: 'text/html' }), 406);
    });

    it.each([
      ['JSON of more than 1 MB', 'application/json', 1_100_000, 413],
      ['a body that is compressed', 'application/json', 100, 415],
      ['a body of no known type', 'text/plain', 100, 415],
      ['bytes that are no JSON', 'application/json', 100, 400],
    ])('%s', async (what, type, bytes, status) => {
      const encoding = what.includes('compressed') ? { 'content-encoding': 'gzip' } : {};
      const answer = await cast().member.request('POST', '/v1/forms/initiative/submissions', {
        raw: '-'.repeat(bytes),
        headers: { 'content-type': type, ...encoding },
      });
      expectProblem(answer, status);
    });

    it('a workbook longer than any function could take', async () => {
      const answer = await cast().coordinator.request('PUT', '/v1/forms/large/draft', {
        raw: new Uint8Array(maxFileBytes + 1),
        headers: { 'content-type': xlsx },
      });
      expectProblem(answer, 413);
    });
  });
}
