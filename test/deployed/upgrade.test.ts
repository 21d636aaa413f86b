import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { Client, joinNetwork } from '../support/client.ts';
import { sha256 } from '../support/collect.ts';
import { deploy, runAgainst } from '../support/deployment.ts';
import { startDeployed, type DeployedService } from '../support/deployed-service.ts';
import { builtInForms, fixtureOf, retitled } from '../support/fixtures.ts';
import { checkOutPrevious, type PreviousRelease } from '../support/previous-release.ts';
import { author, revisionOf, type Cast } from '../support/story/cast.ts';
import { openShelter, photo, type Shelter } from '../support/story/shelter.ts';

let previous: PreviousRelease;
let service: DeployedService;
let cast: Cast;
let shelter: Shelter;
/** What was sent by phone before, to be sent again after: the answers may have been lost. */
let sent: { readonly id: string; readonly xml: string; readonly file: ReturnType<typeof photo> };
let before: Everything;

beforeAll(async () => {
  previous = await checkOutPrevious();
  service = await startDeployed({ folder: previous.folder });
  const { url, address, coordinatorToken } = service;
  const coordinator = new Client(url, coordinatorToken);
  const { client: member } = await joinNetwork(coordinator, 'ong-alpha', 'ONG Alpha');
  const { client: other } = await joinNetwork(coordinator, 'ong-beta', 'ONG Bêta');
  cast = { coordinator, member, other, anyone: new Client(url), address };
  await fill();
  before = await everythingOf(coordinator);
  // As docs/deploy.md has it: the secret is there before the functions that need it.
  const words = ['local/fiche.ts', 'init', '--stack', 'fiche'];
  const { code, output } = await runAgainst(service.emulator, process.execPath, words);
  if (code !== 0) throw new Error(output);
  await deploy(service.emulator);
  // Two deployments and all that is sent between them.
}, 1_200_000);
afterAll(async () => {
  await service.close();
  await previous.remove();
});

/** Every kind of thing that is stored. */
async function fill(): Promise<void> {
  const { coordinator, member } = cast;
  for (const formId of builtInForms) {
    for (const { instanceId, answers } of fixtureOf(formId).valid) {
      const { status, text } = await author(cast, formId).submit(formId, instanceId, answers);
      expect(status, text).toBe(201);
      if (formId !== 'initiative') continue;
      expect((await coordinator.review(formId, instanceId, 1, 'accept')).status).toBe(200);
    }
  }
  const [first, second] = fixtureOf('initiative').valid;
  const { answers } = first ?? { answers: {} };
  const path = (id: string): string => `/v1/forms/initiative/submissions/${id}`;
  await member.submit('initiative', 'to-be-edited', answers);
  const edit = { answers: retitled(answers, 'Après') };
  const edited = await member.put(path('to-be-edited'), edit, { 'if-match': '"1"' });
  expect(edited.status, edited.text).toBe(200);
  const conflict = await member.submit('initiative', 'to-be-edited', second?.answers ?? {});
  expect(conflict.status).toBe(409);
  await member.submit('initiative', 'to-be-withdrawn', answers);
  const headers = { 'if-match': '"1"' };
  await member.request('DELETE', path('to-be-withdrawn'), { headers });
  await member.submit('initiative', 'to-be-erased', answers);
  expect((await coordinator.post(`${path('to-be-erased')}/erase`)).status).toBe(204);

  shelter = await openShelter(cast);
  const file = photo('front.png');
  sent = { ...shelter.filled({ front: file.name, id: `uuid:${randomUUID()}` }), file };
  expect((await shelter.phone.send(sent.xml, [file])).status).toBe(201);
  await shelter.phone.send(shelter.filled({ front: 'missing.png' }).xml, [], true);
  expect((await coordinator.compile()).state).toBe('done');
}

/** What names an item of a list. */
const Listed = z.looseObject({
  formId: z.string().optional(),
  instanceId: z.string().optional(),
  dataset: z.string().optional(),
});
type Listed = z.infer<typeof Listed>;

type Everything = ReadonlyMap<string, unknown>;

