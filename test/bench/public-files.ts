import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '../support/client.ts';
import { startServer } from '../support/start-server.ts';
import { startChild } from './child.ts';
import { alternate, median, type Bench } from './figures.ts';
import { load, rawRequest } from './load.ts';

const requests = 5_000;
const runs = 7;
const path = '/public/plan.json';

export const publicFilesBench: Bench = {
  name: 'public',
  async run() {
    const folder = await mkdtemp(join(tmpdir(), 'fiche-bench-'));
    const server = await startServer();
    const coordinator = new Client(server.url, server.coordinatorToken);
    await coordinator.compile();
    const plan = await coordinator.get(path);
    const etag = plan.headers.get('etag') ?? '';
    const copy = join(folder, 'plan.json');
    await writeFile(copy, plan.text);
    const bare = await startChild('test/bench/bare-server.ts', [':memory:', copy]);
    try {
      const many = (headers: Readonly<Record<string, string>>): Buffer[] =>
        Array.from({ length: requests }, () => rawRequest('GET', path, headers));
      const options = { connections: 16, accept: new Set([200]) };
      const get = () => load(server.url, many({}), options);
      const notModified = () =>
        load(server.url, many({ 'if-none-match': etag }), { ...options, accept: new Set([304]) });
      const floor = () => load(bare.firstLine, many({}), options);
      await Promise.all([get(), floor(), notModified()]);
      const { first, second: rest } = await alternate(runs, floor, async () => ({
        full: await get(),
        cheap: await notModified(),
      }));
      const bareRate = median(first.map(({ perSecond }) => perSecond));
      const rate = median(rest.map(({ full }) => full.perSecond));
      const rate304 = median(rest.map(({ cheap }) => cheap.perSecond));
      const failures = rest.reduce((n, { full, cheap }) => n + full.failures + cheap.failures, 0);
      if (failures > 0) throw new Error(`${failures} public requests failed.`);
      return [
        {
          what: `public GET of ${Math.round(plan.text.length / 1024)} KB`,
          measured: `${rate.toFixed(0)}/s`,
          baseline: `bare Node, same file: ${bareRate.toFixed(0)}/s`,
          value: (100 * rate) / bareRate,
          unit: '%',
          target: { atLeast: 50 },
        },
        {
          what: 'cost of a 304 over that of a 200',
          measured: `${(1e6 / rate304).toFixed(0)} µs`,
          baseline: `200: ${(1e6 / rate).toFixed(0)} µs`,
          value: rate / rate304,
          unit: '×',
          target: { atMost: 1 },
        },
      ];
    } finally {
      await server.kill();
      await bare.stop();
      await rm(folder, { recursive: true });
    }
  },
};
