import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { submissionsHandler } from '../../../functions/submissions/handler.ts';
import type { DoorHandler } from '../../../shared/http/door.ts';
import { responseOf } from '../../support/response-of.ts';
import { verifyLink } from '../../../shared/objects/signed-link.ts';
import { openNetwork, type Caller, type Network } from '../../support/network.ts';

let network: Network;
let local: DoorHandler;
/** The door as it is on AWS: it hands out links instead of bytes. */
let remote: DoorHandler;
const formId = 'album';
const one = '/v1/forms/{formId}/submissions/{instanceId}';

beforeAll(async () => {
  network = await openNetwork();
  const { home, failures } = network;
  const deps = { ...home, report: (failure: (typeof failures)[number]) => failures.push(failure) };
  local = submissionsHandler({ ...deps, serveFile: (key) => home.objects.get(key) });
  remote = submissionsHandler({ ...deps, publicUrl: 'https://fiche.example.org' });
  await home.forms.putDraft(formId, {
    survey: [
      { type: 'text', name: 'title', label: 'Titre' },
      { type: 'image', name: 'photo', label: 'Photo', visibility: 'members' },
      { type: 'file', name: 'paper', label: 'Document' },
    ],
    choices: [],
    settings: { form_title: 'Album', version: '1', audience: 'members' },
  });
  await home.forms.publish(formId);
});
afterAll(() => network.close());

const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII=',
  'base64',
);
const about = (file: string, bytes: Buffer, type: string) => ({
  file,
  sha256: createHash('sha256').update(bytes).digest('hex'),
  bytes: bytes.length,
  type,
});
const photo = about('été "1".png', png, 'image/png');

async function send(instanceId: string, answers: object) {
  const key = 'POST /v1/forms/{formId}/submissions';
  const body = { instanceId, answers };
  const sent = await network.call(local, 'alpha', { key, parameters: { formId }, body });
  expect(sent.status, sent.text).toBe(201);
}

const Upload = z.object({ url: z.string(), headers: z.record(z.string(), z.string()) });
const ask = (instanceId: string, body: unknown, caller: Caller = 'alpha', door = local) =>
  network.call(door, caller, {
    key: `POST ${one}/attachments`,
    parameters: { formId, instanceId },
    headers: { host: '192.168.1.20:3000' },
    body,
  });
const get = (instanceId: string, file: string, caller: Caller = 'alpha', door = local) =>
  network.call(door, caller, {
    key: `GET ${one}/attachments/{file}`,
    parameters: { formId, instanceId, file },
  });

/** Sends bytes as the server of one machine takes them; that it does is tested where it is built. */
async function upload(link: string, bytes: Buffer): Promise<void> {
  const { home } = network;
  const { pathname, searchParams } = new URL(link);
  const key = pathname.slice('/objects/'.length);
  const grant = verifyLink(home.linkSecret, key, searchParams, home.clock());
  if (grant?.action !== 'upload') throw new Error('The link does not hold.');
  await home.objects.put(key, bytes, { contentType: grant.contentType });
}

async function store(instanceId: string, bytes = png, facts = photo): Promise<void> {
  const { body } = await ask(instanceId, facts);
  await upload(Upload.parse(responseOf('requestUpload').parse(body).upload).url, bytes);
  const settled = await ask(instanceId, facts);
  expect(settled.body).toMatchObject({ stored: true, upload: null });
}

