import * as z from 'zod';

/** What the thread that compiles is given when it starts. */
export const WorkerSettings = z.object({ home: z.string() });
export type WorkerSettings = z.infer<typeof WorkerSettings>;

/** Compile once, on behalf of all these runs (none: the schedule asks), or verify everything. */
export const CompileOrder = z.object({
  runIds: z.array(z.string()),
  verify: z.boolean().default(false),
});
export type CompileOrder = z.infer<typeof CompileOrder>;

/** What a verification has found: what, and what is the matter with it. */
export const Verified = z.object({
  shards: z.int(),
  datasets: z.int(),
  files: z.int(),
  rows: z.int(),
  drift: z.array(z.object({ what: z.string(), problem: z.string() })),
});
export type Verified = z.infer<typeof Verified>;

/** What it tells: that readers may find something new, then how it ended. */
export const CompileNews = z.discriminatedUnion('what', [
  z.object({ what: z.literal('published') }),
  z.object({ what: z.literal('done') }),
  z.object({ what: z.literal('verified'), report: Verified }),
  z.object({ what: z.literal('failed'), error: z.unknown() }),
]);
export type CompileNews = z.infer<typeof CompileNews>;
