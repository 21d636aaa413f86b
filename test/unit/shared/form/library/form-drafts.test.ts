import { beforeEach, describe, expect, it } from 'vitest';
import { compileWork } from '../../../../../shared/dataset/publish/compile-work.ts';
import type { FormDefinition } from '../../../../../shared/form/definition.ts';
import { FormLibrary } from '../../../../../shared/form/library/form-library.ts';
import type { FormRecord } from '../../../../../shared/form/library/form-record.ts';
import { registryKey } from '../../../../../shared/store/keys.ts';
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

let registry: MemoryRecordStore;
let objects: MemoryObjectStore;
let forms: FormLibrary;
const elsewhere = () => new FormLibrary(registry, objects, clock);

beforeEach(() => {
  registry = new MemoryRecordStore();
  objects = new MemoryObjectStore();
  forms = elsewhere();
});

async function known(formId: string): Promise<FormRecord> {
  const record = await forms.record(formId);
  if (record === undefined) throw new Error(`There is no ${formId}.`);
  return record;
}

async function publish(version: string, more: Partial<FormDefinition> = {}) {
  await forms.putDraft('survey', form(version, more));
  return forms.publish('survey');
}

describe('the draft of a form, as a form of its own', () => {
  it('is open for the coordinator while there is a draft, in one shard', async () => {
    expect(await forms.record('survey.draft')).toBeUndefined();
    await publish('1', { settings: { version: '1', audience: 'anyone' } });
    await forms.putDraft('survey', form('2'));
    expect(await forms.record('survey.draft')).toMatchObject({
      formId: 'survey.draft',
      state: 'published',
      audience: 'coordinator',
      shards: 1,
      title: { fr: 'Fiche 2' },
      versions: [{ version: '1' }, { version: '2' }],
    });
  });

  it('is closed once it is published, and can still be read', async () => {
    await publish('1');
    expect(await forms.record('survey.draft')).toMatchObject({
      state: 'closed',
      versions: [{ version: '1' }],
    });
    expect((await forms.model('survey.draft')).formId).toBe('survey.draft');
  });

  it('has the definitions and models of the drafts that were replaced', async () => {
    for (const version of ['1', '2', '3']) await forms.putDraft('survey', form(version));
    const { versions } = await known('survey.draft');
    expect(versions.map(({ version }) => version)).toEqual(['1', '2', '3']);
    for (const library of [forms, elsewhere()]) {
      expect(await library.definition('survey.draft', '2')).toEqual(form('2'));
      const model = await library.model('survey.draft', '1');
      expect(model).toMatchObject({ formId: 'survey.draft', version: '1' });
      expect((await library.model('survey.draft')).version).toBe('3');
    }
  });

  it('has of each version the newest draft', async () => {
    const other = { survey: [{ type: 'integer', name: 'n', label: 'N' }] };
    await forms.putDraft('survey', form('1'));
    await forms.putDraft('survey', form('1', other));
    expect((await known('survey.draft')).versions).toHaveLength(1);
    expect(await forms.definition('survey.draft', '1')).toEqual(form('1', other));
  });

  it('remembers twenty drafts', async () => {
    for (let n = 1; n <= 25; n += 1) await forms.putDraft('survey', form(String(n)));
    const { versions } = await known('survey.draft');
    expect(versions.map(({ version }) => version)).toEqual(
      Array.from({ length: 20 }, (_, index) => String(index + 6)),
    );
  });

  it('has an XForm under its own id, made once', async () => {
    await publish('1');
    await forms.putDraft('survey', form('2'));
    const [draft, own] = [await known('survey.draft'), await known('survey')];
    const xForm = await forms.xForm(draft);
    expect(xForm.xml).toMatch(/id="survey\.draft"[^>]* version="2"/);
    expect(xForm.md5).toMatch(/^[0-9a-f]{32}$/);
    expect(await forms.xForm(draft)).toBe(xForm);
    expect((await forms.xForm(own)).xml).toMatch(/id="survey"[^>]* version="1"/);
    expect(await elsewhere().xForm(draft, '2')).toEqual(xForm);
    await expect(forms.xForm(own, '2')).rejects.toMatchObject({ code: 'not-found' });
  });

  it('reviews as the form says', async () => {
    await forms.putDraft('survey', form('1', { settings: { version: '1', review: 'none' } }));
    expect((await forms.model('survey.draft')).settings.review).toBe('none');
  });

  it.each([
    ['putDraft', () => forms.putDraft('survey.draft', form('2')), 'invalid-form'],
    ['publish', () => forms.publish('survey.draft'), 'conflict'],
    ['close', () => forms.close('survey.draft'), 'conflict'],
    ['putMedia', () => forms.putMedia('survey.draft', 'a.png', Buffer.from('x'), ''), 'conflict'],
    ['deleteMedia', () => forms.deleteMedia('survey.draft', 'a.png'), 'conflict'],
  ] as const)('refuses %s, and says where to turn to', async (_, act, code) => {
    await forms.putDraft('survey', form('1'));
    await expect(act()).rejects.toMatchObject({
      code,
      errors: [
        { code: 'draft-id', message: { en: expect.stringContaining('"survey"') as unknown } },
      ],
    });
    expect(await forms.record('survey')).toMatchObject({ revision: 1 });
  });

  it('is in no list, and nothing of it is ever compiled', async () => {
    await publish('1');
    await forms.putDraft('survey', form('2'));
    expect((await forms.list()).map(({ formId }) => formId)).toEqual(['survey']);
    const { collect, publish: datasets } = await compileWork({ forms });
    expect([...collect.map(({ formId }) => formId), ...datasets].join(' ')).not.toContain('.draft');
    expect(await registry.get(registryKey.form('survey.draft'))).toBeUndefined();
  });

  it('is found in records that were written before drafts could be filled in', async () => {
    await forms.putDraft('survey', form('1'));
    const { draft } = await known('survey');
    const record = await registry.get(registryKey.form('survey'));
    // What is of a later version is never written over.
    await registry.delete(registryKey.form('survey'));
    await registry.put({
      ...record,
      ...registryKey.form('survey'),
      draft: JSON.stringify({ version: draft?.version, key: draft?.key }),
      schema: 1,
    });
    expect(await forms.record('survey.draft')).toMatchObject({
      state: 'published',
      title: { fr: 'Fiche 1' },
      versions: [{ version: '1' }],
    });
  });
});