/** What the coordinator can read, by where. */
async function everythingOf(coordinator: Client): Promise<Everything> {
  const found = new Map<string, unknown>();
  const read = async (path: string): Promise<unknown> => {
    const { status, body, text } = await coordinator.get(path);
    expect(status, `${path} ${text}`).toBe(200);
    found.set(path, body);
    return body;
  };
  const list = async (path: string): Promise<readonly Listed[]> => {
    const items = z.array(Listed).parse(await coordinator.all(path));
    found.set(path, items);
    return items;
  };
  await read('/v1/me');
  await list('/v1/organisations');
  for (const form of await list('/v1/forms')) {
    const path = `/v1/forms/${form.formId ?? ''}`;
    await read(path);
    await read(`${path}/schema.json`);
    await list(`${path}/quarantine`);
    for (const submission of await list(`${path}/submissions`)) {
      const own = `${path}/submissions/${encodeURIComponent(submission.instanceId ?? '')}`;
      await read(own);
      await list(`${own}/revisions`);
    }
  }
  return found;
}

/** The rows of each dataset, as the coordinator downloads them: in the order of the ids that she knows. */
async function datasetsOf(coordinator: Client): Promise<Everything> {
  const found = new Map<string, unknown>();
  for (const { dataset: id = '' } of z.array(Listed).parse(await coordinator.all('/v1/datasets'))) {
    const { status, body } = await coordinator.get(`/v1/datasets/${id}/files/${id}.json`);
    const { records } = Rows.parse(body);
    if (status === 200)
      found.set(
        id,
        records?.toSorted((one, other) => (one.id < other.id ? -1 : 1)),
      );
  }
  return found;
}

const Rows = z.looseObject({ records: z.array(z.looseObject({ id: z.string() })).optional() });

describe('a release deployed over the one before', () => {
  it('keeps everything, and gives it with at least what it had', async () => {
    const after = await everythingOf(cast.coordinator);
    expect([...after.keys()].sort()).toEqual([...before.keys()].sort());
    expect(before.size).toBeGreaterThan(50);
    for (const [path, body] of before)
      expect({ [path]: after.get(path) }).toMatchObject({ [path]: body });
  });

  it('gives back the bytes of files, and the datasets of before', async () => {
    const { coordinator } = cast;
    const path = `/v1/forms/shelter/submissions/${encodeURIComponent(sent.id)}/attachments/front.png`;
    const got = await coordinator.download(path);
    expect(sha256(got.bytes)).toBe(sha256(sent.file.bytes));
    const old = await datasetsOf(coordinator);
    expect([...old.keys()]).toEqual(expect.arrayContaining([...builtInForms, 'shelter']));
    expect((await coordinator.compile()).state).toBe('done');
    const made = await datasetsOf(coordinator);
    expect(Object.fromEntries(made)).toMatchObject(Object.fromEntries(old));
  });

  it('answers what is sent again as the first time, and what was erased as erased', async () => {
    const { member } = cast;
    for (const { instanceId, answers } of fixtureOf('initiative').valid) {
      expect((await member.submit('initiative', instanceId, answers)).status).toBe(200);
    }
    expect((await shelter.phone.send(sent.xml, [sent.file])).status).toBe(202);
    const [{ answers } = { answers: {} }] = fixtureOf('initiative').valid;
    expect((await member.submit('initiative', 'to-be-erased', answers)).status).toBe(410);
  });

  it('goes on with what was begun: an edit, a review, a new submission, a compile', async () => {
    const { member, coordinator } = cast;
    const [{ answers } = { answers: {} }] = fixtureOf('initiative').valid;
    const path = '/v1/forms/initiative/submissions/to-be-edited';
    const revision = await revisionOf(member, 'initiative', 'to-be-edited');
    const ifMatch = { 'if-match': `"${revision}"` };
    const edited = await member.put(path, { answers: retitled(answers, 'Encore') }, ifMatch);
    expect(edited.status, edited.text).toBe(200);
    const reviewed = await coordinator.review('initiative', 'to-be-edited', revision + 1, 'accept');
    expect(reviewed.status, reviewed.text).toBe(200);
    expect((await member.submit('initiative', 'sent-after', answers)).status).toBe(201);
    expect((await coordinator.compile()).state).toBe('done');
    const { body } = await coordinator.get('/v1/datasets/initiative/files/initiative.json');
    const ids = (body as { records: { id: string }[] }).records.map(({ id }) => id);
    expect(ids).toEqual(expect.arrayContaining(['to-be-edited', 'sent-after']));
  });

  it('finds nothing that is not as recomputed', async () => {
    const words = ['local/fiche.ts', 'verify', '--stack', 'fiche'];
    const { code, output } = await runAgainst(service.emulator, process.execPath, words);
    expect(code, output).toBe(0);
  });
});
