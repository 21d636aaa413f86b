import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { writeWorkbook } from '../../shared/form/files/write-workbook.ts';
import { runChild } from './child.ts';
import { median, type Bench, type Figure } from './figures.ts';
import { largeForm } from './xlsform-workbook.ts';

const rows = 1_000;
const choices = 10_000;
/** The first is cold, the reader's too. */
const runs = 7;
/** Memory depends on when the collector runs. */
const processes = 3;

const Outcome = z.object({
  reader: z.array(z.number()),
  publish: z.array(z.number()),
  xform: z.array(z.number()),
  residentMb: z.number(),
});

export const xlsformBench: Bench = {
  name: 'xlsform',
  async run() {
    const folder = await mkdtemp(join(tmpdir(), 'fiche-bench-'));
    try {
      const file = join(folder, 'large.xlsx');
      await writeFile(file, await writeWorkbook(largeForm(rows, choices)));
      const child = './test/bench/xlsform-child.ts';
      const outcome = Outcome.parse(await runChild(child, [file, String(runs)], ['--expose-gc']));
      // Its memory as a server has it, without the collector being called.
      const resident: number[] = [];
      for (let run = 0; run < processes; run += 1) {
        resident.push(Outcome.parse(await runChild(child, [file, '1'])).residentMb);
      }
      const residentMb = median(resident);
      const reader = median(outcome.reader);
      const figure = (what: string, ms: number): Figure => ({
        what,
        measured: `${ms.toFixed(0)} ms`,
        baseline: `the reader of workbooks alone: ${reader.toFixed(0)} ms`,
        value: ms / reader,
        unit: '×',
        target: { atMost: 3 },
      });
      return [
        figure(
          `XLSForm of ${rows} rows and ${choices} choices, to published`,
          median(outcome.publish),
        ),
        figure('its XForm', median(outcome.xform)),
        {
          what: 'resident memory of both',
          measured: `${residentMb.toFixed(0)} MB`,
          baseline: '–',
          value: residentMb,
          unit: 'MB',
          target: { atMost: 250 },
        },
      ];
    } finally {
      await rm(folder, { recursive: true });
    }
  },
};
