import type { Bilingual } from '../../text.ts';
import type { Shown } from '../visibility.ts';

/** What is told of an answer: what the form lets the public see, a coarser text, or nothing. */
export type Told = Shown | 'coarse';

/**
 * One step of a ladder. A token is an answer as JSON text (a point's: see points.ts), `''` for none. Two
 * tokens with the same representative look the same to the public.
 */
export interface Rung {
  readonly told: Told;
  /** A token that stands for all that look the same: higher rungs take it as they take the answer. */
  readonly representative: (token: string) => string;
  /** What the public reads, if `told` is `coarse`; '': nothing. */
  readonly text: (token: string) => string;
  /** What was done, for people. */
  readonly done: Bilingual;
}

/** From the answer as it is to what tells least: each rung is made of whole classes of the one below. */
export type Ladder = readonly [Rung, ...Rung[]];

const same = (token: string): string => token;
const nothing = (): string => '';

export const asItIs: Rung = {
  told: 'plain',
  representative: same,
  text: nothing,
  done: { fr: 'tel quel', en: 'as it is' },
};

export const notAtAll: Rung = {
  told: 'hidden',
  representative: nothing,
  text: nothing,
  done: { fr: 'non publié', en: 'not published' },
};
