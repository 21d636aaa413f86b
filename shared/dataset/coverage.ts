import { text } from 'node:stream/consumers';
import * as z from 'zod';
import { Fault } from '../fault.ts';
import type { CompileDeps } from './deps.ts';
import { openDatasetFile } from './read-datasets.ts';

const Coverage = z.object({
  asOf: z.iso.date(),
  version: z.string(),
  forms: z.array(
    z.object({
      formId: z.string(),
      due: z.string().nullable(),
      expected: z.int(),
      answered: z.int(),
      overdue: z.int(),
      organisations: z.array(
        z.object({
          id: z.string(),
          name: z.string(),
          state: z.enum(['answered', 'draft', 'none', 'overdue']),
          submissions: z.int(),
          lastAt: z.iso.datetime().nullable(),
        }),
      ),
    }),
  ),
});
export type Coverage = z.infer<typeof Coverage>;

/** Who had answered what when datasets were last compiled. Throws Fault `not-found` before the first time. */
export async function readCoverage(
  deps: Pick<CompileDeps, 'registry' | 'objects'>,
): Promise<Coverage> {
  const { key } = await openDatasetFile(deps, 'coverage', 'coverage.json', 'coordinator');
  const stored = await deps.objects.get(key);
  if (stored === undefined) throw new Fault('not-found');
  return Coverage.parse(JSON.parse(await text(stored)));
}
