import type { EdmType, EdmValue } from './edm-value.ts';
import type { Entity } from './entity.ts';

/** What an expression gives: a type of OData, or nothing but null. */
export type ExpressionType = EdmType | 'null';

/** A part of `$filter` or `$orderby`, ready to be asked about any row. */
export interface Expression {
  readonly type: ExpressionType;
  /** The same for every row. */
  readonly constant: boolean;
  /** Where it begins in the option's text, from 0. */
  readonly at: number;
  readonly of: (entity: Entity) => EdmValue;
}

export function constant(type: ExpressionType, value: EdmValue, at: number): Expression {
  return { type, constant: true, at, of: () => value };
}

/** What an expression may name: properties, also those of the row above. */
export interface ExpressionScope {
  /** For messages: `$filter`, `$orderby`. */
  readonly option: string;
  /** The expression that a path such as `parent/state` stands for. Throws Faults for any other. */
  readonly property: (path: readonly string[], at: number) => Expression;
  readonly now: Date;
}

export function isNumeric(type: ExpressionType): boolean {
  return type === 'Edm.Int64' || type === 'Edm.Double';
}
