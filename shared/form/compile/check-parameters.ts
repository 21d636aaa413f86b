import type { FormIssues } from '../issues/form-issues.ts';
import type { ChoiceList } from '../model.ts';
import { isName } from './node-names.ts';
import type { OutlineQuestion } from './outline.ts';
import type { ParameterRule } from '../types/parameter-rules.ts';
import { mentionsAt, type Mention } from './parse-cell.ts';

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
