import type { Choice, ChoiceList, FormModel } from '../../form/model.ts';
import type { Bilingual } from '../../text.ts';
import type { ColumnKind } from '../../form/types/question-types.ts';
import type { Shown } from '../../form/visibility.ts';

/** What is published of an answer: what the form shows, a coarser text, or nothing. */
export type Published = Shown | 'coarse';

/**
 * One level of a generalisation hierarchy. A token is an answer as JSON text (a point's: see
 * pointToken), `''` for none. Two tokens with the same representative look the same to the public.
 */
export interface Level {
  readonly published: Published;
  /** A token that stands for all that look the same: higher levels take it as they take the answer. */
  readonly representative: (token: string) => string;
  /** What the public reads, if `published` is `coarse`; '': nothing. */
  readonly text: (token: string) => string;
  /** What is done, for people. */
  readonly label: Bilingual;
}

/**
 * A generalisation hierarchy: from the answer as it is to nothing at all. Each level is made of whole
 * classes of the one below, so that two versions at two levels say no more than the finer one.
 */
export type Hierarchy = readonly [Level, ...Level[]];

const nothing = (): string => '';

const asItIs: Level = {
  published: 'plain',
  representative: (token) => token,
  text: nothing,
  label: { fr: 'tel quel', en: 'as it is' },
};

const suppressed: Level = {
  published: 'hidden',
  representative: nothing,
  text: nothing,
  label: { fr: 'non publié', en: 'not published' },
};

/** Whether there is an answer, whatever it says; then not even that. */
export const asked: Hierarchy = [{ ...asItIs, representative: () => '""' }, suppressed];

/** Published as it is or not at all. */
export const whole: Hierarchy = [asItIs, suppressed];

/** The hierarchy of answers that are neither choices nor points. */
export function plainHierarchy(kind: ColumnKind): Hierarchy {
  switch (kind) {
    case 'integer':
    case 'decimal':
      return [asItIs, ...bands(kind), suppressed];
    case 'date':
    case 'dateTime':
      return [asItIs, ...periods, suppressed];
    case 'boolean':
    case 'code':
    case 'text':
    case 'codes':
    case 'time':
    case 'file':
    case 'json':
      return whole;
  }
}

/**
 * Widths of bands. Each divides the next one: of 20 and 50, which people like, a band of one would lie
 * across two of the other, and two versions of a dataset together would say more than either.
 */
const widths = [5, 10, 20, 40, 80, 400, 2_000, 10_000, 100_000, 1_000_000, 1_000_000_000] as const;

/** Bands of numbers: `20–24` of whole ones, `20–<25` of others. What is no number is not published. */
function bands(kind: 'integer' | 'decimal'): readonly Level[] {
  const of = kind === 'integer' ? widths : [1, ...widths];
  return of.map((width): Level => ({
    published: 'coarse',
    representative: (token) => {
      const start = startOf(token, width);
      return start === undefined ? '' : String(start);
    },
    text: (token) => {
      const start = startOf(token, width);
      if (start === undefined) return '';
      return kind === 'integer' ? `${start}–${start + width - 1}` : `${start}–<${start + width}`;
    },
    label: { fr: `tranches de ${width}`, en: `bands of ${width}` },
  }));
}

function startOf(token: string, width: number): number | undefined {
  if (token === '') return undefined;
  const value = Number(token);
  // Beyond it, one more is the same number.
  if (!Number.isFinite(value) || Math.abs(value) > Number.MAX_SAFE_INTEGER / 2) return undefined;
  // A quotient is rounded, a remainder is not. No minus before a zero.
  const floor = Math.floor(value);
  return floor - (((floor % width) + width) % width) + 0;
}

const written = /^"(\d{4})(?:-(\d{2}))?/;

