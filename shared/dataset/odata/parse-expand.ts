import { notImplemented, unreadable } from './odata-fault.ts';

/** One item of `$expand`. */
export interface ExpandItem {
  /** A navigation property, or `*`. */
  readonly name: string;
  /** Those in parentheses after it: `$select` and `$expand`. */
  readonly options: ReadonlyMap<string, string>;
}

const known: ReadonlySet<string> = new Set(['$select', '$expand']);

/** Splits `a,b($select=x;$expand=c)`. Throws Faults: `malformed-request`, `not-implemented`. */
export function parseExpand(text: string): readonly ExpandItem[] {
  return split(text, ',').map((item): ExpandItem => {
    const open = item.indexOf('(');
    if (open === -1) return { name: item.trim(), options: new Map() };
    if (!item.trimEnd().endsWith(')')) throw unbalanced();
    return {
      name: item.slice(0, open).trim(),
      options: optionsOf(item.slice(open + 1, item.lastIndexOf(')'))),
    };
  });
}

function optionsOf(text: string): ReadonlyMap<string, string> {
  const options = new Map<string, string>();
  for (const option of split(text, ';')) {
    const equals = option.indexOf('=');
    const name = option.slice(0, equals === -1 ? option.length : equals).trim();
    if (!known.has(name)) {
      throw notImplemented({
        fr: `$expand: « ${name} » n’est pas pris en charge entre parenthèses.`,
        en: `$expand: “${name}” is not supported in parentheses.`,
      });
    }
    options.set(name, option.slice(equals + 1));
  }
  return options;
}

/** The parts of a text between separators that stand in no parentheses. */
function split(text: string, separator: ',' | ';'): readonly string[] {
  const parts: string[] = [];
  let depth = 0;
  let begins = 0;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === '(') depth += 1;
    if (character === ')') depth -= 1;
    if (depth < 0) throw unbalanced();
    if (character !== separator || depth > 0) continue;
    parts.push(text.slice(begins, at));
    begins = at + 1;
  }
  if (depth !== 0) throw unbalanced();
  return [...parts, text.slice(begins)];
}

function unbalanced(): Error {
  return unreadable('$expand', {
    fr: 'les parenthèses ne vont pas par paires.',
    en: 'the parentheses do not pair.',
  });
}
