import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { authenticate } from '../../../shared/access/tokens.ts';
import { registryKey } from '../../../shared/store/keys.ts';
import { listSubmissions } from '../../../shared/submission/read-submissions.ts';
import { initialise } from '../../../local/initialise.ts';
import { tokenFileOf } from '../../../local/installation.ts';
import { openHome, type Home } from '../../../local/open-home.ts';
import { builtInForms } from '../../support/fixtures.ts';
import { temporaryFolder } from '../../support/local-tool.ts';
import { coordinator } from '../../support/submission-world.ts';

describe('initialise', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let home: Home;
  beforeEach(async () => {
    folder = temporaryFolder();
    home = await openHome(folder.path);
  });
  afterEach(() => {
    home.close();
    folder.remove();
  });
  const tokenFile = () => join(folder.path, 'coordinator.token');
  const activities = async () =>
    (await listSubmissions(home, coordinator, 'plan-activity', { limit: 200 })).items;

  it('publishes the built-in forms, submits the plan and makes a token that works', async () => {
    const made = await initialise(home, tokenFileOf(folder.path));
    expect([...made.forms].sort()).toEqual([...builtInForms].sort());
    const states = (await home.forms.list()).map(({ state }) => state);
    expect(states).toEqual(builtInForms.map(() => 'published'));
    expect(made.activities).toBeGreaterThan(0);
    expect(await activities()).toHaveLength(made.activities);
    const token = readFileSync(tokenFile(), 'utf8').trim();
    expect(token).toBe(made.newToken);
    const principal = await authenticate(home.registry, home.clock, `Bearer ${token}`);
    expect(principal).toMatchObject({ role: 'coordinator', organisation: 'coordination' });
  });

  it('keeps the token from all but the owner of the folder', async () => {
    await initialise(home, tokenFileOf(folder.path));
    expect(statSync(tokenFile()).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder.path).filter((name) => name.includes('token'))).toHaveLength(1);
  });

  it('changes nothing when it is repeated, even if the token file is gone', async () => {
    await initialise(home, tokenFileOf(folder.path));
    const before = await activities();
    rmSync(tokenFile());
    const again = await initialise(home, tokenFileOf(folder.path));
    expect(again).toEqual({ forms: [], activities: 0, newToken: undefined });
    expect(await activities()).toEqual(before);
  });

  it('leaves forms and vocabularies as the coordinator has changed them', async () => {
    await initialise(home, tokenFileOf(folder.path));
    await home.forms.close('presence');
    await home.forms.putVocabulary('themes', [{ name: 'own', label: 'À nous' }]);
    await initialise(home, tokenFileOf(folder.path));
    expect((await home.forms.record('presence'))?.state).toBe('closed');
    expect((await home.forms.vocabularies()).get('themes')).toHaveLength(1);
  });

  it('makes one of everything when two do it at once', async () => {
    const other = await openHome(folder.path);
    const [one, two] = await Promise.all([
      initialise(home, tokenFileOf(folder.path)),
      initialise(other, tokenFileOf(folder.path)),
    ]);
    other.close();
    expect(await activities()).toHaveLength(Math.max(one.activities, two.activities));
    const token = readFileSync(tokenFile(), 'utf8').trim();
    expect([one.newToken, two.newToken]).toContain(token);
    await authenticate(home.registry, home.clock, `Bearer ${token}`);
  });

  it('goes on where it was killed', async () => {
    await initialise(home, tokenFileOf(folder.path));
    const { length } = await activities();
    // As if killed: marks missing, one form still a draft, and no token told.
    for (const what of ['plan', 'coordinator-token']) {
      await home.registry.delete(registryKey.setup(what));
    }
    await home.registry.delete(registryKey.form('presence'));
    rmSync(tokenFile());
    const again = await initialise(home, tokenFileOf(folder.path));
    expect(again.forms).toEqual(['presence']);
    expect(again.newToken).toBeDefined();
    expect(await activities()).toHaveLength(length);
  });
});
