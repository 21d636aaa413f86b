import { describe, expect, it } from 'vitest';
import { compareForms } from '../../../../../shared/form/compare/compare-forms.ts';
import { FormDefinitionSchema } from '../../../../../shared/form/definition-schema.ts';
import type { JsonObject } from '../../../../../shared/json.ts';
import { DatasetWorld } from '../../../../support/dataset-world.ts';
import { keysInOrder } from '../../../../support/keyring.ts';

const form = (version: string, survey: readonly JsonObject[], more: JsonObject = {}) => ({
  survey,
  choices: [
    { list_name: 'l', name: 'x', label: 'X' },
    ...(version === '1' ? [{ list_name: 'l', name: 'gone', label: 'Gone' }] : []),
  ],
  settings: { form_title: 'F', version, ...more },
});
const question = (type: string, name: string, more: JsonObject = {}): JsonObject => ({
  type,
  name,
  label: name,
  ...more,
});

/** A world with a form of two versions and an answer to each. */
async function worldOf(
  before: readonly JsonObject[],
  after: readonly JsonObject[],
  answers: readonly [JsonObject, JsonObject],
): Promise<DatasetWorld> {
  const world = new DatasetWorld();
  world.keys = keysInOrder('f', ['instance-1', 'instance-2']);
  await world.publishForm('f', form('1', before));
  await world.put('f', 'instance-1', answers[0]);
  await world.compile();
  await world.publishForm('f', form('2', after));
  await world.put('f', 'instance-2', answers[1], { formVersion: '2' });
  await world.compile();
  return world;
}

/** The cells of a CSV file by header, row by row; nothing in these tests is quoted. */
async function cells(
  world: DatasetWorld,
  audience: 'coordinator' | 'members' | 'public' = 'coordinator',
  file = 'f.csv',
): Promise<Record<string, string>[]> {
  const text = (await world.file('f', audience, file)).replace(/^\ufeff/, '');
  const [header = '', ...lines] = text.trimEnd().split('\r\n');
  const names = header.split(',');
  return lines.map((line) => {
    const values = line.split(',');
    return Object.fromEntries(names.map((name, index) => [name, values[index] ?? '']));
  });
}

const told = async (world: DatasetWorld) =>
  compareForms(await world.forms.model('f', '1'), await world.forms.model('f', '2')).map(
    ({ code }) => code,
  );

describe('answers to two versions of a form', () => {
  it('give the coordinator the columns of both: a question gone, one new, one of another type', async () => {
    const world = await worldOf(
      [question('text', 'gone'), question('text', 'n'), question('select_one l', 's')],
      [question('integer', 'n'), question('select_one l', 's'), question('date', 'new')],
      [
        { gone: 'old', n: 'about seven', s: 'gone' },
        { n: 8, s: 'x', new: '2026-02-01' },
      ],
    );
    const rows = await cells(world);
    expect(Object.keys(rows[0] ?? {}).slice(6)).toEqual(['n', 's', 'new', 'gone']);
    expect(rows).toMatchObject([
      { id: 'instance-1', form_version: '1', n: 'about seven', s: 'gone', new: '', gone: 'old' },
      { id: 'instance-2', form_version: '2', n: '8', s: 'x', new: '2026-02-01', gone: '' },
    ]);
    expect(await world.records('f')).toMatchObject([
      { formVersion: '1', answers: { gone: 'old', n: 'about seven', s: 'gone' } },
      { formVersion: '2', answers: { n: 8, s: 'x', new: '2026-02-01' } },
    ]);
    expect(await told(world)).toEqual([
      'type-changed',
      'choices-removed',
      'question-added',
      'question-removed',
    ]);
  });

  it('have columns of their own where a place becomes a text', async () => {
    const world = await worldOf(
      [question('geopoint', 'where')],
      [question('text', 'where')],
      [{ where: { lat: 14.5, lon: -17.25 } }, { where: 'Dakar' }],
    );
    const [one, two] = await cells(world);
    expect(one).toMatchObject({ where: '', 'where/latitude': '14.5', 'where/longitude': '-17.25' });
    expect(two).toMatchObject({ where: 'Dakar', 'where/latitude': '' });
    expect(await told(world)).toEqual(['type-changed-column']);
  });

  it('stay in their old column where a question has moved', async () => {
    const world = await worldOf(
      [question('text', 'a')],
      [
        { type: 'begin group', name: 'g', label: 'G' },
        question('text', 'a'),
        { type: 'end group' },
      ],
      [{ a: 'old' }, { g: { a: 'new' } }],
    );
    expect(await cells(world)).toMatchObject([
      { a: 'old', 'g/a': '' },
      { a: '', 'g/a': 'new' },
    ]);
    expect(await told(world)).toEqual(['question-moved']);
  });

  it('stay in their table where a group becomes a repeat', async () => {
    const block = (kind: string) => [
      { type: `begin ${kind}`, name: 'g', label: 'G' },
      question('text', 'a'),
      { type: `end ${kind}` },
    ];
    const world = await worldOf(block('group'), block('repeat'), [
      { g: { a: 'old' } },
      { g: [{ a: 'new' }, { a: 'newer' }] },
    ]);
    expect(await cells(world)).toMatchObject([{ 'g/a': 'old' }, { 'g/a': '' }]);
    const inRepeat = await cells(world, 'coordinator', 'f.g.csv');
    expect(inRepeat.map(({ a }) => a)).toEqual(['new', 'newer']);
    expect(await told(world)).toEqual(['group-became-repeat']);
  });
});

describe('what a change of visibility means for answers already given', () => {
  const shown = (visibility: string) => [
    question('text', 'a', { visibility, review_text: 'yes' }),
    question('text', 'open', { visibility: 'public', review_text: 'yes' }),
  ];
  const answers = [
    { a: 'old', open: 'o' },
    { a: 'new', open: 'o' },
  ] as const;

  it('widened: they keep the visibility under which they were given', async () => {
    const world = await worldOf(shown('coordinator'), shown('public'), [...answers]);
    expect((await cells(world, 'public')).map(({ a }) => a).sort()).toEqual(['', 'new']);
    expect(await told(world)).toEqual(['visibility-widened']);
  });

  it('narrowed: they leave the files of the others', async () => {
    const world = await worldOf(shown('public'), shown('members'), [...answers]);
    expect((await cells(world, 'public')).map((row) => Object.hasOwn(row, 'a'))).toEqual([
      false,
      false,
    ]);
    expect((await cells(world, 'members')).map(({ a }) => a)).toEqual(['old', 'new']);
    expect(await told(world)).toEqual(['visibility-narrowed']);
  });
});

describe('a draft', () => {
  it('leaves no trace of what was sent to it in any file', async () => {
    const world = new DatasetWorld();
    await world.publishForm(
      'f',
      form('1', [question('text', 'a', { visibility: 'public', review_text: 'yes' })]),
    );
    const draft = form('2', [question('text', 'a'), question('text', 'b')]);
    await world.forms.putDraft('f', FormDefinitionSchema.parse(draft));
    await world.put('f', 'instance-1', { a: 'real' });
    const { shards } = (await world.forms.record('f.draft')) ?? {};
    expect(shards).toBe(1);
    await world.put('f.draft', 'instance-2', { a: 'tried', b: 'out' }, { formVersion: '2' });
    await world.compile();
    const written = JSON.stringify(await world.contents(''));
    expect(written).toContain('real');
    expect(written).not.toContain('tried');
    expect(world.objects.keys().filter((key) => key.includes('.draft'))).toEqual([]);
  });
});
