import type { Field } from '../layout.ts';
import type { FormRow, FormRows } from '../form-rows.ts';
import { shownOf } from '../visibility.ts';
import type { Combinations, Levels } from './combination.ts';
import type { Risk } from './risk.ts';
import type { Rung } from './rung.ts';
import type { Told, ToldHead, ToldReader } from './told-file.ts';

/** What the public sees of a record: all that the form shows, that without what would single it out, or nothing. */
export type Verdict = 'shown' | 'withheld' | 'absent';

/** What was decided of a record, and what is to be kept of it for the next version. */
export interface Decision {
  readonly verdict: Verdict;
  readonly told: Told | undefined;
}

/** Decides on one record. What was told of it before is ready. */
export type Decide = (row: FormRow, before: Told | undefined) => Decision;

/** What a version tells the public of records that their quasi-identifiers would single out. */
export class Disclosure {
  readonly head: ToldHead;
  /** What is told of each identifying field: to be passed to FormRows.generalise. */
  readonly rungs: ReadonlyMap<Field, Rung>;
  readonly risk: Risk | undefined;
  readonly #before: ToldReader | undefined;
  readonly #decide: Decide;

  constructor(
    head: ToldHead,
    rungs: ReadonlyMap<Field, Rung>,
    risk: Risk | undefined,
    before: ToldReader | undefined,
    decide: Decide,
  ) {
    this.head = head;
    this.rungs = rungs;
    this.risk = risk;
    this.#before = before;
    this.#decide = decide;
  }

  /** To be awaited before the records up to `id` are decided on: see FormRows.batches. */
  readonly ahead = async (id: string): Promise<void> => this.#before?.upTo(id);

  /** To be awaited before `ahead`, when records up to `id` were decided on elsewhere. */
  async skip(id: string): Promise<void> {
    await this.#before?.skip(id);
  }

  async close(): Promise<void> {
    await this.#before?.close();
  }

  decide(row: FormRow): Decision {
    return this.#decide(row, this.#before?.of(row.row.id));
  }
}

/** Decides as the told file of a version says: for that version itself, and for what is made from it. */
export function asTold(
  combinations: Combinations,
  reader: ToldReader,
  risk: Risk | undefined,
): Disclosure {
  const { head } = reader;
  const levels = levelsOf(combinations, head.levels);
  const rungs = levels === undefined ? new Map<Field, Rung>() : rungsOf(combinations, levels);
  return new Disclosure(head, rungs, risk, reader, (row, told) => {
    const inFiles = told !== undefined && told.revision === row.row.revision;
    if (!row.seenBy.public || !inFiles) return { verdict: 'absent', told };
    if (levels === undefined) return { verdict: 'withheld', told };
    const name = combinations.nameOf(combinations.of(row.instance, levels), levels);
    return { verdict: told.shownAs === name ? 'shown' : 'withheld', told };
  });
}

/** Tells nothing of anyone, and keeps what was told before. */
export function takenDown(
  head: ToldHead,
  reader: ToldReader | undefined,
  risk: Risk | undefined,
): Disclosure {
  return new Disclosure({ ...head, files: 'none' }, new Map(), risk, reader, (_, told) => ({
    verdict: 'absent',
    told: told === undefined ? undefined : { ...told, revision: 0, shownAs: '' },
  }));
}

/** Decides on nothing but to withhold: nobody knows any more what was told before. */
export function tellingNothing(
  rows: FormRows,
  combinations: Combinations,
  risk: Risk | undefined,
): Disclosure {
  const levels = combinations.identifiers.map(() => 0);
  const head: ToldHead = {
    ...{ levels: namedLevels(combinations, levels), history: [], shown: shownBefore(rows) },
    files: 'own',
  };
  return new Disclosure(head, new Map(), risk, undefined, ({ row, seenBy }) => ({
    verdict: seenBy.public ? 'withheld' : 'absent',
    told: { id: row.id, revision: seenBy.public ? row.revision : 0, shownAs: '', toldAs: '' },
  }));
}

export function namedLevels({ identifiers }: Combinations, levels: Levels): ToldHead['levels'] {
  return identifiers.map(({ name }, index) => [name, levels[index] ?? 0]);
}

/** Undefined: they are levels of other questions. */
export function levelsOf(
  { identifiers }: Combinations,
  named: ToldHead['levels'],
): Levels | undefined {
  if (named.length !== identifiers.length) return undefined;
  const fits = identifiers.every(({ name, ladder }, index) => {
    const [other, level] = named[index] ?? ['', Infinity];
    return other === name && level < ladder.length;
  });
  return fits ? named.map(([, level]) => level) : undefined;
}

/** What is told of each identifying field. */
export function rungsOf({ identifiers }: Combinations, levels: Levels): ReadonlyMap<Field, Rung> {
  return new Map(
    identifiers.map(({ field, ladder }, index) => [field, ladder[levels[index] ?? 0] ?? ladder[0]]),
  );
}

/** What the public sees of each question in each version, and of the records: what it does not is left out. */
export function shownBefore({ plans, newest, formId }: FormRows): ToldHead['shown'] {
  const current = new Map(newest.questions.map((question) => [question.path.join('/'), question]));
  const shown: Record<string, string> = {
    [`${formId}/`]: newest.settings.publicMetadata.join(' '),
  };
  for (const { model } of plans) {
    const { version, settings, questions } = model;
    shown[`${version}//`] = settings.publicMetadata.join(' ');
    for (const question of questions) {
      const path = question.path.join('/');
      const what = shownOf(question, current.get(path), 'public');
      if (what !== 'hidden' && question.type !== 'note') shown[`${version}/${path}`] = what;
    }
  }
  return shown;
}
