import { RE2JS } from 're2js';
import type { Code, Frame } from './code.ts';
import { ExpressionError } from './expression-error.ts';
import type { Syntax } from './syntax.ts';

/** A pattern that comes from an answer is bounded, for its sender is unknown. */
const maxDynamicLength = 1000;

/**
 * A test of texts against the pattern of regex(), matched as a whole and in linear time (RE2), so
 * that no form and no answer can stall the server. A literal pattern is compiled here and now, and
 * throws ExpressionError `invalid-regex` if RE2 cannot run it; one that is computed matches nothing
 * if it is invalid.
 */
export function compilePattern(
  code: Code,
  syntax: Syntax | undefined,
): (frame: Frame, text: string) => boolean {
  if (syntax?.type === 'text') {
    const compiled = compileLiteral(syntax.value, syntax.offset);
    return (_, text) => compiled.testExact(text);
  }
  let known: { readonly source: string; readonly compiled: RE2JS | undefined } | undefined;
  return (frame, text) => {
    const source = code.text(frame);
    if (known?.source !== source) known = { source, compiled: compileDynamic(source) };
    return known.compiled?.testExact(text) ?? false;
  };
}

function compileLiteral(source: string, offset: number): RE2JS {
  try {
    return RE2JS.compile(fromJava(source));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ExpressionError(
      'invalid-regex',
      offset,
      `Expression rationnelle refusée (${reason}). Ni anticipation (?=…) (?!…), ni référence arrière \\1.`,
      `Regular expression refused (${reason}). No lookahead (?=…) (?!…), no backreference \\1.`,
    );
  }
}

function compileDynamic(source: string): RE2JS | undefined {
  if (source.length > maxDynamicLength) return undefined;
  try {
    return RE2JS.compile(fromJava(source));
  } catch {
    return undefined;
  }
}

/** Java's escape \u00e9, which form authors know, in RE2's way. */
function fromJava(source: string): string {
  return source.replace(/\\(?:u([0-9a-fA-F]{4})|[^])/g, (escape: string, code?: string) =>
    code === undefined ? escape : `\\x{${code}}`,
  );
}
