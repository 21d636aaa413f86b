import { hash } from 'node:crypto';
import type { Instance } from '../instance.ts';
import type { Scope } from '../layout.ts';
import type { Identifier } from './identifiers.ts';

/** The tokens of a record's quasi-identifiers, and of those in each row of its repeats. */
export interface Cells {
  /** By the index of the identifier. */
  readonly tokens: readonly (readonly [identifier: number, token: string])[];
  readonly repeats: readonly (readonly Cells[])[];
}

/** How far each identifier is generalised, by its index: a rung of its ladder. */
export type Levels = readonly number[];

/** Reads combinations of quasi-identifiers out of records, and makes them coarser. */
export class Combinations {
  readonly identifiers: readonly Identifier[];
  readonly #byScope = new Map<Scope, [number, number][]>();
  readonly #deep: ReadonlySet<Scope>;

  constructor(identifiers: readonly Identifier[], layout: Scope) {
    this.identifiers = identifiers;
    for (const [index, { scope, field }] of identifiers.entries()) {
      const known = this.#byScope.get(scope) ?? [];
      this.#byScope.set(scope, [...known, [index, field.identity]]);
    }
    const deep = new Set<Scope>();
    const look = (scope: Scope): boolean => {
      const inner = scope.repeats.map(look).some(Boolean);
      if (inner || this.#byScope.has(scope)) deep.add(scope);
      return deep.has(scope);
    };
    look(layout);
    this.#deep = deep;
  }

  /** What the public would see of them at these levels. */
  of(instance: Instance, levels: Levels): Cells {
    const fields = this.#byScope.get(instance.scope) ?? [];
    return {
      tokens: fields.map(([index, nested]) => [
        index,
        this.#at(index, levels, instance.nested[nested] ?? ''),
      ]),
      repeats: instance.scope.repeats.flatMap((scope, index) =>
        this.#deep.has(scope)
          ? [(instance.repeats[index] ?? []).map((row) => this.of(row, levels))]
          : [],
      ),
    };
  }

  generalised(cells: Cells, levels: Levels): Cells {
    return {
      tokens: cells.tokens.map(([index, token]) => [index, this.#at(index, levels, token)]),
      repeats: cells.repeats.map((rows) => rows.map((row) => this.generalised(row, levels))),
    };
  }

  #at(index: number, levels: Levels, token: string): string {
    if (token === '') return '';
    const rung = this.identifiers[index]?.ladder[levels[index] ?? 0];
    return rung === undefined ? '' : rung.representative(token);
  }

  /** The name of a combination as it is shown at these levels: the same only for the same. */
  nameOf(cells: Cells, levels: Levels): string {
    const at = this.identifiers.map(({ name }, index) => [name, levels[index] ?? 0]);
    return hash('sha256', JSON.stringify([at, cells]), 'base64url').slice(0, 22);
  }
}

/** The combination without one of its identifiers. */
export function without(cells: Cells, identifier: number): Cells {
  return {
    tokens: cells.tokens.filter(([index]) => index !== identifier),
    repeats: cells.repeats.map((rows) => rows.map((row) => without(row, identifier))),
  };
}

/** Every token of one identifier in a combination. */
export function* tokensOf(cells: Cells, identifier: number): Generator<string> {
  for (const [index, token] of cells.tokens) if (index === identifier) yield token;
  for (const rows of cells.repeats) for (const row of rows) yield* tokensOf(row, identifier);
}
