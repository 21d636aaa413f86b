import { numberCode, textCode, type Code, type Frame } from '../code.ts';
import { requireNodes } from '../compile-path.ts';
import type { CallSyntax } from '../syntax.ts';

/** One function of the language. Adding a row to a table is all that it takes. */
export interface FunctionRow {
  readonly name: string;
  /** How many arguments it takes, at least and at most. */
  readonly least: number;
  readonly most: number;
  /** The number of arguments beyond `least` must be a multiple of this; absent: any number. */
  readonly by?: number;
  /** ODK Collect (JavaRosa) has no such function. */
  readonly notInCollect?: true;
  /**
   * Makes a call ready to run, with as many arguments as the row says. Checks what literals allow;
   * throws ExpressionError.
   */
  compile(args: readonly Code[], call: CallSyntax): Code;
}

const missing: Code = textCode(() => '');

/** Argument `index`: there is one, by the row's count. */
export function argument(args: readonly Code[], index: number): Code {
  return args[index] ?? missing;
}

/** A function of exactly as many numbers as its parameters. */
export function numeric(name: string, compute: (...numbers: number[]) => number): FunctionRow {
  const count = compute.length;
  return {
    name,
    least: count,
    most: count,
    compile: (args) => {
      const [first, second] = [argument(args, 0), argument(args, 1)];
      if (count === 1) return numberCode((frame) => compute(first.number(frame)));
      return numberCode((frame) => compute(first.number(frame), second.number(frame)));
    },
  };
}

/** A function of texts that makes a text, a number or a boolean. */
export function ofTexts<Result extends string | number | boolean>(
  name: string,
  [least, most]: readonly [number, number],
  make: (compute: (frame: Frame) => Result) => Code,
  compute: (...texts: string[]) => Result,
): FunctionRow {
  return {
    name,
    least,
    most,
    compile: (args) => make((frame) => compute(...args.map((arg) => arg.text(frame)))),
  };
}

/** A function of one node-set. */
export function ofNodes(name: string, make: (nodes: Code, call: CallSyntax) => Code): FunctionRow {
  return {
    name,
    least: 1,
    most: 1,
    compile: (args, call) => {
      const nodes = argument(args, 0);
      requireNodes(nodes, call.arguments[0]?.offset ?? call.offset);
      return make(nodes, call);
    },
  };
}
