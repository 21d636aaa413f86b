import { GetObjectCommand, HeadObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import {
  createServer,
  request as sendRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import type { Emulator } from './emulator.ts';

/** How a program that was run has ended. */
export interface Ended {
  readonly code: number | null;
  /** What it has printed, both streams in the order in which it came. */
  readonly output: string;
  /** What it has printed to standard output alone. */
  readonly out: string;
}

const root = new URL('../../', import.meta.url).pathname;

/** Runs a program of the project (`cdk`, `fiche`) as an operator would, against the emulator alone. */
export async function runAgainst(
  { environment }: Pick<Emulator, 'environment'>,
  program: string,
  words: readonly string[],
  folder: string = root,
): Promise<Ended> {
  const child = spawn(program, words, {
    cwd: folder,
    env: { ...process.env, ...environment, CI: 'true' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let out = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    output += chunk;
    out += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    output += chunk;
  });
  await once(child, 'close');
  return { code: child.exitCode, output, out };
}

const Outputs = z.record(z.string(), z.record(z.string(), z.string()));

/** What was deployed: the outputs of each stack by the stack's name. */
export type Outputs = z.infer<typeof Outputs>;

/** `cdk` with these words, its assembly in a folder of its own, so that several can run side by side. */
export async function runCdk(
  emulator: Emulator,
  words: readonly string[],
  folder?: string,
): Promise<Ended> {
  const assembly = await mkdtemp(join(tmpdir(), 'fiche-cdk-'));
  try {
    const cdk = join(folder ?? root, 'node_modules/.bin/cdk');
    return await runAgainst(emulator, cdk, [...words, '--output', assembly], folder);
  } finally {
    await rm(assembly, { recursive: true, force: true });
  }
}

/** What the emulator's CloudFormation does not have: docs/deploy.md lists it. */
const lacking = { budget: '0' } as const;

/** A context as `-c` takes it, for the emulator. */
export function contextWords(context: Readonly<Record<string, string>>): string[] {
  return Object.entries({ ...lacking, ...context }).flatMap(([name, value]) => [
    '-c',
    `${name}=${value}`,
  ]);
}

/** Bootstraps and deploys every stack; `context` as `-c` takes it. Throws with the output if it fails. */
export async function deploy(
  emulator: Emulator,
  context: Readonly<Record<string, string>> = {},
  folder?: string,
): Promise<{ readonly outputs: Outputs; readonly output: string }> {
  const given = contextWords(context);
  const outputsFolder = await mkdtemp(join(tmpdir(), 'fiche-outputs-'));
  try {
    const file = join(outputsFolder, 'outputs.json');
    const bootstrapped = await runCdk(emulator, ['bootstrap'], folder);
    if (bootstrapped.code !== 0) throw new Error(bootstrapped.output);
    const words = ['deploy', '--all', '--require-approval', 'never', '--outputs-file', file];
    const deployed = await runCdk(emulator, [...words, ...given], folder);
    if (deployed.code !== 0) throw new Error(deployed.output);
    const outputs = Outputs.parse(JSON.parse(await readFile(file, 'utf8')));
    return { outputs, output: deployed.output };
  } finally {
    await rm(outputsFolder, { recursive: true, force: true });
  }
}

/** Signs what is asked of a bucket, as CloudFront does: nobody else reads it who evaluates policies. */
function signer({ url, environment }: Emulator) {
  const client = new S3Client({
    endpoint: url,
    region: environment['AWS_REGION'] ?? '',
    forcePathStyle: true,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  return async (bucket: string, asked: string, method: string | undefined): Promise<string> => {
    const { pathname } = new URL(asked, url);
    const file = { Bucket: bucket, Key: decodeURIComponent(pathname).slice(1) };
    const command = method === 'HEAD' ? new HeadObjectCommand(file) : new GetObjectCommand(file);
    const signed = new URL(await getSignedUrl(client, command));
    return signed.pathname + signed.search;
  };
}

/**
 * Lets the clients of tests reach an address such as `http://<api>.execute-api.localhost:4566`, whose
 * name no resolver knows: a server on a free port of this machine that passes requests on as they
 * are, under that name. Returns its own address. With `publicBucket`, what is below `/public/` comes
 * from that bucket.
 */
export async function openFront(
  emulator: Emulator,
  address: string,
  publicBucket?: string,
): Promise<{ readonly url: string; close(): Promise<void> }> {
  const { host } = new URL(address);
  const { port } = new URL(emulator.url);
  const sign = signer(emulator);
  const pass = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const { method, url: asked = '/', headers } = incoming;
    const isPublic = publicBucket !== undefined && asked.startsWith('/public/');
    const path = isPublic ? await sign(publicBucket, asked, method) : asked;
    const named = { ...headers, host: isPublic ? `127.0.0.1:${port}` : host };
    const passed = sendRequest(
      { host: '127.0.0.1', port, method, path, headers: named },
      (answer) => {
        // CloudFront says that to who names no origin, too: infra/edge/viewer-functions.ts.
        const open = isPublic ? { 'access-control-allow-origin': '*' } : {};
        outgoing.writeHead(answer.statusCode ?? 502, { ...answer.headers, ...open });
        answer.pipe(outgoing);
      },
    );
    passed.on('error', () => outgoing.destroy());
    incoming.pipe(passed);
  };
  const server: Server = createServer((incoming, outgoing) => {
    pass(incoming, outgoing).catch(() => outgoing.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const own = server.address();
  if (own === null || typeof own === 'string') throw new TypeError('No port.');
  return {
    url: `http://127.0.0.1:${own.port}`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
