import type { Expression } from '../expression/expression.ts';
import { nodesByName, nodesOf, type FormNode, type Group } from '../model.ts';

export interface DependencyOrder {
  /** Nodes whose relevance or value is an expression, each after those that it depends on. */
  readonly order: readonly FormNode[];
  /** Nodes that depend on each other in a circle, the first one again at the end; one circle each. */
  readonly cycles: readonly (readonly FormNode[])[];
}

/** Expressions that decide what a node is worth: a constraint only judges, so it closes no circle. */
function decisiveExpressions(node: FormNode): readonly Expression[] {
  const own =
    node.kind === 'question' ? node.calculation : node.kind === 'repeat' ? node.count : undefined;
  return [node.relevant, own].filter((expression) => expression !== undefined);
}

/**
 * The order in which relevance and calculations come out right in one pass: a node after its group
 * (which must be relevant) and after the nodes that its expressions name, unless several have that
 * name: a path can still tell them apart, and evaluation looks ahead where the order cannot. Walks with a stack of its
 * own, because a chain of 20,000 calculations would exhaust the machine's.
 */
export function dependencyOrder(root: Group): DependencyOrder {
  const names = nodesByName(root);
  const parents = new Map<FormNode, FormNode>();
  for (const node of nodesOf(root)) {
    if (node.kind !== 'question') for (const child of node.children) parents.set(child, node);
  }
  const needs = (node: FormNode): FormNode[] => {
    const parent = parents.get(node);
    const named = decisiveExpressions(node)
      .flatMap((expression) => [...expression.dependsOn])
      .flatMap((name) => {
        const [only, ...others] = names.get(name) ?? [];
        return only === undefined || others.length > 0 ? [] : [only];
      });
    return parent === undefined ? named : [parent, ...named];
  };
  const order: FormNode[] = [];
  const cycles: FormNode[][] = [];
  const done = new Set<FormNode>();
  const open = new Map<FormNode, number>();
  for (const start of nodesOf(root)) {
    if (done.has(start)) continue;
    const stack = [{ node: start, needs: needs(start), next: 0 }];
    open.set(start, 0);
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const need = top.needs[top.next++];
      if (need === undefined) {
        stack.pop();
        open.delete(top.node);
        done.add(top.node);
        if (decisiveExpressions(top.node).length > 0) order.push(top.node);
      } else if (open.has(need)) {
        const circle = stack.slice(open.get(need)).map((entry) => entry.node);
        cycles.push([...circle, need]);
      } else if (!done.has(need)) {
        open.set(need, stack.length);
        stack.push({ node: need, needs: needs(need), next: 0 });
      }
    }
  }
  return { order, cycles };
}
