import * as z from 'zod';
import type { CompileDeps } from '../compile-deps.ts';
import { readDocument } from '../versions/read-datasets.ts';

const Organisation = z.object({
  id: z.string(),
  name: z.string(),
  /** What was asked of it, if it owes one: `draft` is unfinished or was sent back to it. */
  state: z.enum(['answered', 'draft', 'none', 'overdue']),
  submissions: z.int(),
  /** When it first sent one that counts as an answer, and when it last did anything. */
  firstAt: z.iso.datetime().nullable().default(null),
  lastAt: z.iso.datetime().nullable(),
  /** Its first answer came by the due date; null: none yet, or nothing was due. */
  onTime: z.boolean().nullable().default(null),
  /** Days since the due date, of one that is overdue. */
  daysOverdue: z.int().nullable().default(null),
  /** How many of its submissions wait for it to correct them. */
  needsChanges: z.int().default(0),
  /** Of its newest submission, answers before drafts; null: it has none. */
  completeness: z.object({ asked: z.int(), answered: z.int() }).nullable().default(null),
});
export type CoveredOrganisation = z.infer<typeof Organisation>;

const Form = z.object({
  formId: z.string(),
  /** By language. */
  title: z.record(z.string(), z.string()).default({}),
  due: z.string().nullable(),
  expected: z.int(),
  answered: z.int(),
  overdue: z.int(),
  organisations: z.array(Organisation),
});
export type CoveredForm = z.infer<typeof Form>;

/** Who has answered which form, at the end of a day. */
export const Coverage = z.object({
  asOf: z.iso.date(),
  version: z.string(),
  forms: z.array(Form),
});
export type Coverage = z.infer<typeof Coverage>;

/** Who had answered what when datasets were last compiled. Throws Fault `not-found` before the first time. */
export function readCoverage(deps: Pick<CompileDeps, 'registry' | 'objects'>): Promise<Coverage> {
  return readDocument(deps, 'coverage', Coverage);
}
