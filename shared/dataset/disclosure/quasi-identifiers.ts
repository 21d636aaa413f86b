import { type FormRow, digest } from '../rows/form-rows.ts';
import { type Instance, nestedAnswers } from '../rows/row-instance.ts';
import type { Scope } from '../rows/layout.ts';
import type { Member } from '../rows/audience-view.ts';
import {
  exactly,
  type Generalisation,
  type Identifier,
  type RecordColumn,
  type Sensitive,
} from '../rows/identifiers.ts';
import { versionToken, type Level } from '../rows/hierarchy.ts';

/** The tokens of a record's quasi-identifiers, and of those in each row of its repeats. */
export interface Cells {
  /** By the index of the identifier. */
  readonly tokens: readonly (readonly [identifier: number, token: string])[];
  readonly repeats: readonly Rows[];
}

interface Rows {
  /** Of the identifier that is their number. */
  readonly identifier: number;
  readonly rows: readonly Cells[];
}

/** How far each identifier is generalised, by its index: a level of its hierarchy. */
export type Levels = readonly number[];

/** Tokens of each level of which the representative is remembered. */
const mostRemembered = 10_000;

/** Reads combinations of quasi-identifiers out of records, and makes them coarser. */
export class QuasiIdentifiers {
  readonly identifiers: readonly Identifier[];
  readonly #sensitives: readonly Sensitive[];
  readonly #answers = new Map<Scope, [identifier: number, nested: number][]>();
  readonly #rows = new Map<Scope, number>();
  readonly #representatives = new Map<Level, Map<string, string>>();
  readonly #record: (readonly [identifier: number, column: RecordColumn])[] = [];

  constructor(identifiers: readonly Identifier[], sensitives: readonly Sensitive[] = []) {
    this.identifiers = identifiers;
    this.#sensitives = sensitives;
    for (const [index, identifier] of identifiers.entries()) {
      if (identifier.kind === 'rows') this.#rows.set(identifier.scope, index);
      if (identifier.kind === 'record') this.#record.push([index, identifier.column]);
      if (identifier.kind !== 'answer' && identifier.kind !== 'asked') continue;
      const known = this.#answers.get(identifier.scope) ?? [];
      this.#answers.set(identifier.scope, [...known, [index, identifier.field.identity]]);
    }
  }

