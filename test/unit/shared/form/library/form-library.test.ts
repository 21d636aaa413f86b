import { beforeEach, describe, expect, it } from 'vitest';
import type { FormDefinition } from '../../../../../shared/form/definition.ts';
import { FormLibrary } from '../../../../../shared/form/library/form-library.ts';
import { atEveryOperation, Interruptions } from '../../../../support/interruptions.ts';
import { MemoryObjectStore } from '../../../../support/memory-object-store.ts';
import { MemoryRecordStore } from '../../../../support/memory-record-store.ts';

const clock = () => new Date('2026-11-02T08:00:00.000Z');

function form(version: string, more: Partial<FormDefinition> = {}): FormDefinition {
  return {
    survey: [{ type: 'text', name: 'title', label: 'Titre' }],
    choices: [],
    settings: { form_title: `Fiche ${version}`, version, default_language: 'fr' },
    ...more,
  };
}

const colours = form('1', { survey: [{ type: 'select_one colours', name: 'colour', label: 'C' }] });

let interruptions: Interruptions;
let registry: MemoryRecordStore;
let objects: MemoryObjectStore;
let forms: FormLibrary;
/** Another process on the same stores: nothing cached. */
const elsewhere = () => new FormLibrary(registry, objects, clock);

beforeEach(() => {
  interruptions = new Interruptions();
  registry = new MemoryRecordStore(interruptions);
  objects = new MemoryObjectStore(interruptions);
  forms = elsewhere();
});

async function publish(version: string, more: Partial<FormDefinition> = {}) {
  await forms.putDraft('survey', form(version, more));
  return forms.publish('survey');
}

describe('a form with errors', () => {
  it('is refused with what is odd beside them', async () => {
    const survey = [
      { type: 'text', name: 'title' },
      { type: 'text', name: 'title', label: 'Titre' },
    ];
    await expect(forms.putDraft('survey', form('1', { survey }))).rejects.toMatchObject({
      errors: [{ code: 'duplicate-name', at: { sheet: 'survey', row: 3, column: 'name' } }],
      warnings: [{ code: 'missing-label', at: { sheet: 'survey', row: 2, column: 'label' } }],
    });
  });
});

describe('a stored form', () => {
  it('stays readable when a rule that came later faults it', async () => {
    await publish('1');
    const [version] = (await forms.record('survey'))?.versions ?? [];
    const faulted = form('1', {
      survey: [
        { type: 'start', name: 'start' },
        { type: 'text', name: 'title', label: 'Titre' },
        { type: 'calculate', name: 'c', calculation: '1', trigger: '${start}' },
      ],
    });
    await objects.put(version?.key ?? '', Buffer.from(JSON.stringify(faulted)), {
      contentType: 'application/json',
    });
    const reader = elsewhere();
    const { questions } = await reader.model('survey');
    expect(questions.map(({ name }) => name)).toEqual(['start', 'title', 'c']);
    await expect(reader.putDraft('survey', faulted)).rejects.toMatchObject({
      code: 'invalid-form',
    });
  });
});

