import { numberToText } from '../../types/number-text.ts';
import { isNodes, textToNumber, toNumber } from '../convert.ts';
import { numberCode, type Code, type Frame } from '../code.ts';
import { argument, numeric, ofNodes, type FunctionRow } from './function-row.ts';

/** Half goes up, as in XPath; decimals are those of the number as written: round(1.005, 2) is 1.01. */
function round(value: number, digits: number): number {
  const places = Number.isNaN(digits) ? 0 : Math.trunc(digits);
  if (!Number.isFinite(value) || value === 0) return value;
  // JavaRosa's bounds: beyond them the request makes no sense.
  if (Math.abs(places) > 30) return Number.NaN;
  const scaled = Math.round(Number(`${numberToText(value)}e${places}`));
  return Number(`${scaled}e${-places}`);
}

/** Every number of the arguments, each node of a node-set for itself, unanswered ones left out. */
function numbersOf(args: readonly Code[], frame: Frame): readonly number[] {
  const offset = frame.context.utcOffsetMinutes;
  return args
    .flatMap((arg) => {
      const value = arg.value(frame);
      return isNodes(value)
        ? value.map((node) => textToNumber(node.text(), offset))
        : [toNumber(value, offset)];
    })
    .filter((number) => !Number.isNaN(number));
}

const extreme = (name: string, pick: (a: number, b: number) => number): FunctionRow => ({
  name,
  least: 1,
  most: Infinity,
  compile: (args) =>
    numberCode((frame) => {
      const numbers = numbersOf(args, frame);
      return numbers.length === 0 ? Number.NaN : numbers.reduce((a, b) => pick(a, b));
    }),
});

/** A number from 0 to 1 made of a UUID's random digits, so that whoever owns chance decides here too. */
function randomFraction(uuid: string): number {
  const digits = uuid.replace(/[^0-9a-f]/gi, '').slice(0, 12);
  return digits === '' ? 0 : Number.parseInt(digits, 16) / 16 ** digits.length;
}

export const numberFunctions: readonly FunctionRow[] = [
  { name: 'number', least: 1, most: 1, compile: (args) => numberCode(argument(args, 0).number) },
  numeric('int', (value) => Math.trunc(value)),
  {
    name: 'round',
    least: 1,
    most: 2,
    compile: (args) =>
      numberCode((frame) => round(argument(args, 0).number(frame), args[1]?.number(frame) ?? 0)),
  },
  { ...numeric('floor', (value) => Math.floor(value)), notInCollect: true },
  { ...numeric('ceiling', (value) => Math.ceil(value)), notInCollect: true },
  numeric('abs', (value) => Math.abs(value)),
  numeric('pow', (value, power) => value ** power),
  numeric('sqrt', (value) => Math.sqrt(value)),
  numeric('exp', (value) => Math.exp(value)),
  numeric('exp10', (value) => 10 ** value),
  numeric('log', (value) => Math.log(value)),
  numeric('log10', (value) => Math.log10(value)),
  numeric('sin', (value) => Math.sin(value)),
  numeric('cos', (value) => Math.cos(value)),
  numeric('tan', (value) => Math.tan(value)),
  numeric('asin', (value) => Math.asin(value)),
  numeric('acos', (value) => Math.acos(value)),
  numeric('atan', (value) => Math.atan(value)),
  numeric('atan2', (y, x) => Math.atan2(y, x)),
  { name: 'pi', least: 0, most: 0, compile: () => numberCode(() => Math.PI) },
  extreme('min', Math.min),
  extreme('max', Math.max),
  // As JavaRosa and unlike XPath, an unanswered node adds nothing instead of making the sum NaN.
  ofNodes('sum', (nodes) =>
    numberCode((frame) => numbersOf([nodes], frame).reduce((total, one) => total + one, 0)),
  ),
  {
    name: 'random',
    least: 0,
    most: 0,
    compile: () => numberCode((frame) => randomFraction(frame.context.uuid())),
  },
];
