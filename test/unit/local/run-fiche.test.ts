import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { collectQrLines, collectSettings } from '../../../shared/access/collect-qr.ts';
import { authenticate } from '../../../shared/access/tokens.ts';
import { createOrganisation } from '../../../shared/access/organisation-records.ts';
import { systemClock } from '../../../shared/clock.ts';
import { OrgId } from '../../../shared/ids.ts';
import { commands } from '../../../local/commands.ts';
import { ZipArchive } from '../../../shared/zip/read-zip.ts';
import { openHome } from '../../../local/open-home.ts';
import { runFiche, languageOf } from '../../../local/run-fiche.ts';
import { fixtureOf } from '../../support/fixtures.ts';
import { runTool, temporaryFolder } from '../../support/local-tool.ts';

const folder = temporaryFolder();
const fiche = (...words: string[]) => runTool(folder.path, words);

const form = `
survey:
  - { type: text, name: title, label: Titre, required: 'yes' }
  - { type: integer, name: people, label: Personnes }
  - { type: begin_group, name: contact, label: Contact }
  - { type: text, name: note, label: Note }
  - { type: end_group }
  - { type: geopoint, name: where, label: Où }
  - { type: select_multiple services, name: services, label: Services }
choices:
  - { list_name: services, name: food, label: Repas }
  - { list_name: services, name: care, label: Soins }
settings: { form_title: Essai, version: '1', default_language: fr }
`;

beforeAll(async () => {
  expect((await fiche('init')).code).toBe(0);
  const home = await openHome(folder.path);
  await createOrganisation(home.registry, {
    id: OrgId.parse('ong-a'),
    name: 'ONG A',
    state: 'active',
  });
  home.close();
});
afterAll(() => {
  folder.remove();
});

describe('the words of the tool', () => {
  it.each([[], ['help'], ['--help']])('explains every command: %s', async (...words) => {
    const { code, out } = await runTool(folder.path, words);
    expect(code).toBe(0);
    for (const { name, summary } of commands) {
      expect(out).toContain(`fiche ${name}`);
      expect(out).toContain(summary.fr);
    }
  });

  it.each(commands.map(({ name }) => name))('explains %s alone', async (name) => {
    const { code, out } = await runTool(folder.path, [name, '--help'], 'en');
    expect(code).toBe(0);
    expect(out).toContain(`fiche ${name}`);
  });

  it.each([
    [['compil'], 'compile'],
    [['token'], 'create|list|revoke'],
    [['token', 'make'], 'create, list, revoke'],
    [['token', 'create', '--organisation', 'ong-a'], '--role'],
    [['forms', 'get'], 'FORM'],
    [['compile', '--fast'], '--fast'],
    [['import', 'initiative'], 'FILE'],
    [['export', 'initiative', '--audience', 'all'], 'coordinator'],
  ])('tells what is wrong with %j, with exit code 2', async (words, expected) => {
    const { code, err } = await fiche(...words);
    expect(code).toBe(2);
    expect(err).toContain(expected);
  });

  it('speaks the language of the locale, French first', () => {
    expect(languageOf({})).toBe('fr');
    expect(languageOf({ LANG: 'C.UTF-8' })).toBe('fr');
    expect(languageOf({ LANG: 'en_GB.UTF-8' })).toBe('en');
    expect(languageOf({ LANG: 'en_GB.UTF-8', LC_ALL: 'fr_SN' })).toBe('fr');
  });

  it.each(['verify', 'compile', 'export'])(
    'does not make the folder that %s misses',
    async (name) => {
      const missing = join(folder.path, 'no', 'such', 'folder');
      const { code, err } = await runTool(missing, [name]);
      expect(code).toBe(2);
      expect(err).toContain(missing);
      expect(existsSync(join(folder.path, 'no'))).toBe(false);
    },
  );

  it('says in that language what the domain refuses', async () => {
    const words = ['token', 'list', '--organisation', 'nobody'];
    expect((await runTool(folder.path, words, 'fr')).err).toContain('Introuvable');
    expect((await runTool(folder.path, words, 'en')).err).toContain('Not found');
    expect((await runTool(folder.path, words, 'en')).code).toBe(1);
  });

  it('takes the folder from --home wherever it stands', async () => {
    const lines: string[] = [];
    const code = await runFiche(['forms', 'list', '--home', folder.path], {
      language: 'fr',
      interactive: false,
      out: (line) => lines.push(line),
      err: () => undefined,
      write: () => Promise.resolve(),
    });
    expect([code, lines.length]).toEqual([0, 8]);
  });
});

