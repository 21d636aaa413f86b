import type { Access } from '../../../shared/access/policy.ts';
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { datasetsHandler } from '../../../functions/datasets/handler.ts';
import { openRosaHandler } from '../../../functions/openrosa/handler.ts';
import { registryHandler } from '../../../functions/registry/handler.ts';
import { submissionsHandler } from '../../../functions/submissions/handler.ts';
import { putAlias } from '../../../shared/network/aliases.ts';
import { createToken } from '../../../shared/access/tokens.ts';
import { compileAll } from '../../../shared/dataset/publish/compile-all.ts';
import { readManifest } from '../../../shared/dataset/versions/read-datasets.ts';
import { startRun } from '../../../shared/dataset/publish/compile-run.ts';
import type { DoorHandler } from '../../../shared/http/door.ts';
import * as responseSchemas from '../../../shared/http/operations/response-schemas.ts';
import type { Door, SuccessfulResponse } from '../../../shared/http/operations/operation.ts';
import { operations, type OperationName } from '../../../shared/http/operations/table.ts';
import { attachmentKey } from '../../../shared/submission/records/attachment-keys.ts';
import { multipart } from '../../support/collect.ts';
import type { EventParts } from '../../support/event.ts';
import { openNetwork, smallForm, type Caller, type Network } from '../../support/network.ts';

let network: Network;
let doors: Readonly<Record<Door, DoorHandler>>;

beforeAll(async () => {
  network = await openNetwork();
  const { home, failures } = network;
  const deps = { ...home, report: (failure: (typeof failures)[number]) => failures.push(failure) };
  doors = {
    submissions: submissionsHandler({ ...deps, serveFile: (key) => home.objects.get(key) }),
    registry: registryHandler(deps),
    openrosa: openRosaHandler(deps),
    datasets: datasetsHandler({
      ...deps,
      startCompile: () => Promise.resolve(),
      serveFile: (key) => home.objects.get(key),
    }),
  };
  for (const audience of ['anyone', 'members', 'coordinator'] as const) {
    await home.forms.putDraft(`for-${audience}`, smallForm(audience));
    await home.forms.publish(`for-${audience}`);
  }
  await home.forms.putDraft('album', {
    survey: [
      { type: 'text', name: 'title', label: 'Titre', 'media::image': 'logo.png' },
      { type: 'file', name: 'paper', label: 'Document' },
    ],
    choices: [],
    settings: { form_title: 'Album', version: '1', audience: 'members' },
  });
  await home.forms.putMedia('album', 'logo.png', png, 'image/png');
  await home.forms.publish('album');
  await prepare.submission();
  await compileAll(home);
});
afterAll(() => network.close());

let made = 0;

const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII=',
  'base64',
);
const text = Buffer.from('a paper');
const paper = {
  file: 'note.txt',
  sha256: createHash('sha256').update(text).digest('hex'),
  bytes: text.length,
  type: 'text/plain',
};

/** Something new to act on for each request, since many acts are done only once. */
const prepare = {
  async submission(): Promise<Record<string, string>> {
    made += 1;
    const parameters = {
      formId: 'for-members',
      instanceId: `walk-${String(made).padStart(6, '0')}`,
    };
    const sent = await network.call(doors.submissions, 'alpha', {
      key: 'POST /v1/forms/{formId}/submissions',
      ...inMembersForm,
      body: { instanceId: parameters.instanceId, answers: { title: 'Une' } },
    });
    expect(sent.status, sent.text).toBe(201);
    return parameters;
  },
  /** A submission whose file is there. */
  async attachment(): Promise<Record<string, string>> {
    const parameters = { formId: 'album', instanceId: newId() };
    const sent = await network.call(doors.submissions, 'alpha', {
      key: 'POST /v1/forms/{formId}/submissions',
      parameters: { formId: 'album' },
      body: { instanceId: parameters.instanceId, answers: { paper } },
    });
    expect(sent.status, sent.text).toBe(201);
    const key = attachmentKey('album', parameters.instanceId, paper.sha256);
    await network.home.objects.put(key, text, { contentType: 'application/octet-stream' });
    return parameters;
  },
  /** A draft with one file that nothing names. */
  async media(): Promise<Record<string, string>> {
    const formId = newId();
    await network.home.forms.putDraft(formId, smallForm('members'));
    await network.home.forms.putMedia(formId, 'logo.png', png, 'image/png');
    return { formId, file: 'logo.png' };
  },
  async token(): Promise<Record<string, string>> {
    const { registry, clock } = network.home;
    const request = { role: 'member', name: 'walk' } as const;
    const { tokenId } = await createToken(registry, clock, 'ong-beta', request);
    return { orgId: 'ong-beta', tokenId };
  },
  /** Between the current version and itself nothing changed. */
  async versions(): Promise<Record<string, string>> {
    const { version } = await readManifest(network.home, 'for-members', 'coordinator');
    return { from: version, to: version };
  },
  async alias(): Promise<Record<string, string>> {
    made += 1;
    const id = `alias-${made}`;
    const names = { name: `Une ${made}`, canonical: 'Une' };
    const verdict = 'same';
    await putAlias(network.home.registry, id, { kind: 'organisation', ...names, verdict });
    return { aliasId: id };
  },
  async run(): Promise<Record<string, string>> {
    made += 1;
    await startRun(network.home.registry, network.home.clock, `run-${made}`);
    return { runId: `run-${made}` };
  },
};

