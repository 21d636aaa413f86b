import type { Question } from '../../form/model.ts';
import { typeRow, type ColumnKind } from '../../form/types/question-types.ts';

export type { ColumnKind };

/** The cells of a point that questions of type geopoint have. */
export type PointCell = 'latitude' | 'longitude' | 'altitude' | 'accuracy' | 'precision';

/** The kind of a question's answers; a select whose choices are other answers holds text. */
export function kindOf({ type, list }: Question): ColumnKind {
  const kind = typeRow(type).columnKind;
  return kind === 'code' && list === undefined ? 'text' : kind;
}

/** The kind of a column that holds answers of both kinds: versions may ask the same name differently. */
export function commonKind(one: ColumnKind, other: ColumnKind): ColumnKind {
  if (one === other) return one;
  return isNumeric(one) && isNumeric(other) ? 'decimal' : 'text';
}

function isNumeric(kind: ColumnKind): boolean {
  return kind === 'integer' || kind === 'decimal';
}