describe('token', () => {
  it('makes a token, lists it without its secret, and revokes it', async () => {
    const create = ['create', '--organisation', 'ong-a', '--role', 'member', '--name', 'Terrain'];
    const { out: token } = await fiche('token', ...create);
    const home = await openHome(folder.path);
    const signIn = () => authenticate(home.registry, systemClock, `Bearer ${token}`);
    const tokenId = (await signIn())?.tokenId ?? '';
    const listed = (await fiche('token', 'list', '--organisation', 'ong-a')).out;
    expect(listed).toContain(`${tokenId}\tmember`);
    expect(listed).not.toContain(token.slice(-20));
    const revoked = await fiche('token', 'revoke', tokenId, '--organisation', 'ong-a');
    expect(revoked.code).toBe(0);
    await expect(signIn()).rejects.toMatchObject({ code: 'unauthenticated' });
    home.close();
  });

  const create = ['token', 'create', '--organisation', 'ong-a', '--role', 'member', '--name', 'x'];
  const drawn = (url: string, token: string) =>
    collectQrLines(collectSettings(url, token, 'ONG A')).join('\n');

  it('draws what Collect scans beside the token when it is asked for, where phones find the server', async () => {
    const made = await fiche(...create, '--qr', '--url', 'https://fiche.example.org/');
    expect(made.out, 'the token alone').toMatch(/^fiche_ong-a_\w+$/);
    expect(made.err).toContain(drawn('https://fiche.example.org', made.out));
    expect(made.err).toContain(`https://fiche.example.org/v1/key/${made.out}`);
    expect(made.err).not.toContain('--url');
  });

  it('warns of an address that no phone reaches', async () => {
    const made = await fiche(...create, '--qr');
    expect(made.err).toContain(drawn('http://localhost:3000', made.out));
    expect(made.err).toContain('--url');
  });

  it('draws for who sits at a terminal, and nothing for who does not ask', async () => {
    expect((await fiche(...create)).err).not.toContain('█');
    const lines: string[] = [];
    await runFiche(['token', '--home', folder.path, ...create.slice(1)], {
      language: 'fr',
      interactive: true,
      out: () => undefined,
      err: (line) => lines.push(line),
      write: () => Promise.resolve(),
    });
    expect(lines.join('\n')).toContain('█');
  });

  it.each(['localhost:3000', 'ftp://x', 'https://u:p@x', 'https://x?y'])(
    'refuses %s as an address before it makes a token',
    async (url) => {
      const before = (await fiche('token', 'list', '--organisation', 'ong-a')).out;
      expect((await fiche(...create, '--url', url)).code).toBe(2);
      expect((await fiche('token', 'list', '--organisation', 'ong-a')).out).toBe(before);
    },
  );
});

describe('forms', () => {
  const file = join(folder.path, 'essai.yaml');
  it('takes a form from draft to published to closed, and gives it back', async () => {
    writeFileSync(file, form);
    expect((await fiche('forms', 'put', file)).out).toContain('essai\t');
    expect((await fiche('forms', 'list')).out).toContain('essai\tdraft');
    expect((await fiche('forms', 'publish', 'essai')).out).toContain('published');
    const got = join(folder.path, 'again.yaml');
    writeFileSync(got, (await fiche('forms', 'get', 'essai')).out);
    expect((await fiche('forms', 'put', got, '--id', 'copie')).code).toBe(0);
    expect((await fiche('forms', 'close', 'essai')).out).toContain('closed');
    expect((await fiche('forms', 'publish', 'essai')).out).toContain('published');
  });

  it('says where a form is wrong', async () => {
    const wrong = join(folder.path, 'wrong.yaml');
    writeFileSync(wrong, form.replace('type: integer', 'type: intger'));
    const { code, err } = await fiche('forms', 'put', wrong);
    expect(code).toBe(1);
    expect(err).toContain('survey 3 type');
  });

  it('says which file is missing', async () => {
    const { code, err } = await fiche('forms', 'put', join(folder.path, 'none.yaml'));
    expect(code).toBe(1);
    expect(err).toContain('none.yaml');
    expect(err).toContain('Ce fichier n’existe pas.');
  });
});

