import type { ColumnKind } from '../column-kinds.ts';
import { dateRungs } from './date-rungs.ts';
import { numberRungs } from './number-rungs.ts';
import { asItIs, notAtAll, type Ladder } from './rung.ts';

/** The ladder of answers that are no choices and no points. */
export function plainLadder(kind: ColumnKind): Ladder {
  switch (kind) {
    case 'integer':
    case 'decimal':
      return [asItIs, ...numberRungs(kind)];
    case 'date':
    case 'dateTime':
      return [asItIs, ...dateRungs];
    case 'boolean':
    case 'code':
      return [asItIs];
    case 'text':
    case 'codes':
    case 'time':
    case 'file':
    case 'json':
      return [asItIs, notAtAll];
  }
}
