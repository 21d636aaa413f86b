import { numberCode, textCode, truthCode, type Code } from '../code.ts';
import { ExpressionError } from '../expression-error.ts';
import { findRow } from '../list-nodes.ts';
import type { CallSyntax, Syntax } from '../syntax.ts';
import { argument, type FunctionRow } from './function-row.ts';

const codesOf = (text: string): readonly string[] => text.split(/\s+/).filter(Boolean);

/**
 * The name of the question that an argument points to: `${name}`, a path, or either of them as a
 * text, which is how jr:choice-name() has always been written. Undefined: it points to none.
 */
export function questionName(syntax: Syntax | undefined): string | undefined {
  if (syntax?.type === 'text') {
    const referred = /^\s*(?:\$\{\s*([^\s}]+)\s*\}|(?:.*\/)?([^/\s]+))\s*$/.exec(syntax.value);
    return referred?.[1] ?? referred?.[2];
  }
  if (syntax?.type !== 'path') return undefined;
  const last = syntax.steps.at(-1);
  if (last !== undefined) return ['.', '..', '*'].includes(last.test) ? undefined : last.test;
  return syntax.start.from === 'reference' ? syntax.start.name : undefined;
}

function choiceLabel(call: CallSyntax, code: Code, question: Syntax | undefined): Code {
  const name = questionName(question);
  if (name === undefined) {
    throw new ExpressionError(
      'wrong-arguments',
      question?.offset ?? call.offset,
      `${call.name}() attend une question : \${nom}.`,
      `${call.name}() needs a question: \${name}.`,
    );
  }
  return textCode((frame) => {
    const text = code.text(frame).trim();
    return text === '' ? '' : frame.context.choiceLabel(name, text);
  });
}

const selected = (name: string): FunctionRow => ({
  name,
  least: 2,
  most: 2,
  compile: (args) =>
    truthCode((frame) =>
      ` ${argument(args, 0).text(frame)} `.includes(` ${argument(args, 1).text(frame).trim()} `),
    ),
});

export const selectFunctions: readonly FunctionRow[] = [
  selected('selected'),
  selected('is-selected'),
  {
    name: 'selected-at',
    least: 2,
    most: 2,
    compile: (args) =>
      textCode((frame) => {
        const index = Math.trunc(argument(args, 1).number(frame));
        return codesOf(argument(args, 0).text(frame))[index] ?? '';
      }),
  },
  {
    name: 'count-selected',
    least: 1,
    most: 1,
    compile: (args) => numberCode((frame) => codesOf(argument(args, 0).text(frame)).length),
  },
  {
    name: 'jr:choice-name',
    least: 2,
    most: 2,
    compile: (args, call) => choiceLabel(call, argument(args, 0), call.arguments[1]),
  },
  {
    name: 'choice-label',
    least: 2,
    most: 2,
    notInCollect: true,
    compile: (args, call) => choiceLabel(call, argument(args, 1), call.arguments[0]),
  },
  {
    name: 'pulldata',
    least: 4,
    most: 4,
    compile: (args) =>
      textCode((frame) => {
        const rows = frame.context.itemset(argument(args, 0).text(frame));
        if (rows === undefined) return '';
        const [column, key, value] = args.slice(1).map((arg) => arg.text(frame));
        return findRow(rows, key ?? '', value ?? '')?.get(column ?? '') ?? '';
      }),
  },
];
