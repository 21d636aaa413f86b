import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openHome } from '../../../../local/open-home.ts';
import { createOrganisation } from '../../../../shared/access/organisation-records.ts';
import { OrgId } from '../../../../shared/ids.ts';
import { runTool, temporaryFolder } from '../../../support/local-tool.ts';

const folder = temporaryFolder();
const home = join(folder.path, 'home');
const fiche = (...words: string[]) => runTool(home, words);
const ficheInEnglish = (...words: string[]) => runTool(home, words, 'en');

const form = (version: string, k: number) => ({
  survey: [
    { type: 'integer', name: 'age', label: 'Âge', visibility: 'public', quasi_identifier: 'yes' },
    { type: 'integer', name: 'n', label: 'N', visibility: 'public' },
  ],
  choices: [],
  settings: { form_title: 'F', version, k, max_suppressed: 20, review: 'none' },
});

async function put(formId: string, definition: object): Promise<void> {
  const file = join(folder.path, `${formId}.json`);
  writeFileSync(file, JSON.stringify(definition));
  expect((await fiche('forms', 'put', file)).code).toBe(0);
}

beforeAll(async () => {
  expect((await fiche('init')).code).toBe(0);
  await put('age', form('1', 3));
  expect((await fiche('forms', 'publish', 'age')).code).toBe(0);
  const rows = [20, 21, 22, 31, 32, 33].map((age, n) => `${age},${n}`);
  const file = join(folder.path, 'answers.csv');
  writeFileSync(file, ['age,n', ...rows].join('\n'));
  const opened = await openHome(home);
  await createOrganisation(opened.registry, {
    id: OrgId.parse('ong-alpha'),
    name: 'Alpha',
    state: 'active',
  });
  opened.close();
  const imported = await fiche(
    ...['import', 'age', file, '--organisation', 'ong-alpha', '--state', 'accepted'],
  );
  expect(imported.code, imported.err).toBe(0);
  expect((await fiche('compile')).code).toBe(0);
});
afterAll(() => {
  folder.remove();
});

describe('fiche risk', () => {
  it('tells what is public now, in the operator’s language', async () => {
    const { code, out, err } = await fiche('risk', 'age');
    expect([code, err]).toEqual([0, '']);
    for (const line of [
      'k\t3',
      'réponses qui peuvent être publiques\t6',
      'réponses retenues\t0\t0 %',
      'risque global, avant et après\t100 %\t33,3 %',
      'max_risk\t33,3\u00a0%',
      'seule\t6\t0',
      '3 à 4\t0\t6',
      'age\ttranches de 5\t40 %\t6\t6',
    ]) {
      expect(out.split('\n')).toContain(line);
    }
    expect((await ficheInEnglish('risk', 'age')).out.split('\n')).toContain(
      'age\tbands of 5\t40%\t6\t6',
    );
  });

  it('draws it', async () => {
    const file = join(folder.path, 'risk.svg');
    expect((await ficheInEnglish('risk', 'age', '--output', file)).code).toBe(0);
    expect(readFileSync(file, 'utf8')).toMatch(/^<svg .*Re-identification risk/s);
  });

  it('tells what a draft would cost; so do its changes', async () => {
    await put('age', form('2', 3));
    const { code, out, err } = await fiche('risk', 'age', '--draft');
    expect([code, err]).toEqual([0, '']);
    expect(out.split('\n')).toContain('age\ttranches de 5\t40 %\t6\t6');
    const changes = await fiche('forms', 'changes', 'age');
    expect(changes.err).toContain(
      'Risque global 33,3 %, 0 réponse à retenir (0 %). Le détail : fiche risk age --draft',
    );
    await put('age', form('2', 6));
    // Six are enough for one class, but the public knows three of them from the other three.
    const refused = await fiche('risk', 'age', '--draft');
    expect(refused.err).toContain('max_suppressed');
    expect((await ficheInEnglish('forms', 'changes', 'age')).err).toMatch(
      /max_suppressed.*Global risk 0%, 6\u00a0records to leave out \(100%\)/,
    );
  });

  it('says why there is nothing to tell', async () => {
    await put('plain', { ...form('1', 3), survey: [{ type: 'integer', name: 'n', label: 'N' }] });
    const early = await fiche('risk', 'plain', '--draft');
    expect([early.code, early.out]).toEqual([0, '']);
    expect(early.err).toContain('fiche compile');
    await fiche('forms', 'publish', 'plain');
    await fiche('compile');
    expect((await fiche('risk', 'plain')).err).toContain('quasi_identifier');
    const none = await fiche('risk', 'plain', '--draft');
    expect([none.code, none.err]).toEqual([1, expect.stringContaining('« plain »')]);
  });
});
