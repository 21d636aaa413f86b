import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { collectHandler } from '../../functions/collect/handler.ts';
import { compileEndHandler } from '../../functions/compile-end/handler.ts';
import { compileStartHandler } from '../../functions/compile-start/handler.ts';
import { datasetsHandler } from '../../functions/datasets/handler.ts';
import { publishHandler } from '../../functions/publish/handler.ts';
import { registryHandler } from '../../functions/registry/handler.ts';
import { submissionsHandler } from '../../functions/submissions/handler.ts';
import { verifyHandler } from '../../functions/verify/handler.ts';
import { withKeys } from '../../functions/wrap-step.ts';
import { fixtureOf } from '../support/fixtures.ts';
import { deployFunctions, type Deployed } from './deployed-functions.ts';
import { grantsOf } from './grants.ts';
import { checkerOf, guardedObjects, guardedRecords } from './guarded-stores.ts';
import { newFolder, synthesise } from './synthesise.ts';

const grants = grantsOf(synthesise().service);
const folder = newFolder();
const form = 'mapping-tool';
const [answers, others] = fixtureOf(form).valid.map((valid) => valid.answers);

let deployed: Deployed;

beforeAll(async () => {
  deployed = await deployFunctions(grants, folder);
});
afterAll(() => {
  deployed.home.close();
  rmSync(folder, { recursive: true, force: true });
});

async function compile(full: boolean): Promise<void> {
  const { depsOf } = deployed;
  const plan = await compileStartHandler(depsOf('compile-start'))({
    runId: 'run-0001',
    input: { full, verify: full },
  });
  const collect = withKeys(depsOf('collect'), collectHandler);
  for (const shard of plan.shards) await collect({ ...shard, full });
  // What the state machine keeps of a shard that was collected.
  const shards = plan.shards.map(() => ({}));
  const publish = withKeys(depsOf('publish'), publishHandler);
  const forms = [];
  for (const dataset of plan.forms) forms.push(await publish({ dataset }));
  const derived = [];
  for (const dataset of plan.derived) derived.push(await publish({ dataset }));
  const verify = withKeys(depsOf('verify'), verifyHandler);
  const drift = [];
  for (const check of [...plan.shardChecks, ...plan.datasetChecks]) {
    drift.push(...(await verify({ check })).drift);
  }
  expect(drift).toEqual([]);
  const checks = { shardChecks: [], datasetChecks: [] };
  await compileEndHandler(depsOf('compile-end'))({ ...plan, ...checks, shards, forms, derived });
}

