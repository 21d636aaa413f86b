import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import type { FormDefinition, Row } from '../../../../../shared/form/definition.ts';
import { FormLibrary } from '../../../../../shared/form/library/form-library.ts';
import { maxFiles, safeType } from '../../../../../shared/form/library/form-media.ts';
import { toFormRecord, type FormRecord } from '../../../../../shared/form/library/form-record.ts';
import { atEveryOperation, Interruptions } from '../../../../support/interruptions.ts';
import { MemoryObjectStore } from '../../../../support/memory-object-store.ts';
import { MemoryRecordStore } from '../../../../support/memory-record-store.ts';

const clock = () => new Date('2026-11-02T08:00:00.000Z');
const question: Row = { type: 'select_one_from_file regions.csv', name: 'region', label: 'Région' };

function form(settings: Row = { version: '1' }, survey: Row[] = [question]): FormDefinition {
  return { survey, choices: [], settings };
}

const csv = (...codes: string[]) =>
  Buffer.from(['name,label', ...codes.map((code) => `${code},${code}`)].join('\r\n'));
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

let interruptions: Interruptions;
let registry: MemoryRecordStore;
let objects: MemoryObjectStore;
let forms: FormLibrary;
const elsewhere = () => new FormLibrary(registry, objects, clock);

beforeEach(() => {
  interruptions = new Interruptions();
  registry = new MemoryRecordStore(interruptions);
  objects = new MemoryObjectStore(interruptions);
  forms = elsewhere();
});

async function known(formId: string): Promise<FormRecord> {
  const record = await forms.record(formId);
  if (record === undefined) throw new Error(`There is no ${formId}.`);
  return record;
}
const put = (file: string, bytes: Uint8Array, type = 'text/csv') =>
  forms.putMedia('survey', file, bytes, type);
const codesIn = async (formId: string, version?: string) => {
  const model = await elsewhere().model(formId, version);
  return model.questions[0]?.list?.choices.map(({ name }) => name);
};

describe('a list file', () => {
  it('is asked for when the form is uploaded, and read when it comes', async () => {
    const stored = await forms.putDraft('survey', form());
    expect(stored.files).toEqual([
      { file: 'regions.csv', use: 'list', present: false, bytes: null, sha256: null },
    ]);
    expect(stored.warnings.map(({ code }) => code)).toContain('missing-file');
    const bytes = csv('dakar', 'thies');
    expect(await put('regions.csv', bytes)).toEqual({
      file: 'regions.csv',
      bytes: bytes.length,
      sha256: sha256(bytes),
    });
    expect(await codesIn('survey.draft')).toEqual(['dakar', 'thies']);
    const record = await forms.publish('survey');
    expect(await codesIn('survey')).toEqual(['dakar', 'thies']);
    expect(await forms.filesOf(record)).toMatchObject([{ use: 'list', present: true }]);
    const media = await forms.media(record, 'regions.csv');
    expect(media).toMatchObject({ type: 'text/csv', sha256: sha256(bytes) });
    expect(media.key).toBe(`forms/survey/media/${sha256(bytes)}`);
    expect(Buffer.from(await forms.mediaBytes(media))).toEqual(bytes);
  });

  it('must be there before the form is published', async () => {
    await forms.putDraft('survey', form());
    await expect(forms.publish('survey')).rejects.toMatchObject({
      code: 'conflict',
      errors: [{ code: 'missing-files' }],
      extra: { files: ['regions.csv'] },
    });
    expect(await forms.record('survey')).toMatchObject({ state: 'draft' });
  });

  it('may come before the form that names it', async () => {
    await forms.putDraft(
      'survey',
      form({ version: '0' }, [{ type: 'text', name: 'a', label: 'A' }]),
    );
    await put('regions.csv', csv('dakar'));
    expect(await forms.filesOf(await known('survey.draft'))).toMatchObject([{ use: 'unused' }]);
    const { files, warnings } = await forms.putDraft('survey', form());
    expect(files).toMatchObject([{ file: 'regions.csv', use: 'list', present: true }]);
    expect(warnings.map(({ code }) => code)).not.toContain('missing-file');
    expect(await codesIn('survey.draft')).toEqual(['dakar']);
  });

  it('is kept when the form is uploaded again, and when it is a new version', async () => {
    await forms.putDraft('survey', form());
    await put('regions.csv', csv('dakar'));
    await forms.putDraft('survey', form({ version: '2' }));
    expect(await codesIn('survey.draft')).toEqual(['dakar']);
    await forms.publish('survey');
    await forms.putDraft('survey', form({ version: '3' }));
    expect(await codesIn('survey.draft')).toEqual(['dakar']);
  });

  it('says where it cannot be read, changes nothing then and leaves nothing behind', async () => {
    await forms.putDraft('survey', form());
    const before = objects.keys();
    const broken = Buffer.from('name,label\r\n"dakar,Dakar\r\n');
    await expect(put('regions.csv', broken)).rejects.toMatchObject({
      code: 'invalid-form',
      errors: [{ at: { sheet: 'regions.csv' } }],
    });
    expect(objects.keys()).toEqual(before);
    expect(await forms.record('survey')).toMatchObject({ revision: 1 });
  });

  it('that came before and is broken is told of when a form names it, and only then', async () => {
    const broken = Buffer.from('name,label\r\n"dakar,Dakar\r\n');
    const other = [{ type: 'text', name: 'a', label: 'Of regions' }];
    await forms.putDraft('survey', form({ version: '0' }, other));
    await put('regions.csv', broken);
    await forms.putDraft('survey', form({ version: '1' }, other));
    await expect(forms.putDraft('survey', form({ version: '2' }))).rejects.toMatchObject({
      code: 'invalid-form',
      errors: [{ at: { sheet: 'regions.csv' } }],
    });
  });

  it('does not take rows that an upload brings along', async () => {
    const files = { 'regions.csv': [{ name: 'forged', label: 'Forged' }] };
    const { files: needed } = await forms.putDraft('survey', { ...form(), files });
    expect(needed).toMatchObject([{ present: false }]);
    expect(await codesIn('survey.draft')).toEqual([]);
  });
});

