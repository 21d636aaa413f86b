import type { Field, Scope } from './layout.ts';
import type { Level } from './hierarchy.ts';
import type { RecordColumn } from './identifiers.ts';

/** How coarse the public sees what could single someone out; all else it sees as the form says. */
export interface Generalisation {
  readonly answers: ReadonlyMap<Field, Level>;
  readonly record: ReadonlyMap<RecordColumn, Level>;
  /** Repeats whose rows, and those of the repeats in them, are not published. */
  readonly hiddenRepeats: ReadonlySet<Scope>;
}

/** Nothing is made coarser. */
export const exactly: Generalisation = {
  answers: new Map(),
  record: new Map(),
  hiddenRepeats: new Set(),
};
