import type * as Digests from './text-digest.ts';
import type * as Patterns from './pattern.ts';

// Libraries that few forms need, and as large as everything else that a page of forms loads.
let patterns: typeof Patterns | undefined;
let digests: typeof Digests | undefined;

/**
 * Loads what expressions in these texts call: to be awaited before they are parsed, for parsing and
 * evaluating are synchronous. Looked for in the bare text: a label may load an engine in vain.
 */
export async function loadEngines(texts: Iterable<string>): Promise<void> {
  for (const text of texts) {
    if (/regex\s*\(/.test(text)) patterns ??= await import('./pattern.ts');
    if (/digest\s*\(/.test(text)) digests ??= await import('./text-digest.ts');
  }
}

/** What regex() runs on. Throws TypeError if it has not been loaded: no error of a form's author. */
export function patternEngine(): typeof Patterns {
  return patterns ?? notLoaded('regex');
}

/** What digest() runs on. Throws TypeError if it has not been loaded. */
export function digestEngine(): typeof Digests {
  return digests ?? notLoaded('digest');
}

function notLoaded(name: string): never {
  throw new TypeError(`loadEngines() comes before an expression with ${name}() is parsed.`);
}
