import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { submissionsHandler } from '../../../functions/submissions/handler.ts';
import type { DoorHandler } from '../../../shared/http/door.ts';
import { responseOf } from '../../support/response-of.ts';
import { openNetwork, smallForm, type Caller, type Network } from '../../support/network.ts';

let network: Network;
let door: DoorHandler;
const formId = 'small';
const list = '/v1/forms/{formId}/submissions';
const one = `${list}/{instanceId}`;

beforeAll(async () => {
  network = await openNetwork();
  const { home, failures } = network;
  door = submissionsHandler({ ...home, report: (failure) => failures.push(failure) });
  await home.forms.putDraft(formId, smallForm('members'));
  await home.forms.publish(formId);
});
afterAll(() => network.close());

const send = (instanceId: string, title: string, caller: Caller = 'alpha') =>
  network.call(door, caller, {
    key: `POST ${list}`,
    parameters: { formId },
    body: { instanceId, answers: { title } },
  });
const act = (key: string, instanceId: string, ifMatch: string, body?: unknown, caller?: Caller) =>
  network.call(door, caller ?? 'alpha', {
    key,
    parameters: { formId, instanceId },
    headers: { 'if-match': ifMatch },
    ...(body === undefined ? {} : { body }),
  });
const edit = (instanceId: string, ifMatch: string, title: string) =>
  act(`PUT ${one}`, instanceId, ifMatch, { answers: { title } });
const read = (instanceId: string, caller: Caller = 'alpha') =>
  network.call(door, caller, { key: `GET ${one}`, parameters: { formId, instanceId } });

describe('a submission', () => {
  it('is acknowledged with where it is and which revision it has', async () => {
    const sent = await send('acknowledged', 'Une');
    expect(sent.status).toBe(201);
    expect(sent.headers).toMatchObject({
      location: '/v1/forms/small/submissions/acknowledged',
      etag: '"1"',
    });
    expect(responseOf('createSubmission').parse(sent.body)).toMatchObject({
      revision: 1,
      warnings: [],
    });
  });

  it('sent again is answered as the first time, whatever has become of it', async () => {
    const first = await send('sent-again', 'Une');
    await edit('sent-again', '"1"', 'Deux');
    const review = await act(
      `POST ${one}/review`,
      'sent-again',
      '"2"',
      { decision: 'accept' },
      'coordinator',
    );
    expect(review.status, review.text).toBe(200);
    const again = await send('sent-again', 'Une');
    expect(again.status).toBe(200);
    expect(again.body).toEqual(first.body);
    expect(again.headers['etag']).toBe(first.headers['etag']);
  });

  it('is read with its revision as ETag', async () => {
    await send('read-it-back', 'Une');
    const result = await read('read-it-back');
    expect(result.headers['etag']).toBe('"1"');
    expect(responseOf('getSubmission').parse(result.body)).toMatchObject({
      formId,
      state: 'received',
      organisation: 'ong-alpha',
      answers: { title: 'Une' },
      attachments: [],
    });
  });

  it.each([
    ['the revision that was seen', '"1"'],
    ['a list with the revision', '"7", "1"'],
    ['*', '*'],
  ])('is edited with %s', async (what, ifMatch) => {
    const instanceId = `edited-${what.replaceAll(/\W/g, '-')}-x`;
    await send(instanceId, 'Une');
    const edited = await edit(instanceId, ifMatch, 'Deux');
    expect(edited.status, edited.text).toBe(200);
    expect(edited.headers['etag']).toBe('"2"');
    expect(responseOf('editSubmission').parse(edited.body).answers).toEqual({ title: 'Deux' });
  });

  it('edited twice with one revision tells the second what has changed meanwhile', async () => {
    await send('edited-twice', 'Une');
    await edit('edited-twice', '"1"', 'Deux');
    const stale = await edit('edited-twice', '"1"', 'Trois');
    expect(stale.status).toBe(412);
    expect(stale.body).toMatchObject({ code: 'stale-revision', currentRevision: 2 });
    expect(stale.text).toContain('/title');
    expect((await edit('edited-twice', '"1"', 'Deux')).status, 'a repeated edit').toBe(200);
  });

  it('is withdrawn, reviewed and erased', async () => {
    await send('on-its-way', 'Une');
    const review = { decision: 'needs-changes', note: 'Précisez le lieu.' };
    const reviewed = await act(`POST ${one}/review`, 'on-its-way', '"1"', review, 'coordinator');
    expect(responseOf('reviewSubmission').parse(reviewed.body)).toMatchObject({
      state: 'needs-changes',
      review: { decision: 'needs-changes', note: 'Précisez le lieu.' },
    });
    const withdrawn = await act(`DELETE ${one}`, 'on-its-way', '"2"');
    expect(responseOf('withdrawSubmission').parse(withdrawn.body).state).toBe('withdrawn');
    const parameters = { formId, instanceId: 'on-its-way' };
    const key = `POST ${one}/erase`;
    const erased = await network.call(door, 'coordinator', { key, parameters });
    expect(erased).toMatchObject({ status: 204, text: '' });
    expect((await read('on-its-way')).status).toBe(410);
    expect((await read('on-its-way', 'beta')).status).toBe(404);
    expect((await send('on-its-way', 'Une')).status).toBe(410);
  });

  it('tells its history, with differences', async () => {
    await send('with-history', 'Une');
    await edit('with-history', '"1"', 'Deux');
    const parameters = { formId, instanceId: 'with-history' };
    const { body } = await network.call(door, 'alpha', { key: `GET ${one}/revisions`, parameters });
    expect(responseOf('listRevisions').parse(body).items).toMatchObject([
      { revision: 1, differences: [] },
      { revision: 2, differences: [{ pointer: '/title', before: 'Une', after: 'Deux' }] },
    ]);
  });

  it('refused for another content under its id is kept for the coordinator', async () => {
    await send('quarantined', 'Une');
    expect((await send('quarantined', 'Autre')).status).toBe(409);
    const key = 'GET /v1/forms/{formId}/quarantine';
    const { body } = await network.call(door, 'coordinator', { key, parameters: { formId } });
    expect(responseOf('listQuarantine').parse(body).items).toMatchObject([
      { instanceId: 'quarantined', answers: { title: 'Autre' } },
    ]);
  });
});

