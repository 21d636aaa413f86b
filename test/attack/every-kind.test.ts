import { beforeAll, describe, expect, it } from 'vitest';
import { attackAll, attackNames, inWords } from './attacks.ts';
import type { AttackView } from './attack-view.ts';
import { openView } from './open-files.ts';
import { everyKindHistory } from './scenario.ts';

describe('a form with every kind of question, 300 records over 20 compiles', () => {
  let view: AttackView;
  beforeAll(async () => {
    view = await everyKindHistory(1, { records: 300, compiles: 20 }, 'whole');
  });

  it.each(attackNames)('gives nobody and nothing away: %s', async (name) => {
    expect(inWords(await attackAll(view, [name]))).toBe('');
  });

  it('still says something: a fifth of what may be public is, and the members see all that they may', async () => {
    const { snapshots } = await openView(view);
    const rows = (of: 'public' | 'members', formId: string): number =>
      snapshots.reduce((sum, seen) => sum + (seen[of].records.get(formId)?.length ?? 0), 0);
    const may = (of: 'published' | 'accepted', formId: string): number =>
      snapshots.reduce((sum, { truth }) => sum + (truth[of].get(formId)?.size ?? 0), 0);
    for (const formId of ['fiche', 'suivi']) {
      expect(rows('public', formId)).toBeGreaterThan(may('published', formId) / 5);
      expect(rows('members', formId)).toBe(may('accepted', formId));
    }
    expect(snapshots.some(({ quiet }) => quiet)).toBe(true);
    const names = [...(view.snapshots.at(-1)?.public.keys() ?? [])].join();
    for (const format of ['csv', 'json', 'geojson', 'ndjson', 'parquet', 'xlsx']) {
      expect(names).toContain(`fiche.${format}`);
    }
    expect(names).toContain('gaps.json');
  });
});