/** Dates and times as months, quarters, years, five years and decades. What is no date is not published. */
const periods: readonly Level[] = [
  period({ fr: 'mois', en: 'month' }, (year, month) => [`${year}-${pad(month)}`]),
  period({ fr: 'trimestre', en: 'quarter' }, (year, month) => {
    const first = month - ((month - 1) % 3);
    return [`${year}-${pad(first)}`, `${year}-${pad(first + 2)}`];
  }),
  period({ fr: 'année', en: 'year' }, (year) => [year]),
  period({ fr: 'cinq ans', en: 'five years' }, (year) => years(year, 5)),
  period({ fr: 'décennie', en: 'decade' }, (year) => years(year, 10)),
];

/** `of`: the first and the last month or year of the period that one is in. */
function period(
  label: Bilingual,
  of: (year: string, month: number) => readonly [string] | readonly [string, string],
): Level {
  const read = (token: string): readonly string[] => {
    const [, year, month] = written.exec(token) ?? [];
    return year === undefined ? [] : of(year, Number(month ?? '1'));
  };
  return {
    published: 'coarse',
    representative: (token) => {
      const [first] = read(token);
      return first === undefined ? '' : JSON.stringify(first);
    },
    text: (token) => read(token).join('–'),
    label,
  };
}

function pad(month: number): string {
  return String(month).padStart(2, '0');
}

function years(year: string, count: number): readonly [string, string] {
  const first = Number(year) - (Number(year) % count);
  return [String(first).padStart(4, '0'), String(first + count - 1).padStart(4, '0')];
}

/** Days on which a record came or was changed: the day is the finest that is ever published of a time. */
export const dayHierarchy: Hierarchy = [
  { ...asItIs, label: { fr: 'jour', en: 'day' } },
  ...periods,
  suppressed,
];

/** The token of a form's version: its name, and which questions the public sees of its answers. */
export function versionToken(version: string, layout: string): string {
  return JSON.stringify([version, layout]);
}

/**
 * A version's name, then what questions it publishes: that is known from the cells that are always empty,
 * so that records of two such layouts are never alike.
 */
export const versionHierarchy: Hierarchy = [
  asItIs,
  {
    ...suppressed,
    representative: (token) => {
      const parts: unknown = JSON.parse(token);
      return Array.isArray(parts) ? JSON.stringify(['', parts[1]]) : '';
    },
  },
];

/** A point as it is, and the places that may stand for it, each as JSON; '': none. */
export interface PointToken {
  readonly exact: string;
  readonly adm2: string;
  readonly adm1: string;
}

/** What the public would see of the point, and all that is coarser, as one token. */
export function pointToken({ exact, adm2, adm1 }: PointToken, shown: Shown): string {
  switch (shown) {
    case 'plain':
      return JSON.stringify([exact, adm2, adm1]);
    case 'adm2':
      return JSON.stringify(['', adm2, adm1]);
    case 'adm1':
      return JSON.stringify(['', '', adm1]);
    case 'hidden':
      return '';
  }
}

const pointLevels = ['plain', 'adm2', 'adm1'] as const;
const pointLabels = {
  plain: { fr: 'tel quel', en: 'as it is' },
  adm2: { fr: 'département', en: 'département' },
  adm1: { fr: 'région', en: 'région' },
} as const;

/** Point, département, région, nothing: from the finest that any version of the form shows. */
export function pointHierarchy(finest: Exclude<Shown, 'hidden'>): Hierarchy {
  const [first = 'adm1', ...others] = pointLevels.slice(pointLevels.indexOf(finest));
  return [pointLevel(first), ...others.map(pointLevel), suppressed];
}

function pointLevel(published: (typeof pointLevels)[number]): Level {
  const kept = pointLevels.indexOf(published);
  return {
    published,
    representative: (token) => {
      if (token === '') return '';
      const parts: unknown = JSON.parse(token);
      if (!Array.isArray(parts)) return '';
      const left = parts.map((part: unknown, index) => (index < kept ? '' : part));
      return left.every((part) => part === '') ? '' : JSON.stringify(left);
    },
    text: nothing,
    label: pointLabels[published],
  };
}

