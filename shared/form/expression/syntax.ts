/** How tightly binary operators bind, loosest first (XPath 1.0 §3.4 and §3.5); all associate to the left. */
export const binaryLevels = [
  ['or'],
  ['and'],
  ['=', '!='],
  ['<', '<=', '>', '>='],
  ['+', '-'],
  ['*', 'div', 'mod'],
] as const;

export type BinaryOperator = (typeof binaryLevels)[number][number];

export interface Step {
  /** `.`, `..`, `*`, or the name of a child. */
  readonly test: string;
  readonly predicates: readonly Syntax[];
}

/**
 * Where a path starts. `root`: an absolute path, whose first step names the root, whatever it is
 * called.
 */
export type PathStart =
  | { readonly from: 'root' }
  | { readonly from: 'context' }
  | { readonly from: 'reference'; readonly name: string }
  | { readonly from: 'last-saved'; readonly name: string }
  | { readonly from: 'expression'; readonly expression: Syntax };

interface At {
  readonly offset: number;
}

export interface PathSyntax extends At {
  readonly type: 'path';
  readonly start: PathStart;
  /** Predicates on the start itself, counted over all of its nodes: `${x}[2]`, `(…)[2]`. */
  readonly predicates: readonly Syntax[];
  readonly steps: readonly Step[];
}

export interface CallSyntax extends At {
  readonly type: 'call';
  readonly name: string;
  readonly arguments: readonly Syntax[];
}

/**
 * An expression as written. A run of operators of one level is one flat chain, not a tree, so that
 * `1 + 1 + … + 1` of any length costs no stack.
 */
export type Syntax =
  | (At & { readonly type: 'number'; readonly value: number })
  | (At & { readonly type: 'text'; readonly value: string })
  | (At & {
      readonly type: 'chain';
      readonly first: Syntax;
      readonly rest: readonly { readonly operator: BinaryOperator; readonly operand: Syntax }[];
    })
  | (At & { readonly type: 'minus'; readonly times: number; readonly operand: Syntax })
  | (At & { readonly type: 'union'; readonly parts: readonly Syntax[] })
  | PathSyntax
  | CallSyntax;

/** Whether the path goes through the rows of a list: `instance('…')/root/item…`. */
export function isOfList({ start }: PathSyntax): boolean {
  let syntax = start.from === 'expression' ? start.expression : undefined;
  while (syntax !== undefined) {
    if (syntax.type === 'path') return isOfList(syntax);
    if (syntax.type !== 'call') return false;
    if (syntax.name === 'instance') return true;
    syntax = syntax.name === 'randomize' ? syntax.arguments[0] : undefined;
  }
  return false;
}
