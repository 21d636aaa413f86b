import { describe, expect, it } from 'vitest';
import { joinNetwork } from '../client.ts';
import { csvOf, type Cast } from './cast.ts';

/** What the network and the world see of it. */
export function tellNetwork(cast: () => Cast): void {
  describe('the plan', () => {
    it('moves when the report of a meeting is accepted', async () => {
      const plan = await cast().anyone.get('/public/plan.json');
      const { counts, activities } = plan.body as {
        counts: { done: number; doneLate: number };
        activities: { id: string; state: string; heldOn: string | null; reports: unknown }[];
      };
      expect(counts.done + counts.doneLate).toBeGreaterThan(0);
      const reported = activities.find(({ state }) => state === 'done' || state === 'done-late');
      expect(reported?.heldOn).toMatch(/^\d{4}-\d{2}-\d{2}$/);
    });

    it('can be subscribed to as a calendar', async () => {
      const calendar = await cast().anyone.get('/public/plan.ics');
      expect(calendar.headers.get('content-type')).toContain('text/calendar');
      expect(calendar.text.match(/BEGIN:VEVENT/g)?.length).toBeGreaterThanOrEqual(14);
    });
  });

  describe('the network', () => {
    it('sees who does what, where, and where nobody does', async () => {
      const rows = await csvOf(cast().coordinator, 'who-does-what-where');
      expect(rows.length).toBeGreaterThan(0);
      const open = cast().anyone;
      const map = await open.get('/public/who-does-what-where.geojson');
      expect(map.body).toMatchObject({ type: 'FeatureCollection' });
      expect((await open.get('/public/gaps.json')).status).toBe(200);
      expect((await open.get('/public/catalog.json')).status).toBe(200);
    });

    it('knows who has answered what, for the coordinator alone', async () => {
      const coverage = await cast().coordinator.get('/v1/coverage');
      const { forms } = coverage.body as {
        forms: { id: string; organisations: { id: string; state: string }[] }[];
      };
      const expected = forms.filter(({ organisations }) => organisations.length > 0);
      expect(expected.length).toBeGreaterThan(0);
      const states = new Map(expected[0]?.organisations.map(({ id, state }) => [id, state]));
      expect(states.get('ong-alpha')).toBe('answered');
      expect(states.get('ong-beta')).not.toBe('answered');
      expect((await cast().member.get('/v1/coverage')).status).toBe(403);
    });

    it('loses a token from the next request on', async () => {
      const { client, tokenId } = await joinNetwork(cast().coordinator, 'ong-gamma', 'ONG Gamma');
      expect((await client.get('/v1/me')).body).toMatchObject({
        role: 'member',
        organisation: 'ong-gamma',
      });
      const revoked = await cast().coordinator.request(
        'DELETE',
        `/v1/organisations/ong-gamma/tokens/${tokenId}`,
      );
      expect(revoked.status).toBe(204);
      expect((await client.get('/v1/me')).status).toBe(401);
    });
  });

  describe('what the world sees', () => {
    it('carries the headers that keep a site up', async () => {
      const open = cast().anyone;
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
      expect((await cast().coordinator.get('/v1/me')).headers.get('cache-control')).toBe(
        'no-store',
      );
    });
  });
}