describe('import', () => {
  const write = (name: string, text: string): string => {
    const file = join(folder.path, name);
    writeFileSync(file, text);
    return file;
  };
  const report = (file: string): unknown[] =>
    readFileSync(`${file}.refused.ndjson`, 'utf8')
      .trim()
      .split('\n')
      .map((line): unknown => JSON.parse(line));

  it('sends NDJSON, reports every refused row in order, and creates nothing twice', async () => {
    const { answers } = fixtureOf('initiative').valid[0] ?? { answers: {} };
    const rows = Array.from({ length: 300 }, (_, n) =>
      JSON.stringify({ instanceId: `imported-${n + 1000}`, answers }),
    );
    rows[9] = '{ not JSON';
    rows[149] = '{"answers": []}';
    rows[199] = JSON.stringify({ instanceId: 'imported-bad', answers: { unheard_of: 1 } });
    rows[249] = '';
    rows[259] = `{"instanceId": "imported-deep", "answers": {"a": ${'['.repeat(20_000)}${']'.repeat(20_000)}}}`;
    const file = write('initiatives.ndjson', rows.join('\r\n'));
    const first = await fiche('import', 'initiative', file, '--organisation', 'ong-a');
    expect(first.out).toBe('Créées : 295 ; déjà là : 0 ; refusées : 4.');
    expect(first.code).toBe(1);
    expect(report(file)).toEqual([
      expect.objectContaining({ line: 10, code: 'malformed-json' }),
      expect.objectContaining({ line: 150, code: 'invalid-body' }),
      expect.objectContaining({ line: 200, code: 'invalid-answers', instanceId: 'imported-bad' }),
      expect.objectContaining({ line: 260, code: 'nesting-too-deep' }),
    ]);
    expect(report(file)[2]).toHaveProperty('errors.0.pointer');
    expect(report(file)[2]).toHaveProperty('errors.0.message.fr');
    expect(statSync(`${file}.refused.ndjson`).mode & 0o777).toBe(0o600);
    const second = await fiche('import', 'initiative', file, '--organisation', 'ong-a');
    expect(second.out).toBe('Créées : 0 ; déjà là : 295 ; refusées : 4.');
  });

  it('sends CSV with the columns of the dataset, and removes the report of an earlier try', async () => {
    const text =
      '\ufefftitle,people,contact/note,where/latitude,where/longitude,services\r\n' +
      'Un,3,"deux\r\nlignes",14.7,-17.4,food care\r\n' +
      'Deux,beaucoup,,,,\r\n' +
      "'=Trois,,,,,\r\n";
    const file = write('essai.csv', text);
    const first = await fiche('import', 'essai', file, '--organisation', 'ong-a');
    expect(first.out).toBe('Créées : 2 ; déjà là : 0 ; refusées : 1.');
    expect(report(file)).toEqual([expect.objectContaining({ line: 4 })]);
    expect(report(file)[0]).toHaveProperty('errors.0.pointer', '/answers/people');
    writeFileSync(file, text.replace('beaucoup', '7'));
    const second = await fiche('import', 'essai', file, '--organisation', 'ong-a');
    expect([second.code, second.out]).toEqual([0, 'Créées : 1 ; déjà là : 2 ; refusées : 0.']);
    expect(() => report(file)).toThrow('ENOENT');
  });

  it.each([
    ['semicolons', 'title;people;contact/note\r\nDupont, Jean;3;a,b\r\n'],
    ['tabs', 'title\tpeople\tcontact/note\nDiop, Awa\t3\ta,b\n'],
    ['commas', 'title,people,contact/note\n"Dupont; Jean",3,a;b\n'],
    ['commas and one column', 'title\n"Seul, un"\n'],
  ])('takes one character for the delimiter of a whole CSV file: %s', async (name, text) => {
    await fiche('forms', 'put', write('delimited.yaml', form));
    await fiche('forms', 'publish', 'delimited');
    const file = write(`delimiter-${name}.csv`, text);
    const { code, out } = await fiche('import', 'delimited', file, '--organisation', 'ong-a');
    expect([code, out]).toEqual([0, 'Créées : 1 ; déjà là : 0 ; refusées : 0.']);
  });

  it.each([
    ['latin1.csv', Buffer.from('title\nÉlodie\n', 'latin1'), 'UTF-8'],
    ['latin1.ndjson', Buffer.from('{"answers":{"title":"Élodie"}}\n', 'latin1'), 'UTF-8'],
    ['utf16.csv', Buffer.from('\ufefftitle\nÉlodie\n', 'utf16le'), 'UTF-8'],
    ['open-quote.csv', 'title,people\nUn,1\n"Deux,2\n', 'ligne 3'],
    ['stray-quote.csv', 'title,people\nChez "Ali",1\n', 'ligne 2'],
  ])('says what is wrong with a file that cannot be read: %s', async (name, content, expected) => {
    const file = join(folder.path, name);
    writeFileSync(file, content);
    const { code, err } = await fiche('import', 'essai', file, '--organisation', 'ong-a');
    expect(code).toBe(2);
    expect(err).toContain(expected);
  });

  it('refuses a CSV file with columns that no question has', async () => {
    const file = write('odd.csv', 'title,titel\nUn,Deux\n');
    const { code, err } = await fiche('import', 'essai', file, '--organisation', 'ong-a');
    expect(code).toBe(2);
    expect(err).toContain('titel');
  });

  it('accepts what it imports if asked, and twice is once', async () => {
    const file = write('ok.ndjson', '{"instanceId": "accepted-1", "answers": {"title": "Oui"}}\n');
    const words = ['import', 'essai', file, '--organisation', 'ong-a', '--state', 'accepted'];
    expect((await fiche(...words)).code).toBe(0);
    expect((await fiche(...words)).out).toBe('Créées : 0 ; déjà là : 1 ; refusées : 0.');
  });

  it.each([
    ['initiative', 'nobody', '« nobody »'],
    ['no-form', 'ong-a', '« no-form »'],
  ])('refuses form %s for organisation %s', async (formId, organisation, expected) => {
    const file = write('x.ndjson', '');
    const { code, err } = await fiche('import', formId, file, '--organisation', organisation);
    expect(code).toBe(1);
    expect(err).toContain(expected);
  });
});

