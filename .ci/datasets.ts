/**
 * Every file of every dataset, for every audience, read back by programs not written here, which must
 * find the same rows, in the same order, with equal values. Takes the `bin` folder of a Python
 * environment.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import * as z from 'zod';
import type { JsonObject } from '../shared/json.ts';
import { Client, joinNetwork } from '../test/support/client.ts';
import { builtInForms, fixtureOf } from '../test/support/fixtures.ts';
import { hostileAnswers, hostileForm, hostileTexts } from '../test/support/hostile-dataset.ts';
import { startServer } from '../test/support/start-server.ts';

const bin = process.argv[2] ?? '/usr/bin';

const Manifests = z.object({
  items: z.array(
    z.object({
      dataset: z.string(),
      audiences: z.record(z.string(), z.object({ files: z.array(z.object({ name: z.string() })) })),
    }),
  ),
});
const Sent = z.object({ revision: z.int() });

/** Fills a network's server: fixtures of every built-in form, and a form of every kind of column. */
async function fill(coordinator: Client): Promise<void> {
  const { client: member } = await joinNetwork(coordinator, 'ong-alpha', 'ONG Alpha');
  const accept = async (
    author: Client,
    formId: string,
    instanceId: string,
    answers: JsonObject,
  ) => {
    const sent = await author.submit(formId, instanceId, answers);
    if (sent.status !== 201) throw new Error(`${formId}: ${sent.status} ${sent.text}`);
    await coordinator.review(formId, instanceId, Sent.parse(sent.body).revision, 'accept');
  };
  for (const formId of builtInForms) {
    const author = formId === 'plan-activity' ? coordinator : member;
    for (const { instanceId, answers } of fixtureOf(formId).valid) {
      await accept(author, formId, instanceId, answers);
    }
  }
  await coordinator.put('/v1/forms/hostile/draft', hostileForm);
  const published = await coordinator.post('/v1/forms/hostile/publish');
  if (published.status !== 200) throw new Error(`hostile: ${published.text}`);
  for (let index = 0; index < 3 * hostileTexts.length; index += 1) {
    await accept(
      member,
      'hostile',
      `hostile-${String(index).padStart(4, '0')}`,
      hostileAnswers(index),
    );
  }
  await coordinator.compile();
}

/** Puts every file of every current version into `<folder>/<dataset>/<audience>/`. */
async function download(coordinator: Client, folder: string): Promise<number> {
  const { items } = Manifests.parse((await coordinator.get('/v1/datasets')).body);
  let files = 0;
  for (const { dataset, audiences } of items) {
    for (const [audience, entry] of Object.entries(audiences)) {
      const into = join(folder, dataset, audience);
      await mkdir(into, { recursive: true });
      for (const { name } of entry.files) {
        const from = `/v1/datasets/${dataset}/files/${name}?audience=${audience}`;
        const { status, bytes } = await coordinator.download(from);
        if (status !== 200) throw new Error(`${from}: ${status}`);
        await writeFile(join(into, name), bytes);
        files += 1;
      }
    }
  }
  return files;
}

let passed = 0;
let failed = 0;

/** Runs a program of this folder, whose last line says how many checks have passed and failed. */
async function run(program: string, ...words: readonly string[]): Promise<void> {
  const child = spawn(join(bin, 'python'), [join('.ci', program), ...words], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const output = await text(child.stdout);
  await ended;
  process.stdout.write(output);
  const [, good = '0', bad = '1'] = /(\d+) passed, (\d+) failed\n$/.exec(output) ?? [];
  passed += Number(good);
  failed += Number(bad);
}

const folder = await mkdtemp(join(tmpdir(), 'fiche-datasets-'));
const server = await startServer();
try {
  const coordinator = new Client(server.url, server.coordinatorToken);
  await fill(coordinator);
  console.log(`${await download(coordinator, folder)} files`);
  await run('read_datasets.py', folder);
  await run('read_feeds.py', server.url, server.coordinatorToken);
} finally {
  await server.kill();
  await rm(folder, { recursive: true });
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
