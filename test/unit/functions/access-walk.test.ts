import type { Access } from '../../../shared/access/policy.ts';
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { datasetsHandler } from '../../../functions/datasets/handler.ts';
import { openRosaHandler } from '../../../functions/openrosa/handler.ts';
import { registryHandler } from '../../../functions/registry/handler.ts';
import { submissionsHandler } from '../../../functions/submissions/handler.ts';
import { putAlias } from '../../../shared/deduplication/same-as.ts';
import { createOrganisation } from '../../../shared/access/organisation-records.ts';
import { createToken } from '../../../shared/access/tokens.ts';
import { compileAll } from '../../../shared/dataset/publish/compile-all.ts';
import { readManifest } from '../../../shared/dataset/versions/read-datasets.ts';
import { startRun } from '../../../shared/dataset/publish/compile-run.ts';
import { OrgId } from '../../../shared/ids.ts';
import { matchRoute } from '../../../shared/http/match-route.ts';
import type { DoorHandler } from '../../../shared/http/door.ts';
import * as responseSchemas from '../../../shared/http/operations/response-schemas.ts';
import type {
  Door,
  OperationRow,
  SuccessfulResponse,
} from '../../../shared/http/operations/operation.ts';
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
  await home.forms.putDraft('for-coordinator', smallForm('coordinator'));
  await home.forms.publish('for-coordinator');
  await createOrganisation(home.registry, {
    id: OrgId.parse('atelier'),
    name: 'Atelier des droits',
    state: 'active',
  });
  await home.forms.putDraft('activity', {
    survey: [
      {
        type: 'text',
        name: 'title',
        label: 'Titre',
        'media::image': 'logo.png',
        visibility: 'public',
        review_text: 'yes',
      },
      { type: 'integer', name: 'people', label: 'Personnes', visibility: 'members' },
      { type: 'file', name: 'paper', label: 'Document' },
    ],
    choices: [],
    settings: { form_title: 'Activité', version: '2', audience: 'members' },
  });
  await home.forms.putMedia('activity', 'logo.png', png, 'image/png');
  await home.forms.publish('activity');
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
      formId: 'activity',
      instanceId: `walk-${String(made).padStart(6, '0')}`,
    };
    const sent = await network.call(doors.submissions, 'alpha', {
      key: 'POST /v1/forms/{formId}/submissions',
      parameters: { formId: 'activity' },
      body: { instanceId: parameters.instanceId, answers: { title: 'Une' } },
    });
    expect(sent.status, sent.text).toBe(201);
    return parameters;
  },
  /** A submission whose file is there. */
  async attachment(): Promise<Record<string, string>> {
    const parameters = { formId: 'activity', instanceId: newId() };
    const sent = await network.call(doors.submissions, 'alpha', {
      key: 'POST /v1/forms/{formId}/submissions',
      parameters: { formId: 'activity' },
      body: { instanceId: parameters.instanceId, answers: { paper } },
    });
    expect(sent.status, sent.text).toBe(201);
    const key = attachmentKey('activity', parameters.instanceId, paper.sha256);
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
    const { tokenId } = await createToken(registry, clock, 'atelier', request);
    return { orgId: 'atelier', tokenId };
  },
  /** Between the current version and itself nothing changed. */
  async versions(): Promise<Record<string, string>> {
    const { version } = await readManifest(network.home, 'activity', 'coordinator');
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

/** What can be done only once, or to what is not there, is done to something new. */
const prepared: Readonly<Partial<Record<OperationName, () => Request | Promise<Request>>>> = {
  putDraft: () => ({ parameters: { formId: newId() } }),
  getDraftChanges: async () => ({
    parameters: { formId: (await prepare.media())['formId'] ?? '' },
  }),
  putMedia: async () => ({
    parameters: await prepare.media(),
    headers: { 'content-type': 'image/png' },
    body: 'not sniffed here',
  }),
  deleteMedia: async () => ({ parameters: await prepare.media() }),
  closeForm: () => ({ parameters: { formId: 'for-coordinator' } }),
  createSubmission: () => ({ body: { instanceId: newId(), answers: { title: 'Une' } } }),
  requestUpload: async () => ({ parameters: await prepare.attachment(), body: paper }),
  getAttachment: async () => ({
    parameters: { ...(await prepare.attachment()), file: paper.file },
  }),
  createOrganisation: () => ({ body: { id: newId(), name: 'Nouvelle' } }),
  revokeToken: async () => ({ parameters: await prepare.token() }),
  deleteAlias: async () => ({ parameters: await prepare.alias() }),
  getDatasetChanges: async () => ({ query: await prepare.versions() }),
  getCompile: async () => ({ parameters: await prepare.run() }),
  createKeySubmission: () => {
    const { body, headers } = multipart(
      `<data id="activity" version="2"><title>Une</title><meta><instanceID>${newId()}</instanceID></meta></data>`,
      [],
      false,
    );
    return { body: body.toString('utf8'), headers };
  },
};

/** A request that succeeds when whoever makes it may make it: the example of the operation. */
async function requestOf(row: OperationRow, operation: OperationName): Promise<Request> {
  const { pathname, searchParams } = new URL(row.example.url, 'https://fiche.example.org');
  const example: Request = {
    parameters: matchRoute(row.method, pathname).parameters,
    query: Object.fromEntries(searchParams),
    ...(row.example.body !== undefined && { body: row.example.body }),
    ...(row.ifMatch === true && { headers: { 'if-match': '*' } }),
  };
  const prepareOwn = prepared[operation];
  if (prepareOwn !== undefined) return { ...example, ...(await prepareOwn()) };
  if (!row.path.includes('{instanceId}')) return example;
  return { ...example, parameters: await prepare.submission() };
}

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
      const request = await requestOf(route, route.operation);
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
