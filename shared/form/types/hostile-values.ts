import { isJsonObject, type JsonValue } from '../../json.ts';
import { pointerStep, type AnswerIssues } from './answer-issues.ts';
import { maxTextLength } from './answer-shapes.ts';

export const reservedKeys: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);
/** Values below a question never need more levels. */
const maxDepth = 16;

/** What is wrong with a text, whatever it says: undefined if nothing is. */
export function textFault(text: string): 'bad-text' | 'text-too-long' | undefined {
  if (text.length > maxTextLength) return 'text-too-long';
  return !text.isWellFormed() || text.includes('\0') ? 'bad-text' : undefined;
}

/**
 * Reports what no answer may hold, in a value that is not what its question asks for: reserved keys,
 * numbers that are not exact, broken texts, deep nesting. True if it found any.
 */
export function reportHostile(value: JsonValue, pointer: string, issues: AnswerIssues): boolean {
  return scan(value, pointer, 0, issues);
}

function scan(value: JsonValue, pointer: string, depth: number, issues: AnswerIssues): boolean {
  if (typeof value === 'string') {
    const fault = textFault(value);
    if (fault !== undefined) issues.error(fault, pointer, String(maxTextLength));
    return fault !== undefined;
  }
  if (typeof value === 'number') {
    const unsafe = !(Math.abs(value) <= Number.MAX_SAFE_INTEGER);
    if (unsafe) issues.error('unsafe-number', pointer);
    return unsafe;
  }
  if (typeof value !== 'object' || value === null || issues.full) return false;
  if (depth >= maxDepth) {
    issues.error('nesting-too-deep', pointer);
    return true;
  }
  let found = false;
  if (isJsonObject(value)) {
    for (const key of Object.keys(value)) {
      const below = pointer + pointerStep(key);
      if (reservedKeys.has(key)) {
        issues.error('reserved-key', below, key);
        found = true;
      }
      if (scan(value[key] ?? null, below, depth + 1, issues)) found = true;
    }
    return found;
  }
  for (const [index, item] of value.entries()) {
    if (scan(item, `${pointer}/${index}`, depth + 1, issues)) found = true;
  }
  return found;
}
