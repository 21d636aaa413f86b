import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { compileStartHandler } from '../../../../functions/compile-start/handler.ts';
import { compileAll } from '../../../../shared/dataset/publish/compile-all.ts';
import type { ObjectStore } from '../../../../shared/objects/object-store.ts';
import { acceptSubmission } from '../../../../shared/submission/accept-submission.ts';
import { attachmentKey } from '../../../../shared/submission/records/attachment-keys.ts';
import { readSubmission } from '../../../../shared/submission/read-submissions.ts';
import { openNetwork, type Network } from '../../../support/network.ts';
import { coordinator, memberA } from '../../../support/submission-world.ts';

let network: Network;
const bytes = Buffer.from('a paper that was uploaded and never asked after');
const sha256 = createHash('sha256').update(bytes).digest('hex');
const instanceId = 'waits-for-a-file';

beforeEach(async () => {
  network = await openNetwork();
  const { home } = network;
  await home.forms.putDraft('papers', {
    survey: [{ type: 'file', name: 'paper', label: 'Document' }],
    choices: [],
    settings: { form_title: 'Documents', version: '1' },
  });
  await home.forms.publish('papers');
  await acceptSubmission(home, memberA, 'papers', {
    instanceId,
    answers: { paper: { file: 'note.txt', sha256, bytes: bytes.length, type: 'text/plain' } },
  });
  const key = attachmentKey('papers', instanceId, sha256);
  await home.objects.put(key, bytes, { contentType: 'application/octet-stream' });
  expect(await state()).toBe('incomplete');
});
afterEach(() => network.close());

const state = async () =>
  (await readSubmission(network.home, coordinator, 'papers', instanceId)).state;
const event = { runId: 'run-1', input: {} };

/** The objects, but attachments cannot be listed. */
function unlistable(objects: ObjectStore): ObjectStore {
  return {
    put: (key, body, headers) => objects.put(key, body, headers),
    putIfAbsent: (key, body, headers) => objects.putIfAbsent(key, body, headers),
    putIfMatch: (key, body, headers, etag) => objects.putIfMatch(key, body, headers, etag),
    join: (key, parts, headers, condition) => objects.join(key, parts, headers, condition),
    info: (key) => objects.info(key),
    get: (key, range) => objects.get(key, range),
    list: (prefix) => {
      if (prefix.startsWith('attachments/')) throw new TypeError('canary');
      return objects.list(prefix);
    },
    delete: (key) => objects.delete(key),
    downloadLink: (key, options) => objects.downloadLink(key, options),
    uploadLink: (key, options) => objects.uploadLink(key, options),
  };
}

describe('the start of a compile', () => {
  it('settles submissions whose files have come', async () => {
    const plan = await compileStartHandler(network.home)(event);
    expect(plan).toMatchObject({ runId: 'run-1', full: false, unsettled: [], forms: ['papers'] });
    expect(await state()).toBe('received');
  });

  it('asks for what is to be verified only at night: every shard, then every dataset and the rest', async () => {
    const start = compileStartHandler(network.home);
    expect(await start(event)).toMatchObject({ shardChecks: [], datasetChecks: [] });
    const plan = await start({ ...event, input: { verify: true } });
    expect(plan.shardChecks).toEqual(plan.shards);
    expect(plan.datasetChecks).toEqual([
      ...[...plan.forms, ...plan.derived].map((dataset) => ({ dataset })),
      { rest: true },
    ]);
  });

  it('goes on when that fails, and names why, in words that quote nothing', async () => {
    const objects = unlistable(network.home.objects);
    const plan = await compileStartHandler({ ...network.home, objects })(event);
    expect(plan).toMatchObject({ unsettled: ['TypeError'], forms: ['papers'] });
    expect(await state()).toBe('incomplete');
  });
});

describe('a compile on one machine', () => {
  it('settles them too', async () => {
    await compileAll(network.home);
    expect(await state()).toBe('received');
  });

  it('does all else when that fails, and tells of it', async () => {
    const objects = unlistable(network.home.objects);
    const done: number[] = [];
    const compiled = compileAll({ ...network.home, objects }, (progress) => {
      done.push(progress.done);
    });
    await expect(compiled).rejects.toMatchObject({ errors: [expect.any(TypeError)] });
    expect(done.length).toBeGreaterThan(0);
  });
});