type Request = Omit<EventParts, 'key'>;

const newId = () => `walk-new-${(made += 1)}`;
const seen = { 'if-match': '*' };
const inMembersForm: Request = { parameters: { formId: 'for-members' } };
const inAlbum = (more: Record<string, string> = {}): Request => ({
  parameters: { formId: 'album', ...more },
});
const aSubmission = async (more: Request = {}): Promise<Request> => ({
  parameters: await prepare.submission(),
  ...more,
});
const anOrganisation: Request = { parameters: { orgId: 'ong-beta' } };
const aDataset: Request = { parameters: { datasetId: 'for-members' } };

/** A request for each operation that succeeds when whoever makes it may make it. */
const valid: Readonly<Record<OperationName, () => Request | Promise<Request>>> = {
  getHealth: () => ({}),
  getOpenApi: () => ({}),
  getMe: () => ({}),
  listForms: () => ({}),
  getForm: () => inMembersForm,
  getFormSchema: () => inMembersForm,
  getFormWorkbook: () => inMembersForm,
  getXForm: () => inMembersForm,
  getMedia: () => inAlbum({ file: 'logo.png' }),
  putDraft: () => ({ parameters: { formId: newId() }, body: smallForm('members') }),
  getDraftChanges: async () => ({
    parameters: { formId: (await prepare.media())['formId'] ?? '' },
  }),
  putMedia: async () => ({
    parameters: await prepare.media(),
    headers: { 'content-type': 'image/png' },
    body: 'not sniffed here',
  }),
  deleteMedia: async () => ({ parameters: await prepare.media() }),
  publishForm: () => inMembersForm,
  closeForm: () => ({ parameters: { formId: 'for-coordinator' } }),
  createSubmission: () => ({
    ...inMembersForm,
    body: { instanceId: newId(), answers: { title: 'Une' } },
  }),
  listSubmissions: () => inMembersForm,
  getSubmission: () => aSubmission(),
  editSubmission: () => aSubmission({ headers: seen, body: { answers: { title: 'Deux' } } }),
  withdrawSubmission: () => aSubmission({ headers: seen }),
  listRevisions: () => aSubmission(),
  reviewSubmission: () => aSubmission({ headers: seen, body: { decision: 'accept' } }),
  eraseSubmission: () => aSubmission(),
  requestUpload: async () => ({ parameters: await prepare.attachment(), body: paper }),
  getAttachment: async () => ({
    parameters: { ...(await prepare.attachment()), file: paper.file },
  }),
  listQuarantine: () => inMembersForm,
  listOrganisations: () => ({}),
  createOrganisation: () => ({ body: { id: newId(), name: 'Nouvelle' } }),
  getOrganisation: () => anOrganisation,
  putOrganisation: () => ({
    ...anOrganisation,
    headers: seen,
    body: { name: 'Bêta', state: 'active' },
  }),
  createToken: () => ({ ...anOrganisation, body: { role: 'member', name: 'walk' } }),
  revokeToken: async () => ({ parameters: await prepare.token() }),
  listAliases: () => ({}),
  putAlias: () => ({
    parameters: { aliasId: 'walked' },
    body: { kind: 'organisation', name: 'Une', canonical: 'Une seule' },
  }),
  deleteAlias: async () => ({ parameters: await prepare.alias() }),
  listDatasets: () => ({}),
  getDataset: () => aDataset,
  listDatasetVersions: () => aDataset,
  getDatasetChanges: async () => ({ ...aDataset, query: await prepare.versions() }),
  getDatasetFile: () => ({ parameters: { datasetId: 'for-members', file: 'for-members.csv' } }),
  getAttachmentsArchive: () => aDataset,
  startCompile: () => ({}),
  getCompile: async () => ({ parameters: await prepare.run() }),
  getDuplicates: () => ({}),
  getCoverage: () => ({}),
  listReminders: () => ({}),
  getFeed: () => aDataset,
  getFeedResource: () => ({ parameters: { datasetId: 'for-members', resource: 'Submissions' } }),
  getFormList: () => ({}),
  getKeyXForm: () => inAlbum(),
  getManifest: () => inAlbum(),
  getKeyMedia: () => inAlbum({ file: 'logo.png' }),
  headKeySubmission: () => ({}),
  createKeySubmission: () => {
    const { body, headers } = multipart(
      `<data id="album" version="1"><title>Une</title><meta><instanceID>${newId()}</instanceID></meta></data>`,
      [],
      false,
    );
    return { body: body.toString('utf8'), headers };
  },
};

