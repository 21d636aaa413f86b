import { functionTable } from './functions/function-table.ts';
import { questionName } from './functions/select-functions.ts';
import { isOfList } from './of-list.ts';
import type { CallSyntax, PathSyntax, Step, Syntax } from './syntax.ts';

/** What an expression names, see Expression. */
export interface NamesUsed {
  readonly references: Set<string>;
  readonly lastSavedReferences: Set<string>;
  readonly dependsOn: Set<string>;
  readonly bareNames: Set<string>;
  readonly lists: Set<string>;
  readonly notInCollect: Set<string>;
}

/** Where a part stands: at the top, or in a predicate on nodes of the record or on rows of a list. */
type Place = 'top' | 'record' | 'list';

export function namesUsed(syntax: Syntax): NamesUsed {
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
