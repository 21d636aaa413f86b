import { Fault } from '../fault.ts';
import { operations, type Operation } from './operations/table.ts';

interface Branch {
  readonly literals: Map<string, Branch>;
  parameter: Branch | undefined;
  /** Takes all the rest of a path: one segment at least, the first not empty. */
  greedy: Branch | undefined;
  readonly methods: Map<string, Operation>;
}

const newBranch = (): Branch => ({
  literals: new Map(),
  parameter: undefined,
  greedy: undefined,
  methods: new Map(),
});

function grow(): Branch {
  const root = newBranch();
  for (const route of operations) {
    let branch = root;
    for (const segment of route.path.slice(1).split('/')) {
      if (segment.endsWith('+}')) branch = branch.greedy ??= newBranch();
      else if (segment.startsWith('{')) branch = branch.parameter ??= newBranch();
      else branch = literal(branch, segment);
    }
    branch.methods.set(route.method, route);
    if ('slash' in route) literal(branch, '').methods.set(route.method, route);
  }
  return root;
}

function literal({ literals }: Branch, segment: string): Branch {
  const branch = literals.get(segment) ?? newBranch();
  literals.set(segment, branch);
  return branch;
}

const root = grow();

function find(segments: readonly string[]): Branch | undefined {
  let branch: Branch = root;
  for (const segment of segments) {
    const next: Branch | undefined =
      branch.literals.get(segment) ?? (segment === '' ? undefined : branch.parameter);
    if (next === undefined) return segment === '' ? undefined : branch.greedy;
    branch = next;
  }
  return branch;
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new Fault('malformed-request');
  }
}

export interface RouteMatch {
  readonly route: Operation;
  /** Decoded, by name. */
  readonly parameters: Record<string, string>;
}

/**
 * What API Gateway does with its routes: the route of a method and a raw path, with its path
 * parameters. Throws Fault `not-found` for a path that no route has, `method-not-allowed` (with
 * `allow`) for a method that the path does not take, `malformed-request` for a broken %-escape.
 */
export function matchRoute(method: string, rawPath: string): RouteMatch {
  const segments = rawPath.slice(1).split('/');
  const branch = find(segments);
  if (branch === undefined || branch.methods.size === 0) throw new Fault('not-found');
  const route = branch.methods.get(method);
  if (route === undefined) {
    throw new Fault('method-not-allowed', { extra: { allow: [...branch.methods.keys()] } });
  }
  const parameters: Record<string, string> = {};
  for (const [index, name] of route.path.slice(1).split('/').entries()) {
    if (name.endsWith('+}')) {
      parameters[name.slice(1, -2)] = segments.slice(index).map(decoded).join('/');
    } else if (name.startsWith('{')) {
      parameters[name.slice(1, -1)] = decoded(segments[index] ?? '');
    }
  }
  return { route, parameters };
}
