import { anyCode, textsOf, truthCode, type Code, type Frame } from '../code.ts';
import { isNodes, toText } from '../convert.ts';
import type { XPathValue } from '../expression.ts';
import { argument, type FunctionRow } from './function-row.ts';

const constant = (name: string, value: boolean): FunctionRow => ({
  name,
  least: 0,
  most: 0,
  compile: () => truthCode(() => value),
});

/** Whether JavaRosa would take the value for unanswered: no text, or not a number. */
function isEmpty(value: XPathValue): boolean {
  if (typeof value === 'number') return Number.isNaN(value);
  return typeof value !== 'boolean' && toText(value) === '';
}

/** How many of the values are true; of a node-set, each of its nodes that answers something. */
function countTrue(codes: readonly Code[], frame: Frame): number {
  let count = 0;
  for (const code of codes) {
    if (isNodes(code.value(frame)))
      count += textsOf(code, frame).filter((one) => one !== '').length;
    else if (code.truth(frame)) count++;
  }
  return count;
}

/** Between the bounds, both included; -1 as a bound is no bound. */
function isWithin(value: number, least: number, most: number): boolean {
  return (least === -1 || value >= least) && (most === -1 || value <= most);
}

export const logicFunctions: readonly FunctionRow[] = [
  constant('true', true),
  constant('false', false),
  {
    name: 'not',
    least: 1,
    most: 1,
    compile: (args) => truthCode((f) => !argument(args, 0).truth(f)),
  },
  { name: 'boolean', least: 1, most: 1, compile: (args) => truthCode(argument(args, 0).truth) },
  {
    name: 'boolean-from-string',
    least: 1,
    most: 1,
    compile: (args) =>
      truthCode((frame) => ['true', '1'].includes(argument(args, 0).text(frame).toLowerCase())),
  },
  {
    name: 'if',
    least: 3,
    most: 3,
    compile: (args) => {
      const [test, yes, no] = [argument(args, 0), argument(args, 1), argument(args, 2)];
      return anyCode((frame) => (test.truth(frame) ? yes.value(frame) : no.value(frame)));
    },
  },
  {
    name: 'coalesce',
    least: 2,
    most: 2,
    compile: (args) => {
      const [first, second] = [argument(args, 0), argument(args, 1)];
      return anyCode((frame) => {
        const value = first.value(frame);
        return isEmpty(value) ? second.value(frame) : value;
      });
    },
  },
  {
    name: 'once',
    least: 1,
    most: 1,
    compile: (args) =>
      anyCode((frame) => {
        const text = frame.context.node.text();
        return text === '' ? argument(args, 0).value(frame) : text;
      }),
  },
  {
    name: 'checklist',
    least: 3,
    most: Infinity,
    compile: (args) =>
      truthCode((frame) =>
        isWithin(
          countTrue(args.slice(2), frame),
          argument(args, 0).number(frame),
          argument(args, 1).number(frame),
        ),
      ),
  },
  {
    name: 'weighted-checklist',
    least: 4,
    most: Infinity,
    by: 2,
    compile: (args) =>
      truthCode((frame) => {
        let sum = 0;
        for (let at = 2; at < args.length; at += 2) {
          const flag = countTrue([argument(args, at)], frame) > 0;
          if (flag) sum += argument(args, at + 1).number(frame);
        }
        return isWithin(sum, argument(args, 0).number(frame), argument(args, 1).number(frame));
      }),
  },
];
