import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleFunction, type Bundle } from '../../../infra/bundle.ts';
import { bundleNames, entryOf } from '../../../infra/functions.ts';
import { doors } from '../../../shared/http/operations/operation.ts';
import { env } from '../../../shared/config.ts';
import { version } from '../../../shared/version.ts';

const run = promisify(execFile);

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fiche-bundle-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function write({ files }: Bundle): Promise<string> {
  const target = await mkdtemp(join(folder, 'function-'));
  await Promise.all(files.map(({ name, contents }) => writeFile(join(target, name), contents)));
  return pathToFileURL(join(target, 'index.mjs')).href;
}

/** What a script says that runs far from the repository, with nothing but what Lambda has. */
async function runAlone(script: string): Promise<string> {
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: folder,
    env: {
      AWS_REGION: 'eu-west-3',
      AWS_ACCESS_KEY_ID: 'none',
      AWS_SECRET_ACCESS_KEY: 'none',
      [env.submissionsTable]: 'submissions',
      [env.registryTable]: 'registry',
      [env.objectsBucket]: 'objects',
      [env.compileStateMachine]: 'machine',
      NODE_OPTIONS: '--enable-source-maps',
    },
  });
  return stdout;
}

describe('the bundle of a function', () => {
  it.each(bundleNames)('is small, and loads alone: %s', async (name) => {
    const bundle = await bundleFunction(entryOf(name));
    // What a cold start loads; the rest comes with the first request that needs it. For a step of a
    // compile, which has the writers of every format, nobody waits: that of Parquet alone is 55 KB.
    const isDoor = doors.some((door) => door === name);
    expect(bundle.startBytes / 1024).toBeLessThanOrEqual(isDoor ? 630 : 770);
    // The registry's has the reader and writer of workbooks, a quarter of it. The client of SSM, which
    // reads the secrets of the installation when they are needed, is 70 KB of each.
    expect(bundle.bytes).toBeLessThanOrEqual(1_500_000);
    const script = `const { handler } = await import('${await write(bundle)}'); console.log(typeof handler);`;
    expect(await runAlone(script)).toBe('function\n');
  });

  it('answers a request that needs no store', async () => {
    const url = await write(await bundleFunction(entryOf('datasets')));
    const event = {
      version: '2.0',
      routeKey: 'GET /v1/health',
      rawPath: '/v1/health',
      headers: {},
      requestContext: { requestId: 'r', http: { method: 'GET' } },
      isBase64Encoded: false,
    };
    const output = await runAlone(`
      const { handler } = await import('${url}');
      const answer = await handler(${JSON.stringify(event)}, { functionName: 'f' });
      console.log('answer', answer.statusCode);
    `);
    expect(output).toContain('answer 200');
    expect(output).toContain('"operation":"getHealth"');
  });

  it('is the same, byte for byte, when it is made again', async () => {
    const [one, other] = await Promise.all([
      bundleFunction(entryOf('compile-end')),
      bundleFunction(entryOf('compile-end')),
    ]);
    expect(other).toEqual(one);
  });

  it('knows of package.json the version alone, so that a new tool does not change it', async () => {
    const { files } = await bundleFunction(entryOf('datasets'));
    const text = Buffer.concat(files.map(({ contents }) => contents)).toString();
    expect(text).toContain(`"${version}"`);
    expect(text.includes('devDependencies')).toBe(false);
  });
});

describe('a package that is loaded on demand', () => {
  it('is not loaded until it is used, and then works as it is', async () => {
    const entry = join(folder, 'entry.ts');
    await writeFile(
      entry,
      `import { Busboy } from '@fastify/busboy';
       import { sha256 } from '@noble/hashes/sha2.js';
       import { isMap, parseDocument } from 'yaml';
       export const reads = (text) => isMap(parseDocument(text).contents);
       export const digests = (bytes) => sha256(bytes).length;
       export const parts = (headers, text) => new Promise((resolve) => {
         const names = [];
         const parser = new Busboy({ headers });
         parser.on('field', (name) => names.push(name));
         parser.on('finish', () => resolve(names.join()));
         parser.end(text);
       });`,
    );
    const bundle = await bundleFunction(entry);
    expect(bundle.startBytes).toBeLessThan(10_000);
    const output = await runAlone(`
      const code = await import('${await write(bundle)}');
      const { reads, digests, parts } = code;
      console.log(reads('a: 1'), reads('- a'));
      console.log(digests(new Uint8Array(3)));
      const headers = { 'content-type': 'multipart/form-data; boundary=x' };
      const part = '--x\\r\\ncontent-disposition: form-data; name="n"\\r\\n\\r\\nv\\r\\n--x--\\r\\n';
      console.log(await parts(headers, part));
    `);
    expect(output).toBe('true false\n32\nn\n');
  });
});

describe('an engine of expressions', () => {
  it('is loaded when a form uses it, and then works as it is', async () => {
    const entry = join(folder, 'expressions.ts');
    const source = join(process.cwd(), 'shared/form/expression');
    await writeFile(
      entry,
      `import { digestEngine, loadEngines, patternEngine } from '${source}/engines.ts';
       export async function run() {
         await loadEngines(["regex(., 'a+')", "digest(., 'MD5')"]);
         const [code, text] = [undefined, { type: 'text', offset: 0 }];
         const matches = patternEngine().compilePattern(code, { ...text, value: 'a+' });
         let refused;
         try { patternEngine().compilePattern(code, { ...text, value: '(?=a)' }); }
         catch (error) { refused = error.code; }
         const { digest } = digestEngine();
         return [
           matches(undefined, 'aa'), matches(undefined, 'b'), refused,
           digest('a', 'MD5', 'hex').length, digest('a', 'SHA-256', 'hex').length,
         ].join();
       }`,
    );
    const bundle = await bundleFunction(entry);
    expect(bundle.startBytes).toBeLessThan(10_000);
    const output = await runAlone(`
      const { run } = await import('${await write(bundle)}');
      console.log(await run());
    `);
    expect(output).toBe('true,false,invalid-regex,32,64\n');
  });
});
