import { afterAll, beforeAll, expect, it } from 'vitest';
import { createOrganisation } from '../../../shared/access/organisation-records.ts';
import { OrgId } from '../../../shared/ids.ts';
import { openHome } from '../../../local/open-home.ts';
import { runTool, temporaryFolder } from '../../support/local-tool.ts';

const folder = temporaryFolder();
const fiche = (...words: string[]) => runTool(folder.path, words);

beforeAll(async () => {
  expect((await fiche('init')).code).toBe(0);
  const home = await openHome(folder.path);
  for (const [id, name] of [
    ['ong-ecole', 'ONG École pour Tous'],
    ['ecole', 'Association Ecole pour tous'],
  ] as const) {
    await createOrganisation(home.registry, { id: OrgId.parse(id), name, state: 'active' });
  }
  home.close();
  expect((await fiche('compile')).code).toBe(0);
});
afterAll(() => {
  folder.remove();
});

it('shows likely duplicates with the reasons, until it is decided that they are two, or one', async () => {
  const names = ['Association Ecole pour tous', 'ONG École pour Tous'] as const;
  const { out } = await fiche('duplicates');
  expect(out).toContain(`organisation\t${names.join('\t')}\tLe même nom`);
  const made = await fiche('duplicates', 'different', ...names);
  expect(made.code).toBe(0);
  await fiche('compile');
  expect((await fiche('duplicates')).out).toBe('');
  const id = made.out.trim();
  expect((await fiche('duplicates', 'aliases')).out).toContain(`${id}\torganisation\tdifferent`);
  expect((await fiche('duplicates', 'forget', id)).code).toBe(0);
  expect((await fiche('duplicates', 'forget', id)).code).not.toBe(0);
  await fiche('compile');
  expect((await fiche('duplicates')).out).toContain(names[0]);
  expect((await fiche('duplicates', 'same', ...names)).code).toBe(0);
  await fiche('compile');
  expect((await fiche('duplicates')).out).toBe('');
});

it('refuses what is no decision', async () => {
  expect((await fiche('duplicates', 'same', 'one')).code).not.toBe(0);
  expect((await fiche('duplicates', 'same', 'a', 'b', '--kind', 'person')).code).not.toBe(0);
  expect((await fiche('duplicates', 'same', 'x'.repeat(301), 'b')).code).not.toBe(0);
});
