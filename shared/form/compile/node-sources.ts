import type { Expression } from '../expression/expression.ts';
import { isOfList, type PathSyntax, type Step, type Syntax } from '../expression/syntax.ts';
import { parse } from '../expression/parser.ts';
import { nodesByName, nodesOf, type FormNode, type Group } from '../model.ts';
import { namesIn } from './parse-cell.ts';

/**
 * What an expression reads of a record: the answer to a question, how many rows a repeat has, or
 * (`inside`) all that stands in a group or a repeat.
 */
export interface Source {
  readonly node: FormNode;
  readonly inside: boolean;
}

/** Where an expression is evaluated: bare names of a choice filter are columns of its list. */
type Place = 'record' | 'list';

/** Nodes that a path may lead to; more are taken for the whole record, so that a hostile form costs little. */
const maxNodes = 1_000;

/** Whether a function tells of that argument how often it is there, not what is in it. */
function isCounted(name: string, index: number): boolean {
  // indexed-repeat(question, repeat, index, repeat, index…)
  return ['count', 'position'].includes(name) || (name === 'indexed-repeat' && index % 2 === 1);
}

/**
 * What the expressions and texts of a form's nodes read. Unlike `dependsOn`, which names what must be
 * computed first, it follows paths step by step, `..` and `*` too, and notices repeats: who reads an
 * answer in all rows of a repeat reads how many there are.
 */
export class NodeSources {
  readonly #root: Group;
  readonly #names: ReadonlyMap<string, readonly FormNode[]>;
  readonly #parents = new Map<FormNode, FormNode>();

  constructor(root: Group) {
    this.#root = root;
    this.#names = nodesByName(root);
    for (const child of root.children) this.#parents.set(child, root);
    for (const node of nodesOf(root)) {
      if (node.kind !== 'question')
        for (const child of node.children) this.#parents.set(child, node);
    }
  }

  /** What an expression of `node` reads. */
  ofExpression({ source }: Expression, node: FormNode, place: Place = 'record'): readonly Source[] {
    const reader = new Reader(this, node);
    reader.value(parse(source), [node], place, true);
    return reader.found();
  }

  /** What the `${…}` of texts that are shown at `node` read. */
  ofTexts(texts: Iterable<string>, node: FormNode): readonly Source[] {
    const reader = new Reader(this, node);
    for (const text of texts) {
      if (text.includes('${')) for (const name of namesIn(text)) reader.name(name);
    }
    return reader.found();
  }

  /** What the names, as they stand between `${` and `}`, read at `node`. */
  ofNames(names: Iterable<string>, node: FormNode): readonly Source[] {
    const reader = new Reader(this, node);
    for (const name of names) reader.name(name);
    return reader.found();
  }

  get root(): Group {
    return this.#root;
  }

  named(name: string): readonly FormNode[] {
    return this.#names.get(name) ?? [];
  }

  parentOf(node: FormNode): FormNode | undefined {
    return this.#parents.get(node);
  }

  /** The repeats that a node stands in. */
  repeatsAround(node: FormNode): readonly FormNode[] {
    const repeats: FormNode[] = [];
    for (let up = this.parentOf(node); up !== undefined; up = this.parentOf(up)) {
      if (up.kind === 'repeat') repeats.push(up);
    }
    return repeats;
  }
}

type Nodes = readonly FormNode[];
const nowhere: Nodes = [];

/** Gathers what one cell reads, seen from the node that it belongs to. */
class Reader {
  readonly #tree: NodeSources;
  readonly #origin: FormNode;
  readonly #read = new Set<FormNode>();
  readonly #readInside = new Set<FormNode>();

  constructor(tree: NodeSources, origin: FormNode) {
    this.#tree = tree;
    this.#origin = origin;
  }

