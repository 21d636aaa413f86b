import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { datasetsHandler, type DatasetsDoorDeps } from '../../../functions/datasets/handler.ts';
import { submissionsHandler } from '../../../functions/submissions/handler.ts';
import { compileAll } from '../../../shared/dataset/publish/compile-all.ts';
import { finishRun } from '../../../shared/dataset/publish/compile-run.ts';
import type { DoorHandler } from '../../../shared/http/door.ts';
import { responseOf } from '../../support/response-of.ts';
import { DiskObjectStore } from '../../../shared/objects/disk-object-store.ts';
import { openNetwork, smallForm, type Caller, type Network } from '../../support/network.ts';

let network: Network;
let deps: DatasetsDoorDeps;
let door: DoorHandler;
const started: string[] = [];

beforeAll(async () => {
  network = await openNetwork();
  const { home, failures } = network;
  deps = {
    ...home,
    report: (failure) => failures.push(failure),
    startCompile: (runId) => {
      started.push(runId);
      return Promise.resolve();
    },
    serveFile: (key) => home.objects.get(key),
  };
  door = datasetsHandler(deps);
  await home.forms.putDraft('small', smallForm('members'));
  await home.forms.publish('small');
  const submissions = submissionsHandler(deps);
  const parameters = { formId: 'small', instanceId: 'accepted-one' };
  for (const instanceId of ['accepted-one', 'received-one']) {
    const body = { instanceId, answers: { title: 'Une', people: 12 } };
    const key = 'POST /v1/forms/{formId}/submissions';
    const sent = await network.call(submissions, 'alpha', {
      key,
      parameters: { formId: 'small' },
      body,
    });
    expect(sent.status, sent.text).toBe(201);
  }
  await network.call(submissions, 'coordinator', {
    key: 'POST /v1/forms/{formId}/submissions/{instanceId}/review',
    parameters,
    headers: { 'if-match': '"1"' },
    body: { decision: 'accept' },
  });
  await compileAll(home);
});
afterAll(() => network.close());

const dataset = '/v1/datasets/{datasetId}';
const call = (caller: Caller, key: string, parameters = {}, query: Record<string, string> = {}) =>
  network.call(door, caller, { key, parameters, query });
const file = (caller: Caller, name: string, query: Record<string, string> = {}) =>
  call(caller, `GET ${dataset}/files/{file}`, { datasetId: 'small', file: name }, query);

describe('a manifest', () => {
  it.each([
    ['alpha', ['public', 'members']],
    ['coordinator', ['public', 'members', 'coordinator']],
  ] as const)('shows to %s what is for %j', async (caller, audiences) => {
    const { body } = await call(caller, `GET ${dataset}`, { datasetId: 'small' });
    const manifest = responseOf('getDataset').parse(body);
    expect(Object.keys(manifest.audiences).sort()).toEqual([...audiences].sort());
  });

  it('can be had of each version', async () => {
    const key = `GET ${dataset}/versions`;
    const { body } = await call('alpha', key, { datasetId: 'small' });
    const { items } = responseOf('listDatasetVersions').parse(body);
    const [newest] = items as { version: string }[];
    const version = newest?.version ?? '';
    const seen = await call('alpha', `GET ${dataset}`, { datasetId: 'small' }, { version });
    expect(seen.body).toMatchObject({ dataset: 'small', version });
    const none = await call('alpha', `GET ${dataset}`, { datasetId: 'small' }, { version: 'nope' });
    expect(none.status).toBe(404);
  });
});

describe('the differences between two versions', () => {
  it.each(['alpha', 'coordinator'] as const)(
    'are not there while there is one: %s',
    async (caller) => {
      const asked = await call(caller, `GET ${dataset}/changes`, { datasetId: 'small' });
      expect(asked.status).toBe(404);
    },
  );

  it('are empty between a version and itself', async () => {
    const { body } = await call('coordinator', `GET ${dataset}`, { datasetId: 'small' });
    const { version } = responseOf('getDataset').parse(body);
    const same = { from: version, to: version };
    const asked = await call('alpha', `GET ${dataset}/changes`, { datasetId: 'small' }, same);
    expect(asked.status, asked.text).toBe(200);
    const changes = responseOf('getDatasetChanges').parse(asked.body);
    expect(changes.counts).toEqual({ added: 0, changed: 0, removed: 0, unchanged: 1 });
  });
});

