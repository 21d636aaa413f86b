import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as z from 'zod';
import { runChild } from './child.ts';
import type { Bench, Figure } from './figures.ts';

const columns = 100;
const rows = 100_000;
/** Shares do not depend on how many rows there are: these are enough for a steady state. */
const shareRows = 20_000;

/** A Python that has the module `duckdb`, which is no package of npm's; none: that floor is not measured. */
const python = process.env['FICHE_BENCH_PYTHON'];

const Published = z.object({ ms: z.number(), residentMb: z.number(), bytes: z.number() });
const Share = z.object({
  parseMs: z.number(),
  formatMs: z.number(),
  floorMs: z.number().nullable(),
});

interface Compared {
  readonly name: string;
  readonly what: string;
  readonly floor: string;
  /** Of its floor's rate, in per cent; 0: told, not promised. */
  readonly atLeast: number;
}

/**
 * What is counted for a format: the processor's time, in all threads, of a whole pass over the
 * segments that writes it alone, for all three audiences, hashed and thrown away, less that of
 * reading and parsing their lines: so with the making of the cells, which in a publish all formats
 * share. A floor begins with the parsed rows of each audience, and hashes nothing.
 */
const compared: readonly Compared[] = [
  { name: 'csv', what: 'CSV', floor: 'a loop joining strings', atLeast: 50 },
  { name: 'ndjson', what: 'NDJSON', floor: 'JSON.stringify', atLeast: 50 },
  { name: 'xlsx', what: 'XLSX', floor: 'zlib alone on its sheets', atLeast: 30 },
  { name: 'json', what: 'JSON', floor: 'JSON.stringify', atLeast: 0 },
  { name: 'geojson', what: 'GeoJSON', floor: 'JSON.stringify', atLeast: 0 },
  { name: 'parquet', what: 'Parquet', floor: 'DuckDB’s COPY of its own tables', atLeast: 0 },
];

const copyTables = `
import duckdb, glob, os, sys, time
duckdb.sql("set threads = 1")
least = None
for run in range(3):
    took = 0
    for file in sorted(glob.glob(os.path.join(sys.argv[1], '*.parquet'))):
        duckdb.sql(f"create or replace table t as select * from '{file}'")
        began = time.process_time()
        duckdb.sql(f"copy t to '{os.path.join(sys.argv[1], 'copy.out')}' (format parquet, codec 'snappy')")
        took += time.process_time() - began
    least = took if least is None else min(least, took)
print(least * 1000)
`;

async function duckDbMs(folder: string): Promise<number | undefined> {
  if (python === undefined) return undefined;
  const { stdout } = await promisify(execFile)(python, ['-c', copyTables, folder]);
  return Number(stdout);
}

const perSecond = (ms: number): string => `${Math.round((1000 * shareRows) / ms)} rows/s`;

async function shareOf({ name, what, floor, atLeast }: Compared, folder: string): Promise<Figure> {
  const words = [folder, String(columns), String(shareRows), 'share', name];
  const took = Share.parse(await runChild('test/bench/formats-child.ts', words, ['--expose-gc']));
  const own = took.formatMs - took.parseMs;
  const floorMs = took.floorMs ?? (await duckDbMs(folder));
  return {
    what: `${what} of ${shareRows} × ${columns}, for all audiences`,
    measured: perSecond(own),
    baseline: `${floor}: ${floorMs === undefined ? 'not measured' : perSecond(floorMs)}`,
    value: floorMs === undefined ? 0 : (100 * floorMs) / own,
    unit: '%',
    target: { atLeast },
  };
}

export const formatsBench: Bench = {
  name: 'formats',
  async run() {
    const folder = await mkdtemp(join(tmpdir(), 'fiche-bench-'));
    const child = async (part: string, count: number, task: string): Promise<unknown> => {
      const words = [join(folder, part), String(columns), String(count), task];
      return runChild('test/bench/formats-child.ts', words);
    };
    try {
      await child('all', rows, 'fill');
      const whole = Published.parse(await child('all', rows, 'publish'));
      await child('share', shareRows, 'fill');
      const figures: Figure[] = [
        {
          what: `resident memory of ${rows} × ${columns} in every format for every audience, peak of the process`,
          measured: `${whole.residentMb.toFixed(0)} MB (in ${(whole.ms / 1000).toFixed(0)} s)`,
          baseline: `${(whole.bytes / 1e6).toFixed(0)} MB written`,
          value: whole.residentMb,
          unit: 'MB',
          target: { atMost: 512 },
        },
      ];
      for (const format of compared) figures.push(await shareOf(format, join(folder, 'share')));
      return figures;
    } finally {
      await rm(folder, { recursive: true });
    }
  },
};
