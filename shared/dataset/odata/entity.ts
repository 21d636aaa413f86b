import type { JsonObject } from '../../json.ts';

/** One row of an entity set. */
export interface Entity {
  /** In its set: that of the record, and for the row of a repeat that of the row above, `/`, its number. */
  readonly id: string;
  /** Which row it is of those below its parent, from 1; of a record 0. */
  readonly index: number;
  /** Its answers. */
  readonly row: JsonObject;
  /** The record it belongs to, as its line has it. */
  readonly record: JsonObject;
  readonly parent: Entity | undefined;
}
