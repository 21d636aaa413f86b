import { type ColumnKind, typeRow } from '../../form/types/question-types.ts';
import type { Choice, FormModel, FormNode, Question } from '../../form/model.ts';
import { identifyingPaths } from '../../form/compile/identifying.ts';
import { reservedTableNames } from './file-languages.ts';
import { isPoint, shownBy } from '../../form/visibility.ts';

/** The cells of a point: latitude, longitude, altitude, accuracy; made less exact: two and the precision. */
export const pointCells = ['latitude', 'longitude', 'altitude', 'accuracy'] as const;
export const generalCells = ['latitude', 'longitude', 'precision'] as const;

/**
 * A question as a dataset knows it, over all versions of the form. Its cells stand in numbered
 * slots of a row; slot 0 is always empty.
 */
export interface Field {
  readonly question: Question;
  /** What the newest version asks in its place, maybe of another type; undefined: nothing any more. */
  readonly current: Question | undefined;
  readonly shape: 'value' | 'point';
  /** What its answers are, whatever version they were given to. */
  readonly kind: ColumnKind;
  /** Every choice that any version has had, by code, as the newest one says it. */
  readonly choices: ReadonlyMap<string, Choice>;
  /** Names from the scope to the answer, joined by `/`. */
  readonly key: string;
  /** Its first cell: in CSV and as a property. */
  readonly slot: number;
  /** Its answer as JSON. */
  readonly nested: number;
  /** The same for a point that is made less exact for the public. */
  readonly general: { readonly slot: number; readonly nested: number } | undefined;
  /** The text in place of an answer that would single someone out: of a quasi-identifier that is no point. */
  readonly coarse: { readonly slot: number; readonly nested: number } | undefined;
  /** What the public would see of the answer before it is generalised, as JSON, if that may be done; 0: no. */
  readonly identity: number;
  /** GeoJSON geometry (exact, less exact), and the precision of the latter, if this is the form's place. */
  readonly geometry: GeometryCells | undefined;
}

interface GeometryCells {
  readonly exact: number;
  readonly general: number;
  readonly precision: number;
  /** Of a choice that the public sees coarser than it is: then its place is `general`. */
  readonly coarsePrecision: number;
}

/** The form's top level, or one of its repeats: a table. */
export interface Scope {
  readonly path: readonly string[];
  /** Of the repeat's table; '' for the top level. */
  readonly name: string;
  readonly fields: readonly Field[];
  readonly byKey: ReadonlyMap<string, Field>;
  readonly repeats: readonly Scope[];
  readonly slots: number;
  readonly nestedSlots: number;
}

export function fieldKey(question: Question, key: string): string {
  return `${isPoint(question) ? 'point' : 'value'}:${key}`;
}

interface DraftField {
  readonly question: Question;
  readonly key: string;
  general: boolean;
  identifies: boolean;
  kind: ColumnKind;
  readonly choices: Map<string, Choice>;
}

interface Draft {
  readonly path: readonly string[];
  readonly fields: Map<string, DraftField>;
  readonly repeats: Map<string, Draft>;
}

/**
 * The tables of a dataset: every question of every version, in the order of the newest one, then
 * what is no longer asked. `models` are newest first.
 */
export function layoutOf(models: readonly FormModel[]): Scope {
  const root: Draft = { path: [], fields: new Map(), repeats: new Map() };
  const identifying = new Set(identifyingPaths(models).keys());
  for (const model of models) addNodes(root, model.root.children, identifying);
  const [newest] = models;
  const current = new Map(newest?.questions.map((question) => [question.path.join('/'), question]));
  const geometry = newest?.questions.find(({ name }) => name === newest.settings.geometry);
  const reserved = reservedTableNames(
    models.flatMap(({ settings, languages }) => [settings.defaultLanguage, ...languages]),
  );
  return scopeOf(root, '', { reserved, taken: new Set() }, geometry, current);
}

