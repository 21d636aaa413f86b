import type { Bilingual } from '../../text.ts';
import type { Expression } from './expression.ts';
import type { ExpressionFunction } from './expression-functions.ts';

/** What is wrong with the arguments of a call, and where unless it is the call itself; undefined: nothing. */
export function wrongArguments(
  name: string,
  { takes, optional = 0 }: ExpressionFunction,
  args: readonly Expression[],
): { readonly message: Bilingual; readonly at?: number } | undefined {
  if (args.length > takes.length || args.length < takes.length - optional) {
    const most = String(takes.length);
    return {
      message: {
        fr: `${name} prend ${most} argument(s).`,
        en: `${name} takes ${most} argument(s).`,
      },
    };
  }
  for (const [index, { type, at }] of args.entries()) {
    const types = takes[index] ?? [];
    if (type === 'null' || types.includes(type)) continue;
    const wanted = types.join(', ');
    return {
      message: { fr: `${name} prend ici ${wanted}.`, en: `${name} takes ${wanted} here.` },
      at,
    };
  }
  return undefined;
}

/** A call whose arguments are as the function takes them: null if one of them is. */
export function callOf(
  { gives, apply }: ExpressionFunction,
  args: readonly Expression[],
  at: number,
): Expression {
  return {
    type: gives,
    constant: args.every((arg) => arg.constant),
    at,
    of: (entity) => {
      const values = args.map((arg) => arg.of(entity));
      return values.every((value) => value !== null) ? apply(...values) : null;
    },
  };
}
