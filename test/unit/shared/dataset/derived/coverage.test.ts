import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import {
  createOrganisation,
  listOrganisations,
} from '../../../../../shared/access/organisation-records.ts';
import {
  readCoverage,
  type Coverage,
} from '../../../../../shared/dataset/derived/coverage-report.ts';
import { remindersOf } from '../../../../../shared/dataset/derived/reminders.ts';
import { OrgId } from '../../../../../shared/ids.ts';
import { DatasetWorld } from '../../../../support/dataset-world.ts';

const form = {
  survey: [
    { type: 'text', name: 'q', label: 'Q' },
    { type: 'select_one yn', name: 'more', label: 'M' },
    { type: 'text', name: 'why', label: 'W', relevant: "${more} = 'yes'" },
    { type: 'begin_repeat', name: 'sites', label: 'S' },
    { type: 'text', name: 'town', label: 'T' },
    { type: 'text', name: 'street', label: 'R' },
    { type: 'end_repeat' },
    { type: 'calculate', name: 'sum', label: '', calculation: '1 + 1' },
    { type: 'note', name: 'thanks', label: 'Merci' },
  ],
  choices: [
    { list_name: 'yn', name: 'yes', label: 'Y' },
    { list_name: 'yn', name: 'no', label: 'N' },
  ],
  settings: { form_title: 'Recensement', version: '1', expected: 'members', due: '2026-01-20' },
};

async function network(): Promise<DatasetWorld> {
  const world = new DatasetWorld();
  for (const [id, contact] of [
    ['ong-alpha', 'Secrétariat <secretariat@alpha.example>'],
    ['ong-beta', 'par téléphone'],
    ['ong-gamma', undefined],
  ] as const) {
    await createOrganisation(world.registry, {
      id: OrgId.parse(id),
      name: id.toUpperCase(),
      state: 'active',
      ...(contact === undefined ? {} : { contact }),
    });
  }
  await world.publishForm('census', form);
  return world;
}

const reminders = async (world: DatasetWorld, coverage: Coverage, language: 'fr' | 'en' = 'fr') => {
  return remindersOf(coverage, await listOrganisations(world.registry), {
    language,
    url: 'https://fiche.example.org',
  });
};

describe('coverage', () => {
  it('counts the questions that an answer was asked, and those that it answered', async () => {
    const world = await network();
    await world.put('census', 'instance-a', { q: 'x', more: 'no' }, { organisation: 'ong-alpha' });
    await world.put(
      'census',
      'instance-b',
      { q: 'x', more: 'yes', sites: [{ town: 't' }, { town: 't', street: 's' }] },
      { organisation: 'ong-beta', state: 'received' },
    );
    await world.compile();
    const [census] = (await readCoverage(world.deps)).forms;
    const of = Object.fromEntries(
      census?.organisations.map(({ id, completeness }) => [id, completeness]) ?? [],
    );
    expect(of).toEqual({
      'ong-alpha': { asked: 2, answered: 2 },
      // Without the reason, one street short.
      'ong-beta': { asked: 7, answered: 5 },
      'ong-gamma': null,
    });
  });

  it('judges the newest answer of an organisation, and a draft only where there is no answer', async () => {
    const world = await network();
    const send = (
      id: string,
      answers: Record<string, string>,
      state: 'received' | 'needs-changes',
    ) => world.put('census', id, answers, { organisation: 'ong-alpha', state });
    await send('z-first-one', { q: 'x', more: 'no' }, 'received');
    world.wait(60);
    await send('a-second-one', { q: 'x' }, 'received');
    world.wait(60);
    await send('m-draft-one', {}, 'needs-changes');
    await world.compile();
    const [alpha] = (await readCoverage(world.deps)).forms[0]?.organisations ?? [];
    expect(alpha).toMatchObject({
      completeness: { asked: 2, answered: 1 },
      needsChanges: 1,
      submissions: 3,
      firstAt: '2026-01-15T09:00:00.000Z',
      lastAt: '2026-01-15T09:02:00.000Z',
      onTime: true,
    });
  });

  it('tells who answered late, and for how many days others are overdue', async () => {
    const world = await network();
    world.wait(8 * 86_400);
    await world.put(
      'census',
      'instance-late',
      { q: 'x' },
      { organisation: 'ong-beta', state: 'received' },
    );
    await world.compile();
    const [census] = (await readCoverage(world.deps)).forms;
    expect(
      census?.organisations.map(({ id, onTime, daysOverdue }) => [id, onTime, daysOverdue]),
    ).toEqual([
      ['ong-alpha', null, 3],
      ['ong-beta', false, null],
      ['ong-gamma', null, 3],
    ]);
  });

  it('does not tell members how completely others have answered', async () => {
    const world = await network();
    await world.put('census', 'instance-a', { q: 'x' }, { organisation: 'ong-alpha' });
    await world.compile();
    const text = await world.file('coverage', 'members', 'coverage.json');
    expect(text).toContain('"completeness":null');
    expect(text).not.toContain('"asked"');
    await expect(world.file('coverage', 'members', 'coverage.csv')).rejects.toMatchObject({
      code: 'not-found',
    });
  });

  it('is a table for the coordinator, too', async () => {
    const world = await network();
    await world.put('census', 'instance-a', { q: 'x' }, { organisation: 'ong-alpha' });
    await world.compile();
    const csv = await world.file('coverage', 'coordinator', 'coverage.csv');
    const rows: Record<string, string>[] = parse(csv, { bom: true, columns: true });
    expect(rows.map(({ organisation, state }) => [organisation, state])).toEqual([
      ['ong-alpha', 'answered'],
      ['ong-beta', 'none'],
      ['ong-gamma', 'none'],
    ]);
  });
});