function addNodes(
  scope: Draft,
  nodes: readonly FormNode[],
  identifying: ReadonlySet<string>,
): void {
  for (const node of nodes) {
    if (node.kind === 'group') {
      addNodes(scope, node.children, identifying);
      continue;
    }
    const key = node.path.slice(scope.path.length).join('/');
    if (node.kind === 'repeat') {
      const repeat = scope.repeats.get(key) ?? {
        path: node.path,
        fields: new Map(),
        repeats: new Map(),
      };
      scope.repeats.set(key, repeat);
      addNodes(repeat, node.children, identifying);
    } else if (node.type !== 'note') {
      const name = fieldKey(node, key);
      const known = scope.fields.get(name);
      const shown = shownBy(node, 'public');
      const field = known ?? {
        question: node,
        key,
        general: false,
        identifies: false,
        kind: kindOf(node),
        choices: new Map<string, Choice>(),
      };
      if (shown === 'adm1' || shown === 'adm2') field.general = true;
      if (identifying.has(node.path.join('/'))) field.identifies = true;
      if (field.identifies && isPoint(node)) field.general = true;
      field.kind = commonKind(field.kind, kindOf(node));
      for (const choice of node.list?.choices ?? []) {
        if (!field.choices.has(choice.name)) field.choices.set(choice.name, choice);
      }
      scope.fields.set(name, field);
    }
  }
}

function scopeOf(
  draft: Draft,
  name: string,
  names: TableNames,
  geometry: Question | undefined,
  current: ReadonlyMap<string, Question>,
): Scope {
  let slots = 1;
  let nestedSlots = 1;
  const take = (count: number): number => (slots += count) - count;
  const takeNested = (): number => (nestedSlots += 1) - 1;
  const fields = [...draft.fields.values()].map(
    ({ question, key, general, identifies, kind, choices }): Field => {
      const shape = isPoint(question) ? 'point' : 'value';
      return {
        question,
        current: current.get(question.path.join('/')),
        shape,
        kind,
        choices,
        key,
        slot: take(shape === 'point' ? pointCells.length : 1),
        nested: takeNested(),
        general: general ? { slot: take(generalCells.length), nested: takeNested() } : undefined,
        coarse:
          identifies && shape === 'value' ? { slot: take(1), nested: takeNested() } : undefined,
        identity: identifies ? takeNested() : 0,
        geometry:
          question === geometry
            ? { exact: take(1), general: take(1), precision: take(1), coarsePrecision: take(1) }
            : undefined,
      };
    },
  );
  const repeats = [...draft.repeats.values()].map((repeat) =>
    scopeOf(repeat, tableName(repeat.path, names), names, geometry, current),
  );
  const byKey = new Map(fields.map((field) => [fieldKey(field.question, field.key), field]));
  return { path: draft.path, name, fields, byKey, repeats, slots, nestedSlots };
}

interface TableNames {
  readonly reserved: ReadonlySet<string>;
  readonly taken: Set<string>;
}

/**
 * The repeat's own name if no other one has it, else its path; only what a file's name may hold. One
 * that is called as a variant of a file is (`fr`, `split`) gets a number.
 */
function tableName(path: readonly string[], { reserved, taken }: TableNames): string {
  const plain = (text: string): string =>
    text
      .normalize('NFD')
      .replaceAll(/\p{Mn}/gu, '')
      .replaceAll(/[^A-Za-z0-9_-]/g, '_');
  const short = plain(path.at(-1) ?? '');
  const isTaken = (name: string): boolean => taken.has(name) || reserved.has(name.toLowerCase());
  let name = short;
  const isReserved = [short, plain(path[0] ?? '')].some((part) => reserved.has(part.toLowerCase()));
  if (isTaken(short) && !isReserved) name = path.map(plain).join('.');
  for (let number = 2; isTaken(name); number += 1) name = `${short}-${number}`;
  taken.add(name);
  return name;
}

/** Every scope of a layout, the top level first, a repeat before those in it. */
export function scopesOf(scope: Scope): readonly Scope[] {
  return [scope, ...scope.repeats.flatMap(scopesOf)];
}

/** The cells of a point that questions of type geopoint have. */
export type PointCell = 'latitude' | 'longitude' | 'altitude' | 'accuracy' | 'precision';

/** The kind of a question's answers; a select whose choices are other answers holds text. */
function kindOf({ type, list }: Question): ColumnKind {
  const kind = typeRow(type).columnKind;
  return kind === 'code' && list === undefined ? 'text' : kind;
}

/** The kind of a column that holds answers of both kinds: versions may ask the same name differently. */
function commonKind(one: ColumnKind, other: ColumnKind): ColumnKind {
  if (one === other) return one;
  return isNumeric(one) && isNumeric(other) ? 'decimal' : 'text';
}

function isNumeric(kind: ColumnKind): boolean {
  return kind === 'integer' || kind === 'decimal';
}
