import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import * as z from 'zod';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type RunningServer } from '../../local/server.ts';
import { Client, joinNetwork } from '../support/client.ts';
import { messageOf } from '../support/collect.ts';
import { generatedBodies, generatedForm, type GeneratedBody } from '../support/generated-bodies.ts';

const bodies = 10_000;
const seed = 20_261_121;
const atOnce = 8;
/** Caches fill with the first requests; after so many the memory in use is compared with that at the end. */
const warmUp = 4_000;
/** What 6,000 more requests may leave behind, in bytes: a leak of 2 KB a request is found out. */
const mostGrowth = 12_000_000;

let home: string;
let server: RunningServer;
let token: string;
const log: string[] = [];

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'fiche-fuzz-'));
  // In this process, whose memory can be measured.
  server = await startServer({ home, port: 0, compileEvery: 0, log: (line) => log.push(line) });
  const secret = (await readFile(join(home, 'coordinator.token'), 'utf8')).trim();
  const coordinator = new Client(server.url, secret);
  const { client } = await joinNetwork(coordinator, 'ong-alpha', 'ONG Alpha');
  token = client.token ?? '';
  const uploaded = await coordinator.put('/v1/forms/fuzz/draft', generatedForm);
  expect(uploaded.status, uploaded.text).toBe(200);
  expect((await coordinator.post('/v1/forms/fuzz/publish')).status).toBe(200);
});
afterAll(async () => {
  await server.close();
  await rm(home, { recursive: true });
});

interface Told {
  readonly via: GeneratedBody['via'];
  readonly status: number;
}

async function send({ via, contentType, body }: GeneratedBody): Promise<Told> {
  const path = via === 'json' ? '/v1/forms/fuzz/submissions' : `/v1/key/${token}/submission`;
  const headers = {
    'content-type': contentType,
    ...(via === 'json' ? { authorization: `Bearer ${token}` } : {}),
  };
  const response = await fetch(new URL(path, server.url), {
    method: 'POST',
    headers,
    body: new Uint8Array(body),
  });
  const { status } = response;
  const text = await response.text();
  expect(text).not.toMatch(/node_modules|\.ts:|at Object/);
  if (via === 'openrosa') {
    const { nature } = messageOf({ status, headers: response.headers, text });
    expect(nature).toBe(status < 300 ? 'submit_success' : 'submit_error');
  } else expect(JSON.parse(text)).toBeTypeOf('object');
  return { via, status };
}

/** All of them, several at a time. */
async function sendAll(all: readonly GeneratedBody[]): Promise<Told[]> {
  const told: Told[] = [];
  const left = all.values();
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (const body of left) told.push(await send(body));
    }),
  );
  return told;
}

const Collector = z.custom<() => void>((value) => typeof value === 'function');

function bytesInUse(): number {
  setFlagsFromString('--expose-gc');
  const collect = Collector.parse(runInNewContext('gc'));
  for (let run = 0; run < 3; run += 1) collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

describe(`${bodies} generated bodies, valid and mutilated, JSON and XML`, () => {
  it('are received or refused, and break nothing and leave nothing behind', async () => {
    const all = generatedBodies(bodies, seed);
    const told = await sendAll(all.slice(0, warmUp));
    const before = bytesInUse();
    for (const one of await sendAll(all.slice(warmUp))) told.push(one);
    const growth = bytesInUse() - before;

    const count = (via: Told['via'], status: number) =>
      told.filter((one) => one.via === via && one.status === status).length;
    expect(told.filter(({ status }) => status >= 500)).toEqual([]);
    expect(log).toEqual([]);
    expect(growth).toBeLessThan(mostGrowth);
    // What is told would be empty words if all were refused for one reason.
    for (const status of [201, 202, 400, 409, 413, 415]) {
      expect(count('openrosa', status), String(status)).toBeGreaterThan(5);
    }
    for (const status of [201, 400, 409, 413, 422]) {
      expect(count('json', status), String(status)).toBeGreaterThan(5);
    }
    expect((await fetch(new URL('/v1/health', server.url))).status).toBe(200);
  });
});
