import { parse } from 'csv-parse/sync';
import { SaxesParser } from 'saxes';
import { describe, expect, it } from 'vitest';
import { createOrganisation } from '../../../../../shared/access/organisation-records.ts';
import type { GapMatrix } from '../../../../../shared/dataset/derived/gap-matrix.ts';
import { publish } from '../../../../../shared/dataset/publish/publish.ts';
import type { Audience } from '../../../../../shared/form/model.ts';
import { OrgId } from '../../../../../shared/ids.ts';
import { putAlias } from '../../../../../shared/deduplication/same-as.ts';
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
      kind: 'organisation',
      name: 'two',
      canonical: 'Two',
      verdict: 'same',
    });
    await world.compile();
    for (const audience of ['public', 'members', 'coordinator'] as const) {
      const told = await matrix(world, audience);
      expect(cellOf(told, 'care', 'north')).toMatchObject({
        count: 2,
        organisations: ['One', 'Two'],
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

  it('count what public rows say, and nothing else: who is left out there is left out here', async () => {
    const kind = { type: 'select_one regions', name: 'kind', label: 'K', quasi_identifier: 'yes' };
    const world = await activityWorld(
      [
        { org: 'Lonely', theme: ['law'], more: { kind: 'south' } },
        ...Array.from({ length: 9 }, (_, n) => ({
          org: `Many ${n % 2}`,
          theme: n % 3 === 0 ? ['care', 'law'] : ['care'],
          more: { kind: 'north' },
        })),
      ],
      { survey: [{ ...kind, visibility: 'public' }] },
    );
    const asRowsSay = async (): Promise<void> => {
      const rows = await world.records('who-does-what-where', 'public');
      const { cells } = await matrix(world, 'public');
      for (const { theme, region, count, organisations } of cells) {
        const said = rows.filter(
          (row) =>
            row['adm1_code'] === region &&
            JSON.stringify(row['sector']).includes(theme.toUpperCase()),
        );
        expect(count).toBe(said.length);
        const names = new Set(said.map(({ organisation }) => organisation));
        expect(organisations).toEqual([...names].sort());
      }
    };
    await world.compile();
    await asRowsSay();
    expect(await world.records('f', 'public')).toHaveLength(9);
    expect(await world.file('gaps', 'public', 'gaps.json')).not.toContain('Lonely');
    expect(cellOf(await matrix(world, 'members'), 'law', 'north')).toMatchObject({ count: 4 });

    world.wait(60);
    await say(world, [{ org: 'New', more: { kind: 'north' } }], 'later-said');
    await world.compile();
    await asRowsSay();
    expect(cellOf(await matrix(world, 'public'), 'care', 'north')?.count).toBe(9);
    expect(cellOf(await matrix(world, 'members'), 'care', 'north')?.count).toBe(10);
    const before = await world.contents('datasets/gaps/');
    await publish(world.deps, 'gaps', { again: true });
    const after = await world.contents('datasets/gaps/');
    expect(Object.keys(after)).toEqual(Object.keys(before));
    for (const [key, bytes] of Object.entries(after)) {
      if (!key.endsWith('manifest.json')) expect(bytes).toBe(before[key]);
    }
  });

  it('are a table, a row for each cell', async () => {
    const world = await activityWorld([{ org: 'One' }, { org: 'Two' }]);
    await world.compile();
    const rows = parse<Record<string, string>>(await world.file('gaps', 'public', 'gaps.csv'), {
      bom: true,
      columns: true,
    });
    expect(rows).toHaveLength(4);
    expect(rows[0]).toMatchObject({
      theme: 'care',
      theme_label: 'CARE',
      region: 'north',
      count: '2',
      organisations: '2',
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
    expect(text).toContain('CARE, NORTH : 1 réponse (<script>alert(1)</script>&)');
    expect(svg).toMatch(/role="img" aria-labelledby="titre resume"/);
  });
});