describe('a link to send an attachment to', () => {
  it('leads to where the client found the service, until the bytes are there', async () => {
    await send('wants-link', { photo });
    const asked = await ask('wants-link', photo);
    expect(asked.status, asked.text).toBe(200);
    const told = responseOf('requestUpload').parse(asked.body);
    expect(told).toMatchObject({
      file: photo.file,
      stored: false,
      state: 'incomplete',
      missing: [photo.file],
      upload: { method: 'PUT' },
    });
    const { url } = Upload.parse(told.upload);
    expect(url).toMatch(/^http:\/\/192\.168\.1\.20:3000\/objects\/attachments\/album\//);
    await upload(url, png);
    const again = await ask('wants-link', photo);
    expect(responseOf('requestUpload').parse(again.body)).toEqual({
      file: photo.file,
      stored: true,
      state: 'received',
      missing: [],
      upload: null,
    });
  });

  it('leads to the public address, if the service has one', async () => {
    await send('wants-public', { photo });
    const { body } = await ask('wants-public', photo, 'alpha', remote);
    const { url } = Upload.parse(responseOf('requestUpload').parse(body).upload);
    expect(url).toMatch(/^https:\/\/fiche\.example\.org\/objects\//);
  });

  it.each<[string, unknown, number]>([
    ['a file that no answer names', { ...photo, file: 'other.png' }, 404],
    ['a name that climbs', { ...photo, file: '../x' }, 422],
    ['no name', { ...photo, file: '..' }, 422],
    ['a sum that is none', { ...photo, sha256: 'x' }, 422],
    ['less than nothing', { ...photo, bytes: -1 }, 422],
    ['no media type', { ...photo, type: 'png' }, 422],
    ['other bytes than the answers say', { ...photo, sha256: 'ab'.repeat(32) }, 409],
  ])('is not given for %s', async (what, body, status) => {
    const instanceId = `refused-${what.replaceAll(/\W/g, '-')}`;
    await send(instanceId, { photo });
    const refused = await ask(instanceId, body);
    expect(refused.status, refused.text).toBe(status);
  });
});

describe('an attachment', () => {
  it('is sent as a file to be saved, that no browser runs, under its own name', async () => {
    await send('whole-one', { photo });
    await store('whole-one');
    const got = await get('whole-one', photo.file);
    expect(got.status, got.text).toBe(200);
    expect(got.headers).toMatchObject({
      'content-type': 'image/png',
      'content-length': String(png.length),
      'content-disposition':
        'attachment; filename="_t_ _1_.png"; filename*=UTF-8\'\'%C3%A9t%C3%A9%20%221%22.png',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
      'cache-control': 'no-store',
    });
    expect(got.text).toBe(png.toString('utf8'));
  });

  it('is behind a link for a while on AWS', async () => {
    await send('by-a-link', { photo });
    await store('by-a-link');
    const got = await get('by-a-link', photo.file, 'coordinator', remote);
    expect(got).toMatchObject({ status: 302, text: '' });
    const link = new URL(String(got.headers['location']), 'http://x');
    const key = link.pathname.slice('/objects/'.length);
    const { home } = network;
    const grant = verifyLink(home.linkSecret, key, link.searchParams, home.clock());
    expect(grant).toMatchObject({ action: 'download', fileName: photo.file });
  });

  it('that a browser would run is saved, whatever it is called', async () => {
    const page = Buffer.from('<!doctype html><script>alert(1)</script>');
    const paper = about('note.txt', page, 'text/plain');
    await send('with-script', { paper });
    await store('with-script', page, paper);
    const got = await get('with-script', 'note.txt');
    expect(got.status).toBe(200);
    expect(got.headers['content-disposition']).toMatch(/^attachment; /);
    expect(got.headers['content-security-policy']).toContain('sandbox');
  });

  it.each<[string, Caller, string, number]>([
    ['its organisation', 'alpha', photo.file, 200],
    ['the coordinator', 'coordinator', photo.file, 200],
    ['another member', 'beta', photo.file, 404],
    ['nobody', 'no token', photo.file, 401],
    ['its organisation, by another name', 'alpha', 'other.png', 404],
    ['its organisation, by a path', 'alpha', '../x', 404],
  ])('is given to %s: %s %s %i', async (what, caller, file, status) => {
    const instanceId = `seen-by-${what.replaceAll(/\W/g, '-')}`;
    await send(instanceId, { photo });
    await store(instanceId);
    expect((await get(instanceId, file, caller)).status).toBe(status);
  });

  it('goes with the submission', async () => {
    await send('to-be-erased', { photo });
    await store('to-be-erased');
    const parameters = { formId, instanceId: 'to-be-erased' };
    const key = `POST ${one}/erase`;
    expect((await network.call(local, 'coordinator', { key, parameters })).status).toBe(204);
    expect((await get('to-be-erased', photo.file)).status).toBe(410);
    expect((await ask('to-be-erased', photo)).status).toBe(410);
  });

  it('broke nothing on the way', () => {
    expect(network.failures).toEqual([]);
  });
});
