import type { Instance } from '../instance.ts';
import type { Scope } from '../layout.ts';
import type { View } from '../view.ts';
import type { PublishedRow } from './format.ts';

/** What one repeat adds to each line. */
export interface FlatPart {
  readonly scope: Scope;
  /** Its cells of the row with this number (from 1), each after a comma. */
  readonly cells: (instance: Instance, number: number, view: View) => string;
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
  readonly #places: ReadonlyMap<Scope, number>;
  readonly #texts: string[];

  constructor(parts: readonly FlatPart[]) {
    this.#parts = parts;
    this.#places = new Map(parts.map(({ scope }, place) => [scope, place]));
    this.#texts = parts.map(({ blank }) => blank);
  }

  /** Calls `emit` for each line of the record. */
  of({ id, instance, view }: PublishedRow, emit: EmitLine): void {
    this.#walk(instance, id, view, emit);
  }

  #walk(instance: Instance, id: string, view: View, emit: EmitLine): void {
    let isInner = true;
    for (const rows of instance.repeats) {
      const [first] = rows;
      const place = first === undefined ? undefined : this.#places.get(first.scope);
      const part = place === undefined ? undefined : this.#parts[place];
      if (place === undefined || part === undefined || !view.repeats.has(part.scope)) continue;
      isInner = false;
      for (const [index, row] of rows.entries()) {
        this.#texts[place] = part.cells(row, index + 1, view);
        this.#walk(row, `${id}/${index + 1}`, view, emit);
      }
      this.#texts[place] = part.blank;
    }
    if (isInner) emit(id, this.#texts.join(''));
  }
}
