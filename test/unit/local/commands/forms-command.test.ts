import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runFiche } from '../../../../local/run-fiche.ts';
import { readWorkbook } from '../../../../shared/form/files/read-workbook.ts';
import { storedZip } from '../../../support/stored-zip.ts';
import { runTool, temporaryFolder, type ToolOutcome } from '../../../support/local-tool.ts';
import { formula, workbookParts, type TestCell } from '../../../support/workbook-file.ts';

const folder = temporaryFolder();
const home = join(folder.path, 'home');
const fiche = (...words: string[]): Promise<ToolOutcome> => runTool(home, words);

function write(name: string, content: string | Uint8Array): string {
  const file = join(folder.path, name);
  writeFileSync(file, content);
  return file;
}

function workbook(name: string, rows: TestCell[][], settings: TestCell[][] = []): string {
  const sheets = [
    { name: 'survey', rows: [['type', 'name', 'label', 'media::image'], ...rows] },
    {
      name: 'choices',
      rows: [
        ['list_name', 'name', 'label'],
        ['ville', 'dkr', 'Dakar'],
      ],
    },
    { name: 'settings', rows: settings },
  ];
  return write(name, storedZip(workbookParts({ sheets })));
}

const rows = [
  ['text', 'nom', 'Nom', 'plan.png'],
  ['select_one ville', 'ville', 'Ville'],
];

beforeAll(async () => {
  expect((await fiche('init')).code).toBe(0);
});
afterAll(() => {
  folder.remove();
});

describe('forms put', () => {
  it('takes a workbook, and its media from the folder beside it', async () => {
    const file = workbook('visite.xlsx', rows);
    const bare = await fiche('forms', 'put', file);
    expect([bare.code, bare.out]).toEqual([0, expect.stringMatching(/^visite\t/)]);
    expect(bare.err).toContain('Fichiers qui manquent : plan.png');
    mkdirSync(join(folder.path, 'visite-media', 'folder'), { recursive: true });
    write('visite-media/plan.png', 'png');
    write('visite-media/.hidden', 'x');
    const whole = await fiche('forms', 'put', file);
    expect([whole.code, whole.err]).toEqual([0, '']);
    expect(whole.out).toBe(bare.out);
  });

  it('takes media from another folder, which must be there', async () => {
    const file = workbook('autre.xlsx', rows);
    const media = ['--media', join(folder.path, 'visite-media')];
    expect((await fiche('forms', 'put', file, ...media)).err).toBe('');
    const { code, err } = await fiche('forms', 'put', file, '--media', join(folder.path, 'none'));
    expect(code).toBe(1);
    expect(err).toContain('ENOENT');
  });

  it('tells all that is wrong with a workbook, by sheet, row and column', async () => {
    const file = workbook('faux.xlsx', [
      [formula('Z9'), 'a', 'A'],
      ['text', { attributes: 't="e"', xml: '<v>#REF!</v>' }, 'B'],
    ]);
    const { code, err } = await fiche('forms', 'put', file);
    expect(code).toBe(1);
    expect(err).toContain('survey 2 type: Cette formule n’a pas de valeur');
    expect(err).toContain('survey 3 name: Cette cellule contient l’erreur #REF!');
  });

  it.each([
    ['form.xls', Buffer.from('d0cf11e0a1b11ae1', 'hex'), '.xls'],
    [
      'form.ods',
      storedZip(new Map([['mimetype', Buffer.from('opendocument.spreadsheet')]])),
      '.ods',
    ],
    ['form.csv', 'type,name\ntext,nom\n', 'CSV'],
    ['form.json', '[]', 'survey'],
    ['form.yaml', 'survey: 3', 'survey'],
    ['large.yaml', ' '.repeat(4_000_001), '4 Mo'],
  ])('says what to do with %s', async (name, content, expected) => {
    const { code, err } = await fiche('forms', 'put', write(name, content));
    expect(code).toBe(1);
    expect(err).toContain(expected);
  });

  it('names a form as it asks for, then as its setting says, then as its file', async () => {
    const titled = workbook('a b.xlsx', rows, [['Form ID'], ['enquete']]);
    expect((await fiche('forms', 'put', titled, '--id', 'demande')).out).toContain('demande\t');
    expect((await fiche('forms', 'put', titled)).out).toContain('enquete\t');
    expect((await fiche('forms', 'put', workbook('a b.xlsx', rows))).err).toContain('« a b »');
  });

  it('warns of what a workbook has besides', async () => {
    const sheets = [
      {
        name: 'survey',
        rows: [
          ['type', 'name', 'label'],
          ['text', 'nom', 'Nom'],
        ],
      },
      { name: 'seting', rows: [] },
    ];
    const file = write('reste.xlsx', storedZip(workbookParts({ sheets })));
    const { code, err } = await fiche('forms', 'put', file);
    expect(code).toBe(0);
    expect(err).toContain('seting: La feuille « seting » n’est pas lue.');
  });
});