describe('the statements of the functions are enough for', () => {
  it('the whole story, from a draft to a dataset to an erasure', async () => {
    const { home, depsOf, ask, denied } = deployed;
    const registry = registryHandler(depsOf('registry'));
    const submissions = submissionsHandler(depsOf('submissions'));
    const datasets = datasetsHandler({
      ...depsOf('datasets'),
      startCompile: () => Promise.resolve(),
    });
    const definition = await home.forms.definition(form);
    const formId = { path: { formId: form } };
    const one = { path: { formId: form, instanceId: 'uuid:one-0001' } };
    const two = { path: { formId: form, instanceId: 'uuid:two-0002' } };
    const statuses: (number | undefined)[] = [];
    const story = async (steps: readonly (() => Promise<number | undefined>)[]): Promise<void> => {
      for (const step of steps) statuses.push(await step());
    };
    const base = '/v1/forms/{formId}';
    const single = `${base}/submissions/{instanceId}`;
    const organisation = { path: { orgId: 'other' } };
    const body = { id: 'other', name: 'Other', state: 'active' };

    await story([
      () => ask(registry, 'GET /v1/me', { by: 'member' }),
      () => ask(registry, 'POST /v1/organisations', { body }),
      () => ask(registry, 'GET /v1/organisations'),
      () => ask(registry, 'GET /v1/organisations/{orgId}', organisation),
      () => ask(registry, 'PUT /v1/organisations/{orgId}', { ...organisation, body, ifMatch: 1 }),
      () =>
        ask(registry, 'POST /v1/organisations/{orgId}/tokens', {
          ...organisation,
          body: { role: 'member', name: 'phone' },
        }),
      () => ask(registry, `PUT ${base}/draft`, { ...formId, body: { ...definition } }),
      () => ask(registry, 'GET /v1/forms'),
      () => ask(registry, `GET ${base}`, formId),
      () => ask(registry, `GET ${base}/schema.json`, formId),
    ]);
    expect([denied, statuses]).toEqual([[], [200, 201, 200, 200, 200, 201, 200, 200, 200, 200]]);

    statuses.length = 0;
    const create = (instanceId: string, sent: unknown) => () =>
      ask(submissions, `POST ${base}/submissions`, {
        ...formId,
        by: 'member',
        body: { instanceId, answers: sent },
      });
    await story([
      create('uuid:one-0001', answers),
      create('uuid:one-0001', answers),
      create('uuid:one-0001', others),
      create('uuid:two-0002', others),
      () =>
        ask(submissions, `PUT ${single}`, { ...two, by: 'member', body: { answers }, ifMatch: 1 }),
      () =>
        ask(submissions, `POST ${single}/review`, {
          ...two,
          body: { decision: 'accept' },
          ifMatch: 2,
        }),
      () => ask(submissions, `GET ${single}/revisions`, two),
      () => ask(submissions, `GET ${single}`, { ...two, by: 'member' }),
      () => ask(submissions, `GET ${base}/submissions`, { ...formId, by: 'member' }),
      () => ask(submissions, `GET ${base}/submissions`, formId),
      () =>
        ask(submissions, `GET ${base}/submissions`, { ...formId, query: { state: 'received' } }),
      () => ask(submissions, `GET ${base}/quarantine`, formId),
    ]);
    expect([denied, statuses]).toEqual([
      [],
      [201, 200, 409, 201, 200, 200, 200, 200, 200, 200, 200, 200],
    ]);

    await compile(false);
    statuses.length = 0;
    await story([
      () => ask(submissions, `POST ${single}/erase`, two),
      () => ask(submissions, `DELETE ${single}`, { ...one, by: 'member', ifMatch: 1 }),
    ]);
    await compile(false);
    await compile(true);
    const dataset = { path: { datasetId: form } };
    await story([
      () => ask(datasets, 'GET /v1/datasets'),
      () => ask(datasets, 'GET /v1/datasets/{datasetId}', dataset),
      () => ask(datasets, 'GET /v1/datasets/{datasetId}/versions', dataset),
      () =>
        ask(datasets, 'GET /v1/datasets/{datasetId}/files/{file}', {
          path: { datasetId: form, file: `${form}.csv` },
        }),
      () => ask(datasets, 'POST /v1/compile'),
      () => ask(datasets, 'GET /v1/compile/{runId}', { path: { runId: 'run-0001' } }),
      () => ask(datasets, 'GET /v1/coverage'),
      () => ask(datasets, 'GET /v1/coverage/reminders'),
      () => ask(datasets, 'GET /v1/datasets/{datasetId}', { path: { datasetId: 'unknown' } }),
      () => ask(registry, `POST ${base}/close`, formId),
    ]);
    expect([denied, statuses]).toEqual([
      [],
      [204, 200, 200, 200, 200, 302, 202, 200, 200, 200, 404, 200],
    ]);
  });
});

describe('the guard of this test', () => {
  it('refuses what no statement grants', async () => {
    const tried: string[] = [];
    const check = checkerOf(grants.get('submissions') ?? [], tried);
    const registry = guardedRecords(deployed.home.registry, 'RegistryTable', check);
    await expect(registry.put({ pk: 'token#asso', sk: 'x' })).rejects.toThrow('PutItem');
    await expect(registry.get({ pk: 'run', sk: 'x' })).rejects.toThrow('GetItem');
    await expect(guardedObjects(deployed.home.objects, check).get('segments/x')).rejects.toThrow(
      'GetObject',
    );
    expect(tried).toHaveLength(3);
  });
});
