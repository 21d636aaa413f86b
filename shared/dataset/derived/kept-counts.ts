import * as z from 'zod';

const Kept = z.object({
  /** The count behind what is shown: that of the version in which it last moved. */
  value: z.int(),
  /** What the public sees; null: hidden. */
  shown: z.int().nullable(),
});

/** A cell; `secret`: the id of its hidden value, 0 if it was told. */
const KeptCell = Kept.extend({ secret: z.int() });
export type KeptCell = z.infer<typeof KeptCell>;

/** A value that was hidden in some version, and what who kept all versions knows of it. */
const Secret = z.object({
  id: z.int(),
  value: z.int(),
  /** Between what it must have been, to move to and from what was told: null is no limit. */
  least: z.int(),
  most: z.int().nullable(),
  /** The sums that were told of it and others: a theme's total and a région's, 0 if none. */
  themeSum: z.int(),
  regionSum: z.int(),
  /** Its cell has another value now. */
  past: z.boolean(),
});
export type Secret = z.infer<typeof Secret>;

/**
 * The table of counts behind what a version of `gaps` shows the public, kept so that the next version
 * moves only what it may. By code, for themes and régions come and go.
 */
export const KeptCounts = z.object({
  format: z.literal(1),
  /** The least that is told. */
  k: z.int(),
  themes: z.array(z.string()),
  regions: z.array(z.string()),
  /** A row for each theme, in it a cell for each région. */
  cells: z.array(z.array(KeptCell)),
  themeTotals: z.array(Kept),
  regionTotals: z.array(Kept),
  secrets: z.array(Secret),
  /** The ids given so far, of secrets and of sums. */
  ids: z.int(),
});
export type KeptCounts = z.infer<typeof KeptCounts>;