describe('putDraft', () => {
  it('keeps a draft that nobody but who asks for the draft gets', async () => {
    const stored = await forms.putDraft('survey', form('1'));
    expect(stored).toMatchObject({ formId: 'survey', version: '1', warnings: [] });
    expect(await forms.record('survey')).toMatchObject({
      state: 'draft',
      shards: 0,
      revision: 1,
      title: { fr: 'Fiche 1' },
      audience: 'members',
      versions: [],
    });
    await expect(forms.definition('survey')).rejects.toMatchObject({ code: 'not-found' });
    await expect(forms.model('survey', '1')).rejects.toMatchObject({ code: 'not-found' });
    expect(await forms.draftDefinition('survey')).toEqual(form('1'));
  });

  it('writes no new revision for the same draft again', async () => {
    await forms.putDraft('survey', form('1'));
    await forms.putDraft('survey', form('1'));
    expect(await forms.record('survey')).toMatchObject({ revision: 1 });
  });

  it('refuses a form with errors, says where they stand, and keeps nothing', async () => {
    const broken = form('1', { survey: [{ type: 'texte', name: 'title', label: 'Titre' }] });
    await expect(forms.putDraft('survey', broken)).rejects.toMatchObject({
      code: 'invalid-form',
      errors: [{ pointer: '/survey/0/type', at: { sheet: 'survey', row: 2, column: 'type' } }],
    });
    expect(await forms.record('survey')).toBeUndefined();
    expect(objects.keys()).toEqual([]);
  });

  it('refuses a form that no answer could hold, and says what to do', async () => {
    const choices = Array.from({ length: 500 }, (_, index) => ({
      list_name: 'colours',
      name: `c${index}`,
      label: 'x'.repeat(11_000),
    }));
    await expect(forms.putDraft('survey', { ...colours, choices })).rejects.toMatchObject({
      code: 'invalid-form',
      errors: [{ code: 'form-too-large' }],
    });
    expect(objects.keys()).toEqual([]);
  });

  it.each([
    'who-does-what-where',
    'plan',
    'Plan',
    'coverage',
    'gaps',
    'duplicates',
    'catalog',
    'a#b',
    'a/b',
    '',
    '__proto__',
  ])('refuses %j as the id of a form', async (formId) => {
    await expect(forms.putDraft(formId, form('1'))).rejects.toMatchObject({ code: 'invalid-form' });
  });

  it.each(['toString', 'constructor'])('takes %s as the id of a form', async (formId) => {
    await forms.putDraft(formId, form('1'));
    await forms.publish(formId);
    expect((await forms.model(formId)).formId).toBe(formId);
  });

  it('changes nothing of what is published', async () => {
    await publish('1');
    await forms.putDraft('survey', form('2', { settings: { version: '2', audience: 'anyone' } }));
    expect(await forms.record('survey')).toMatchObject({
      state: 'published',
      title: { fr: 'Fiche 1' },
      audience: 'members',
      draft: { version: '2' },
    });
    expect(await forms.definition('survey')).toEqual(form('1'));
  });

  it('inlines vocabularies: what is uploaded does not change with them', async () => {
    await forms.putVocabulary('colours', [{ name: 'red', label: 'Rouge' }]);
    await forms.putDraft('survey', colours);
    await forms.publish('survey');
    await forms.putVocabulary('colours', [{ name: 'blue', label: 'Bleu' }]);
    const model = await elsewhere().model('survey');
    expect([...(model.lists.get('colours')?.byName.keys() ?? [])]).toEqual(['red']);
  });
});

