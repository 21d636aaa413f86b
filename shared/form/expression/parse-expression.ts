import { maxPredicates, type Frame } from './code.ts';
import { compile } from './compile-expression.ts';
import type { Expression, CollectLimits } from './expression.ts';
import type { EvaluationContext } from './evaluation-context.ts';
import { itemNode } from './list-nodes.ts';
import { parse } from './parser.ts';
import { functionTable } from './functions/function-table.ts';
import { questionName } from './functions/select-functions.ts';
import { isOfList, type CallSyntax, type PathSyntax, type Step, type Syntax } from './syntax.ts';

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

/** What an expression names, see Expression. */
interface NamesUsed {
  readonly references: Set<string>;
  readonly lastSavedReferences: Set<string>;
  readonly dependsOn: Set<string>;
  readonly bareNames: Set<string>;
  readonly lists: Set<string>;
  readonly notInCollect: Set<string>;
}

/** Where a part stands: at the top, or in a predicate on nodes of the record or on rows of a list. */
type Place = 'top' | 'record' | 'list';

function namesUsed(syntax: Syntax): NamesUsed {
  const names: NamesUsed = {
    references: new Set(),
    lastSavedReferences: new Set(),
    dependsOn: new Set(),
    bareNames: new Set(),
    lists: new Set(),
    notInCollect: new Set(),
  };
  visit(syntax, 'top', names);
  return names;
}

function visit(syntax: Syntax, place: Place, names: NamesUsed): void {
  switch (syntax.type) {
    case 'number':
    case 'text':
      return;
    case 'chain':
      visit(syntax.first, place, names);
      for (const { operand } of syntax.rest) visit(operand, place, names);
      return;
    case 'minus':
      visit(syntax.operand, place, names);
      return;
    case 'union':
      for (const part of syntax.parts) visit(part, place, names);
      return;
    case 'path':
      visitPath(syntax, place, names);
      return;
    case 'call':
      visitCall(syntax, place, names);
  }
}

function visitCall(call: CallSyntax, place: Place, names: NamesUsed): void {
  const [first, second] = call.arguments;
  if (functionTable.get(call.name)?.notInCollect === true) names.notInCollect.add(call.name);
  if (['instance', 'pulldata'].includes(call.name) && first?.type === 'text') {
    names.lists.add(first.value);
  }
  const labelled = call.name === 'jr:choice-name' ? second : undefined;
  const question = labelled?.type === 'text' ? questionName(labelled) : undefined;
  if (question !== undefined) names.references.add(question);
  for (const argument of call.arguments) visit(argument, place, names);
}

function visitPath(path: PathSyntax, place: Place, names: NamesUsed): void {
  const { start, steps } = path;
  const inList = isOfList(path) || (place === 'list' && start.from === 'context');
  const [first] = steps;
  if (start.from === 'expression') visit(start.expression, place, names);
  if (start.from === 'last-saved') names.lastSavedReferences.add(start.name);
  if (start.from === 'reference') {
    names.references.add(start.name);
    names.dependsOn.add(start.name);
  }
  if (start.from === 'context' && place === 'top' && first !== undefined && isName(first)) {
    names.bareNames.add(first.test);
  }
  if (!inList) {
    for (const step of start.from === 'root' ? steps.slice(1) : steps) {
      if (isName(step) || step.test === '*') names.dependsOn.add(step.test);
    }
  }
  const predicates = [path.predicates, ...steps.map((step) => step.predicates)].flat();
  for (const predicate of predicates) visit(predicate, inList ? 'list' : 'record', names);
}

function isName({ test }: Step): boolean {
  return test !== '.' && test !== '..' && test !== '*';
}

/** Functions that take several nodes there, by the arguments that may be them. */
const takesSeveral: ReadonlyMap<string, (index: number, count: number) => boolean> = new Map(
  Object.entries({
    ...Object.fromEntries(
      ['count', 'count-non-empty', 'sum', 'position', 'randomize', 'area', 'distance'].map(
        (name) => [name, () => true],
      ),
    ),
    ...Object.fromEntries(
      ['checklist', 'weighted-checklist', 'indexed-repeat'].map((name) => [name, () => true]),
    ),
    ...Object.fromEntries(
      ['min', 'max', 'concat'].map((name) => [
        name,
        (_: number, count: number): boolean => count === 1,
      ]),
    ),
    join: (index: number, count: number) => index === 1 && count === 2,
  }),
);

const textDate = /^\s*\d{4}-\d{2}-\d{2}/;

/** What ODK Collect would make otherwise of this expression. */
function collectLimits(syntax: Syntax): CollectLimits {
  const reader = new Reader();
  reader.visit(syntax, true);
  const { hasUnion, hasStar, textDates, single } = reader;
  return { hasUnion, hasStar, textDates: [...textDates], single: [...single] };
}

class Reader {
  hasUnion = false;
  hasStar = false;
  readonly textDates = new Set<string>();
  readonly single = new Set<string>();

  /** `one`: one value is needed here. */
  visit(syntax: Syntax, one: boolean): void {
    if (syntax.type === 'chain') {
      const operands = [syntax.first, ...syntax.rest.map(({ operand }) => operand)];
      const isOrder = syntax.rest.some(({ operator }) => /^[<>]/.test(operator));
      for (const operand of operands) {
        if (isOrder && operand.type === 'text' && textDate.test(operand.value)) {
          this.textDates.add(operand.value);
        }
        this.visit(operand, true);
      }
    } else if (syntax.type === 'minus') this.visit(syntax.operand, true);
    else if (syntax.type === 'union') {
      this.hasUnion = true;
      for (const part of syntax.parts) this.visit(part, false);
    } else if (syntax.type === 'path') this.#path(syntax, one);
    else if (syntax.type === 'call') this.#call(syntax);
  }

  #call({ name, arguments: args }: CallSyntax): void {
    const several = takesSeveral.get(name);
    for (const [index, argument] of args.entries()) {
      this.visit(argument, several?.(index, args.length) !== true);
    }
  }

  #path(path: PathSyntax, one: boolean): void {
    const { start, steps } = path;
    const predicates = [path.predicates, ...steps.map((step) => step.predicates)].flat();
    if (steps.some(({ test }) => test === '*')) this.hasStar = true;
    if (start.from === 'expression') this.visit(start.expression, false);
    const isPlain = predicates.length === 0 && !steps.some(({ test }) => test.startsWith('.'));
    if (one && isPlain) {
      const last = steps.at(-1)?.test;
      if (start.from === 'reference') this.single.add(last ?? start.name);
      else if (start.from === 'root' && last !== undefined) this.single.add(last);
    }
    const isList = isOfList(path);
    for (const predicate of predicates) {
      const before = new Set(this.single);
      this.visit(predicate, true);
      if (isList) continue;
      // In a predicate on nodes of the record, a path stands for that of the node that is asked.
      for (const name of this.single) if (!before.has(name)) this.single.delete(name);
    }
  }
}
