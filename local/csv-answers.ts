import { unguarded } from '../shared/dataset/rows/cell-text.ts';
import type { FormModel, Question } from '../shared/form/model.ts';
import { typeRow } from '../shared/form/types/question-types.ts';
import { parseJson } from '../shared/http/body.ts';
import type { JsonObject, JsonValue } from '../shared/json.ts';

/** A row of a CSV file as a filled form. */
export interface CsvRow {
  readonly instanceId: string | undefined;
  readonly formVersion: string | undefined;
  readonly answers: JsonObject;
}

interface Column {
  readonly path: readonly string[];
  readonly read: (text: string) => JsonValue;
}

/** Columns about the record that an export has and an import has no use for. */
const about = new Set(['organisation', 'state', 'received_at', 'updated_at']);
const pointCells = ['latitude', 'longitude', 'altitude', 'accuracy'] as const;
const pointMembers = {
  latitude: 'lat',
  longitude: 'lon',
  altitude: 'altitude',
  accuracy: 'accuracy',
};

/**
 * Reads rows whose columns are named as those of the dataset's CSV: groups and questions joined by
 * `/`, a point in up to four columns, several codes in one cell parted by spaces. Repeats have tables of
 * their own in a dataset and do not fit one row: NDJSON holds them.
 */
export class CsvAnswers {
  readonly #columns = new Map<string, Column>();
  readonly #ignored = new Set<string>();

  constructor(model: FormModel) {
    for (const question of model.questions) {
      if (question.repeat === undefined) this.#add(question);
    }
  }

  /** Headings that no question has: better refused at once than lost row by row. */
  unknown(headings: readonly string[]): readonly string[] {
    const own = (heading: string): boolean =>
      ['id', 'instanceId', 'form_version'].includes(heading) || about.has(heading);
    return headings.filter(
      (heading) => !this.#columns.has(heading) && !this.#ignored.has(heading) && !own(heading),
    );
  }

  /** A cell that does not read as its question asks is passed on as text: validation says what is wrong. */
  read(cells: ReadonlyMap<string, string>): CsvRow {
    const answers = new Map<string, Tree>();
    for (const [heading, text] of cells) {
      const column = this.#columns.get(heading);
      if (column === undefined || text === '') continue;
      place(answers, column.path, column.read(unguarded(text)));
    }
    const own = (heading: string): string | undefined =>
      this.#columns.has(heading) ? undefined : cells.get(heading) || undefined;
    return {
      instanceId: own('instanceId') ?? own('id'),
      formVersion: own('form_version'),
      answers: toObject(answers),
    };
  }

  #add(question: Question): void {
    const { path } = question;
    const heading = path.join('/');
    const { shape, answeredBy } = typeRow(question.type);
    if (answeredBy === 'server' || answeredBy === 'nobody') {
      this.#ignored.add(heading);
    } else if (shape === 'geopoint') {
      for (const cell of pointCells) {
        this.#columns.set(`${heading}/${cell}`, {
          path: [...path, pointMembers[cell]],
          read: numberOrText,
        });
      }
    } else {
      this.#columns.set(heading, { path, read: readerOf(shape) });
    }
    if (question.orOther) {
      this.#columns.set(`${heading}_other`, { path: otherPath(path), read: (text) => text });
    }
  }
}

type Tree = JsonValue | Map<string, Tree>;

function place(tree: Map<string, Tree>, path: readonly string[], value: JsonValue): void {
  const [name = '', ...rest] = path;
  if (rest.length === 0) {
    tree.set(name, value);
    return;
  }
  const found = tree.get(name);
  const inner = found instanceof Map ? found : new Map<string, Tree>();
  tree.set(name, inner);
  place(inner, rest, value);
}

/** Object.fromEntries makes own properties even of names such as `__proto__`. */
function toObject(tree: ReadonlyMap<string, Tree>): JsonObject {
  return Object.fromEntries(
    [...tree].map(([name, value]) => [name, value instanceof Map ? toObject(value) : value]),
  );
}

function otherPath(path: readonly string[]): readonly string[] {
  return [...path.slice(0, -1), `${path.at(-1) ?? ''}_other`];
}

function readerOf(shape: ReturnType<typeof typeRow>['shape']): Column['read'] {
  if (shape === 'integer' || shape === 'number') return numberOrText;
  if (shape === 'codes') return (text) => text.split(/\s+/).filter((code) => code !== '');
  if (shape === 'geotrace' || shape === 'geoshape' || shape === 'attachment') return jsonOrText;
  return (text) => text;
}

/** Only what a number looks like in JSON: `1e3`, `0x10`, ` 7` and a phone number stay text. */
function numberOrText(text: string): JsonValue {
  return /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/.test(text) ? Number(text) : text;
}

function jsonOrText(text: string): JsonValue {
  try {
    return parseJson(text);
  } catch {
    return text;
  }
}