describe('publish', () => {
  it('makes the draft the current version and fixes the shards once and for all', async () => {
    expect(await publish('1')).toMatchObject({
      state: 'published',
      shards: 4,
      versions: [{ version: '1', publishedAt: clock().toISOString() }],
    });
    const second = await publish('2');
    expect(second).toMatchObject({ shards: 4, title: { fr: 'Fiche 2' } });
    expect(second.versions.map(({ version }) => version)).toEqual(['1', '2']);
    expect(second.draft).toBeUndefined();
  });

  it('takes as many shards as the first version published says, whatever later ones say', async () => {
    const saying = (version: string, shards: string) => ({
      settings: { form_title: 'Fiche', version, default_language: 'fr', shards },
    });
    expect(await publish('1', saying('1', '64'))).toMatchObject({ shards: 64 });
    expect(await publish('2', saying('2', '8'))).toMatchObject({ shards: 64 });
    expect(await publish('3')).toMatchObject({ shards: 64 });
  });

  it('keeps older versions, and gives the newest to who names none', async () => {
    await publish('1');
    await publish('2');
    expect((await forms.model('survey')).version).toBe('2');
    expect((await forms.model('survey', '1')).version).toBe('1');
    expect(await forms.definition('survey', '1')).toEqual(form('1'));
    await expect(forms.model('survey', '3')).rejects.toMatchObject({ code: 'not-found' });
  });

  it('is done once, however often it is asked for', async () => {
    const first = await publish('1');
    expect(await forms.publish('survey')).toEqual(first);
    expect(await publish('1')).toMatchObject({ versions: first.versions });
  });

  it('refuses another content under a published version, and says what to do', async () => {
    await publish('1');
    const other = publish('1', { survey: [{ type: 'integer', name: 'n', label: 'N' }] });
    await expect(other).rejects.toMatchObject({
      code: 'conflict',
      errors: [{ code: 'version-taken' }],
    });
    expect(await forms.definition('survey')).toEqual(form('1'));
  });

  it('brings an older version back when its content is published again', async () => {
    await publish('1');
    await publish('2');
    const record = await publish('1');
    expect(record.versions.map(({ version }) => version)).toEqual(['2', '1']);
    expect(await forms.definition('survey')).toEqual(form('1'));
  });

  it('takes the audience of what it publishes', async () => {
    const settings = { version: '1', audience: 'coordinator' };
    expect(await publish('1', { settings })).toMatchObject({ audience: 'coordinator' });
  });

  it.each(['unknown', 'a#b', ''])('does not find %j', async (formId) => {
    await expect(forms.publish(formId)).rejects.toMatchObject({ code: 'not-found' });
    await expect(forms.close(formId)).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('close', () => {
  it('closes a form, which publishing opens again', async () => {
    await publish('1');
    expect(await forms.close('survey')).toMatchObject({ state: 'closed' });
    const closed = await forms.close('survey');
    expect(closed).toMatchObject({ state: 'closed', revision: 3 });
    expect(await forms.publish('survey')).toMatchObject({ state: 'published', revision: 4 });
    await forms.close('survey');
    expect(await publish('2')).toMatchObject({ state: 'published' });
  });

  it('refuses a form that was never published', async () => {
    await forms.putDraft('survey', form('1'));
    await expect(forms.close('survey')).rejects.toMatchObject({ code: 'conflict' });
  });
});

describe('the record of a form', () => {
  it('keeps both changes when one comes in between the other, at whatever moment', () =>
    atEveryOperation(async (at) => {
      registry = new MemoryRecordStore(interruptions);
      forms = elsewhere();
      await publish('1');
      interruptions.plan({
        at,
        meanwhile: () =>
          elsewhere()
            .close('survey')
            .then(() => undefined),
      });
      await forms.putDraft('survey', form('2'));
      const reached = interruptions.end();
      const record = await forms.record('survey');
      expect(record).toMatchObject({ draft: { version: '2' }, versions: [{ version: '1' }] });
      expect(record?.state).toBe(reached ? 'closed' : 'published');
      return reached;
    }));

  it('is made once when two upload the first draft at the same time', async () => {
    await Promise.all(['1', '2'].map((version) => elsewhere().putDraft('survey', form(version))));
    expect(await forms.record('survey')).toMatchObject({ revision: 2, state: 'draft' });
  });

  const acts = {
    putDraft: (library: FormLibrary) => library.putDraft('survey', form('2')),
    publish: (library: FormLibrary) => library.publish('survey'),
    close: (library: FormLibrary) => library.close('survey'),
    putVocabulary: (library: FormLibrary) => library.putVocabulary('colours', [{ name: 'red' }]),
  };

  it.each(
    (['putDraft', 'publish', 'close', 'putVocabulary'] as const).flatMap((name) =>
      (['before', 'after'] as const).map((fail) => [name, fail] as const),
    ),
  )('ends right when a store fails once in %s, %s doing it, and it is repeated', (name, fail) =>
    atEveryOperation(async (at) => {
      registry = new MemoryRecordStore(interruptions);
      objects = new MemoryObjectStore(interruptions);
      forms = elsewhere();
      await publish('1');
      if (name !== 'putDraft') await forms.putDraft('survey', form('2'));
      const before = (await forms.record('survey'))?.revision ?? 0;
      interruptions.plan({ at, fail });
      await acts[name](elsewhere()).catch(() => undefined);
      const reached = interruptions.end();
      await acts[name](forms);
      const after = await forms.record('survey');
      expect(after?.revision).toBe(name === 'putVocabulary' ? before : before + 1);
      if (name === 'publish') expect(after?.versions).toHaveLength(2);
      if (name === 'close') expect(after?.state).toBe('closed');
      return reached;
    }),
  );

  it('lists every form by id', async () => {
    for (const formId of ['b', 'a']) await forms.putDraft(formId, form('1'));
    expect((await forms.list()).map(({ formId }) => formId)).toEqual(['a', 'b']);
  });
});

describe('models', () => {
  it('are read from the object store once, also by many at the same time', async () => {
    await publish('1');
    const library = elsewhere();
    interruptions.plan(undefined);
    const models = await Promise.all(Array.from({ length: 20 }, () => library.model('survey')));
    expect(new Set(models).size).toBe(1);
    // 20 times the record, once the object.
    expect(interruptions.count).toBe(21);
  });

  it('are read again after the object store failed', async () => {
    await publish('1');
    const library = elsewhere();
    interruptions.plan({ at: 2, fail: 'before' });
    await expect(library.model('survey')).rejects.toMatchObject({ code: 'store-unavailable' });
    expect((await library.model('survey')).version).toBe('1');
  });
});

describe('vocabularies', () => {
  it('are kept row by row, by name', async () => {
    const rows = [{ name: 'red', 'label::Français (fr)': 'Rouge', order: 1, old: false }];
    await forms.putVocabulary('colours', rows);
    expect(await forms.vocabularies()).toEqual(new Map([['colours', rows]]));
  });

  it.each(['', 'a b', 'a#b', '1'])('do not have the name %j', async (name) => {
    await expect(forms.putVocabulary(name, [])).rejects.toMatchObject({ code: 'invalid-body' });
  });

  it('are refused over 350 KB', async () => {
    const rows = [{ name: 'x'.repeat(360_000) }];
    await expect(forms.putVocabulary('long', rows)).rejects.toMatchObject({
      code: 'record-too-large',
    });
  });
});
