/**
 * What machines read, read by programs not written here: the HXL files by libhxl, the workbooks of
 * forms by pyxform, the API fuzzed by schemathesis from its own OpenAPI. Takes the `bin` folder of a
 * Python environment.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, joinNetwork } from '../test/support/client.ts';
import { builtInForms, fixtureOf } from '../test/support/fixtures.ts';
import { startServer } from '../test/support/start-server.ts';

const bin = process.argv[2] ?? '/usr/bin';
let passed = 0;
let failed = 0;

async function check(what: string, command: string, words: readonly string[]): Promise<void> {
  const child = spawn(join(bin, command), words, { stdio: ['ignore', 'inherit', 'inherit'] });
  const [code] = (await once(child, 'exit')) as [number | null];
  console.log(`${code === 0 ? 'ok' : 'FAILED'} ${what}`);
  if (code === 0) passed += 1;
  else failed += 1;
}

/** Fails unless the file has rows and every column that a who-does-what-where map must have. */
const readHxl = `
import sys, hxl
with hxl.data(sys.argv[1], hxl.InputOptions(allow_local=True)) as source:
    tags = set(source.display_tags)
    rows = sum(1 for _ in source)
print(rows, "rows", sorted(tags))
assert rows > 0
assert "#org+name" in tags and "#adm1+code" in tags, tags
assert not any(tag.startswith("#contact") for tag in tags), tags
`;

const folder = await mkdtemp(join(tmpdir(), 'fiche-outside-'));
const server = await startServer();
try {
  const coordinator = new Client(server.url, server.coordinatorToken);
  const { client: member } = await joinNetwork(coordinator, 'ong-alpha', 'ONG Alpha');
  for (const formId of builtInForms) {
    const author = formId === 'plan-activity' ? coordinator : member;
    for (const { instanceId, answers } of fixtureOf(formId).valid) {
      const sent = await author.submit(formId, instanceId, answers);
      const revision = (sent.body as { revision: number }).revision;
      await coordinator.review(formId, instanceId, revision, 'accept');
    }
  }
  await coordinator.compile();

  const file = join(folder, 'who.hxl.csv');
  const open = await new Client(server.url).get('/public/who-does-what-where.hxl.csv');
  await writeFile(file, open.text);
  await check('who-does-what-where.hxl.csv, read by libhxl', 'python', ['-c', readHxl, file]);

  for (const formId of builtInForms) {
    const workbook = join(folder, `${formId}.xlsx`);
    const { status, bytes } = await coordinator.download(`/v1/forms/${formId}/form.xlsx`);
    if (status !== 200) throw new Error(`${formId}: ${status}`);
    await writeFile(workbook, bytes);
    await check(`${formId}.xlsx, converted by pyxform`, 'xls2xform', [
      '--skip_validate',
      workbook,
      join(folder, `${formId}.xml`),
    ]);
  }

  await check('the API, fuzzed by schemathesis', 'schemathesis', [
    'run',
    `${server.url}/v1/openapi.json`,
    '--header',
    `Authorization: Bearer ${server.coordinatorToken}`,
    '--checks',
    'not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance',
    '--phases',
    'examples,coverage,fuzzing',
    '--max-examples',
    '15',
    '--seed',
    '1',
    '--workers',
    '1',
  ]);
} finally {
  await server.kill();
  await rm(folder, { recursive: true });
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
