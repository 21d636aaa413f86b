import type { AudienceRow } from '../rows/audience-row.ts';

/** What one repeat adds to each line. */
export interface FlatPart {
  /** The number of its table. */
  readonly table: number;
  /** Its cells of one of its rows, each after a comma. */
  readonly cells: (row: AudienceRow) => string;
  /** The same for a line that is not of one of its rows. */
  readonly blank: string;
}

/** A line: the id of the row of the innermost repeat (`<record>/1/2`), and the cells of all parts. */
export type EmitLine = (rowId: string, cells: string) => void;

/**
 * Lays repeats out in one table: a line for each innermost row, with what is around it; repeats that
 * stand side by side follow one another; a record without rows has one line. `parts` are repeats,
 * each after the one around it.
 */
export class FlatLines {
  readonly #parts: readonly FlatPart[];
  /** Of each table's part among them. */
  readonly #places: ReadonlyMap<number, number>;
  readonly #texts: string[];

  constructor(parts: readonly FlatPart[]) {
    this.#parts = parts;
    this.#places = new Map(parts.map(({ table }, place) => [table, place]));
    this.#texts = parts.map(({ blank }) => blank);
  }

  /** Calls `emit` for each line of the row: for one, unless parts are of the rows in it. */
  of(row: AudienceRow, emit: EmitLine): void {
    let isInner = true;
    for (const child of row.children) {
      const place = this.#places.get(child.table);
      const part = place === undefined ? undefined : this.#parts[place];
      if (place === undefined || part === undefined) continue;
      isInner = false;
      this.#texts[place] = part.cells(child);
      this.of(child, emit);
      this.#texts[place] = part.blank;
    }
    if (isInner) emit(row.id, this.#texts.join(''));
  }
}
