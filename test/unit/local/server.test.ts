import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { version } from '../../../shared/version.ts';
import { Client } from '../../support/client.ts';
import { startServer, type RunningServer } from '../../support/start-server.ts';

let server: RunningServer;
let coordinator: Client;

beforeAll(async () => {
  server = await startServer({ compileEvery: 3600 });
  coordinator = new Client(server.url, server.coordinatorToken);
});
afterAll(() => server.kill());

describe('npm start', () => {
  it('prints where it is and, the first time, the token of the coordinator', () => {
    expect(server.output()).toContain(server.url);
    expect(server.output()).toContain(server.coordinatorToken);
  });

  it('keeps the token in a file that only its owner reads', async () => {
    const file = join(server.home, 'coordinator.token');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await stat(server.home)).mode & 0o077).toBe(0);
    expect((await readFile(file, 'utf8')).trim()).toMatch(/^fiche_coordination_/);
  });

  it('greets people with a page that runs no script', async () => {
    const response = await fetch(server.url);
    const page = await response.text();
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(page).toContain('lang="en"');
    expect(page).not.toMatch(/<script|\son\w+=|style=/);
    const links = [...page.matchAll(/(?:href|src)="([^"]+)"/g)].map((match) => match[1] ?? '');
    const compiled = await coordinator.compile();
    expect(compiled.state).toBe('done');
    for (const link of links) {
      expect((await fetch(new URL(link, server.url))).status, link).toBe(200);
    }
  });

  it('compiles by itself when it starts', async () => {
    for (;;) {
      if ((await coordinator.get('/public/catalog.json')).status === 200) break;
      await new Promise((resolve) => setImmediate(resolve));
    }
  });

  it('is not heard beyond this machine', async () => {
    const { port } = new URL(server.url);
    const health = await fetch(`http://127.0.0.1:${port}/v1/health`);
    expect(health.status).toBe(200);
    expect(await health.json()).toMatchObject({ status: 'ok', version });
  });

  it('logs nothing of requests that are refused', async () => {
    const before = server.output();
    await new Client(server.url).get('/v1/me');
    await coordinator.request('POST', '/v1/organisations', { raw: '{"canary' });
    expect(server.output()).toBe(before);
  });
});

describe('a server that may not start', () => {
  it('says in both languages that the folder is taken', async () => {
    const second = startServer({ home: server.home });
    await expect(second).rejects.toThrow(/ended \(1\)[^]*déjà[^]*already/);
    await expect(second).rejects.not.toThrow(/ at .*\.ts:/);
  });

  it('says in both languages that the port is taken, and lets the folder go', async () => {
    const other = createServer();
    other.listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = z.object({ port: z.int() }).parse(other.address());
    const home = await mkdtemp(join(tmpdir(), 'fiche-taken-'));
    const environment = { PORT: String(address.port) };
    await expect(startServer({ home, environment })).rejects.toThrow(
      /ended \(1\)[^]*déjà pris[^]*already taken/,
    );
    other.close();
    const after = await startServer({ home });
    expect(after.output(), 'the token was not told in vain').toContain(after.coordinatorToken);
    await after.kill();
    await rm(home, { recursive: true });
  });

  it.each([
    ['PORT', 'eighty'],
    ['PORT', '70000'],
    ['FICHE_COMPILE_EVERY', '-1'],
  ])('says in both languages that %s cannot be %s', async (name, value) => {
    await expect(startServer({ environment: { [name]: value } })).rejects.toThrow(
      new RegExp(`${name} doit être[^]*${name} must be`),
    );
  });

  it('says in both languages that its folder is a file', async () => {
    const home = join(server.home, 'coordinator.token');
    const start = startServer({ home });
    await expect(start).rejects.toThrow(/nomme un fichier[^]*names a file/);
    await expect(start).rejects.not.toThrow(/ at .*\.ts:/);
    await expect(startServer({ home: join(home, 'inside') })).rejects.toThrow(/names a file/);
  });
});

describe('a server that is told to end', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'by %s ends well, and the next one goes on',
    async (signal) => {
      const home = await mkdtemp(join(tmpdir(), 'fiche-end-'));
      const first = await startServer({ home });
      const client = new Client(first.url, first.coordinatorToken);
      await client.post('/v1/organisations', { id: 'ong-kept', name: 'Gardée' });
      expect(await first.end(signal)).toBe(0);
      const next = await startServer({ home });
      expect(next.coordinatorToken).toBe(first.coordinatorToken);
      expect(next.output()).not.toContain(first.coordinatorToken);
      const again = new Client(next.url, next.coordinatorToken);
      expect((await again.get('/v1/organisations/ong-kept')).status).toBe(200);
      await next.kill();
      await rm(home, { recursive: true });
    },
  );

  it('in the middle of a compile starts again as if nothing had been', async () => {
    const home = await mkdtemp(join(tmpdir(), 'fiche-middle-'));
    const first = await startServer({ home });
    const client = new Client(first.url, first.coordinatorToken);
    const asked = await client.post('/v1/compile');
    const { runId } = z.object({ runId: z.string() }).parse(asked.body);
    await first.kill('SIGKILL');
    const next = await startServer({ home });
    const again = new Client(next.url, next.coordinatorToken);
    const run = z
      .object({ state: z.string() })
      .parse((await again.get(`/v1/compile/${runId}`)).body);
    expect(run.state).toBe('failed');
    expect((await again.compile()).state).toBe('done');
    await next.kill();
    await rm(home, { recursive: true });
  });
});
