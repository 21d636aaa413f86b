import { buffer } from 'node:stream/consumers';
import type { CellValue } from 'hucre/xlsx';
import { describe, expect, it } from 'vitest';
import { openDatasetFile } from '../../../../../shared/dataset/versions/read-datasets.ts';
import type { Audience } from '../../../../../shared/form/model.ts';
import type { JsonObject } from '../../../../../shared/json.ts';
import type { DatasetWorld } from '../../../../support/dataset-world.ts';
import { formatWorld, type FormatForm } from '../../../../support/format-world.ts';
import { readSheets } from '../../../../support/read-workbook.ts';

const question = (type: string, name: string, more: JsonObject = {}): JsonObject => ({
  type,
  name,
  label: name,
  visibility: 'public',
  ...more,
});

interface Shown extends FormatForm {
  readonly answers: readonly JsonObject[];
}

const worldOf = ({ answers, ...form }: Shown): Promise<DatasetWorld> => formatWorld(form, answers);

async function bytesOf(world: DatasetWorld, name = 'f.xlsx', audience: Audience = 'coordinator') {
  const { key } = await openDatasetFile(world.deps, 'f', name, audience);
  const body = await world.objects.get(key);
  if (body === undefined) throw new Error(`No ${key}.`);
  return buffer(body);
}

const sheetsOf = async (...of: Parameters<typeof bytesOf>) => readSheets(await bytesOf(...of));

/** The rows of a sheet by their headings. */
function rowsOf(sheet: CellValue[][] | undefined): Record<string, CellValue>[] {
  const [headings = [], ...rows] = sheet ?? [];
  return rows.map((row) =>
    Object.fromEntries(headings.map((heading, index) => [String(heading), row[index] ?? null])),
  );
}

const data = async (world: DatasetWorld) => rowsOf((await sheetsOf(world)).get('Données'));