describe('new rows in the list of a published form', () => {
  const publishWith = async (settings: Row) => {
    await forms.putDraft('survey', form(settings));
    await put('regions.csv', csv('dakar'));
    return forms.publish('survey');
  };

  it.each([
    ['2026-11', '2026-11.1'],
    ['2.1', '2.2'],
    [7, '7.1'],
  ])('need no more than the file: version %j becomes %j', async (version, next) => {
    await publishWith({ version });
    await put('regions.csv', csv('dakar', 'kedougou'));
    expect(await forms.draftChanges('survey')).toMatchObject({
      version: next,
      changes: [{ code: 'file-replaced' }, { code: 'choices-added', question: 'region' }],
    });
    expect(await codesIn('survey')).toEqual(['dakar']);
    const record = await forms.publish('survey');
    expect(record.versions.at(-1)?.version).toBe(next);
    expect(await codesIn('survey')).toEqual(['dakar', 'kedougou']);
    expect(await codesIn('survey', String(version))).toEqual(['dakar']);
  });

  it('count on from a version that was taken', async () => {
    await publishWith({ version: '1' });
    for (const code of ['thies', 'louga']) {
      await put('regions.csv', csv('dakar', code));
      await forms.publish('survey');
    }
    const { versions } = await known('survey');
    expect(versions.map(({ version }) => version)).toEqual(['1', '1.1', '1.2']);
  });

  it('change the version of a form that states none', async () => {
    const first = await publishWith({});
    await put('regions.csv', csv('dakar', 'thies'));
    const second = await forms.publish('survey');
    expect(second.versions).toHaveLength(2);
    expect(second.versions[1]?.version).not.toBe(first.versions[0]?.version);
  });

  it('are no change when they are those that are there', async () => {
    const { revision } = await publishWith({ version: '1' });
    await put('regions.csv', csv('dakar'));
    expect(await known('survey')).toMatchObject({ revision });
    expect((await known('survey')).draft).toBeUndefined();
  });

  it('keep the version when the file says the same in other bytes', async () => {
    await publishWith({ version: '1' });
    await put('regions.csv', Buffer.concat([csv('dakar'), Buffer.from('\r\n')]));
    expect(await forms.draftChanges('survey')).toMatchObject({
      version: '1',
      changes: [{ code: 'file-replaced' }],
    });
    expect((await forms.publish('survey')).versions).toHaveLength(1);
  });

  it('are told when the file is taken away, and then it cannot be published', async () => {
    await publishWith({ version: '1' });
    await forms.deleteMedia('survey', 'regions.csv');
    const { version, changes } = await forms.draftChanges('survey');
    expect(version).toBe('1.1');
    expect(changes.map(({ code }) => code)).toEqual(['file-removed', 'choices-removed']);
    await expect(forms.publish('survey')).rejects.toMatchObject({ code: 'conflict' });
    expect(await codesIn('survey')).toEqual(['dakar']);
  });
});

describe('an image', () => {
  const image: Row = { type: 'note', name: 'n', label: 'N', 'media::image': 'logo.png' };

  it('is only warned of where it is missing', async () => {
    const { files, warnings } = await forms.putDraft('survey', form({ version: '1' }, [image]));
    expect(files).toMatchObject([{ file: 'logo.png', use: 'media', present: false }]);
    expect(warnings).toMatchObject([
      { code: 'missing-media', sheet: 'survey', row: 2, column: 'media::image' },
    ]);
    expect(await forms.publish('survey')).toMatchObject({ state: 'published' });
  });

  it('can be added to what is published under the same version, which keeps what it was', async () => {
    await forms.putDraft('survey', form({ version: '1' }, [image]));
    await forms.publish('survey');
    await put('logo.png', Buffer.from('png'), 'text/html');
    expect(await forms.filesOf(await known('survey'))).toMatchObject([{ present: false }]);
    const record = await forms.publish('survey');
    expect(record.versions.map(({ version }) => version)).toEqual(['1']);
    expect(await forms.filesOf(record)).toMatchObject([{ present: true }]);
    expect(await forms.media(record, 'logo.png')).toMatchObject({ type: 'image/png' });
    expect(record.draft).toBeUndefined();
  });

  it('is of one version: another one has its own', async () => {
    await forms.putDraft('survey', form({ version: '1' }, [image]));
    await put('logo.png', Buffer.from('one'));
    await forms.publish('survey');
    await put('logo.png', Buffer.from('two'));
    await forms.putDraft('survey', form({ version: '2' }, [image]));
    await forms.publish('survey');
    const record = await known('survey');
    const bytes = async (version?: string) =>
      String(await forms.mediaBytes(await forms.media(record, 'logo.png', version)));
    expect([await bytes('1'), await bytes('2'), await bytes()]).toEqual(['one', 'two', 'two']);
  });
});

