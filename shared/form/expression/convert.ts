import type { XPathValue } from './expression.ts';
import { numberToText } from '../types/number-text.ts';
import type { InstanceNode } from './evaluation-context.ts';
import { parseMoment } from './moment.ts';

const decimal = /^[ \t\r\n]*-?(?:\d+(?:\.\d*)?|\.\d+)[ \t\r\n]*$/;

export function isNodes(value: XPathValue): value is readonly InstanceNode[] {
  return typeof value === 'object';
}

/**
 * XPath's number() of a text: a decimal without exponent, else NaN; '' is NaN. ODK's addition: an
 * ISO date or dateTime is its days since 1970-01-01 (local time, dateTimes with their fraction).
 */
export function textToNumber(text: string, utcOffsetMinutes: number): number {
  if (decimal.test(text)) return Number(text);
  if (text.charCodeAt(4) !== 0x2d) return Number.NaN;
  return parseMoment(text.trim(), utcOffsetMinutes)?.days ?? Number.NaN;
}

/**
 * Whether some node answers something, and not the number 0. XPath asks only whether there is a node;
 * JavaRosa asks what it answers, which is what `if(${x}, …)` and `not(${x})` mean to authors, since
 * unanswered questions have nodes too. A group or a repeat instance counts for being there.
 */
export function nodesToBoolean(nodes: readonly InstanceNode[]): boolean {
  return nodes.some((node) => {
    if (node.kind !== 'question') return true;
    const text = node.text();
    return text !== '' && !(node.isNumber === true && Number(text) === 0);
  });
}

export function toNumber(value: XPathValue, utcOffsetMinutes: number): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  return textToNumber(isNodes(value) ? (value[0]?.text() ?? '') : value, utcOffsetMinutes);
}

export function toText(value: XPathValue): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return numberToText(value);
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  return value[0]?.text() ?? '';
}

export function toBoolean(value: XPathValue): boolean {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'number') return value !== 0 && !Number.isNaN(value);
  return isNodes(value) ? nodesToBoolean(value) : value !== '';
}