describe('draftChanges', () => {
  it('says what publishing would change, and nothing for a form that never was published', async () => {
    const first = await forms.putDraft('survey', form('1'));
    expect(first.changes).toEqual([]);
    expect(await forms.draftChanges('survey')).toEqual({ version: '1', changes: [] });
    await forms.publish('survey');
    await expect(forms.draftChanges('survey')).rejects.toMatchObject({ code: 'not-found' });
    const stored = await forms.putDraft('survey', form('2', { survey: [title('integer')] }));
    expect(stored.changes.map(({ code }) => code)).toEqual(['title-changed', 'type-changed']);
    expect(await elsewhere().draftChanges('survey')).toEqual({
      version: '2',
      changes: stored.changes,
    });
  });

  it('compares with the current version, whatever there was before it', async () => {
    await publish('1');
    await publish('2', { survey: [title('integer')] });
    const { changes } = await forms.putDraft('survey', form('3', { survey: [title('integer')] }));
    expect(changes.map(({ code }) => code)).toEqual(['title-changed']);
  });

  it('warns of a version that is taken before publishing refuses it', async () => {
    await publish('1');
    const { changes } = await forms.putDraft('survey', form('1', { survey: [title('integer')] }));
    expect(changes[0]).toMatchObject({ code: 'version-taken', severity: 'warning' });
  });

  it('is told again of what was published, however often it is asked', async () => {
    await publish('1');
    await publish('2', { survey: [title('integer')] });
    const record = await forms.publish('survey');
    const changes = await forms.lastChanges(record);
    expect(changes.map(({ code }) => code)).toEqual(['title-changed', 'type-changed']);
  });

  const title = (type: string) => ({ type, name: 'title', label: 'Titre' });
});

describe('compiling', () => {
  it('is done once from upload to publication: neither publishing nor the draft reads it again', async () => {
    await forms.putDraft('survey', form('1'));
    const reads: string[] = [];
    const get = objects.get.bind(objects);
    objects.get = (key, range) => {
      reads.push(key);
      return get(key, range);
    };
    const record = await forms.publish('survey');
    const model = await forms.modelOf(record);
    const draft = await forms.model('survey.draft');
    await forms.lastChanges(record);
    await forms.xForm(record);
    expect(reads).toEqual([]);
    expect(draft.root).toBe(model.root);
    expect(await forms.model('survey.draft')).toBe(draft);
  });
});
