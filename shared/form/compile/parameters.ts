import type { FormIssues } from '../form-issues.ts';
import type { ChoiceList } from '../model.ts';
import { isName } from './node-names.ts';
import type { OutlineQuestion } from './outline.ts';
import type { ParameterRule } from '../types/parameter-rules.ts';
import { mentionsAt, type Mention } from './parse-cell.ts';

/** Reads a `parameters` cell: `start=0 end=10 step=1`, parted by spaces, commas or semicolons. */
export function readParameters(cell: string): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>();
  const parts = [...cell.matchAll(/[^\s,;=]+|=/g)].map(([part]) => part);
  for (const [index, part] of parts.entries()) {
    const [name, value] = [parts[index - 1], parts[index + 1]];
    if (part === '=' && name !== undefined && value !== undefined) {
      parameters.set(name.toLowerCase(), value);
    }
  }
  return parameters;
}

export interface RangeBounds {
  /** As written: a range may go down, from 10 to 0. */
  readonly start: number;
  readonly end: number;
  readonly step: number;
  /** The lesser and the greater of the two. */
  readonly min: number;
  readonly max: number;
}

/** A range's bounds, by default XLSForm's 1 to 10 in steps of 1; undefined if they make no range. */
export function readRange(parameters: ReadonlyMap<string, string>): RangeBounds | undefined {
  const number = (name: string, fallback: number): number => {
    const text = parameters.get(name);
    if (text === undefined) return fallback;
    return /^[+-]?\d+(?:\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  };
  const [start, end, step] = [number('start', 1), number('end', 10), number('step', 1)];
  const [min, max] = [Math.min(start, end), Math.max(start, end)];
  const sound = min < max && step > 0 && step <= max - min;
  return sound && Math.max(Math.abs(start), Math.abs(end)) <= Number.MAX_SAFE_INTEGER
    ? { start, end, step, min, max }
    : undefined;
}

/** True if `value` is one of the range's steps, up to the rounding of decimal fractions. */
export function isOnStep(value: number, { start, step }: RangeBounds): boolean {
  const steps = (value - start) / step;
  return Math.abs(steps - Math.round(steps)) < 1e-9 * Math.max(1, Math.abs(steps));
}

const column: ParameterRule = { fits: isName, expected: 'name, label, code, …' };
const ofFiles: Readonly<Record<string, ParameterRule>> = { value: column, label: column };
const together = ['location-priority', 'location-min-interval', 'location-max-age'];

/** Reports parameters that the type does not know, and values that they cannot have. */
export function checkParameters(
  node: OutlineQuestion,
  parameters: ReadonlyMap<string, string>,
  context: {
    readonly lists: ReadonlyMap<string, ChoiceList>;
    readonly mentions: Mention[];
    readonly issues: FormIssues;
  },
): void {
  const { row, type, source } = node;
  const text = row.text('parameters');
  if (text === '') return;
  const { lists, mentions, issues } = context;
  const place = row.place('parameters');
  mentionsAt(place, text, mentions);
  if (!/^[\s,;]*(?:[^\s,;=]+\s*=\s*[^\s,;=]+[\s,;]*)*$/.test(text)) {
    issues.add('unreadable-parameters', place, text);
  }
  const rules: typeof ofFiles = { ...type.parameters, ...(source === 'file' ? ofFiles : {}) };
  for (const [name, value] of parameters) {
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
    if (rule === undefined) {
      const near = issues.near(name, Object.keys(rules));
      issues.add('unknown-parameter', place, name, near);
    } else if (!rule.fits(value)) {
      issues.add('bad-parameter', place, `${name}=${value}`, rule.expected);
    }
  }
  const labels = parameters.get('tick_labelset');
  if (labels !== undefined && type.type === 'range' && !lists.has(labels)) {
    issues.add('unknown-list', place, labels, issues.near(labels, lists.keys()));
  }
  if (parameters.has('seed') && parameters.get('randomize')?.toLowerCase() !== 'true') {
    issues.add('bad-parameter', place, 'seed', 'randomize=true');
  }
  const located = together.filter((name) => parameters.has(name));
  if (type.type === 'audit' && located.length > 0 && located.length < together.length) {
    const missing = together.filter((name) => !parameters.has(name));
    issues.add('bad-parameter', place, located.join(' '), missing.join(', '));
  }
}
