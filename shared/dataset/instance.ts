import type { JsonValue } from '../json.ts';
import type { Scope } from './layout.ts';

/** A line, and the number of the selection of cells that it was made for. */
export interface VariantLine {
  readonly selection: number;
  readonly line: string;
}

/**
 * The cells of one record, or of one row of a repeat, each made once and used by every format and
 * audience. Which cell is what, `Scope` says; an empty text is no answer.
 */
export class Instance {
  readonly scope: Scope;
  /** Ready to stand in a CSV file. */
  readonly csv: string[];
  /** The same cells as JSON values. */
  readonly json: string[];
  /** The same cells as they were answered, for formats that have types. */
  readonly values: (JsonValue | undefined)[];
  /** Answers as JSON, as they were sent. */
  readonly nested: string[];
  /** Rows of the scope's repeats, by the index of the repeat. */
  readonly repeats: Instance[][];
  /** CSV lines made so far, by the number of the selection of cells. */
  readonly lines: string[] = [];
  /** The same of each variant (labels, split choices), by what made them; undefined: none yet. */
  variantLines: Map<object, VariantLine> | undefined;

  constructor(scope: Scope) {
    this.scope = scope;
    this.csv = new Array<string>(scope.slots).fill('');
    this.json = new Array<string>(scope.slots).fill('');
    this.values = new Array<JsonValue | undefined>(scope.slots).fill(undefined);
    this.nested = new Array<string>(scope.nestedSlots).fill('');
    this.repeats = scope.repeats.map(() => []);
  }

  /** Empties it for the next record: arrays of cells are used again. */
  clear(): void {
    this.csv.fill('');
    this.json.fill('');
    this.values.fill(undefined);
    this.nested.fill('');
    this.lines.length = 0;
    this.variantLines?.clear();
    for (const rows of this.repeats) rows.length = 0;
  }
}