describe('a file of a dataset', () => {
  it.each([
    ['alpha', 'members', 1],
    ['coordinator', 'coordinator', 2],
  ] as const)('comes to %s as it is for %s', async (caller, audience, count) => {
    const result = await file(caller, 'small.json');
    expect(result.status, result.text).toBe(200);
    expect(result.body).toMatchObject({ dataset: 'small', count });
    const manifest = responseOf('getDataset').parse(
      (await call(caller, `GET ${dataset}`, { datasetId: 'small' })).body,
    );
    const entry = manifest.audiences[audience]?.files.find(({ name }) => name === 'small.json');
    expect(createHash('sha256').update(result.text).digest('hex')).toBe(entry?.sha256);
    expect(result.headers).toMatchObject({
      'content-length': String(entry?.bytes),
      'content-disposition': 'attachment; filename="small.json"',
      'cache-control': 'no-store',
      etag: `"${entry?.sha256 ?? ''}"`,
    });
  });

  it.each([
    ['alpha', 'public', 200],
    ['alpha', 'members', 200],
    ['alpha', 'coordinator', 403],
    ['coordinator', 'public', 200],
    ['coordinator', 'everyone', 400],
  ] as const)(
    'is given to %s, who asks what is for %s, or not: %i',
    async (caller, audience, status) => {
      const result = await file(caller, 'small.csv', { audience });
      expect(result.status, result.text).toBe(status);
      if (audience === 'public') expect(result.text).not.toContain('people');
    },
  );

  it.each([
    ['nothing.csv', 404],
    ['manifest.json', 404],
    ['../manifest.json', 404],
    ['.env', 404],
  ])('called %s is not there', async (name, status) => {
    expect((await file('coordinator', name)).status).toBe(status);
  });

  it('is refused to who takes no such type', async () => {
    const result = await network.call(door, 'alpha', {
      key: `GET ${dataset}/files/{file}`,
      parameters: { datasetId: 'small', file: 'small.csv' },
      headers: { accept: 'application/pdf' },
    });
    expect(result.status).toBe(406);
  });

  it('is a link, for a few minutes, where the store is not this machine', async () => {
    const { serveFile, ...remote } = deps;
    expect(serveFile).toBeDefined();
    class Linked extends DiskObjectStore {
      override downloadLink(key: string, options: { fileName: string; seconds: number }) {
        return Promise.resolve(
          `https://store/${key}?name=${options.fileName}&for=${options.seconds}`,
        );
      }
    }
    const objects = new Linked(`${network.folder}/files`);
    const elsewhere = datasetsHandler({ ...remote, objects });
    const result = await network.call(elsewhere, 'alpha', {
      key: `GET ${dataset}/files/{file}`,
      parameters: { datasetId: 'small', file: 'small.csv' },
    });
    objects.close();
    expect(result).toMatchObject({ status: 302, text: '' });
    expect(result.headers['location']).toMatch(
      /^https:\/\/store\/datasets\/small\/[^/]+\/members\/small\.csv\?name=small\.csv&for=300$/,
    );
  });
});

describe('a compile', () => {
  it('is started, is running, and ends', async () => {
    const asked = await call('coordinator', 'POST /v1/compile');
    expect(asked.status).toBe(202);
    const { runId } = responseOf('startCompile').parse(asked.body);
    expect(asked.headers['location']).toBe(`/v1/compile/${runId}`);
    expect(started).toEqual([runId]);
    const run = async () =>
      responseOf('getCompile').parse(
        (await call('coordinator', 'GET /v1/compile/{runId}', { runId })).body,
      );
    expect(await run()).toMatchObject({ runId, state: 'running', endedAt: null });
    const { registry, clock } = network.home;
    await finishRun(registry, clock, runId, new Error('canary'));
    const failed = await run();
    expect(failed.state).toBe('failed');
    expect(JSON.stringify(failed)).not.toContain('canary');
    expect((await call('coordinator', 'GET /v1/compile/{runId}', { runId: 'nope' })).status).toBe(
      404,
    );
  });
});

describe('the coverage', () => {
  it('tells the coordinator who has answered', async () => {
    const { body } = await call('coordinator', 'GET /v1/coverage');
    responseOf('getCoverage').parse(body);
    expect(await call('alpha', 'GET /v1/coverage')).toMatchObject({ status: 403 });
  });

  it('gives the coordinator, and nobody else, what to write to those who have not', async () => {
    const { body } = await call(
      'coordinator',
      'GET /v1/coverage/reminders',
      {},
      { language: 'en' },
    );
    responseOf('listReminders').parse(body);
    expect(await call('alpha', 'GET /v1/coverage/reminders')).toMatchObject({ status: 403 });
  });
});
