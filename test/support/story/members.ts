import { describe, expect, it } from 'vitest';
import { fixtureOf, retitled } from '../fixtures.ts';
import { csvOf, revisionOf, type Cast } from './cast.ts';

/** What members do with what they have sent, once every form has been told of. */
export function tellMembers(cast: () => Cast): void {
  describe('the members', () => {
    it('see nothing of one another', async () => {
      const instanceId = fixtureOf('initiative').valid[0]?.instanceId ?? '';
      const path = `/v1/forms/initiative/submissions/${instanceId}`;
      expect((await cast().member.get(path)).status).toBe(200);
      expect((await cast().other.get(path)).status).toBe(404);
      expect((await cast().other.get(`${path}/revisions`)).status).toBe(404);
      expect(await cast().other.all('/v1/forms/initiative/submissions')).toEqual([]);
    });

    it('edit with the revision that they saw, and are told when it is stale', async () => {
      const { instanceId, answers } = fixtureOf('initiative').valid[0] ?? {
        instanceId: '',
        answers: {},
      };
      const path = `/v1/forms/initiative/submissions/${instanceId}`;
      const revision = await revisionOf(cast().member, 'initiative', instanceId);
      const bare = await cast().member.put(path, { answers });
      expect(bare.status).toBe(428);
      const edited = await cast().member.put(path, { answers }, { 'if-match': `"${revision}"` });
      expect(edited.status, edited.text).toBe(200);
      const repeated = await cast().member.put(path, { answers }, { 'if-match': `"${revision}"` });
      expect(repeated.status, 'the answer was lost, the edit was not').toBe(200);
      const stale = await cast().member.put(
        path,
        { answers: retitled(answers, 'Autre') },
        { 'if-match': '"1"' },
      );
      expect(stale.status).toBe(412);
      expect(stale.body).toMatchObject({ currentRevision: revision + 1 });
      const history = await cast().member.all(`${path}/revisions`);
      expect(history).toHaveLength(revision + 1);
    });

    it('withdraw what they sent, and the next dataset no longer has it', async () => {
      const { instanceId } = fixtureOf('mapping-tool').valid[0] ?? { instanceId: '' };
      const path = `/v1/forms/mapping-tool/submissions/${instanceId}`;
      const revision = await revisionOf(cast().member, 'mapping-tool', instanceId);
      const gone = await cast().member.request('DELETE', path, {
        headers: { 'if-match': `"${revision}"` },
      });
      expect(gone.status, gone.text).toBe(200);
      await cast().coordinator.compile();
      const ids = (await csvOf(cast().coordinator, 'mapping-tool')).map((row) => row['id']);
      expect(ids).not.toContain(instanceId);
    });
  });
}
