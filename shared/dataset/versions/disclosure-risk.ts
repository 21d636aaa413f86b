import * as z from 'zod';

const Bilingual = z.object({ fr: z.string(), en: z.string() });

/** Records by the size of their equivalence class. */
const Histogram = z.object({
  '1': z.int(),
  '2': z.int(),
  '3-4': z.int(),
  '5-9': z.int(),
  '10+': z.int(),
});
export type Histogram = z.infer<typeof Histogram>;

/** Before anything was done, and of what is published. */
const BeforeAndAfter = z.object({ before: z.number(), after: z.number() });

/** How easily someone could be found in the public files, and what was done about it. For the coordinator alone. */
export const Risk = z.object({
  k: z.int(),
  /** Records that may be public. */
  rows: z.int(),
  quasiIdentifiers: z.array(z.string()),
  /** By quasi-identifier, what was done to its answers. */
  levels: z.record(z.string(), Bilingual),
  /** Records alone in their equivalence class, before anything was done. */
  sampleUniques: z.int(),
  before: Histogram,
  /** Of the records that are published, as whoever has kept all versions tells them apart. */
  after: Histogram,
  /** Records that are left out. */
  suppressed: z.int(),
  /** The same as a share of the rows, 0 to 1. */
  suppressedShare: z.number(),
  /** How many sample uniques there would be less without a quasi-identifier, most first. */
  drivers: z.array(z.object({ question: z.string(), uniques: z.int() })),
  /**
   * Share of the records, 0 to 1, that someone who knows all quasi-identifiers and takes one record of the
   * right class by chance can be expected to find: the mean of 1 / (size of the class), as sdcMicro and
   * HDX measure it when the sample is taken for the population. Versions of before do not say it.
   */
  globalRisk: z.exactOptional(BeforeAndAfter.extend({ max: z.number() })),
  /** What is lost of the quasi-identifiers of published records, 0 to 1: see choose-levels.ts. */
  informationLoss: z.exactOptional(z.number()),
  /** What each quasi-identifier costs. */
  identifiers: z.exactOptional(
    z.array(
      z.object({
        question: z.string(),
        reason: z.enum(['marked', 'depends', 'determines', 'place', 'rows', 'published']),
        importance: z.int(),
        level: Bilingual,
        /** Of what it says, 0 to 1. */
        loss: z.number(),
        /** Records that would be left out if it were published as it is, and all else as it is now. */
        suppressedIfExact: z.int(),
      }),
    ),
  ),
  /** Records in classes whose answers to a sensitive question do not differ enough. */
  sensitive: z.exactOptional(
    z.array(z.object({ question: z.string(), l: z.int(), homogeneous: BeforeAndAfter })),
  ),
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
