import { pinnedArcs } from './count-circuits.ts';
import type { KeptCell, Secret } from './kept-counts.ts';

type Direction = 'themeSum' | 'regionSum';

/**
 * The values that were hidden in any version, and the sums of them that were told, whichever version
 * told them: who kept copies can subtract any two. No value is ever part of more than one sum of each
 * direction, so that what is known stays a network, in which it can be found out what is given away.
 */
export class Secrets {
  readonly #k: number;
  readonly #secrets: Map<number, Secret>;
  #ids: number;

  constructor(k: number, secrets: readonly Secret[] = [], ids = 0) {
    this.#k = k;
    this.#secrets = new Map(secrets.map((secret) => [secret.id, secret]));
    this.#ids = ids;
  }

  /** What the next version must know: not what can have no part in any sum any more. */
  get kept(): { readonly secrets: Secret[]; readonly ids: number } {
    const living = new Set<string>();
    const nodes = ({ themeSum, regionSum }: Secret): readonly string[] => [
      ...(themeSum === 0 ? [] : [`t${themeSum}`]),
      ...(regionSum === 0 ? [] : [`r${regionSum}`]),
    ];
    const all = [...this.#secrets.values()];
    const lives = (secret: Secret): boolean =>
      !secret.past || nodes(secret).some((node) => living.has(node));
    for (let size = -1; living.size > size;) {
      size = living.size;
      for (const secret of all.filter(lives)) for (const node of nodes(secret)) living.add(node);
    }
    return { secrets: all.filter(lives), ids: this.#ids };
  }

  /** Hides a value; `before`: what its cell showed, if that was a number. */
  hide(value: number, before: number | null): number {
    const id = this.#newId();
    const most = before === null || before === 0 ? null : before - this.#k;
    const secret = {
      ...{ id, value, least: 1, most },
      ...{ themeSum: 0, regionSum: 0, past: false },
    };
    this.#secrets.set(id, secret);
    return id;
  }

  /**
   * Lets its cell move on; `after`: what it will show. False: that would give a value away that is less
   * than k, for counts that are told move by k.
   */
  leave(id: number, after: number | null): boolean {
    const secret = this.#secrets.get(id);
    if (secret === undefined) return true;
    const { value, least, most } = secret;
    const past = { ...secret, past: true };
    if (after === null || after === 0) this.#secrets.set(id, past);
    else if (value > after) {
      this.#secrets.set(id, { ...past, least: Math.max(least, after + this.#k) });
    } else {
      this.#secrets.set(id, { ...past, most: Math.min(most ?? Infinity, after - this.#k) });
    }
    if (!this.#givesAway()) return true;
    this.#secrets.set(id, secret);
    return false;
  }

  /**
   * Tells what the secrets among `cells` come to together, unless that gave one away that is less
   * than k. False: it must not be told.
   */
  tell(cells: readonly KeptCell[], direction: Direction): boolean {
    const told = cells.flatMap(({ secret }) => this.#secrets.get(secret) ?? []);
    const [first] = told;
    if (first === undefined) return true;
    const sum = first[direction];
    if (sum !== 0) return this.#isSum(told, direction, sum);
    if (told.some((secret) => secret[direction] !== 0)) return false;
    const next = this.#newId();
    for (const secret of told) this.#secrets.set(secret.id, { ...secret, [direction]: next });
    if (!this.#givesAway()) return true;
    for (const secret of told) this.#secrets.set(secret.id, secret);
    return false;
  }

  /** The very same sum was told before. */
  #isSum(told: readonly Secret[], direction: Direction, sum: number): boolean {
    const parts = [...this.#secrets.values()].filter((secret) => secret[direction] === sum);
    return parts.length === told.length && told.every((secret) => secret[direction] === sum);
  }

  #givesAway(): boolean {
    const arcs = [...this.#secrets.values()].map(({ themeSum, regionSum, ...secret }) => ({
      ...{ from: themeSum, to: regionSum, small: secret.value < this.#k },
      ...{ more: secret.value < (secret.most ?? Infinity), less: secret.value > secret.least },
    }));
    return pinnedArcs(arcs).some(({ small }) => small);
  }

  #newId(): number {
    this.#ids += 1;
    return this.#ids;
  }
}
