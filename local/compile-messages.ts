import * as z from 'zod';

/** What the thread that compiles is given when it starts. */
export const WorkerSettings = z.object({ home: z.string() });
export type WorkerSettings = z.infer<typeof WorkerSettings>;

/** Compile once, on behalf of all these runs; none: the schedule asks. */
export const CompileOrder = z.object({ runIds: z.array(z.string()) });
export type CompileOrder = z.infer<typeof CompileOrder>;

/** What it tells: that readers may find something new, then how it ended. */
export const CompileNews = z.discriminatedUnion('what', [
  z.object({ what: z.literal('published') }),
  z.object({ what: z.literal('done') }),
  z.object({ what: z.literal('failed'), error: z.unknown() }),
]);
export type CompileNews = z.infer<typeof CompileNews>;
