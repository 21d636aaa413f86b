import { maxPredicates, type Frame } from './code.ts';
import { collectLimits } from './collect-limits.ts';
import { compile } from './compile.ts';
import type { Expression } from './expression.ts';
import type { EvaluationContext } from './instance.ts';
import { itemNode } from './list-nodes.ts';
import { namesUsed } from './names-used.ts';
import { parse } from './parser.ts';

/**
 * Reads an expression of XLSForm: XPath 1.0 as ODK narrowed and widened it. All that can be checked
 * without a record is checked here. Throws ExpressionError, and nothing else whatever the text.
 */
export function parseExpression(source: string): Expression {
  const syntax = parse(source);
  const code = compile(syntax);
  const names = namesUsed(syntax);
  const frameOf = (context: EvaluationContext, node = context.node): Frame => ({
    context,
    node,
    place: undefined,
    budget: { predicates: maxPredicates },
  });
  return {
    source,
    references: [...names.references],
    lastSavedReferences: [...names.lastSavedReferences],
    dependsOn: names.dependsOn,
    bareNames: [...names.bareNames],
    lists: [...names.lists],
    notInCollect: [...names.notInCollect],
    collect: collectLimits(syntax),
    evaluate: (context) => code.value(frameOf(context)),
    evaluateBoolean: (context) => code.truth(frameOf(context)),
    evaluateNumber: (context) => code.number(frameOf(context)),
    evaluateString: (context) => code.text(frameOf(context)),
    matchesRow: (context, row) => code.truth(frameOf(context, itemNode(row))),
  };
}