/** What a caller is answered; `ok`: the route's own success. `other`: another member than whose things they are. */
const expected: Readonly<Record<Access, Readonly<Record<Caller, number | 'ok'>>>> = {
  anyone: { 'no token': 'ok', 'a bad token': 'ok', alpha: 'ok', beta: 'ok', coordinator: 'ok' },
  'form-audience': {
    'no token': 401,
    'a bad token': 401,
    alpha: 'ok',
    beta: 'ok',
    coordinator: 'ok',
  },
  'any-token': {
    'no token': 401,
    'a bad token': 401,
    alpha: 'ok',
    beta: 'ok',
    coordinator: 'ok',
  },
  coordinator: {
    'no token': 401,
    'a bad token': 401,
    alpha: 403,
    beta: 403,
    coordinator: 'ok',
  },
};

function expectedOf(route: (typeof operations)[number], caller: Caller): number | 'ok' {
  // The list is for all, with what each may see in it.
  if (route.operation === 'listForms' && caller === 'no token') return 'ok';
  const ofOneOrganisation = route.path.includes('{instanceId}') && route.access !== 'coordinator';
  if (ofOneOrganisation && caller === 'beta') return 404;
  return expected[route.access][caller];
}

/** The address of a request, as a client would write it. */
function pathOf(path: string, parameters: Readonly<Record<string, string>>): string {
  const values = new Map(Object.entries(parameters));
  return path.replaceAll(/\{(\w+)\+?\}/g, (_, name: string) =>
    encodeURIComponent(values.get(name) ?? ''),
  );
}

const callers: readonly Caller[] = ['no token', 'a bad token', 'alpha', 'beta', 'coordinator'];

describe.each(operations.map((route) => [`${route.method} ${route.path}`, route] as const))(
  '%s',
  (key, route) => {
    it.each(callers)('lets in, or refuses, %s', async (caller) => {
      const request = await valid[route.operation]();
      const byKey = route.path.includes('{token}');
      const token = (network.authorization(caller) ?? '').replace('Bearer ', '');
      const parameters = { ...request.parameters, ...(byKey && { token }) };
      const result = await network.call(doors[route.door], byKey ? 'no token' : caller, {
        ...request,
        parameters,
        key,
        path: pathOf(route.path, parameters),
      });
      const wanted = expectedOf(route, caller);
      if (wanted === 'ok') {
        const responses = new Map<string, SuccessfulResponse>(Object.entries(route.responses));
        const response = responses.get(String(result.status));
        expect(response, `${result.status} ${result.text}`).toBeDefined();
        if (response === 'empty') expect(result.text).toBe('');
        else if (typeof response === 'function') response(responseSchemas).parse(result.body);
      } else {
        expect(result.status, result.text).toBe(wanted);
        expect(result.headers['content-type']).toBe(
          byKey ? 'text/xml; charset=utf-8' : 'application/problem+json',
        );
      }
      if (byKey) expect(result.headers['x-openrosa-version']).toBe('1.0');
      expect(result.headers['cache-control']).toBe('no-store');
    });
  },
);

describe('every route', () => {
  it('broke nothing on the way', () => {
    expect(network.failures).toEqual([]);
  });
});
