import * as z from 'zod';
import { runChild } from './child.ts';
import { median, type Bench } from './figures.ts';

const Result = z.object({
  rows: z.int(),
  fullMs: z.number(),
  residentMb: z.number(),
  unchangedWritten: z.int(),
  unchangedReads: z.number(),
  changedRows: z.int(),
  changedReads: z.int(),
  changedMs: z.number(),
  floorMs: z.number().nullable(),
});
type Result = z.infer<typeof Result>;

const runs = 3;
/** Of the smaller and the larger form: the benches of formats have more. */
const sizes = { small: 10_000, large: 40_000 };

async function compileOf(rows: number): Promise<Result> {
  const words = [String(rows), 'floor'];
  return Result.parse(await runChild('test/bench/compile-child.ts', words, ['--expose-gc']));
}

export const compileBench: Bench = {
  name: 'compile',
  async run() {
    const small: Result[] = [];
    const large: Result[] = [];
    for (let run = 0; run < runs; run += 1) {
      small.push(await compileOf(sizes.small));
      large.push(await compileOf(sizes.large));
    }
    const of = (results: readonly Result[], pick: (result: Result) => number): number =>
      median(results.map(pick));
    const ms = of(large, ({ fullMs }) => fullMs);
    const smallMs = of(small, ({ fullMs }) => fullMs);
    const floorMs = of(large, ({ floorMs }) => floorMs ?? Number.NaN);
    const resident = of(large, ({ residentMb }) => residentMb);
    const smallResident = of(small, ({ residentMb }) => residentMb);
    const unchangedWritten = Math.max(...large.map(({ unchangedWritten }) => unchangedWritten));
    const unchangedReads = Math.max(...large.map(({ unchangedReads }) => unchangedReads));
    const excess = Math.max(...large.map((result) => result.changedReads - result.changedRows));
    const changedMs = of(large, (result) => result.changedMs);
    return [
      {
        what: 'collect + publish of 40,000 × 40 in every format',
        measured: `${(ms / 1000).toFixed(2)} s`,
        baseline: `joining one CSV string: ${(floorMs / 1000).toFixed(2)} s`,
        value: (100 * floorMs) / ms,
        unit: '%',
        target: { atLeast: 1 },
      },
      {
        what: 'its resident memory, peak of the process',
        measured: `${resident.toFixed(0)} MB`,
        baseline: '–',
        value: resident,
        unit: 'MB',
        target: { atMost: 512 },
      },
      {
        what: 'memory of 40,000 over that of 10,000',
        measured: `${resident.toFixed(0)} MB`,
        baseline: `10,000: ${smallResident.toFixed(0)} MB`,
        value: resident / smallResident,
        unit: '×',
        target: { atMost: 1.25 },
      },
      {
        what: 'time of 40,000 over that of 10,000',
        measured: `${(ms / 1000).toFixed(2)} s`,
        baseline: `10,000: ${(smallMs / 1000).toFixed(2)} s`,
        value: ms / smallMs,
        unit: '×',
        target: { atMost: 4.4 },
      },
      {
        what: 'nothing changed: objects written',
        measured: String(unchangedWritten),
        baseline: '–',
        value: unchangedWritten,
        unit: '',
        target: { atMost: 0 },
      },
      {
        what: 'nothing changed: records read a shard',
        measured: String(unchangedReads),
        baseline: '–',
        value: unchangedReads,
        unit: '',
        target: { atMost: 5 },
      },
      {
        what: '1 % changed: submissions read beyond those that changed',
        measured: `${excess} (in ${(changedMs / 1000).toFixed(2)} s)`,
        baseline: `changed: ${large[0]?.changedRows ?? 0}`,
        value: excess,
        unit: '',
        target: { atMost: 0 },
      },
    ];
  },
};
