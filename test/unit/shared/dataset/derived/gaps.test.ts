import { parse } from 'csv-parse/sync';
import { SaxesParser } from 'saxes';
import { describe, expect, it } from 'vitest';
import { createOrganisation } from '../../../../../shared/access/organisations.ts';
import type { GapMatrix } from '../../../../../shared/dataset/derived/gap-matrix.ts';
import { publish } from '../../../../../shared/dataset/publish.ts';
import type { Audience } from '../../../../../shared/form/model.ts';
import { OrgId } from '../../../../../shared/ids.ts';
import { putAlias } from '../../../../../shared/network/aliases.ts';
import { activityWorld, say } from '../../../../support/activity-world.ts';
import type { DatasetWorld } from '../../../../support/dataset-world.ts';

type Told = GapMatrix & {
  readonly withoutAnswer?: readonly { id: string; name: string; named: boolean }[];
};

const matrix = async (world: DatasetWorld, audience: Audience): Promise<Told> =>
  JSON.parse(await world.file('gaps', audience, 'gaps.json')) as Told;

const cellOf = ({ cells }: Told, theme: string, region: string) =>
  cells.find((cell) => cell.theme === theme && cell.region === region);

describe('gaps', () => {
  it('tell who does what where, where several do the same, and what nobody does', async () => {
    const world = await activityWorld([
      { org: 'One' },
      { org: 'Two' },
      { org: 'two', theme: ['law'] },
    ]);
    await putAlias(world.registry, 'a', {
      ...{ kind: 'organisation', name: 'two', canonical: 'Two', verdict: 'same' },
    });
    await world.compile();
    for (const audience of ['public', 'members', 'coordinator'] as const) {
      const told = await matrix(world, audience);
      expect(cellOf(told, 'care', 'north')).toMatchObject({
        ...{ count: 2, organisations: ['One', 'Two'] },
      });
      expect(cellOf(told, 'law', 'north')).toMatchObject({ count: 1, organisations: ['Two'] });
      expect(told.overlaps).toEqual([
        { theme: 'care', region: 'north', organisations: ['One', 'Two'] },
      ]);
      expect(told.uncovered).toEqual({ themes: [], regions: ['south'] });
    }
  });

  it('tell the network, not the public, who has not answered, and if others speak of it', async () => {
    const world = await activityWorld([{ org: 'ONG Bêta' }]);
    for (const [id, name] of [
      ['ong-alpha', 'ONG Alpha'],
      ['ong-beta', 'Ong Beta'],
      ['ong-gamma', 'ONG Gamma'],
    ] as const) {
      await createOrganisation(world.registry, { id: OrgId.parse(id), name, state: 'active' });
    }
    await world.compile();
    expect((await matrix(world, 'members')).withoutAnswer).toEqual([
      { id: 'ong-beta', name: 'Ong Beta', named: true },
      { id: 'ong-gamma', name: 'ONG Gamma', named: false },
    ]);
    expect(await world.file('gaps', 'public', 'gaps.json')).not.toContain('Gamma');
  });

  it('name nobody where the count is not told', async () => {
    const quasi = { type: 'text', name: 'age', label: 'A', quasi_identifier: 'yes' };
    const world = await activityWorld(
      [{ org: 'Lonely', theme: ['law'] }, ...Array.from({ length: 9 }, () => ({ org: 'Many' }))],
      { survey: [quasi] },
    );
    await world.compile();
    const told = await matrix(world, 'public');
    expect(cellOf(told, 'law', 'north')).toMatchObject({ count: null, organisations: [] });
    expect(await world.file('gaps', 'public', 'gaps.json')).not.toContain('Lonely');
    expect(cellOf(await matrix(world, 'members'), 'law', 'north')).toMatchObject({
      ...{ count: 1, organisations: ['Lonely'] },
    });
  });

  it('hold back what two versions would tell, for the public alone, and when written again', async () => {
    const quasi = { type: 'text', name: 'age', label: 'A', quasi_identifier: 'yes' };
    const many = Array.from({ length: 20 }, () => ({ org: 'Many' }));
    const world = await activityWorld(many, { survey: [quasi] });
    await world.compile();
    world.wait(60);
    await say(world, [{ org: 'New' }], 'later-said');
    await world.compile();
    expect(cellOf(await matrix(world, 'public'), 'care', 'north')?.count).toBe(20);
    expect(cellOf(await matrix(world, 'members'), 'care', 'north')?.count).toBe(21);
    const before = await world.contents('datasets/gaps/');
    await publish(world.deps, 'gaps', { again: true });
    const after = await world.contents('datasets/gaps/');
    expect(Object.keys(after)).toEqual(Object.keys(before));
    for (const [key, bytes] of Object.entries(after)) {
      if (!key.endsWith('manifest.json')) expect(bytes).toBe(before[key]);
    }
    world.wait(60);
    await say(world, many.slice(0, 4), 'last-said');
    await world.compile();
    expect(cellOf(await matrix(world, 'public'), 'care', 'north')?.count).toBe(25);
    expect(Object.keys(await world.contents('public/')).join()).not.toContain('state');
  });

  it('are a table, a row for each cell', async () => {
    const world = await activityWorld([{ org: 'One' }, { org: 'Two' }]);
    await world.compile();
    const rows = parse<Record<string, string>>(await world.file('gaps', 'public', 'gaps.csv'), {
      ...{ bom: true, columns: true },
    });
    expect(rows).toHaveLength(4);
    expect(rows[0]).toMatchObject({
      ...{ theme: 'care', theme_label: 'CARE', region: 'north', count: '2', organisations: '2' },
      names: 'One | Two',
    });
  });

  it('are a picture that says in words what it shows, and runs nothing', async () => {
    const world = await activityWorld([{ org: '<script>alert(1)</script>&' }]);
    await world.compile();
    const svg = await world.file('gaps', 'members', 'gaps.svg');
    const seen: string[] = [];
    let text = '';
    const parser = new SaxesParser({ xmlns: true });
    parser.on('opentag', ({ name }) => seen.push(name));
    parser.on('text', (part) => {
      text += part;
    });
    parser.write(svg).close();
    expect(new Set(seen)).toEqual(new Set(['svg', 'title', 'desc', 'rect', 'text', 'g']));
    expect(text).toContain('Personne dans 3 cases sur 4');
    expect(text).toContain('CARE, NORTH: 1 réponse (<script>alert(1)</script>&)');
    expect(svg).toMatch(/role="img" aria-labelledby="titre resume"/);
  });
});
