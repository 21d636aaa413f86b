import { nodesCode, numberCode, singleNodeCode, textCode } from '../code.ts';
import { requireNodes } from '../compile-path.ts';
import { indexedRepeat } from '../indexed-repeat.ts';
import { listNode } from '../list-nodes.ts';
import { nodesAt } from '../references.ts';
import type { Syntax } from '../syntax.ts';
import { argument, ofNodes, type FunctionRow } from './function-row.ts';

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
