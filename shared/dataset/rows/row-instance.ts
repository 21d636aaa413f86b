import type { JsonValue } from '../../json.ts';
import { csvCell, jsonCell } from './cell-text.ts';
import type { Scope } from './layout.ts';
import type { Member } from './audience-view.ts';

/** A line, and the number of the selection of cells that it was made for. */
interface VariantLine {
  readonly selection: number;
  readonly line: string;
}

/**
 * The cells of one record, or of one row of a repeat, used by every format and audience. Which cell
 * is what, `Scope` says; an empty text is no answer. Texts are made once, when they are first asked
 * for: a publish may be of formats that need none of a kind.
 */
export class Instance {
  readonly scope: Scope;
  /** The cells as they were answered. Those whose texts were asked for may not be changed any more. */
  readonly values: (JsonValue | undefined)[];
  /** As JSON what is published in place of an answer, or is no cell: points, and what is made coarser. */
  readonly nested: string[];
  /** Rows of the scope's repeats, by the index of the repeat. */
  readonly repeats: Instance[][];
  /** CSV lines made so far, by the number of the selection of cells. */
  readonly lines: string[] = [];
  /** Which record's cells they are: another number for each one. */
  filling = 0;
  #variantLines: Map<object, VariantLine> | undefined;
  #csv: string[] | undefined;
  #json: string[] | undefined;
  #hasCsv = false;
  #hasJson = false;
  /** Whether some of the JSON texts are there. */
  #hasSomeJson = false;

  constructor(scope: Scope) {
    this.scope = scope;
    this.values = new Array<JsonValue | undefined>(scope.slots).fill(undefined);
    this.nested = new Array<string>(scope.nestedSlots).fill('');
    this.repeats = scope.repeats.map(() => []);
  }

  /** Lines of variants made so far (labels, split choices), by what made them. */
  get variantLines(): Map<object, VariantLine> {
    return (this.#variantLines ??= new Map());
  }

  /** The cells ready to stand in a CSV file. */
  get csv(): readonly string[] {
    const texts = (this.#csv ??= this.#noTexts());
    if (this.#hasCsv) return texts;
    const { values } = this;
    for (let slot = 0; slot < values.length; slot += 1) {
      const value = values[slot];
      if (value !== undefined) texts[slot] = csvCell(value);
    }
    this.#hasCsv = true;
    return texts;
  }

  /** The cells as JSON values, and the geometries. */
  get json(): readonly string[] {
    const texts = this.#jsonTexts();
    if (this.#hasJson) return texts;
    const { values } = this;
    for (let slot = 0; slot < values.length; slot += 1) {
      const value = values[slot];
      if (value !== undefined && texts[slot] === '') texts[slot] = jsonCell(value);
    }
    this.#hasJson = true;
    return texts;
  }

  /** Of a cell that is no answer, such as a geometry: what stands in its slot in JSON. */
  putJson(slot: number, text: string): void {
    this.#jsonTexts()[slot] = text;
  }

  /** The answer whose cell is this one as JSON, as it was sent; '': none. */
  answerText(slot: number): string {
    const value = this.values[slot];
    if (value === undefined) return '';
    // Of lists and objects the cell is a text.
    if (typeof value === 'object') return JSON.stringify(value);
    const texts = this.#jsonTexts();
    const made = texts[slot] ?? '';
    return made === '' ? (texts[slot] = jsonCell(value)) : made;
  }

  /** Empties it for the next record: arrays of cells are used again. */
  clear(): void {
    this.filling += 1;
    this.values.fill(undefined);
    this.nested.fill('');
    if (this.#hasCsv) this.#csv?.fill('');
    if (this.#hasSomeJson) this.#json?.fill('');
    this.#hasCsv = this.#hasJson = this.#hasSomeJson = false;
    this.lines.length = 0;
    this.#variantLines?.clear();
    for (const rows of this.repeats) rows.length = 0;
  }

  #jsonTexts(): string[] {
    this.#hasSomeJson = true;
    return (this.#json ??= this.#noTexts());
  }

  #noTexts(): string[] {
    return new Array<string>(this.scope.slots).fill('');
  }
}

/** The answers that a view shows, as JSON, nested as they were sent. What has no answer is left out. */
export function nestedAnswers(members: readonly Member[], instance: Instance): string {
  return `{${membersOf(members, instance)}}`;
}

function membersOf(members: readonly Member[], instance: Instance): string {
  let text = '';
  for (const member of members) {
    const value = valueOf(member, instance);
    if (value === '') continue;
    if (text !== '') text += ',';
    text += member.start;
    text += value;
  }
  return text;
}

function valueOf(member: Member, instance: Instance): string {
  switch (member.kind) {
    case 'answer':
      return member.slot === 0
        ? (instance.nested[member.nested] ?? '')
        : instance.answerText(member.slot);
    case 'group': {
      const inner = membersOf(member.members, instance);
      return inner === '' ? '' : `{${inner}}`;
    }
    case 'repeat': {
      const rows = instance.repeats[member.index] ?? [];
      if (rows.length === 0) return '';
      return `[${rows.map((row) => `{${membersOf(member.members, row)}}`).join(',')}]`;
    }
  }
}
