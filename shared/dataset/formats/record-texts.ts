import { jsonText } from '../cell-text.ts';
import { nestedAnswers } from '../nested-answers.ts';
import type { AudienceTables, PublishedRow } from './format.ts';

/** Records as JSON objects, answers nested as they were sent. */
export class RecordTexts {
  readonly #meta: readonly {
    readonly start: string;
    readonly value: (row: PublishedRow) => string;
  }[];
  readonly #whole: boolean;
  #row: PublishedRow | undefined;
  #text = '';

  constructor({ meta, audience }: AudienceTables) {
    this.#meta = meta.map(({ member, json: value }) => ({ start: `${jsonText(member)}:`, value }));
    this.#whole = audience === 'coordinator';
  }

  /** On one line. */
  of(row: PublishedRow): string {
    if (row === this.#row) return this.#text;
    let text = '{';
    for (const { start, value } of this.#meta) text += `${start}${value(row)},`;
    const answers = this.#whole ? row.answersText : nestedAnswers(row.view.members, row.instance);
    this.#row = row;
    return (this.#text = `${text}"answers":${answers}}`);
  }
}

const made = new WeakMap<AudienceTables, RecordTexts>();

/** The same for every format of an audience: what one has just made of a row, the next one takes. */
export function recordTexts(tables: AudienceTables): RecordTexts {
  const known = made.get(tables) ?? new RecordTexts(tables);
  made.set(tables, known);
  return known;
}