describe('compile, export and verify', () => {
  it('compiles, exports what was imported, and imports what it exports', async () => {
    const compiled = await fiche('compile');
    expect(compiled.code, compiled.err).toBe(0);
    expect(compiled.out).toContain('essai\t');
    const out = join(folder.path, 'out.csv');
    expect((await fiche('export', 'essai', '--out', out)).code).toBe(0);
    const csv = (await fiche('export', 'essai', '--format', 'csv')).out;
    expect(readFileSync(out, 'utf8')).toBe(csv);
    expect(csv.trim().split('\r\n').length).toBeGreaterThanOrEqual(5);
    expect(csv).toContain('14.7,-17.4');
    await fiche('forms', 'publish', 'copie');
    const again = await fiche('import', 'copie', out, '--organisation', 'ong-a');
    expect(again.out).toBe('Créées : 4 ; déjà là : 0 ; refusées : 0.');
  });

  it('exports the files of attachments, with their manifest, and none for the public', async () => {
    const out = join(folder.path, 'files.zip');
    const words = ['export', 'essai', '--format', 'attachments.zip', '--out', out];
    const { code, err } = await fiche(...words);
    expect(code, err).toBe(0);
    expect(err).toContain('Pièces jointes 100 %');
    expect(new ZipArchive(readFileSync(out)).names).toEqual(['manifest.json', 'manifest.csv']);
    expect((await fiche(...words, '--audience', 'public')).code).toBe(2);
  });

  it.each([
    ['token', 'revoke', 'no-token', '--organisation', 'ong-a'],
    ['forms', 'publish', 'no-form'],
    ['forms', 'close', 'no-form'],
    ['export', 'no-dataset'],
    ['export', 'essai', '--version', 'no-version'],
  ])('names what it does not find: %s %s %s', async (...words) => {
    const { code, err } = await fiche(...words);
    expect(code).toBe(1);
    expect(err).toMatch(/«\u00a0no-\w+\u00a0»/);
  });

  it('names the formats that there are', async () => {
    const { code, err } = await fiche('export', 'essai', '--format', 'dbf');
    expect(code).toBe(2);
    expect(err).toContain('csv');
  });

  it('lists versions, and says in words how one differs from another', async () => {
    const listed = await fiche('versions', 'essai');
    const [version = '', , , state] = listed.out.split('\n')[0]?.split('\t') ?? [];
    expect([listed.code, state]).toEqual([0, 'disponible']);
    const between = ['--from', version, '--to', version];
    const changes = await fiche('versions', 'essai', '--changes', ...between);
    expect(changes.code, changes.err).toBe(0);
    expect(changes.err).toMatch(/0 nouvelles, 0 changées, 0 disparues, \d+ inchangées/);
    const none = await fiche('versions', 'essai', '--changes', '--from', 'nothing');
    expect([none.code, none.err]).toEqual([1, expect.stringContaining('nothing') as string]);
  });

  it('finds no difference, then the one that someone made', async () => {
    const clean = await fiche('verify');
    expect(clean.code, clean.out).toBe(0);
    const home = await openHome(folder.path);
    for await (const page of home.objects.list('datasets/essai/')) {
      const csv = page.find(({ key }) => key.endsWith('coordinator/essai.csv'));
      if (csv !== undefined) {
        await home.objects.put(csv.key, Buffer.from('changed'), { contentType: 'text/csv' });
      }
    }
    home.close();
    const found = await fiche('verify');
    expect(found.code).toBe(1);
    expect(found.out).toContain('essai.csv');
  });
});
