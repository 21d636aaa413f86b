import type { Choice, ChoiceList, FormModel } from '../../form/model.ts';
import type { Bilingual } from '../../text.ts';
import { asItIs, type Ladder, type Rung } from './rung.ts';

/** Columns of a choice that name a coarser one, and lists in which to find that. First come, first served. */
const coarser: readonly (readonly [column: string, lists: readonly string[], done: Bilingual])[] = [
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
  readonly done: Bilingual;
}

/**
 * The ladder of a select_one: région of a département, country of a région, or whatever the choices'
 * column `general` names. A choice that names none is told no more, once others are told by theirs.
 */
export function choiceLadder(choices: ReadonlyMap<string, Choice>, lists: Lists): Ladder {
  const climbs = new Map([...choices].map(([code, choice]) => [code, climb(choice, lists)]));
  const highest = Math.max(0, ...[...climbs.values()].map(({ length }) => length));
  const rungs = Array.from({ length: highest }, (_, index): Rung => {
    const codeOf = (token: string): string => {
      const [, level, written] = /^(\d*)(".*)$/s.exec(token) ?? [];
      if (written === undefined) return '';
      // What came up to a rung before stands for itself there, and goes on from there.
      const from = Number(level === '' ? 0 : level);
      if (from === index + 1) return codeIn(written);
      const known = from === 0 ? undefined : reached.get(token);
      const steps = from === 0 ? climbs.get(codeIn(written)) : known;
      return steps?.[index - from]?.code ?? '';
    };
    return {
      told: 'coarse',
      representative: (token) => {
        if (token.startsWith(`${index + 1}"`)) return token;
        const code = codeOf(token);
        return code === '' ? '' : `${index + 1}${JSON.stringify(code)}`;
      },
      text: codeOf,
      done: doneAt(climbs, index),
    };
  });
  const reached = new Map<string, readonly Step[]>();
  for (const steps of climbs.values()) {
    for (const [index, { code }] of steps.entries()) {
      reached.set(`${index + 1}${JSON.stringify(code)}`, steps.slice(index + 1));
    }
  }
  return [asItIs, ...rungs];
}

function codeIn(written: string): string {
  const code: unknown = JSON.parse(written);
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
  for (const [column, names, done] of coarser) {
    const code = (columns.get(column) ?? '').trim();
    if (code === '') continue;
    const among: readonly (ChoiceList | undefined)[] =
      names.length === 0 ? [...lists.values()] : names.map((name) => lists.get(name));
    const choice = among.flatMap((list) => list?.byName.get(code) ?? [])[0];
    return { code, choice, done };
  }
  return undefined;
}

function doneAt(climbs: ReadonlyMap<string, readonly Step[]>, index: number): Bilingual {
  for (const steps of climbs.values()) {
    const step = steps[index];
    if (step !== undefined) return step.done;
  }
  return { fr: 'plus général', en: 'more general' };
}
