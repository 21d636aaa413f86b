import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRosaHandler } from '../../../functions/openrosa/handler.ts';
import type { DoorHandler } from '../../../shared/http/door.ts';
import { multipart } from '../../support/collect.ts';
import { eventOf } from '../../support/event.ts';
import { instanceXml } from '../../support/instance-xml.ts';
import { openNetwork, smallForm, type Caller, type Network } from '../../support/network.ts';
import { childText, readXml } from '../../support/read-xml.ts';

let network: Network;
let door: DoorHandler;
const lists = 'http://openrosa.org/xforms/xformsList';
const french = { 'accept-language': 'fr' };

beforeAll(async () => {
  network = await openNetwork();
  const { home, failures } = network;
  const { forms } = home;
  const report = (failure: (typeof failures)[number]) => failures.push(failure);
  door = openRosaHandler({ ...home, publicUrl: 'https://fiche.example.org', report });
  for (const audience of ['anyone', 'members', 'coordinator'] as const) {
    await forms.putDraft(`for-${audience}`, smallForm(audience));
    await forms.publish(`for-${audience}`);
  }
  await forms.putDraft('tried', {
    survey: [
      {
        type: 'select_one_from_file regions.csv',
        name: 'region',
        'label::Français (fr)': 'Région',
      },
      {
        type: 'image',
        name: 'photo',
        'label::Français (fr)': 'Photo',
        'label::English (en)': 'Photo',
      },
    ],
    choices: [],
    settings: {
      'form_title::Français (fr)': 'Écoles < & > cantines',
      'form_title::English (en)': 'Schools',
      default_language: 'Français (fr)',
      version: 'v 1&2',
    },
  });
  const csv = Buffer.from('name,label\ndk,Dakar\n');
  await forms.putMedia('tried', 'regions.csv', csv, 'text/csv');
  await forms.putMedia('tried', 'été.png', Buffer.from([1, 2, 3]), 'image/png');
});
afterAll(() => network.close());

const tokenOf = (caller: Caller): string =>
  (network.authorization(caller) ?? 'Bearer none').replace('Bearer ', '');

const get = (caller: Caller, path: string, parameters = {}, query = {}, headers = french) =>
  network.call(door, 'no token', {
    key: `GET /v1/key/{token}/${path}`,
    parameters: { token: tokenOf(caller), ...parameters },
    query,
    headers,
  });

const listed = async (caller: Caller, query = {}, headers = french) => {
  const { text } = await get(caller, 'formList', {}, query, headers);
  return readXml(text).children.map((form) => ({
    id: childText(form, 'formID'),
    name: childText(form, 'name'),
    version: childText(form, 'version'),
    hash: childText(form, 'hash'),
    download: childText(form, 'downloadUrl') ?? '',
    manifest: childText(form, 'manifestUrl') ?? '',
  }));
};

/** The parameters and query of an address that a list gives. */
function called(address: string) {
  const { origin, pathname, searchParams } = new URL(address);
  const [, , , token, , formId, ...rest] = pathname.split('/').map(decodeURIComponent);
  const parameters = { formId: formId ?? '', ...(rest[1] === undefined ? {} : { file: rest[1] }) };
  return { origin, token, rest, parameters, query: Object.fromEntries(searchParams) };
}

describe('the form list', () => {
  it('has the published forms that a token may use', async () => {
    expect((await listed('alpha')).map(({ id }) => id)).toEqual(['for-anyone', 'for-members']);
  });

  it('has drafts too for the coordinator, and says that they are', async () => {
    const forms = await listed('coordinator');
    expect(forms.map(({ id }) => id)).toEqual([
      'for-anyone',
      'for-coordinator',
      'for-members',
      'tried.draft',
    ]);
    expect(forms.at(-1)?.name).toBe('Brouillon : Écoles < & > cantines');
    const english = await listed('coordinator', {}, { 'accept-language': 'en' });
    expect(english.at(-1)?.name).toBe('Draft: Schools');
  });

  it('is that of OpenRosa, with every address under the token that asked', async () => {
    const { status, headers, text } = await get('coordinator', 'formList');
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      'content-type': 'text/xml; charset=utf-8',
      'x-openrosa-version': '1.0',
      'cache-control': 'no-store',
    });
    expect(readXml(text)).toMatchObject({ name: 'xforms', uri: lists });
    const draft = (await listed('coordinator')).at(-1);
    const way = { origin: 'https://fiche.example.org', token: tokenOf('coordinator') };
    expect(called(draft?.download ?? '')).toMatchObject({ ...way, query: { version: 'v 1&2' } });
    expect(called(draft?.manifest ?? '')).toMatchObject({ ...way, query: { version: 'v 1&2' } });
  });

  it('has a manifest only for a form with files', async () => {
    const forms = await listed('coordinator');
    expect(forms.map(({ manifest }) => manifest !== '')).toEqual([false, false, false, true]);
  });

  it.each([
    ['for-members', ['for-members']],
    ['tried.draft', ['tried.draft']],
    ['tried', []],
    ['unknown', []],
    ['../etc', []],
  ])('asked for %s alone has %j', async (formID, ids) => {
    expect((await listed('coordinator', { formID })).map(({ id }) => id)).toEqual(ids);
  });

  it('asked for a form of others has nothing', async () => {
    expect(await listed('alpha', { formID: 'for-coordinator' })).toEqual([]);
    expect(await listed('alpha', { formID: 'tried.draft' })).toEqual([]);
  });
});

