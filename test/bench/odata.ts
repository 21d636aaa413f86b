import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { runChild } from './child.ts';
import { median, type Bench } from './figures.ts';

const rows = 100_000;
const runs = 5;

const Pages = z.object({ firstMs: z.number(), byLinkMs: z.number(), bySkipMs: z.number() });
const Read = z.object({ cpuMs: z.number(), found: z.int(), residentMb: z.number() });
type Read = z.infer<typeof Read>;

async function readings(folder: string, tasks: readonly string[]): Promise<readonly Read[][]> {
  const results: Read[][] = tasks.map(() => []);
  for (let run = 0; run < runs; run += 1) {
    for (const [at, task] of tasks.entries()) {
      results[at]?.push(Read.parse(await child(folder, task)));
    }
  }
  return results;
}

function child(folder: string, task: string): Promise<unknown> {
  return runChild('test/bench/odata-child.ts', [folder, String(rows), task]);
}

const cpuOf = (results: readonly Read[]): number => median(results.map(({ cpuMs }) => cpuMs));
const memoryOf = (results: readonly Read[]): number =>
  Math.max(...results.map(({ residentMb }) => residentMb));

export const odataBench: Bench = {
  name: 'odata',
  async run() {
    const folder = await mkdtemp(join(tmpdir(), 'fiche-bench-'));
    try {
      await child(folder, 'fill');
      const { firstMs, byLinkMs, bySkipMs } = Pages.parse(await child(folder, 'pages'));
      const [scan = [], filter = [], order = []] = await readings(folder, [
        'scan',
        'filter',
        'order',
      ]);
      const [plain] = scan;
      if (filter.some(({ found }) => found !== plain?.found)) {
        throw new Error('The filter has found other rows than the scan.');
      }
      const first = `page 1: ${firstMs.toFixed(1)} ms`;
      const plainMs = cpuOf(scan);
      const baseline = `reading each line with JSON.parse: ${(plainMs / 1000).toFixed(2)} s, ${memoryOf(scan).toFixed(0)} MB`;
      return [
        {
          what: 'OData: page 1,000 of 100,000 × 40 by its link',
          measured: `${byLinkMs.toFixed(1)} ms`,
          baseline: first,
          value: byLinkMs / firstMs,
          unit: '×',
          target: { atMost: 1.5 },
        },
        {
          what: 'OData: the same by $skip',
          measured: `${bySkipMs.toFixed(1)} ms`,
          baseline: first,
          value: bySkipMs / firstMs,
          unit: '×',
          target: { atMost: 1.5 },
        },
        {
          what: 'OData: a filter on two answers over 100,000 × 40, processor',
          measured: `${(cpuOf(filter) / 1000).toFixed(2)} s`,
          baseline,
          value: cpuOf(filter) / plainMs,
          unit: '×',
          target: { atMost: 2 },
        },
        {
          what: 'OData: its resident memory, peak of the process',
          measured: `${memoryOf(filter).toFixed(0)} MB`,
          baseline,
          value: memoryOf(filter),
          unit: 'MB',
          target: { atMost: 256 },
        },
        {
          what: 'OData: the first page of all rows in an order, resident memory',
          measured: `${memoryOf(order).toFixed(0)} MB, ${(cpuOf(order) / 1000).toFixed(2)} s of processor`,
          baseline,
          value: memoryOf(order),
          unit: 'MB',
          target: { atMost: 320 },
        },
      ];
    } finally {
      await rm(folder, { recursive: true });
    }
  },
};