describe('reminders', () => {
  it('go to those from whom something is awaited, longest overdue first', async () => {
    const world = await network();
    await world.publishForm('second', {
      ...form,
      settings: { ...form.settings, form_title: 'Deuxième fiche', due: '2026-02-10' },
    });
    await world.put('census', 'instance-a', { q: 'x', more: 'no' }, { organisation: 'ong-alpha' });
    await world.put(
      'second',
      'instance-a2',
      { q: 'x' },
      { organisation: 'ong-alpha', state: 'needs-changes' },
    );
    await world.put('second', 'instance-b2', { q: 'x' }, { organisation: 'ong-beta' });
    world.wait(8 * 86_400);
    await world.compile();
    const all = await reminders(world, await readCoverage(world.deps));
    expect(
      all.map(({ organisation, forms }) => [organisation, forms.map((owed) => owed.formId)]),
    ).toEqual([
      ['ong-beta', ['census']],
      ['ong-gamma', ['census', 'second']],
      ['ong-alpha', ['second']],
    ]);
    expect(all[1]?.text).toBe(
      [
        'Bonjour,',
        '',
        'La coordination attend encore de ONG-GAMMA :',
        '',
        '– Recensement, attendue le 20 janvier 2026 (en retard de 3 jours) ;',
        '– Deuxième fiche, attendue le 10 février 2026 (dans 18 jours) ;',
        '',
        'Pour répondre : https://fiche.example.org',
        '',
        'Si votre réponse est partie entre-temps, ne tenez pas compte de ce message.',
        '',
        'Merci d’avance,',
        'la coordination',
      ].join('\n'),
    );
    expect(all[2]?.text).toContain('une réponse renvoyée pour correction');
  });

  it('open in a mail program where the contact has an address', async () => {
    const world = await network();
    await world.compile();
    const [alpha, beta] = await reminders(world, await readCoverage(world.deps), 'en');
    expect(alpha?.mailto).toMatch(/^mailto:secretariat%40alpha\.example\?subject=Reminder/);
    expect(decodeURIComponent(alpha?.mailto ?? '')).toContain('due on 20 January 2026 (in 5 days)');
    expect(beta).toMatchObject({ contact: 'par téléphone', mailto: null });
  });

  it('are not written to who owes nothing', async () => {
    const world = await network();
    for (const [index, organisation] of ['ong-alpha', 'ong-beta', 'ong-gamma'].entries()) {
      await world.put('census', `instance-${index}`, { q: 'x' }, { organisation });
    }
    await world.compile();
    expect(await reminders(world, await readCoverage(world.deps))).toEqual([]);
  });
});