describe('the files of a form', () => {
  beforeEach(() => forms.putDraft('survey', form()));

  it.each([
    '',
    '.',
    '..',
    '.htaccess',
    'a/b.png',
    'a\\b.png',
    'a\u0000.png',
    'x'.repeat(201),
    '\ud800',
  ])('are not called %j', async (file) => {
    await expect(put(file, Buffer.from('x'))).rejects.toMatchObject({
      code: 'invalid-body',
      errors: [{ code: 'bad-file-name' }],
    });
  });

  it('are neither empty nor larger than an answer can be', async () => {
    await expect(put('a.png', Buffer.alloc(0))).rejects.toMatchObject({ code: 'invalid-body' });
    await expect(put('a.png', Buffer.alloc(4_000_001))).rejects.toMatchObject({
      code: 'body-too-large',
    });
  });

  it('are bounded in number', async () => {
    const record = await known('survey');
    const key = 'forms/survey/files/many.json';
    const media = Array.from({ length: maxFiles }, (_, index) => ({
      file: `${index}.png`,
      key: 'k',
      sha256: 's',
      md5: 'm',
      bytes: 1,
      type: 'image/png',
    }));
    await objects.put(key, Buffer.from(JSON.stringify(media)), { contentType: 'x' });
    const { draft } = record;
    if (draft === undefined) throw new Error('There is no draft.');
    await registry.put(toFormRecord({ ...record, draft: { ...draft, media: key } }));
    await expect(put('one-more.png', Buffer.from('x'))).rejects.toMatchObject({
      code: 'invalid-body',
      errors: [{ code: 'too-many-files' }],
    });
    await put('7.png', Buffer.from('x'));
  });

  it.each(['unknown', 'a#b'])('need a form: %j has none', async (formId) => {
    const bytes = Buffer.from('x');
    await expect(forms.putMedia(formId, 'a.png', bytes, '')).rejects.toMatchObject({
      code: 'not-found',
    });
    await expect(forms.deleteMedia(formId, 'a.png')).rejects.toMatchObject({ code: 'not-found' });
  });

  it('are not found where they are not', async () => {
    await expect(forms.deleteMedia('survey', 'a.png')).rejects.toMatchObject({ code: 'not-found' });
    const draft = await known('survey.draft');
    await expect(forms.media(draft, 'a.png')).rejects.toMatchObject({ code: 'not-found' });
  });

  it('are all there when two are added at the same time', async () => {
    await Promise.all(
      ['a.png', 'b.png', 'regions.csv'].map((file) =>
        elsewhere().putMedia('survey', file, csv('dakar'), ''),
      ),
    );
    const files = await forms.filesOf(await known('survey.draft'));
    expect(files.map(({ file, present }) => [file, present])).toEqual([
      ['regions.csv', true],
      ['a.png', true],
      ['b.png', true],
    ]);
  });

  it.each(['before', 'after'] as const)(
    'are right when a store fails once, %s doing it, and it is repeated',
    (fail) =>
      atEveryOperation(async (at) => {
        registry = new MemoryRecordStore(interruptions);
        objects = new MemoryObjectStore(interruptions);
        forms = elsewhere();
        await forms.putDraft('survey', form());
        interruptions.plan({ at, fail });
        await put('regions.csv', csv('dakar')).catch(() => undefined);
        const reached = interruptions.end();
        await put('regions.csv', csv('dakar'));
        expect(await known('survey')).toMatchObject({ revision: 2 });
        expect(await codesIn('survey.draft')).toEqual(['dakar']);
        return reached;
      }),
  );

  it.each([
    ['a.png', 'text/html', 'image/png'],
    ['a.csv', 'application/vnd.ms-excel', 'text/csv'],
    ['a.html', 'text/html', 'application/octet-stream'],
    ['a.svg', 'image/svg+xml', 'application/octet-stream'],
    ['a.svg', 'image/png', 'application/octet-stream'],
    ['a.html', 'image/png', 'application/octet-stream'],
    ['a.unknown', 'image/avif; q=1', 'image/avif'],
    ['a', 'text/javascript', 'application/octet-stream'],
    ['a.js', '', 'application/octet-stream'],
  ])('are served as what does no harm: %s, sent as %j, as %s', (file, sent, type) => {
    expect(safeType(file, sent)).toBe(type);
  });
});
