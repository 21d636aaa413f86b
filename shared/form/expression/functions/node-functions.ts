import { nodesCode, numberCode, singleNodeCode, textCode, type Code, type Frame } from '../code.ts';
import { requireNodes, nodesAt } from '../compile-path.ts';
import { listNode } from '../list-nodes.ts';
import type { Syntax, CallSyntax } from '../syntax.ts';
import { argument, ofNodes, type FunctionRow } from './function-row.ts';
import type { InstanceNode } from '../evaluation-context.ts';

/** The name of a `${name}` with nothing after it. */
function referenceOf(syntax: Syntax | undefined): string | undefined {
  if (syntax?.type !== 'path' || syntax.start.from !== 'reference') return undefined;
  const isPlain = syntax.predicates.length === 0 && syntax.steps.length === 0;
  return isPlain ? syntax.start.name : undefined;
}

export const nodeFunctions: readonly FunctionRow[] = [
  ofNodes('count', (nodes) => numberCode((frame) => nodes.nodes(frame).length)),
  ofNodes('count-non-empty', (nodes) =>
    numberCode((frame) => nodes.nodes(frame).filter((node) => node.text() !== '').length),
  ),
  {
    name: 'position',
    least: 0,
    most: 1,
    compile: ([nodes], call) => {
      if (nodes === undefined) {
        return numberCode(({ place, node }) => place?.position ?? node.position());
      }
      const [of] = call.arguments;
      requireNodes(nodes, of?.offset ?? call.offset);
      const name = referenceOf(of);
      if (name === undefined) {
        return numberCode((frame) => nodes.nodes(frame)[0]?.position() ?? 0);
      }
      // Of a repeat around, the instance that the expression stands in, as everywhere on phones.
      return numberCode((frame) => {
        const path = frame.context.pathOf(name) ?? [];
        return nodesAt(path, path.length, frame)[0]?.position() ?? 0;
      });
    },
  },
  {
    name: 'last',
    least: 0,
    most: 0,
    notInCollect: true,
    compile: () => numberCode(({ place }) => place?.size ?? 1),
  },
  {
    name: 'current',
    least: 0,
    most: 0,
    compile: () => singleNodeCode((frame) => frame.context.node),
  },
  {
    name: 'instance',
    least: 1,
    most: 1,
    compile: (args) =>
      nodesCode((frame) => {
        const rows = frame.context.itemset(argument(args, 0).text(frame));
        return rows === undefined ? [] : [listNode(rows)];
      }),
  },
  {
    name: 'indexed-repeat',
    least: 3,
    most: 7,
    by: 2,
    compile: (args, call) => indexedRepeat(args, call),
  },
  {
    // The order of choices is the client's affair; the server only needs to know which there are.
    name: 'randomize',
    least: 1,
    most: 2,
    compile: (args, call) => {
      requireNodes(argument(args, 0), call.arguments[0]?.offset ?? call.offset);
      return nodesCode(argument(args, 0).nodes);
    },
  },
  {
    name: 'version',
    least: 0,
    most: 0,
    compile: () => textCode((frame) => frame.context.formVersion ?? ''),
  },
  {
    name: 'property',
    least: 1,
    most: 1,
    compile: (args) =>
      textCode((frame) => frame.context.property?.(argument(args, 0).text(frame)) ?? ''),
  },
];

type Select = (frame: Frame) => readonly InstanceNode[];

/**
 * indexed-repeat(question, repeat, index, …): the answer in the instance of each repeat that its
 * index names, 1 being the first; '' if there is none. An index under 1 means 1, as in JavaRosa,
 * which so survives an index that is not yet answered. Repeats around the first one named are those
 * that the context node stands in.
 */
function indexedRepeat(args: readonly Code[], call: CallSyntax): Code {
  const [question, ...levels] = args;
  if (question === undefined) return textCode(() => '');
  const selectors = call.arguments.map((syntax, at) => {
    const code = args[at];
    if (code === undefined || (at > 0 && at % 2 === 0)) return undefined;
    requireNodes(code, syntax.offset);
    return unnarrowed(syntax) ?? code.nodes;
  });
  const outermost = pathNames(call.arguments[1]);
  const selectQuestion = (frame: Frame): readonly InstanceNode[] => {
    const names = pathNames(call.arguments[0])?.(frame);
    const bound = outermost?.(frame)?.length;
    return names === undefined || bound === undefined
      ? question.nodes(frame)
      : nodesAt(names, Math.max(0, bound - 1), frame);
  };
  return textCode((frame) => {
    let nodes = selectQuestion(frame);
    for (let level = 0; level < levels.length; level += 2) {
      const index = Math.max(1, Math.trunc(levels[level + 1]?.number(frame) ?? 1) || 1);
      const wanted = new Set(
        selectors[level + 1]?.(frame).filter((repeat) => repeat.position() === index),
      );
      nodes = nodes.filter((node) => hasAncestorIn(node, wanted));
    }
    return nodes[0]?.text() ?? '';
  });
}

/** The names that a `${…}` or a plain absolute path goes through; undefined for any other argument. */
function pathNames(
  syntax: Syntax | undefined,
): ((frame: Frame) => readonly string[] | undefined) | undefined {
  if (syntax?.type !== 'path' || syntax.predicates.length > 0) return undefined;
  const { start, steps } = syntax;
  if (start.from === 'reference' && steps.length === 0) {
    const { name } = start;
    return (frame) => frame.context.pathOf(name);
  }
  const plain = steps.every(
    ({ test, predicates }) => predicates.length === 0 && !['.', '..', '*'].includes(test),
  );
  if (start.from !== 'root' || !plain) return undefined;
  const names = steps.slice(1).map((step) => step.test);
  return () => names;
}

/** All instances of a repeat, whichever the context node stands in. */
function unnarrowed(syntax: Syntax): Select | undefined {
  const names = pathNames(syntax);
  if (names === undefined) return undefined;
  return (frame) => {
    const path = names(frame);
    return path === undefined ? [] : nodesAt(path, 0, frame);
  };
}

function hasAncestorIn(node: InstanceNode, wanted: ReadonlySet<InstanceNode>): boolean {
  for (let at: InstanceNode | undefined = node; at !== undefined; at = at.parent) {
    if (wanted.has(at)) return true;
  }
  return false;
}
