import { jsonText } from '../rows/cell-text.ts';
import type { AudienceRow, AudienceTables } from '../rows/audience-row.ts';

/** Records as JSON objects, answers nested as they were sent. */
export class RecordTexts {
  readonly #starts: readonly string[];
  #record: AudienceRow | undefined;
  #text = '';

  constructor({ meta }: AudienceTables) {
    this.#starts = meta.map(({ member }) => `${jsonText(member)}:`);
  }

  /** On one line. */
  of(record: AudienceRow): string {
    if (record === this.#record) return this.#text;
    let text = '{';
    for (const [index, { json }] of record.leads.entries()) {
      text += `${this.#starts[index] ?? ''}${json},`;
    }
    this.#record = record;
    return (this.#text = `${text}"answers":${record.answersJson()}}`);
  }
}

const made = new WeakMap<AudienceTables, RecordTexts>();

/** The same for every format of an audience: what one has just made of a row, the next one takes. */
export function recordTexts(tables: AudienceTables): RecordTexts {
  const known = made.get(tables) ?? new RecordTexts(tables);
  made.set(tables, known);
  return known;
}