/** Columns of a choice that name a coarser one, and lists in which to find that. First come, first served. */
const coarser: readonly (readonly [column: string, lists: readonly string[], label: Bilingual])[] =
  [
    ['general', [], { fr: 'plus général', en: 'more general' }],
    ['regions', ['regions', 'region'], { fr: 'région', en: 'région' }],
    ['region', ['regions', 'region'], { fr: 'région', en: 'région' }],
    ['countries', ['countries', 'country'], { fr: 'pays', en: 'country' }],
    ['country', ['countries', 'country'], { fr: 'pays', en: 'country' }],
  ];
/** More steps than this are a circle. */
const mostSteps = 5;

type Lists = FormModel['lists'];

interface Step {
  readonly code: string;
  /** Undefined: nothing coarser is known. */
  readonly choice: Choice | undefined;
  readonly label: Bilingual;
}

/**
 * The hierarchy of a select_one: région of a département, country of a région, or whatever the choices'
 * column `general` names. A choice that names none is published no more, once others are by theirs.
 */
export function choiceHierarchy(choices: ReadonlyMap<string, Choice>, lists: Lists): Hierarchy {
  const climbs = new Map([...choices].map(([code, choice]) => [code, climb(choice, lists)]));
  const highest = Math.max(0, ...[...climbs.values()].map(({ length }) => length));
  const levels = Array.from({ length: highest }, (_, index): Level => {
    const codeOf = (token: string): string => {
      const [, level, code] = /^(\d*)(".*)$/s.exec(token) ?? [];
      if (code === undefined) return '';
      // What came up to a level before stands for itself there, and goes on from there.
      const from = Number(level === '' ? 0 : level);
      if (from === index + 1) return codeIn(code);
      const known = from === 0 ? undefined : reached.get(token);
      const steps = from === 0 ? climbs.get(codeIn(code)) : known;
      return steps?.[index - from]?.code ?? '';
    };
    return {
      published: 'coarse',
      representative: (token) => {
        if (token.startsWith(`${index + 1}"`)) return token;
        const code = codeOf(token);
        return code === '' ? '' : `${index + 1}${JSON.stringify(code)}`;
      },
      text: codeOf,
      label: labelAt(climbs, index),
    };
  });
  const reached = new Map<string, readonly Step[]>();
  for (const steps of climbs.values()) {
    for (const [index, { code }] of steps.entries()) {
      reached.set(`${index + 1}${JSON.stringify(code)}`, steps.slice(index + 1));
    }
  }
  return [asItIs, ...levels, suppressed];
}

function codeIn(text: string): string {
  const code: unknown = JSON.parse(text);
  return typeof code === 'string' ? code : '';
}

function climb(choice: Choice, lists: Lists): readonly Step[] {
  const steps: Step[] = [];
  let from: Choice | undefined = choice;
  while (from !== undefined && steps.length < mostSteps) {
    const step = stepFrom(from, lists);
    if (step === undefined) break;
    steps.push(step);
    from = step.choice;
  }
  return steps;
}

function stepFrom({ columns }: Choice, lists: Lists): Step | undefined {
  for (const [column, names, label] of coarser) {
    const code = (columns.get(column) ?? '').trim();
    if (code === '') continue;
    const among: readonly (ChoiceList | undefined)[] =
      names.length === 0 ? [...lists.values()] : names.map((name) => lists.get(name));
    const choice = among.flatMap((list) => list?.byName.get(code) ?? [])[0];
    return { code, choice, label };
  }
  return undefined;
}

function labelAt(climbs: ReadonlyMap<string, readonly Step[]>, index: number): Bilingual {
  for (const steps of climbs.values()) {
    const step = steps[index];
    if (step !== undefined) return step.label;
  }
  return { fr: 'plus général', en: 'more general' };
}