describe('a form', () => {
  it('is at its address, with the hash that the list tells', async () => {
    for (const { id, hash, download } of await listed('coordinator')) {
      const { parameters, query } = called(download);
      const { status, headers, text } = await get(
        'coordinator',
        'forms/{formId}/form.xml',
        parameters,
        query,
      );
      expect(status).toBe(200);
      expect(headers['content-type']).toBe('text/xml; charset=utf-8');
      expect(`md5:${createHash('md5').update(text).digest('hex')}`).toBe(hash);
      expect(text).toContain(`id="${String(id)}"`);
    }
  });

  it('that is no longer open is in no list, and still to be had', async () => {
    const { forms } = network.home;
    await forms.putDraft('over', smallForm('members'));
    await forms.publish('over');
    await forms.close('over');
    expect((await listed('alpha')).map(({ id }) => id)).not.toContain('over');
    const { status } = await get('alpha', 'forms/{formId}/form.xml', { formId: 'over' });
    expect(status).toBe(200);
  });

  it.each([
    ['alpha', 'for-coordinator', 403],
    ['alpha', 'tried.draft', 403],
    ['alpha', 'tried', 404],
    ['alpha', 'unknown', 404],
    ['a bad token', 'for-members', 401],
  ] as const)('is kept from %s: %s gets %i', async (caller, formId, status) => {
    for (const path of ['form.xml', 'manifest', 'media/{file}']) {
      const parameters = { formId, ...(path === 'media/{file}' ? { file: 'regions.csv' } : {}) };
      const refused = await get(caller, `forms/{formId}/${path}`, parameters);
      expect(refused.status).toBe(status);
      expect(refused.headers['content-type']).toBe('text/xml; charset=utf-8');
      expect(refused.text).not.toContain('fiche_');
    }
  });
});

describe('a manifest', () => {
  it('has every file of the form, with the hash of what is at its address', async () => {
    const draft = (await listed('coordinator')).at(-1);
    const { parameters, query } = called(draft?.manifest ?? '');
    const { text } = await get('coordinator', 'forms/{formId}/manifest', parameters, query);
    const manifest = readXml(text);
    expect(manifest).toMatchObject({
      name: 'manifest',
      uri: 'http://openrosa.org/xforms/xformsManifest',
    });
    const names = manifest.children.map((file) => childText(file, 'filename'));
    expect(names).toEqual(['regions.csv', 'été.png']);
    for (const file of manifest.children) {
      const address = called(childText(file, 'downloadUrl') ?? '');
      const media = await door(
        eventOf({
          key: 'GET /v1/key/{token}/forms/{formId}/media/{file}',
          parameters: { token: tokenOf('coordinator'), ...address.parameters },
          query: address.query,
        }),
      );
      const bytes = Buffer.from(media.body ?? '', 'base64');
      expect(childText(file, 'hash')).toBe(`md5:${createHash('md5').update(bytes).digest('hex')}`);
      expect(media.headers?.['content-disposition']).toMatch(/^attachment; /);
    }
  });

  it('of a form without files is empty', async () => {
    const { status, text } = await get('alpha', 'forms/{formId}/manifest', {
      formId: 'for-members',
    });
    expect(status).toBe(200);
    expect(readXml(text).children).toEqual([]);
  });
});

