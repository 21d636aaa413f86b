import { Fault } from '../fault.ts';
import type { FaultDetail } from '../fault.ts';
import { isJsonObject } from '../json.ts';
import type { JsonValue } from '../json.ts';
import type { Bilingual } from '../text.ts';
import { jsonPointer } from './json-pointer.ts';

const reserved: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

const messages = {
  'reserved-key': {
    fr: 'Ce nom est réservé et ne peut pas servir de clé.',
    en: 'This name is reserved and cannot be a key.',
  },
  'unsafe-number': {
    fr: 'Ce nombre est trop grand pour être conservé exactement.',
    en: 'This number is too large to be kept exactly.',
  },
  'unsafe-text': {
    fr: 'Ce texte contient un demi-caractère (surrogate isolé).',
    en: 'This text has half a character in it (a lone surrogate).',
  },
} as const satisfies Readonly<Record<string, Bilingual>>;

/** As many faults as are worth telling; a body of nothing else has tens of thousands. */
const mostFaults = 100;

/** The same question without where: asked of every body, so it keeps no path and makes no garbage. */
function isSafe(value: JsonValue): boolean {
  if (typeof value === 'number') return Math.abs(value) <= Number.MAX_SAFE_INTEGER;
  if (typeof value === 'string') return value.isWellFormed();
  if (Array.isArray(value)) return (value as readonly JsonValue[]).every(isSafe);
  if (!isJsonObject(value)) return true;
  for (const key of Object.keys(value)) {
    if (reserved.has(key) || !key.isWellFormed() || !isSafe(value[key] ?? null)) return false;
  }
  return true;
}

type Path = (string | number)[];

function visit(value: JsonValue, path: Path, found: FaultDetail[]): void {
  const refuse = (code: keyof typeof messages) => {
    if (found.length < mostFaults) {
      found.push({ pointer: jsonPointer(path), code, message: messages[code] });
    }
  };
  if (typeof value === 'number') {
    if (Math.abs(value) > Number.MAX_SAFE_INTEGER) refuse('unsafe-number');
  } else if (typeof value === 'string') {
    if (!value.isWellFormed()) refuse('unsafe-text');
  } else if (Array.isArray(value)) {
    for (const [index, item] of (value as readonly JsonValue[]).entries()) {
      path.push(index);
      visit(item, path, found);
      path.pop();
    }
  } else if (isJsonObject(value)) {
    for (const [key, member] of Object.entries(value)) {
      path.push(key);
      if (reserved.has(key)) refuse('reserved-key');
      else if (!key.isWellFormed()) refuse('unsafe-text');
      else visit(member, path, found);
      path.pop();
    }
  }
}

/**
 * Throws 422 for keys that stand for parts of JavaScript's objects, numbers that a double cannot
 * hold exactly, and text that has no UTF-8: `invalid-answers` if all of them stand in `/answers`,
 * else `invalid-body`. The value must not nest deeply: this recurses.
 */
export function refuseUnsafeValues(value: JsonValue): void {
  if (isSafe(value)) return;
  const found: FaultDetail[] = [];
  visit(value, [], found);
  const inAnswers = found.every(({ pointer }) => pointer.startsWith('/answers/'));
  throw new Fault(inAnswers ? 'invalid-answers' : 'invalid-body', { errors: found });
}
