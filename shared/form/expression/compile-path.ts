import {
  nodesCode,
  singleNodeCode,
  spendPredicate,
  textCode,
  type Code,
  type Frame,
} from './code.ts';
import { ExpressionError } from './expression-error.ts';
import type { InstanceNode } from './evaluation-context.ts';
import type { PathSyntax, Step, Syntax } from './syntax.ts';

type Select = (frame: Frame) => readonly InstanceNode[];
type Filter = (nodes: readonly InstanceNode[], frame: Frame) => readonly InstanceNode[];
type Compile = (syntax: Syntax) => Code;

const isName = (test: string): boolean => test !== '.' && test !== '..' && test !== '*';

/** Compiles a location path or a filtered expression. Throws ExpressionError. */
export function compilePath(path: PathSyntax, compile: Compile): Code {
  const { start, predicates } = path;
  let { steps } = path;
  let select: Select;
  switch (start.from) {
    case 'last-saved':
      // A server has no last saved record: such a reference is empty, whatever follows it.
      return textCode(() => '');
    case 'reference': {
      const { name } = start;
      select = (frame) => {
        const names = frame.context.pathOf(name);
        return names === undefined ? [] : nodesAt(names, names.length - 1, frame);
      };
      break;
    }
    case 'root': {
      const [first, ...below] = steps;
      const plain = plainNames(below);
      const bound = plain.length === below.length ? plain.length - 1 : plain.length;
      steps = below.slice(plain.length);
      const rootFilter = compileFilter(first?.predicates ?? [], compile);
      select = (frame) => {
        const kept = rootFilter([frame.context.root], frame);
        return kept.length === 0 ? kept : nodesAt(plain, Math.max(0, bound), frame);
      };
      break;
    }
    case 'context':
      if (steps.length === 1 && steps[0]?.test === '.' && steps[0].predicates.length === 0) {
        return singleNodeCode((frame) => frame.node);
      }
      select = (frame) => [frame.node];
      break;
    case 'expression': {
      const code = compile(start.expression);
      requireNodes(code, start.expression.offset);
      select = code.nodes;
      break;
    }
  }
  if (predicates.length > 0) {
    const [from, filter] = [select, compileFilter(predicates, compile)];
    select = (frame) => filter(from(frame), frame);
  }
  return nodesCode(compileSteps(select, steps, compile));
}

/** Throws ExpressionError if the code can never yield nodes. */
export function requireNodes(code: Code, offset: number): void {
  if (code.kind === 'nodes' || code.kind === 'any') return;
  throw new ExpressionError(
    'not-nodes',
    offset,
    'Il faut ici une question ou un chemin, comme ${nom} ou ../nom.',
    'A question or a path is needed here, such as ${name} or ../name.',
  );
}

/** The names of the leading steps that are nothing but names. */
function plainNames(steps: readonly Step[]): readonly string[] {
  const end = steps.findIndex((step) => !isName(step.test) || step.predicates.length > 0);
  return steps.slice(0, end < 0 ? steps.length : end).map((step) => step.test);
}

function compileSteps(start: Select, steps: readonly Step[], compile: Compile): Select {
  if (steps.length === 0) return start;
  const moves = steps.map((step) => ({
    walk: walker(step.test),
    // `..` of several nodes may be one and the same.
    mayRepeat: step.test === '..',
    filter: step.predicates.length === 0 ? undefined : compileFilter(step.predicates, compile),
  }));
  return (frame) => {
    let nodes = start(frame);
    for (const { walk, mayRepeat, filter } of moves) {
      const [only] = nodes;
      if (only === undefined) return nodes;
      // XPath counts positions among the children of one node, not over all that were found.
      const reach = (node: InstanceNode): readonly InstanceNode[] =>
        filter === undefined ? walk(node) : filter(walk(node), frame);
      nodes = nodes.length === 1 ? reach(only) : nodes.flatMap(reach);
      if (mayRepeat && nodes.length > 1) nodes = [...new Set(nodes)];
    }
    return nodes;
  };
}

function walker(test: string): (node: InstanceNode) => readonly InstanceNode[] {
  if (test === '.') return (node) => [node];
  if (test === '..') return ({ parent }) => (parent === undefined ? [] : [parent]);
  if (test === '*') return (node) => node.children();
  return (node) => node.children(test);
}

function compileFilter(predicates: readonly Syntax[], compile: Compile): Filter {
  const codes = predicates.map(compile);
  return (nodes, frame) => {
    let kept = nodes;
    for (const code of codes) {
      const size = kept.length;
      kept = kept.filter((node, index) => {
        spendPredicate(frame.budget);
        const position = index + 1;
        const inner: Frame = {
          context: frame.context,
          node,
          place: { position, size },
          budget: frame.budget,
        };
        if (code.kind === 'number') return code.number(inner) === position;
        if (code.kind !== 'any') return code.truth(inner);
        const value = code.value(inner);
        return typeof value === 'number' ? value === position : code.truth(inner);
      });
    }
    return kept;
  };
}

/**
 * The nodes at a path of names from the root, as seen from the context node: of a repeat that the
 * context node stands in, only the instance that it stands in; of any other, all instances. That is
 * XLSForm's reading of `${name}`, and ODK's of absolute paths. Only the first `bound` names narrow
 * it, so that `count(${repeat})` inside the repeat counts all of its instances.
 */
export function nodesAt(
  path: readonly string[],
  bound: number,
  frame: Frame,
): readonly InstanceNode[] {
  const { node, root } = frame.context;
  let [shared, depth] = ancestorOnPath(node, path, bound);
  if (shared === undefined) [shared, depth] = [root, 0];
  let nodes: readonly InstanceNode[] = [shared];
  for (; depth < path.length; depth++) {
    const name = path[depth];
    const [only] = nodes;
    nodes =
      nodes.length === 1 && only !== undefined
        ? only.children(name)
        : nodes.flatMap((one) => one.children(name));
  }
  return nodes;
}

/** The deepest node among `node` and its ancestors that stands on the path, and its depth. */
function ancestorOnPath(
  node: InstanceNode,
  path: readonly string[],
  bound: number,
): [InstanceNode | undefined, number] {
  let depth = 0;
  for (let up = node.parent; up !== undefined; up = up.parent) depth++;
  let cursor: InstanceNode | undefined = node;
  let shared: InstanceNode | undefined;
  let sharedDepth = 0;
  for (; cursor !== undefined; cursor = cursor.parent, depth--) {
    if (depth > bound) continue;
    if (depth > 0 && cursor.name !== path[depth - 1]) shared = undefined;
    else if (shared === undefined) [shared, sharedDepth] = [cursor, depth];
  }
  return [shared, sharedDepth];
}