describe('forms changes and publish', () => {
  it('tell what changes against the last version', async () => {
    const first = workbook('suite.xlsx', [
      ['text', 'nom', 'Nom'],
      ['text', 'lieu', 'Lieu'],
    ]);
    await fiche('forms', 'put', first);
    expect((await fiche('forms', 'publish', 'suite')).err).toBe('');
    const put = await fiche('forms', 'put', workbook('suite.xlsx', [['integer', 'nom', 'Nom']]));
    expect(put.err).toContain('Ce que publier changera :');
    const { out } = await fiche('forms', 'changes', 'suite');
    expect(out).toMatch(/^warning\tnom\t/m);
    const published = await fiche('forms', 'publish', 'suite');
    expect(published.out).toMatch(/^suite\tpublished\t/);
    expect(published.err).toContain('Ce qui a changé :');
    expect(published.err).toMatch(/^ {2}! .*nom/m);
  });

  it('say so where nothing changes', async () => {
    const file = workbook('pareil.xlsx', rows);
    await fiche('forms', 'put', file);
    await fiche('forms', 'publish', 'pareil');
    await fiche('forms', 'put', file);
    const { code, out, err } = await fiche('forms', 'changes', 'pareil');
    expect([code, out, err]).toEqual([0, '', expect.stringContaining('ne changerait rien')]);
  });

  it.each(['suite', 'no-form'])('name %s if it has no draft', async (formId) => {
    const { code, err } = await fiche('forms', 'changes', formId);
    expect(code).toBe(1);
    expect(err).toContain(`« ${formId} »`);
  });
});

describe('forms get', () => {
  it('gives back what was put, in every format, to be put again', async () => {
    await fiche('forms', 'put', workbook('retour.xlsx', rows));
    const put = await fiche('forms', 'publish', 'retour');
    for (const format of ['xlsx', 'yaml', 'json']) {
      const file = join(folder.path, `rendu.${format}`);
      const got = await fiche('forms', 'get', 'retour', '--output', file);
      expect([got.code, got.out, got.err]).toEqual([0, '', '']);
      expect(statSync(file).size).toBeGreaterThan(100);
      const again = await fiche('forms', 'put', file, '--id', 'retour');
      expect(again.out.split('\t').at(-1), format).toBe(put.out.split('\t').at(-1));
    }
    const { definition } = await readWorkbook(readFileSync(join(folder.path, 'rendu.xlsx')));
    expect(definition.choices).toEqual([{ list_name: 'ville', name: 'dkr', label: 'Dakar' }]);
  });

  it('gives the XForm, and the draft under its own name', async () => {
    await fiche('forms', 'put', workbook('retour.xlsx', [['text', 'neuf', 'Neuf']]));
    expect((await fiche('forms', 'get', 'retour', '--format', 'xml')).out).toContain('ville');
    const draft = await fiche('forms', 'get', 'retour.draft', '--format', 'xml');
    expect(draft.out).toMatch(/^<\?xml.*neuf/s);
    expect((await fiche('forms', 'get', 'retour.draft')).out).toContain('name: neuf');
  });

  it('never writes a workbook to a screen', async () => {
    const lines: string[] = [];
    const words = ['forms', 'get', 'retour', '--format', 'xlsx', '--home', home];
    const bytes: Uint8Array[] = [];
    const run = (isScreen: boolean): Promise<number> =>
      runFiche(words, {
        language: 'fr',
        interactive: false,
        isScreen,
        out: (line) => lines.push(line),
        err: (line) => lines.push(line),
        write: (chunk) => {
          bytes.push(chunk);
          return Promise.resolve();
        },
      });
    expect([await run(true), bytes.length]).toEqual([2, 0]);
    expect(lines.join('\n')).toContain('--output');
    expect(await run(false)).toBe(0);
    expect((await readWorkbook(Buffer.concat(bytes))).definition.survey).toHaveLength(2);
  });

  it.each([
    [['no-form'], 1, '« no-form »'],
    [['no-form', '--format', 'xml'], 1, '« no-form »'],
    [['retour', '--version', 'none'], 1, '« retour »'],
    [['retour', '--format', 'docx'], 2, 'xlsx'],
  ])('tells what is wrong with %j', async (words, code, expected) => {
    const outcome = await fiche('forms', 'get', ...words);
    expect(outcome.code).toBe(code);
    expect(outcome.err).toContain(expected);
  });
});
