import * as z from 'zod';
import { namedKinds } from '../../deduplication/same-as.ts';
import type { CompileDeps } from '../compile-deps.ts';
import { readDocument } from '../versions/read-datasets.ts';

const Texts = z.array(z.string());

/** A pair of names that are likely to be of one organisation or initiative. */
const LikelyPair = z.looseObject({
  kind: z.enum(namedKinds),
  /** From 0 to 1. */
  score: z.number(),
  reasons: z.array(z.looseObject({ code: z.string(), fr: z.string(), en: z.string() })),
  names: z.array(
    z.looseObject({
      name: z.string(),
      records: z.int(),
      acronyms: Texts,
      places: Texts,
      sources: Texts,
    }),
  ),
});
export type LikelyPair = z.infer<typeof LikelyPair>;

export const Duplicates = z.looseObject({
  version: z.string(),
  cutOff: z.iso.datetime(),
  count: z.int(),
  items: z.array(LikelyPair),
});
export type Duplicates = z.infer<typeof Duplicates>;

/** What was likely to be twice when datasets were last compiled. Throws Fault `not-found` before the first time. */
export function readDuplicates(
  deps: Pick<CompileDeps, 'registry' | 'objects'>,
): Promise<Duplicates> {
  return readDocument(deps, 'duplicates', Duplicates);
}
