import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { runChild } from './child.ts';
import type { Bench } from './figures.ts';

const columns = 40;
const names = 'csv,ndjson,geojson,parquet,xlsx';
const sizes = { small: 100_000, quarter: 250_000, whole: 1_000_000 } as const;

const Published = z.object({ ms: z.number(), cpuMs: z.number(), residentMb: z.number() });
type Published = z.infer<typeof Published>;

/** Writes the formats of a form with so many rows, in a process of its own. */
async function published(rows: number): Promise<Published> {
  const folder = await mkdtemp(join(tmpdir(), 'fiche-bench-'));
  const child = (task: string): Promise<unknown> =>
    runChild('test/bench/formats-child.ts', [folder, String(columns), String(rows), task, names]);
  try {
    await child('fill');
    return Published.parse(await child('publish'));
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** A million rows, in each of the formats that hold them all in one file, for every audience. */
export const millionBench: Bench = {
  name: 'million',
  async run() {
    const small = await published(sizes.small);
    const quarter = await published(sizes.quarter);
    const whole = await published(sizes.whole);
    const seconds = (ms: number): string => `${(ms / 1000).toFixed(0)} s`;
    return [
      {
        what: `memory of ${sizes.whole} × ${columns} (${names}) over that of ${sizes.small}`,
        measured: `${whole.residentMb.toFixed(0)} MB (in ${seconds(whole.ms)})`,
        baseline: `${sizes.small}: ${small.residentMb.toFixed(0)} MB`,
        value: whole.residentMb / small.residentMb,
        unit: '×',
        target: { atMost: 1.25 },
      },
      {
        // The processor's: a neighbour at work for a minute would tell of itself.
        what: `processor's time of ${sizes.whole} over that of ${sizes.quarter}`,
        measured: seconds(whole.cpuMs),
        baseline: `${sizes.quarter}: ${seconds(quarter.cpuMs)}`,
        value: whole.cpuMs / quarter.cpuMs,
        unit: '×',
        target: { atMost: 4.4 },
      },
    ];
  },
};