describe('a submission', () => {
  let made = 0;
  const newId = () => `uuid:door-${String((made += 1)).padStart(6, '0')}`;
  const post = (caller: Caller, body: Uint8Array, contentType: string, language = 'fr') =>
    network.call(door, 'no token', {
      key: 'POST /v1/key/{token}/submission',
      parameters: { token: tokenOf(caller) },
      query: { deviceID: 'collect:x' },
      headers: { 'content-type': contentType, 'accept-language': language },
      body,
    });
  const send = (caller: Caller, xml: string, files: Sent = [], language = 'fr') => {
    const { body, headers } = multipart(xml, files, false);
    return post(caller, body, headers['content-type'] ?? '', language);
  };
  type Sent = Parameters<typeof multipart>[1];
  const filled = (formId: string, instanceId: string, answers = {}) =>
    instanceXml({ formId, version: '1', instanceId, answers });
  const said = (text: string) => {
    const root = readXml(text);
    expect(root).toMatchObject({
      name: 'OpenRosaResponse',
      uri: 'http://openrosa.org/http/response',
    });
    const [message] = root.children;
    return `${message?.attributes.get('nature') ?? ''}: ${message?.text ?? ''}`;
  };

  it('may be asked about first, and the answer is empty', async () => {
    const { status, headers, text } = await network.call(door, 'no token', {
      key: 'HEAD /v1/key/{token}/submission',
      parameters: { token: tokenOf('alpha') },
      query: { deviceID: 'collect:x' },
    });
    expect(status).toBe(204);
    expect(text).toBe('');
    expect(headers).toMatchObject({
      'x-openrosa-version': '1.0',
      'x-openrosa-accept-content-length': '4000000',
    });
    expect(headers).not.toHaveProperty('content-type');
    expect(JSON.stringify(headers)).not.toContain('fiche_');
  });

  it('is received, once, and its sender told in French or English', async () => {
    const xml = filled('for-members', newId(), { title: 'Une', people: 3 });
    const first = await send('alpha', xml);
    expect(first.status, first.text).toBe(201);
    expect(first.headers).toMatchObject({
      'content-type': 'text/xml; charset=utf-8',
      'x-openrosa-version': '1.0',
      'x-openrosa-accept-content-length': '4000000',
    });
    expect(said(first.text)).toBe('submit_success: Fiche reçue. Merci.');
    const again = await send('alpha', xml, [], 'en');
    expect(again.status).toBe(202);
    expect(said(again.text)).toBe(
      'submit_success: This form had already been received. Thank you.',
    );
  });

  it('says how many files are still to come', async () => {
    const photos = {
      survey: [
        { type: 'image', name: 'one', label: 'Une' },
        { type: 'image', name: 'two', label: 'Deux' },
      ],
      choices: [],
      settings: { form_title: 'Photos', version: '1', audience: 'members' },
    };
    await network.home.forms.putDraft('photos', photos);
    await network.home.forms.publish('photos');
    const answers = { one: { file: 'a.jpg' }, two: { file: 'b.jpg' } };
    const xml = filled('photos', newId(), answers);
    const file = (name: string) => ({
      name,
      type: 'image/jpeg',
      bytes: Buffer.from(`\xff\xd8\xff\xe0${name}`, 'latin1'),
    });
    const sent = [await send('alpha', xml), await send('alpha', xml, [file('a.jpg')])];
    sent.push(await send('alpha', xml, [file('b.jpg')]));
    expect(sent.map(({ text }) => said(text))).toEqual([
      'submit_success: Fiche reçue. Il manque encore 2 fichiers.',
      'submit_success: Fiche reçue. Il manque encore un fichier.',
      'submit_success: Fiche reçue. Merci.',
    ]);
    expect(sent.map(({ status }) => status)).toEqual([201, 201, 201]);
  });

  it('that breaks the form is received all the same', async () => {
    const { status } = await send('alpha', filled('for-members', newId(), { people: -1 }));
    expect(status).toBe(201);
  });

  it('to a draft is for the coordinator alone', async () => {
    const xml = filled('tried.draft', newId(), { region: 'dk' });
    expect((await send('alpha', xml)).status).toBe(403);
    expect((await send('coordinator', xml)).status).toBe(201);
  });

  it('under an id that has other content is refused in words', async () => {
    const id = newId();
    expect((await send('alpha', filled('for-members', id, { title: 'Une' }))).status).toBe(201);
    const other = await send('alpha', filled('for-members', id, { title: 'Autre' }));
    expect(other.status).toBe(409);
    expect(said(other.text)).toMatch(/^submit_error: \S/);
  });

  it.each([
    ['for a form that does not exist', 'alpha', filled('unknown', 'uuid:no-form-1'), 404],
    ['for a form of others', 'alpha', filled('for-coordinator', 'uuid:no-form-2'), 403],
    ['with a token that is none', 'a bad token', filled('for-members', 'uuid:no-token'), 401],
    ['that is no XML', 'alpha', 'no <xml', 400],
    ['with a DOCTYPE', 'alpha', `<!DOCTYPE a>${filled('for-members', 'uuid:dt').slice(21)}`, 400],
    ['without instanceID', 'alpha', '<data id="for-members"/>', 400],
    ['that nests too deeply', 'alpha', '<a>'.repeat(50), 413],
  ] as const)('%s is refused in words that quote nothing', async (_, caller, xml, status) => {
    const refused = await send(caller, xml);
    expect(refused.status, refused.text).toBe(status);
    expect(said(refused.text)).toMatch(/^submit_error: \S/);
    expect(refused.text).not.toMatch(/fiche_|no-form|DOCTYPE a/);
    expect(refused.headers['x-openrosa-accept-content-length']).toBe('4000000');
  });

  it.each([
    ['is cut', 'multipart/form-data; boundary=b', 400],
    ['is no multipart', 'text/xml', 415],
  ])('whose body %s is refused', async (_, contentType, status) => {
    const refused = await post('alpha', Buffer.from('--b\r\nContent-Disp'), contentType);
    expect(refused.status).toBe(status);
    expect(said(refused.text)).toMatch(/^submit_error: \S/);
  });

  it('breaks nothing', () => {
    expect(network.failures).toEqual([]);
  });
});