describe('an Excel workbook', () => {
  it('has real numbers, dates, times and booleans, and codes as labels in the language of its reader', async () => {
    const both = (fr: string, en: string): JsonObject => ({
      'label::Français (fr)': fr,
      'label::English (en)': en,
    });
    const asked = (type: string, name: string, fr: string, en: string): JsonObject => ({
      type,
      name,
      ...both(fr, en),
    });
    const world = await worldOf({
      survey: [
        asked('integer', 'n', 'Nombre', 'Number'),
        asked('date', 'day', 'Jour', 'Day'),
        asked('time', 'hour', 'Heure', 'Hour'),
        asked('dateTime', 'moment', 'Moment', 'Moment'),
        asked('select_one l', 'one', 'Un', 'One'),
        asked('select_multiple l', 'many', 'Plusieurs', 'Many'),
        asked('geopoint', 'where', 'Lieu', 'Place'),
      ],
      choices: [
        { list_name: 'l', name: 'x', ...both('Eau & santé', 'Water & health') },
        { list_name: 'l', name: 'y', ...both('École', 'School') },
      ],
      settings: { default_language: 'Français (fr)' },
      answers: [
        {
          n: -12,
          day: '2026-02-01',
          hour: '10:30:00',
          moment: '2026-02-01T10:30:00+02:00',
          one: 'x',
          many: ['y', 'x'],
          where: { lat: 14.5, lon: -17.25 },
        },
      ],
    });
    const day = new Date('2026-02-01T00:00:00Z');
    const french = await sheetsOf(world);
    expect([...french.keys()]).toEqual(['Données', 'Dictionnaire', 'À propos']);
    expect(rowsOf(french.get('Données'))).toEqual([
      {
        Identifiant: 'instance-0000',
        Organisation: 'ong-alpha',
        'Version du formulaire': '1',
        État: 'acceptée',
        'Reçu le': new Date('2026-01-15T09:00:00.000Z'),
        'Modifié le': new Date('2026-01-15T09:00:00.000Z'),
        Nombre: -12,
        Jour: day,
        Heure: expect.anything() as CellValue,
        Moment: new Date('2026-02-01T08:30:00Z'),
        Un: 'Eau & santé',
        Plusieurs: 'École; Eau & santé',
        'Lieu (latitude)': 14.5,
        'Lieu (longitude)': -17.25,
        'Lieu (altitude)': null,
        'Lieu (accuracy)': null,
      },
    ]);
    const english = await sheetsOf(world, 'f.en.xlsx');
    expect([...english.keys()]).toEqual(['Data', 'Codebook', 'About']);
    expect(rowsOf(english.get('Data'))).toMatchObject([
      { Identifier: 'instance-0000', State: 'accepted', Day: day, Many: 'School; Water & health' },
    ]);
  });

  it('says in its codebook what each column is, and in its last sheet what it is made from', async () => {
    const world = await worldOf({
      survey: [
        question('select_one l', 'one', { label: 'Un', hint: 'Le plus important' }),
        question('begin repeat', 'sites'),
        question('text', 'place', { label: 'Lieu', visibility: 'members' }),
        question('end repeat', 'sites'),
      ],
      choices: [{ list_name: 'l', name: 'x', label: 'Eau' }],
      settings: { license: 'CC-BY-4.0' },
      answers: [{ one: 'x', sites: [{ place: 'Dakar' }, { place: 'Thiès' }] }],
    });
    const sheets = await sheetsOf(world);
    const codebook = rowsOf(sheets.get('Dictionnaire'));
    expect(codebook.find(({ Nom }) => Nom === 'one')).toEqual({
      Feuille: 'Données',
      Colonne: 'Un',
      Nom: 'one',
      Chemin: 'one',
      Type: 'select_one',
      'Libellé (fr)': 'Un',
      'Aide (fr)': 'Le plus important',
      'Choix (code = libellé)': 'x = Eau',
      'Visible par': 'tout le monde',
      'Précision publiée du lieu': null,
    });
    expect(codebook.find(({ Nom }) => Nom === 'place')).toMatchObject({
      Feuille: 'sites',
      Colonne: 'Lieu',
      Chemin: 'sites/place',
      'Visible par': 'les membres',
    });
    expect(rowsOf(sheets.get('sites'))).toEqual([
      {
        Identifiant: 'instance-0000/1',
        'Identifiant de la ligne parente': 'instance-0000',
        Rang: 1,
        Lieu: 'Dakar',
      },
      expect.objectContaining({ Identifiant: 'instance-0000/2', Rang: 2, Lieu: 'Thiès' }),
    ]);
    const about = new Map(sheets.get('À propos')?.map(([name, value]) => [name, value]));
    expect(about.get('Licence')).toBe('CC-BY-4.0');
    expect(about.get('Lignes (Données)')).toBe('1');
    expect(about.get('Lignes (sites)')).toBe('2');
    expect(about.get('Arrêté au')).toBe('2026-01-15T09:00:00.000Z');
  });

  it.each([
    ['what looks like a formula', '=HYPERLINK("http://x","y")'],
    ['what begins with a plus, a minus, an at sign', '+1-@x'],
    ['markup', '<t>&amp;</t>]]>'],
    ['a line break and a tab', 'a\nb\tc'],
    ['blanks around it', '  a  '],
    ['an emoji', '\u{1f33f} et \u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}'],
    ['writing from right to left', 'السلام عليكم \u202eabc'],
    ["an escape of Excel's", '_x0041_'],
    ['an error of formulas', '#REF!'],
    ['digits', '007'],
  ])('holds %s as it was written', async (_, text) => {
    const world = await worldOf({ survey: [question('text', 'q')], answers: [{ q: text }] });
    const [row] = await data(world);
    expect(row?.['q']).toBe(text);
    expect((await bytesOf(world)).includes('<f>')).toBe(false);
  });

  it.each([
    ['a lone surrogate and NUL', 'a\ud800b\0c', 'a\ufffdb\ufffdc'],
    ['control characters', 'a\u0001\u001fb\ufffe', 'a\ufffd\ufffdb\ufffd'],
    ['line breaks of other systems', 'a\r\nb\rc', 'a\nb\nc'],
  ])('makes %s harmless', async (_, text, shown) => {
    const world = await worldOf({ survey: [question('text', 'q')], answers: [{ q: text }] });
    expect((await data(world))[0]?.['q']).toBe(shown);
  });

  it('cuts a text that no cell can hold, says by how much, and counts it', async () => {
    const text = `${'é'.repeat(32_754)}${'\u{1f33f}'.repeat(3_623)}`;
    expect(text).toHaveLength(40_000);
    const world = await worldOf({
      survey: [question('text', 'q')],
      answers: [{ q: text }, { q: 'é'.repeat(32_767) }],
    });
    const [long, fits] = await data(world);
    const shown = String(long?.['q']);
    expect(shown.length).toBeLessThanOrEqual(32_767);
    const [start = '', missing] = shown.split('… [+');
    expect(text.startsWith(start)).toBe(true);
    expect(start.isWellFormed()).toBe(true);
    expect(missing).toBe(`${40_000 - start.length}]`);
    expect(fits?.['q']).toHaveLength(32_767);
    const about = new Map(
      (await sheetsOf(world)).get('À propos')?.map(([name, value]) => [name, value]),
    );
    expect(about.get('Textes abrégés')).toBe('1');
    expect((await world.records('f'))[0]?.['answers']).toEqual({ q: text });
  });

  it('writes as text what does not fit its column', async () => {
    const world = await worldOf({
      survey: [
        ...['integer', 'date', 'time', 'dateTime', 'select_one l'].map((type, index) =>
          question(type, `q${index}`),
        ),
        question('select_multiple l', 'q5'),
      ],
      choices: [{ list_name: 'l', name: 'x', label: 'X' }],
      answers: [
        { q0: 'about seven', q1: '2026-02-30', q2: '25:00', q3: 'soon', q4: 'gone', q5: 'x y' },
        {
          q0: true,
          q1: '1899-12-31',
          q2: '10:00+05:30',
          q3: '1812-06-24T10:00',
          q4: 7,
          q5: ['gone', 'x'],
        },
      ],
    });
    const shown = (await data(world)).map((row) => Object.values(row).slice(6));
    expect(shown).toEqual([
      ['about seven', '2026-02-30', '25:00', 'soon', 'gone', 'x y'],
      [true, '1899-12-31', '10:00+05:30', '1812-06-24T10:00', 7, 'gone; X'],
    ]);
  });

  it('tells headings and choices apart that are called the same', async () => {
    const world = await worldOf({
      survey: [
        question('text', 'a', { label: 'Nom' }),
        question('text', 'b', { label: 'Nom' }),
        question('text', 'c', { label: 'Identifiant' }),
        question('select_one l', 'd', { label: 'Choix' }),
      ],
      choices: [
        { list_name: 'l', name: 'x', label: 'Autre' },
        { list_name: 'l', name: 'y', label: 'Autre' },
      ],
      answers: [{ a: '1', b: '2', c: '3', d: 'y' }],
    });
    expect((await data(world))[0]).toMatchObject({
      'Nom (a)': '1',
      'Nom (b)': '2',
      Identifiant: 'instance-0000',
      'Identifiant (c)': '3',
      Choix: 'Autre (y)',
    });
  });

  it('has its header and its codebook though there are no rows', async () => {
    const world = await worldOf({ survey: [question('text', 'q')], answers: [] });
    const sheets = await sheetsOf(world);
    expect(sheets.get('Données')).toHaveLength(1);
    expect(rowsOf(sheets.get('Dictionnaire')).at(-1)).toMatchObject({ Nom: 'q' });
  });

  it.each([
    [5_000, ['Données']],
    [17_000, ['Données', 'Données (2)']],
  ])('holds a form of %i questions, in as many sheets as it takes', async (count, names) => {
    const questions = Array.from({ length: count }, (_, index) => `q${index}`);
    const world = await worldOf({
      survey: questions.map((name) => ({ type: 'integer', name, label: name })),
      answers: [Object.fromEntries(questions.map((name, index) => [name, index]))],
    });
    const sheets = await sheetsOf(world);
    expect([...sheets.keys()]).toEqual([...names, 'Dictionnaire', 'À propos']);
    const rows = names.flatMap((name) => rowsOf(sheets.get(name)));
    expect(rows.map(({ Identifiant }) => Identifiant)).toEqual(names.map(() => 'instance-0000'));
    expect(rows[0]).toMatchObject({ q0: 0, q4999: 4_999 });
    const merged = Object.assign({}, ...rows) as Record<string, CellValue>;
    expect(questions.every((name, index) => merged[name] === index)).toBe(true);
    for (const name of names) expect(sheets.get(name)?.[0]?.length).toBeLessThanOrEqual(16_384);
    const last = rowsOf(sheets.get('Dictionnaire')).at(-1);
    expect(last).toMatchObject({ Feuille: names.at(-1), Nom: questions.at(-1) });
  });

  it('shows the public what the public sees, and no more', async () => {
    const world = await worldOf({
      survey: [
        question('integer', 'open'),
        question('text', 'secret', { visibility: 'coordinator' }),
      ],
      answers: [{ open: 7, secret: 'hidden' }],
    });
    const sheets = await sheetsOf(world, 'f.xlsx', 'public');
    expect(JSON.stringify([...sheets])).not.toMatch(/secret|hidden/);
    expect(rowsOf(sheets.get('Données'))[0]).toMatchObject({ open: 7 });
    expect(Object.keys(rowsOf(sheets.get('Données'))[0] ?? {})).not.toContain('Organisation');
  });

  it('is the same, byte by byte, whenever it is made', async () => {
    const shown: Shown = {
      survey: [
        question('text', 'q'),
        question('begin repeat', 'r'),
        question('text', 'x'),
        question('end repeat', 'r'),
      ],
      answers: Array.from({ length: 700 }, (_, q) => ({ q: `${q}`, r: [{ x: `x${q}` }] })),
    };
    const [one, other] = await Promise.all([worldOf(shown), worldOf(shown)]);
    expect((await bytesOf(one)).equals(await bytesOf(other))).toBe(true);
  });
});