  /** What the public would see of them at these levels. */
  of(row: FormRow, levels: Levels): Cells {
    const { tokens, repeats } = this.#in(row.instance, levels);
    const about = this.#record.map(([index, column]): readonly [number, string] => [
      index,
      this.#at(index, levels, tokenOf(row, column)),
    ]);
    return { tokens: [...about, ...tokens], repeats };
  }

  #in(instance: Instance, levels: Levels): Cells {
    const fields = this.#answers.get(instance.scope) ?? [];
    return {
      tokens: fields.map(([index, nested]) => [
        index,
        this.#at(index, levels, instance.nested[nested] ?? ''),
      ]),
      repeats: instance.scope.repeats.flatMap((scope, place): Rows[] => {
        const identifier = this.#rows.get(scope);
        if (identifier === undefined || this.#hides(identifier, levels)) return [];
        const rows = (instance.repeats[place] ?? []).map((inner) => this.#in(inner, levels));
        return [{ identifier, rows }];
      }),
    };
  }

  generalised(cells: Cells, levels: Levels): Cells {
    return {
      tokens: cells.tokens.map(([index, token]) => [index, this.#at(index, levels, token)]),
      repeats: cells.repeats.flatMap(({ identifier, rows }): Rows[] =>
        this.#hides(identifier, levels)
          ? []
          : [{ identifier, rows: rows.map((row) => this.generalised(row, levels)) }],
      ),
    };
  }

  /** What is done to each identifier at these levels. */
  generalisation(levels: Levels): Generalisation {
    const answers = new Map(exactly.answers);
    const record = new Map(exactly.record);
    const hiddenRepeats = new Set(exactly.hiddenRepeats);
    for (const [index, identifier] of this.identifiers.entries()) {
      const level = this.#level(index, levels);
      if (level === undefined) continue;
      if (identifier.kind === 'answer' || identifier.kind === 'asked') {
        answers.set(identifier.field, level);
      }
      if (identifier.kind === 'record') record.set(identifier.column, level);
      if (identifier.kind === 'rows' && level.published === 'hidden') {
        hiddenRepeats.add(identifier.scope);
      }
    }
    return { answers, record, hiddenRepeats };
  }

  /** The name of an equivalence class at these levels: the same only for the same cells. */
  nameOf(cells: Cells, levels: Levels): string {
    const at = this.identifiers.map(({ name }, index) => [name, levels[index] ?? 0]);
    return digest(JSON.stringify([at, cells]));
  }

  /** Stands for all that the public would see of a record beside its quasi-identifiers. */
  contentOf({ plan, instance }: FormRow): string {
    return contentIn(plan.withoutIdentifiers.members, instance);
  }

  /**
   * For each sensitive question what the record answers: codes and values, those of a repeat all
   * together. Empty: nothing.
   */
  sensitiveOf({ instance, plan }: FormRow): readonly (readonly string[])[] {
    return this.#sensitives.map(({ field, scope }) => {
      const selection = plan.withoutIdentifiers.selections.get(scope);
      if (selection?.slots.includes(field.slot) !== true) return [];
      const values = new Set<string>();
      for (const inner of instancesIn(instance, scope)) {
        const value = inner.values[field.slot];
        if (value === undefined) continue;
        for (const item of Array.isArray(value) ? value : [value]) values.add(JSON.stringify(item));
      }
      return [...values].sort();
    });
  }

  #level(index: number, levels: Levels): Level | undefined {
    return this.identifiers[index]?.hierarchy[levels[index] ?? 0];
  }

  #hides(identifier: number, levels: Levels): boolean {
    return this.#level(identifier, levels)?.published === 'hidden';
  }

  #at(index: number, levels: Levels, token: string): string {
    const level = this.#level(index, levels);
    if (token === '' || level === undefined) return '';
    const known = this.#representatives.get(level) ?? new Map<string, string>();
    this.#representatives.set(level, known);
    const found = known.get(token);
    if (found !== undefined) return found;
    const made = level.representative(token);
    if (known.size < mostRemembered) known.set(token, made);
    return made;
  }
}

function* instancesIn(instance: Instance, scope: Scope): Generator<Instance> {
  if (instance.scope === scope) yield instance;
  for (const rows of instance.repeats) for (const row of rows) yield* instancesIn(row, scope);
}

/** A version that does not publish a column leaves it empty: its layout says so. */
function tokenOf({ row, plan }: FormRow, column: RecordColumn): string {
  if (column === 'form_version') return versionToken(plan.model.version, plan.publicLayout);
  if (!plan.model.settings.publicMetadata.includes(column)) return '';
  return JSON.stringify(
    {
      organisation: row.organisation,
      received_at: dayOf(row.receivedAt),
      updated_at: dayOf(row.updatedAt),
    }[column],
  );
}

/** The day (UTC) of an ISO 8601 time: the finest that is published. */
export function dayOf(time: string): string {
  return time.slice(0, 10);
}

/** The same, of these answers. */
export function contentIn(members: readonly Member[], instance: Instance): string {
  return digest(nestedAnswers(members, instance));
}

/** The combination without one of its identifiers. */
export function without(cells: Cells, identifier: number): Cells {
  return {
    tokens: cells.tokens.filter(([index]) => index !== identifier),
    repeats: cells.repeats
      .filter((repeat) => repeat.identifier !== identifier)
      .map((repeat) => ({
        ...repeat,
        rows: repeat.rows.map((row) => without(row, identifier)),
      })),
  };
}

/** Every token of one identifier in a combination; of a repeat, the number of its rows. */
export function* tokensOf(cells: Cells, identifier: number): Generator<string> {
  for (const [index, token] of cells.tokens) if (index === identifier) yield token;
  for (const { identifier: count, rows } of cells.repeats) {
    if (count === identifier) yield String(rows.length);
    for (const row of rows) yield* tokensOf(row, identifier);
  }
}
