import {
  boundedText,
  textCode,
  textsOf,
  numberCode,
  truthCode,
  type Code,
  type Frame,
} from '../code.ts';
import { ExpressionError } from '../expression-error.ts';
import { argument, ofTexts, type FunctionRow } from './function-row.ts';
import { digestEngine, patternEngine } from '../engines.ts';
import type { CallSyntax } from '../syntax.ts';

const ownText = (frame: Frame): string => frame.node.text();

/** A function of one text, by default that of the context node. */
const ofOwnText = (name: string, make: (text: Code['text']) => Code): FunctionRow => ({
  name,
  least: 0,
  most: 1,
  compile: (args) => make(args[0]?.text ?? ownText),
});

function before(text: string, mark: string): string {
  const at = text.indexOf(mark);
  return at < 0 ? '' : text.slice(0, at);
}

function after(text: string, mark: string): string {
  const at = text.indexOf(mark);
  return at < 0 ? '' : text.slice(at + mark.length);
}

/** XPath 1.0 §4.2: the first occurrence in `from` decides; what has no counterpart in `to` goes. */
function translate(text: string, from: string, to: string): string {
  const target = Array.from(to);
  const map = new Map<string, string>();
  for (const [index, character] of Array.from(from).entries()) {
    if (!map.has(character)) map.set(character, target[index] ?? '');
  }
  return Array.from(text, (character) => map.get(character) ?? character).join('');
}

/** XPath 1.0 §4.2: from a 1-based position, both numbers rounded. */
function substring(text: string, start: number, length: number): string {
  const from = Math.round(start);
  const to = from + Math.round(length);
  return from < to ? text.slice(Math.max(0, from - 1), Math.max(0, to - 1)) : '';
}

/** Refuses a literal argument that is not among those that the function knows. */
function requireOneOf(call: CallSyntax, index: number, known: readonly string[]): void {
  const literal = call.arguments[index];
  if (literal?.type !== 'text' || known.includes(literal.value)) return;
  const list = known.join(', ');
  throw new ExpressionError(
    'wrong-arguments',
    literal.offset,
    `${call.name}() ne connaît pas « ${literal.value} », mais : ${list}.`,
    `${call.name}() does not know "${literal.value}", but: ${list}.`,
  );
}

/** The UTF-8 text that a base64 text holds; '' if it is not base64. */
function decodeBase64(text: string): string {
  try {
    return new TextDecoder().decode(Uint8Array.from(atob(text), (one) => one.charCodeAt(0)));
  } catch {
    return '';
  }
}

export const textFunctions: readonly FunctionRow[] = [
  { name: 'string', least: 1, most: 1, compile: (args) => textCode(argument(args, 0).text) },
  {
    name: 'concat',
    least: 1,
    most: Infinity,
    compile: (args) =>
      textCode((frame) =>
        boundedText(
          args.flatMap((arg) => textsOf(arg, frame)),
          '',
        ),
      ),
  },
  {
    name: 'join',
    least: 2,
    most: Infinity,
    compile: ([separator, ...args]) =>
      textCode((frame) =>
        boundedText(
          args.flatMap((arg) => textsOf(arg, frame)),
          separator?.text(frame) ?? '',
        ),
      ),
  },
  // Code units, as in Java, so that a limit means the same here and on a phone.
  ofOwnText('string-length', (text) => numberCode((frame) => text(frame).length)),
  ofOwnText('normalize-space', (text) =>
    textCode((frame) =>
      text(frame)
        .split(/[ \t\r\n]+/)
        .filter(Boolean)
        .join(' '),
    ),
  ),
  {
    name: 'substr',
    least: 2,
    most: 3,
    compile: (args) =>
      textCode((frame) =>
        argument(args, 0)
          .text(frame)
          .slice(argument(args, 1).number(frame), args[2]?.number(frame)),
      ),
  },
  {
    name: 'substring',
    least: 2,
    most: 3,
    notInCollect: true,
    compile: (args) =>
      textCode((frame) =>
        substring(
          argument(args, 0).text(frame),
          argument(args, 1).number(frame),
          args[2]?.number(frame) ?? Infinity,
        ),
      ),
  },
  ofTexts('substring-before', [2, 2], textCode, before),
  ofTexts('substring-after', [2, 2], textCode, after),
  ofTexts('contains', [2, 2], truthCode, (text, part) => text.includes(part)),
  ofTexts('starts-with', [2, 2], truthCode, (text, part) => text.startsWith(part)),
  ofTexts('ends-with', [2, 2], truthCode, (text, part) => text.endsWith(part)),
  ofTexts('translate', [3, 3], textCode, translate),
  { ...ofTexts('upper-case', [1, 1], textCode, (text) => text.toUpperCase()), notInCollect: true },
  { ...ofTexts('lower-case', [1, 1], textCode, (text) => text.toLowerCase()), notInCollect: true },
  {
    name: 'regex',
    least: 2,
    most: 2,
    compile: (args, call) => {
      const text = argument(args, 0);
      const pattern = patternEngine().compilePattern(argument(args, 1), call.arguments[1]);
      return truthCode((frame) => pattern(frame, text.text(frame)));
    },
  },
  {
    name: 'uuid',
    least: 0,
    most: 1,
    compile: ([length]) =>
      textCode((frame) => {
        const { context } = frame;
        if (length === undefined) return context.uuid();
        const wanted = Math.min(Math.max(0, Math.trunc(length.number(frame)) || 0), 1000);
        let text = '';
        while (text.length < wanted) text += context.uuid().replaceAll('-', '').padEnd(1, '0');
        return text.slice(0, wanted);
      }),
  },
  {
    name: 'digest',
    least: 2,
    most: 3,
    compile: (args, call) => {
      requireOneOf(call, 1, ['MD5', 'SHA-1', 'SHA-256', 'SHA-384', 'SHA-512']);
      requireOneOf(call, 2, ['base64', 'hex']);
      const { digest } = digestEngine();
      return textCode((frame) =>
        digest(
          argument(args, 0).text(frame),
          argument(args, 1).text(frame),
          args[2]?.text(frame) ?? 'base64',
        ),
      );
    },
  },
  ofTexts('base64-decode', [1, 1], textCode, decodeBase64),
];
