import { hash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { FormDefinition } from '../../shared/form/definition.ts';
import { attackAll, attackNames, type AttackName } from './attacks.ts';
import type { AskedForm, AttackView, Files, Person, Snapshot } from './attack-view.ts';
import { Seeded } from './seeded.ts';

const open = { visibility: 'public' };
const definition: FormDefinition = {
  survey: [
    { type: 'integer', name: 'ticket', ...open },
    { type: 'integer', name: 'age', ...open, quasi_identifier: 'yes' },
    { type: 'calculate', name: 'born', ...open, calculation: '2031 - ${age}' },
    { type: 'select_one jobs', name: 'job', ...open, relevant: '${age} > 18' },
    { type: 'select_one regions', name: 'region', ...open, quasi_identifier: 'yes', hxl: '#adm1' },
    { type: 'select_one towns', name: 'town', ...open, choice_filter: 'of = ${region}' },
    { type: 'geopoint', name: 'place', ...open, precision: 'exact' },
    { type: 'select_one themes', name: 'theme', ...open, hxl: '#sector' },
    { type: 'integer', name: 'grade', ...open },
    { type: 'select_one health', name: 'health', ...open, sensitive: 'yes' },
    { type: 'text', name: 'secret' },
    { type: 'begin_repeat', name: 'room' },
    { type: 'integer', name: 'beds', ...open },
    { type: 'end_repeat' },
  ],
  choices: [
    { list_name: 'towns', name: 'pikine', of: 'DK' },
    { list_name: 'towns', name: 'mbour', of: 'TH' },
  ],
  settings: { version: '1', k: 3, review: 'none' },
};

interface Row {
  readonly id: string;
  readonly person: Person;
  readonly cells: Readonly<Record<string, string>>;
  readonly rooms: number;
}

/** Published rows of two forms in which nobody is found, and everything that a plant may change. */
interface Ground {
  readonly rows: readonly Row[];
  readonly others: readonly Row[];
  readonly extra: Files;
  readonly members: Files;
  readonly quiet: boolean;
}

const secret = 'zqaaaabbbbcccc';

function groundOf(): Ground {
  const random = new Seeded(7);
  const shuffled = <T>(from: readonly T[]): readonly T[] => {
    const left = [...from];
    return from.flatMap(() => left.splice(random.below(left.length), 1));
  };
  const rowsOf = (formId: string): readonly Row[] =>
    shuffled(Array.from({ length: 40 }, (_, index) => index)).map((index): Row => {
      const person: Person = {
        formId,
        instanceId: random.uuid(),
        organisation: 'orgzqaaaaaaaaaaaa',
        marker: `${formId === 'f' ? 52 : 53}${100_000 + index}`,
        arrival: index,
        who: index,
        sent: [{ version: '1', answers: { age: 20 + index, secret } }],
      };
      const south = index % 2 === 0;
      return {
        id: hash('sha256', `kept ${random.canary()}`).slice(0, 16),
        person,
        cells: {
          ticket: person.marker,
          age: south ? '20–29' : '30–39',
          born: '',
          job: 'nurse',
          region: south ? 'DK' : 'TH',
          town: '',
          'place/latitude': '',
          'place/longitude': '',
          theme: 'care',
          grade: '5',
          health: index % 3 === 0 ? 'well' : 'hiv',
        },
        rooms: 2,
      };
    });
  const catalogue = Buffer.from('{"dct:modified":"2031-03-04"}');
  return {
    rows: rowsOf('f'),
    others: rowsOf('g'),
    extra: new Map([['catalog.json', catalogue]]),
    members: new Map(),
    quiet: false,
  };
}

function csvOf(rows: readonly (readonly string[])[]): Buffer {
  return Buffer.from(rows.map((row) => `${row.join(',')}\r\n`).join(''));
}

function tablesOf(formId: string, rows: readonly Row[]): [string, Buffer][] {
  const headers = [...new Set(rows.flatMap(({ cells }) => Object.keys(cells)))];
  const main = rows.map(({ id, cells }) => [id, '1', ...headers.map((name) => cells[name] ?? '')]);
  const rooms = rows.flatMap(({ id, rooms: count }) =>
    Array.from({ length: count }, (_, index) => [`${id}/${index + 1}`, id, '2']),
  );
  const records = rows.map(({ id, cells }) => {
    const { ticket, age, health } = cells;
    return { id, formVersion: '1', answers: { ticket: Number(ticket), age, health } };
  });
  return [
    [`${formId}.csv`, csvOf([['id', 'form_version', ...headers], ...main])],
    [`${formId}.room.csv`, csvOf([['id', 'parent_id', 'beds'], ...rooms])],
    [
      `${formId}.json`,
      Buffer.from(`${JSON.stringify({ records }).slice(0, -1)},"count":${records.length}}\n`),
    ],
  ];
}

function snapshotOf(ground: Ground): Snapshot {
  const { rows, others, extra, members, quiet } = ground;
  const counts = Map.groupBy(
    rows,
    ({ cells }) => `${cells['theme'] ?? ''}/${cells['region'] ?? ''}`,
  );
  const gaps = [...counts].map(([id, { length }]) => [id, String(length)]);
  const base = groundOf();
  const markers = (of: readonly Row[]) => new Set(of.map(({ person }) => person.marker));
  const seen = new Map([
    ['f', markers([...base.rows, ...rows.filter(({ id }) => id.startsWith('added'))])],
    ['g', markers(base.others)],
  ]);
  return {
    public: new Map([
      ...tablesOf('f', rows),
      ...tablesOf('g', others),
      ['gaps.csv', csvOf([['id', 'count'], ...gaps])],
      ...extra,
    ]),
    members,
    quiet,
    truth: { published: seen, accepted: seen, canaries: new Map([[secret, 'nobody']]) },
  };
}

const forms: readonly AskedForm[] = [
  { formId: 'f', versions: [definition] },
  { formId: 'g', versions: [{ ...definition, settings: { ...definition.settings } }] },
];

/** What an attacker has who downloaded twice; `plant` changes what the second time shows. */
function viewOf(plant: (ground: Ground) => Ground): AttackView {
  const [before, after] = [groundOf(), plant(groundOf())];
  const people = [...before.rows, ...before.others, ...after.rows].map(({ person }) => person);
  const twoForms = forms.map((form) =>
    // Only one of the forms says who does what where.
    form.formId === 'f'
      ? form
      : {
          ...form,
          versions: form.versions.map((version) => ({
            ...version,
            survey: version.survey.map((row) => ({ ...row, hxl: null })),
          })),
        },
  );
  return { forms: twoForms, people, snapshots: [snapshotOf(before), snapshotOf(after)] };
}

const changed =
  (which: (row: Row, index: number) => boolean, change: (row: Row) => Row) =>
  (ground: Ground): Ground => ({
    ...ground,
    rows: ground.rows.map((row, index) => (which(row, index) ? change(row) : row)),
  });
const first = (_: Row, index: number): boolean => index === 0;
const saying =
  (cells: Readonly<Record<string, string>>) =>
  (row: Row): Row => ({ ...row, cells: { ...row.cells, ...cells } });
const with1 =
  (name: string, text: string) =>
  (ground: Ground): Ground => ({
    ...ground,
    extra: new Map([...ground.extra, [name, Buffer.from(text)]]),
  });

/** Someone more, who looks like others. */
const newcomer = (ground: Ground): Ground => {
  const [row] = ground.rows;
  if (row === undefined) return ground;
  const person = { ...row.person, marker: '52999999' };
  const added = { ...row, id: 'added0000', person, cells: { ...row.cells, ticket: '52999999' } };
  return { ...ground, rows: [...ground.rows, added] };
};

/** A leak for every attack. */
const leaks: Readonly<Record<AttackName, (ground: Ground) => Ground>> = {
  ids: changed(first, (row) => ({
    ...row,
    id: hash('sha256', `f\n${row.person.instanceId}`).slice(0, 16),
  })),
  'raw ids': (ground) => ({
    ...ground,
    members: new Map([['f/f.ndjson', Buffer.from(ground.rows[3]?.person.instanceId ?? '')]]),
  }),
  'hidden values': with1('f.ndjson', `{"secret":"${secret}"}`),
  'hidden records': changed(first, saying({ ticket: '52777777' })),
  'hidden columns': changed(first, saying({ secret: 'yes' })),
  classes: changed(first, saying({ age: '40–49' })),
  homogeneity: changed(({ cells }) => cells['region'] === 'DK', saying({ health: 'hiv' })),
  blanks: changed(first, saying({ age: '', region: '' })),
  histories: newcomer,
  newcomers: newcomer,
  corrections: changed(first, saying({ grade: '6' })),
  counts: with1('gaps.csv', 'id,count\r\ncare/DK,21\r\n'),
  moments: with1('f.datapackage.json', '{"created":"2031-03-04T08:09:41.413Z"}'),
  'noticed secrets': (ground) => ({ ...with1('f.ndjson', '')(ground), quiet: true }),
  order: (ground) => ({
    ...ground,
    rows: [...ground.rows].sort((one, other) => one.person.arrival - other.person.arrival),
  }),
  composition: (ground) => {
    const places = ground.rows.map(({ person }) => person.who);
    const placeOf = ({ person }: Row): number => places.indexOf(person.who);
    return {
      ...ground,
      others: [...ground.others].sort((one, other) => placeOf(one) - placeOf(other)),
    };
  },
};

/** Further ways in which the same attacks must succeed. */
const further: readonly (readonly [string, AttackName, (ground: Ground) => Ground])[] = [
  ['what is computed from an age', 'classes', changed(first, saying({ born: '1999' }))],
  ['who was asked because of an age', 'classes', changed(first, saying({ job: '' }))],
  ['a town that gives a région', 'classes', changed(first, saying({ town: 'mbour' }))],
  ['a place', 'classes', changed(first, saying({ 'place/latitude': '14.7' }))],
  ['how large a household is', 'classes', changed(first, (row) => ({ ...row, rooms: 9 }))],
  [
    'an id made of all answers',
    'ids',
    changed(first, (row) => ({
      ...row,
      id: hash('sha256', `{"age":${20 + row.person.arrival},"secret":"${secret}"}`).slice(0, 16),
    })),
  ],
  ['a name of a version that holds a time', 'moments', with1('x.json', '20310304T081143427Z')],
  ['milliseconds', 'moments', with1('x.json', `{"at":${Date.UTC(2031, 2, 4)}}`)],
  ['a count of nothing that is shown', 'counts', with1('gaps.csv', 'id,count\r\nlaw/TH,1\r\n')],
  ['a count that rows give away', 'counts', with1('gaps.csv', 'id,count\r\ncare/TH,\r\n')],
  [
    'a row of who does what where that no form shows',
    'counts',
    with1('who-does-what-where.csv', 'form,id,adm1_code\r\nf,0123456789abcdef,DK\r\n'),
  ],
  [
    'the rest of those who look alike',
    'histories',
    (ground) => {
      const south = ground.rows.filter(({ cells }) => cells['region'] === 'DK').slice(2);
      return { ...ground, rows: ground.rows.filter((row) => !south.includes(row)) };
    },
  ],
];

const finds = async (name: AttackName, plant: (ground: Ground) => Ground): Promise<boolean> =>
  (await attackAll(viewOf(plant), [name])).has(name);

describe('attacks', () => {
  it('find nothing where nothing is', async () => {
    expect(await attackAll(viewOf((ground) => ground))).toEqual(new Map());
  });

  it.each(attackNames)('find what was planted for them: %s', async (name) => {
    expect(await finds(name, leaks[name])).toBe(true);
  });

  it.each(further)('find %s (%s)', async (_, name, plant) => {
    expect(await finds(name, plant)).toBe(true);
  });
});
