import type { FormIssues } from './form-issues.ts';
import type { ChoiceList, QuestionType } from './model.ts';
import { isName } from './node-names.ts';
import type { OutlineQuestion } from './outline.ts';
import { mentionsAt, type Mention } from './parse-cell.ts';

interface Rule {
  readonly fits: (value: string) => boolean;
  /** What to write instead, the same in every language. */
  readonly expected: string;
}

const words = (...allowed: readonly string[]): Rule => ({
  fits: (value) => allowed.includes(value.toLowerCase()),
  expected: allowed.join(', '),
});
const whole: Rule = { fits: (value) => /^\d{1,9}$/.test(value), expected: '0, 1, 2, …' };
const number: Rule = {
  fits: (value) => /^[+-]?\d{1,15}(?:\.\d{1,15})?$/.test(value),
  expected: '5, 0.5, …',
};
const trueFalse = words('true', 'false');
const column: Rule = { fits: isName, expected: 'name, label, code, …' };
const anything: Rule = { fits: () => true, expected: '' };
const seed: Rule = {
  fits: (value) => number.fits(value) || /^\$\{[^${}]{1,200}\}$/.test(value),
  expected: '42, ${name}',
};
const packageName: Rule = {
  fits: (value) => /^[A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z][A-Za-z0-9_]*)+$/.test(value),
  expected: 'org.example.app',
};

type Rules = Readonly<Record<string, Rule>>;

const quality = words('voice-only', 'low', 'normal', 'external');
const select: Rules = { randomize: trueFalse, seed };
const line: Rules = {
  'allow-mock-accuracy': trueFalse,
  'reference-geometry': anything,
  incremental: words('true', 'yes'),
};

/** The parameters that XLSForm knows, by type. A new one is one entry here. */
const rulesByType: Partial<Readonly<Record<QuestionType, Rules>>> = {
  text: { rows: whole },
  // Its bounds are checked together, by readRange.
  range: {
    ...{ start: anything, end: anything, step: anything },
    ...{ tick_interval: number, placeholder: number, tick_labelset: anything },
  },
  image: { 'max-pixels': whole, app: packageName },
  audio: { quality },
  'background-audio': { quality: words('voice-only', 'low', 'normal') },
  geopoint: {
    'capture-accuracy': number,
    'warning-accuracy': number,
    'allow-mock-accuracy': trueFalse,
    'reference-geometry': anything,
  },
  geotrace: line,
  geoshape: line,
  select_one: select,
  select_multiple: select,
  rank: select,
  audit: {
    'identify-user': trueFalse,
    'track-changes': trueFalse,
    'track-changes-reasons': words('on-form-edit'),
    'location-priority': words('no-power', 'low-power', 'balanced', 'high-accuracy'),
    'location-min-interval': whole,
    'location-max-age': whole,
  },
};
const ofFiles: Rules = { value: column, label: column };
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
  const rules = { ...rulesByType[type.type], ...(source === 'file' ? ofFiles : {}) };
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
