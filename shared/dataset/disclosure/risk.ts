import * as z from 'zod';

const Bilingual = z.object({ fr: z.string(), en: z.string() });

/** Records by how many share their combination of quasi-identifiers. */
const Histogram = z.object({
  '1': z.int(),
  '2': z.int(),
  '3-4': z.int(),
  '5-9': z.int(),
  '10+': z.int(),
});
export type Histogram = z.infer<typeof Histogram>;

/** How easily the public files could tell of someone, and what was done about it. For the coordinator alone. */
export const Risk = z.object({
  k: z.int(),
  /** Public records. */
  rows: z.int(),
  quasiIdentifiers: z.array(z.string()),
  /** By question, what was done to its answers. */
  levels: z.record(z.string(), Bilingual),
  /** Records alone in their combination, before anything was done. */
  sampleUniques: z.int(),
  before: Histogram,
  /** Of the records of which the combination is shown. */
  after: Histogram,
  /** Records of which the quasi-identifiers are withheld. */
  suppressed: z.int(),
  /** The same as a share of the rows, 0 to 1. */
  suppressedShare: z.number(),
  /** How many sample uniques there would be less without a question, most first. */
  drivers: z.array(z.object({ question: z.string(), uniques: z.int() })),
  /** The public part was withheld; null: it was not. */
  blocked: z
    .object({
      reason: Bilingual,
      /** Per cent. */
      maxSuppressed: z.number(),
      /** The version that the public still sees; null: none. */
      shows: z.string().nullable(),
    })
    .nullable(),
});
export type Risk = z.infer<typeof Risk>;
