import { beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { Cast } from './cast.ts';

const Page = z.looseObject({
  '@odata.context': z.string(),
  '@odata.nextLink': z.string().optional(),
  value: z.array(z.looseObject({ id: z.string() })),
});

const form = {
  survey: [
    { type: 'text', name: 'name', label: 'Nom', visibility: 'members' },
    { type: 'begin_repeat', name: 'visits', label: 'Visites' },
    { type: 'date', name: 'day', label: 'Jour', visibility: 'members' },
    { type: 'end_repeat' },
  ],
  choices: [],
  settings: { form_title: 'Lieux', version: '1', audience: 'members', review: 'none' },
};

const publicId = /^[0-9a-f]{16}$/;

/** A dataset as spreadsheets and BI tools read it. */
export function tellFeed(cast: () => Cast): void {
  /** As spreadsheets ask: without a token first, then with it as a password. */
  function excel(path: string, password: string): Promise<Response> {
    const pair = Buffer.from(`excel:${password}`).toString('base64');
    return fetch(new URL(path, cast().anyone.url), { headers: { authorization: `Basic ${pair}` } });
  }

  describe('a feed over HTTP', () => {
    beforeAll(async () => {
      await cast().coordinator.put('/v1/forms/places/draft', form);
      await cast().coordinator.post('/v1/forms/places/publish');
      for (const id of ['uuid:e2e-0001', 'uuid:e2e-0002']) {
        const visits = [{ day: '2026-01-02' }, { day: '2026-01-03' }];
        const sent = await cast().member.submit('places', id, { name: `Lieu ${id}`, visits });
        expect(sent.status, sent.text).toBe(201);
      }
      await cast().coordinator.compile();
    });

    it.each(['/v1/odata/places', '/v1/odata/places/'])('begins at %s', async (path) => {
      const refused = await fetch(new URL(path, cast().anyone.url));
      expect(refused.status).toBe(401);
      expect(refused.headers.get('www-authenticate')).toMatch(/^Basic realm=/);
      expect(refused.headers.get('odata-version')).toBe('4.0');
      expect((await excel(path, 'wrong')).status).toBe(401);
      const answered = await excel(path, cast().coordinator.token ?? '');
      expect(answered.status).toBe(200);
      expect(await answered.json()).toMatchObject({
        '@odata.context': `${cast().address}/v1/odata/places/$metadata`,
        value: [{ name: 'Submissions' }, { name: 'Submissions.visits' }],
      });
    });

    it.each([
      "Submissions.visits('uuid:e2e-0002/1')",
      "Submissions.visits('uuid%3Ae2e-0002%2F1')",
      'Submissions.visits(%27uuid:e2e-0002/1%27)',
      "Submissions('uuid:e2e-0002')/visits?$top=1&$filter=index%20eq%201",
    ])('finds a row however its address is written: %s', async (resource) => {
      const { status, text } = await cast().coordinator.get(`/v1/odata/places/${resource}`);
      expect(status, text).toBe(200);
      expect(text).toContain('"id":"uuid:e2e-0002/1"');
    });

    it('leads from page to page', async () => {
      const found: string[] = [];
      let path =
        "/v1/odata/places/Submissions.visits?$filter=day ge 2026-01-02 and parent/name ne 'x'";
      for (;;) {
        const { status, body, text } = await cast().member.get(path);
        expect(status, text).toBe(200);
        const page = Page.parse(body);
        expect(page['@odata.context']).toBe(
          `${cast().address}/v1/odata/places/$metadata#Submissions.visits`,
        );
        found.push(...page.value.map(({ id }) => id));
        if (page['@odata.nextLink'] === undefined) break;
        const next = new URL(page['@odata.nextLink']);
        expect(next.origin).toBe(new URL(cast().address).origin);
        path = next.pathname + next.search;
      }
      const records = [...new Set(found.map((id) => id.replace(/\/\d$/, '')))];
      expect(found).toEqual(records.flatMap((id) => [`${id}/1`, `${id}/2`]));
      // Members see public ids, and rows in their order.
      expect(records).toEqual([expect.stringMatching(publicId), expect.stringMatching(publicId)]);
      expect(records.toSorted()).toEqual(records);
    });

    it.each([
      ['/v1/odata/places/Submissions?$search=x', 501, 'not-implemented'],
      ['/v1/odata/places/Submissions?$filter=name eq', 400, 'malformed-request'],
      ['/v1/odata/places/Submissions?$format=atom', 406, 'not-acceptable'],
      ['/v1/odata/places/Nothing', 404, 'not-found'],
      ['/v1/odata/nothing/', 404, 'not-found'],
    ])('refuses %s with %i', async (path, status, code) => {
      const refused = await cast().member.get(path);
      expect(refused.status, refused.text).toBe(status);
      expect(refused.headers.get('content-type')).toBe('application/problem+json');
      expect(refused.headers.get('odata-version')).toBe('4.0');
      expect(refused.body).toMatchObject({ code, error: { code } });
    });
  });
}
