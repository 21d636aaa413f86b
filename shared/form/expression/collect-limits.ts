import type { CollectLimits } from './expression.ts';
import { isOfList } from './of-list.ts';
import type { CallSyntax, PathSyntax, Syntax } from './syntax.ts';

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
export function collectLimits(syntax: Syntax): CollectLimits {
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
