import type { PathSyntax } from './syntax.ts';

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