  found(): readonly Source[] {
    return [
      ...[...this.#read].map((node) => ({ node, inside: false })),
      ...[...this.#readInside].map((node) => ({ node, inside: true })),
    ];
  }

  name(name: string): void {
    this.#take(this.#reached(this.#tree.named(name)), true);
  }

  /** Reads the value of an expression; `whole`: with all that is in the nodes that it leads to. */
  value(syntax: Syntax, context: Nodes, place: Place, whole: boolean): void {
    switch (syntax.type) {
      case 'number':
      case 'text':
        return;
      case 'chain':
        this.value(syntax.first, context, place, whole);
        for (const { operand } of syntax.rest) this.value(operand, context, place, whole);
        return;
      case 'minus':
        this.value(syntax.operand, context, place, whole);
        return;
      case 'union':
      case 'path':
        this.#take(this.#nodes(syntax, context, place), whole);
        return;
      case 'call':
        if (syntax.name === 'current') {
          this.#take([this.#origin], whole);
          return;
        }
        for (const [index, argument] of syntax.arguments.entries()) {
          this.value(argument, context, place, !isCounted(syntax.name, index));
        }
    }
  }

  /** The nodes that an expression leads to; what it reads on the way is noted. */
  #nodes(syntax: Syntax, context: Nodes, place: Place): Nodes {
    switch (syntax.type) {
      case 'path':
        return this.#path(syntax, context, place);
      case 'union':
        return syntax.parts.flatMap((part) => this.#nodes(part, context, place));
      case 'call':
        if (syntax.name === 'current') return [this.#origin];
        if (syntax.name === 'randomize' && syntax.arguments[0] !== undefined) {
          return this.#nodes(syntax.arguments[0], context, place);
        }
        this.value(syntax, context, place, true);
        return nowhere;
      default:
        this.value(syntax, context, place, true);
        return nowhere;
    }
  }

  #path(path: PathSyntax, context: Nodes, place: Place): Nodes {
    const { start } = path;
    const inList = isOfList(path) || (place === 'list' && start.from === 'context');
    let { steps } = path;
    let nodes: Nodes;
    switch (start.from) {
      case 'root': {
        // Plain names lead to the node's own row of a repeat, as `${…}` does.
        const end = steps.findIndex(({ test, predicates }, index) =>
          index === 0 ? predicates.length > 0 : predicates.length > 0 || !isName(test),
        );
        const plain = steps.slice(1, end < 0 ? steps.length : Math.max(end, 1));
        nodes = [this.#tree.root];
        for (const { test } of plain) nodes = childrenOf(nodes, test);
        nodes = plain.length === 0 ? nodes : this.#reached(nodes);
        this.#predicates(steps[0], [this.#tree.root], 'record');
        steps = steps.slice(1 + plain.length);
        break;
      }
      case 'reference':
      case 'last-saved':
        nodes = this.#reached(this.#tree.named(start.name));
        break;
      case 'expression':
        nodes = this.#nodes(start.expression, context, place);
        break;
      case 'context':
        nodes = place === 'list' ? nowhere : context;
    }
    for (const predicate of path.predicates) {
      this.value(predicate, nodes, inList ? 'list' : 'record', true);
    }
    // Who goes on from a repeat reads all of its rows.
    if (steps.length > 0 && start.from !== 'context' && start.from !== 'expression') {
      this.#countRows(nodes);
    }
    for (const step of steps) {
      nodes = inList ? nowhere : this.#step(nodes, step.test);
      this.#predicates(step, nodes, inList ? 'list' : 'record');
    }
    return nodes;
  }

  #predicates(step: Step | undefined, nodes: Nodes, place: Place): void {
    for (const predicate of step?.predicates ?? []) this.value(predicate, nodes, place, true);
  }

  #step(nodes: Nodes, test: string): Nodes {
    if (test === '.') return nodes;
    if (test === '..') {
      const parents = nodes.map((node) => this.#tree.parentOf(node));
      return [...new Set(parents.filter((parent) => parent !== undefined))];
    }
    const next = childrenOf(nodes, test === '*' ? undefined : test);
    this.#countRows(next);
    if (next.length <= maxNodes) return next;
    this.#readInside.add(this.#tree.root);
    return nowhere;
  }

  /** Nodes found by their name or by an absolute path: of those in a repeat elsewhere, all rows. */
  #reached(nodes: Nodes): Nodes {
    const own = this.#tree.repeatsAround(this.#origin);
    for (const node of nodes) {
      if (this.#origin === node) continue;
      for (const repeat of this.#tree.repeatsAround(node)) {
        if (!own.includes(repeat) && repeat !== this.#origin) this.#read.add(repeat);
      }
    }
    return nodes;
  }

  #countRows(nodes: Nodes): void {
    for (const node of nodes) if (node.kind === 'repeat') this.#read.add(node);
  }

  #take(nodes: Nodes, whole: boolean): void {
    for (const node of nodes) {
      this.#read.add(node);
      if (node.kind === 'question') continue;
      if (whole) this.#readInside.add(node);
      else if (node.kind === 'group') {
        // `position(..)` in a group of a repeat tells which row it is.
        for (const repeat of this.#tree.repeatsAround(node)) this.#read.add(repeat);
      }
    }
  }
}

function isName(test: string): boolean {
  return test !== '.' && test !== '..' && test !== '*';
}

/** Children of that name, or all. */
function childrenOf(nodes: Nodes, name: string | undefined): Nodes {
  return nodes.flatMap((node) =>
    node.kind === 'question'
      ? nowhere
      : node.children.filter((child) => name === undefined || child.name === name),
  );
}