describe('the list of submissions', () => {
  const Page = z.object({
    items: z.array(z.looseObject({ instanceId: z.string(), organisation: z.string() })),
    next: z.string().nullable(),
  });
  const page = async (caller: Caller, query: Record<string, string>) => {
    const result = await network.call(door, caller, {
      key: `GET ${list}`,
      parameters: { formId },
      query,
    });
    expect(result.status, result.text).toBe(200);
    responseOf('listSubmissions').parse(result.body);
    return Page.parse(result.body);
  };

  it('comes page by page, each submission once, newest first', async () => {
    for (let index = 0; index < 5; index += 1) await send(`in-list-${index}`, 'x', 'beta');
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const { items, next }: z.infer<typeof Page> = await page('beta', {
        limit: '2',
        ...(cursor !== null && { cursor }),
      });
      expect(items.length).toBeLessThanOrEqual(2);
      seen.push(...items.map(({ instanceId }) => instanceId));
      cursor = next;
    } while (cursor !== null);
    expect(seen).toEqual([4, 3, 2, 1, 0].map((index) => `in-list-${index}`));
  });

  it("has a member's own only, whatever it asks for", async () => {
    const { items } = await page('alpha', {});
    expect(new Set(items.map(({ organisation }) => organisation))).toEqual(new Set(['ong-alpha']));
    expect((await page('alpha', { organisation: 'ong-beta' })).items).toEqual([]);
  });

  it('is filtered as the coordinator asks', async () => {
    const { items } = await page('coordinator', { organisation: 'ong-beta', state: 'received' });
    expect(items).toHaveLength(5);
    expect((await page('coordinator', { since: '2099-01-01' })).items).toEqual([]);
    const offset = { since: '2020-01-01T00:00:00+01:00', organisation: 'ong-beta' };
    expect((await page('coordinator', offset)).items).toHaveLength(5);
  });
});
