import type { Shown } from '../visibility.ts';
import { notAtAll, type Ladder, type Rung } from './rung.ts';

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

const levels = ['plain', 'adm2', 'adm1'] as const;
const done = {
  plain: { fr: 'tel quel', en: 'as it is' },
  adm2: { fr: 'département', en: 'département' },
  adm1: { fr: 'région', en: 'région' },
} as const;

/** Point, département, région, nothing: from the finest that any version of the form shows. */
export function pointLadder(finest: Exclude<Shown, 'hidden'>): Ladder {
  const [first = 'adm1', ...others] = levels.slice(levels.indexOf(finest));
  return [rung(first), ...others.map(rung), notAtAll];
}

function rung(told: (typeof levels)[number]): Rung {
  const kept = levels.indexOf(told);
  return {
    told,
    representative: (token) => {
      if (token === '') return '';
      const parts: unknown = JSON.parse(token);
      if (!Array.isArray(parts)) return '';
      const left = parts.map((part: unknown, index) => (index < kept ? '' : part));
      return left.every((part) => part === '') ? '' : JSON.stringify(left);
    },
    text: () => '',
    done: done[told],
  };
}
