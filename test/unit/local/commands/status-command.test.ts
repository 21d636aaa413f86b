import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type RunningServer } from '../../../../local/server.ts';
import { version } from '../../../../shared/version.ts';
import { runTool, temporaryFolder } from '../../../support/local-tool.ts';

describe('fiche status', () => {
  const folder = temporaryFolder();
  let server: RunningServer;

  beforeAll(async () => {
    server = await startServer({ home: folder.path, port: 0, compileEvery: 0 });
  });
  afterAll(async () => {
    delete process.env['FICHE_URL'];
    await server.close();
    folder.remove();
  });

  it('tells where the service is, that it answers, and what is in it', async () => {
    process.env['FICHE_URL'] = server.url;
    expect(await runTool(folder.path, ['compile'])).toMatchObject({ code: 0 });
    const told = await runTool(folder.path, ['status'], 'en');
    expect(told.code, told.out).toBe(0);
    expect(told.out).toMatch(new RegExp(`^Address +${server.url} \\(answers in \\d+ ms\\)$`, 'm'));
    expect(told.out.split('\n')).toContain(`${'Version'.padEnd(20)}${version}`);
    expect(told.out).toMatch(/^Forms +8 published$/m);
    expect(told.out).toMatch(/^Datasets +14$/m);
    expect(told.out).toMatch(/^Data as of +\d{4}-\d{2}-\d{2}T/m);
  });

  it('says when the service is of another version, or too old to tell its own', async () => {
    const said = ['{"status":"ok","version":"9.9.9"}', '{"status":"ok"}'];
    const other = createServer((_request, response) => response.end(said.shift()));
    await once(other.listen(0, '127.0.0.1'), 'listening');
    const { port } = other.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}`;
    process.env['FICHE_URL'] = url;
    for (const running of ['9.9.9', '?']) {
      const told = await runTool(folder.path, ['status']);
      expect(told.out).toContain(`${version} (${url}: ${running})`);
    }
    other.close();
  });

  it('gives the address alone to a script', async () => {
    process.env['FICHE_URL'] = server.url;
    expect(await runTool(folder.path, ['status', '--url'])).toMatchObject({
      code: 0,
      out: server.url,
    });
  });

  it('ends with 1 and says why when nothing answers there', async () => {
    process.env['FICHE_URL'] = 'http://127.0.0.1:1';
    const told = await runTool(folder.path, ['status']);
    expect(told.code).toBe(1);
    expect(told.out).toMatch(/ne répond pas\u00a0: .+/);
  });
});
