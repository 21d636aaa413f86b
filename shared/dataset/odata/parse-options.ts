import type { Expression, ExpressionScope } from './expression.ts';
import { ExpressionParser } from './parse-expression.ts';

/** What `$filter` says. Throws Faults: `malformed-request` with the position, `not-implemented`. */
export function parseFilter(text: string, scope: ExpressionScope): Expression {
  const parser = new ExpressionParser(text, scope);
  const filter = parser.expression();
  parser.end();
  if (filter.type === 'Edm.Boolean' || filter.type === 'null') return filter;
  throw parser.wrong({ fr: 'il faut une condition.', en: 'a condition is needed.' }, filter.at);
}

/** One term of `$orderby`. */
export interface OrderTerm {
  readonly by: Expression;
  readonly descending: boolean;
}

/** What `$orderby` says, the first term counting most. Throws as `parseFilter`. */
export function parseOrder(text: string, scope: ExpressionScope): readonly OrderTerm[] {
  const parser = new ExpressionParser(text, scope);
  const terms: OrderTerm[] = [];
  do {
    const by = parser.expression();
    if (by.type === 'Edm.GeographyPoint') {
      throw parser.wrong(
        { fr: 'les lieux n’ont pas d’ordre.', en: 'places have no order.' },
        by.at,
      );
    }
    const descending = parser.take('name', 'desc');
    if (!descending) parser.take('name', 'asc');
    terms.push({ by, descending });
  } while (parser.take(','));
  parser.end();
  return terms;
}
