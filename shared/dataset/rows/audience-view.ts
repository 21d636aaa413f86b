import type { ColumnKind } from '../../form/types/question-types.ts';
import type { Audience, Choice, FormModel, FormNode } from '../../form/model.ts';
import type { Translations } from '../../text.ts';
import {
  type PointCell,
  fieldKey,
  generalCells,
  pointCells,
  scopesOf,
  type Field,
  type Scope,
} from './layout.ts';
import { exactly, type Generalisation } from './identifiers.ts';
import type { Level, Published } from './hierarchy.ts';
import { shownOf, type Shown } from '../../form/visibility.ts';

/** How an audience's members are read out of an instance, as the answers were nested. */
export type Member =
  | {
      readonly kind: 'answer';
      readonly start: string;
      /** The cell whose value it is as it was sent; 0: it stands in `nested`. */
      readonly slot: number;
      readonly nested: number;
    }
  | { readonly kind: 'group'; readonly start: string; readonly members: readonly Member[] }
  | {
      readonly kind: 'repeat';
      readonly start: string;
      readonly index: number;
      readonly members: readonly Member[];
    };

/** Cells of one scope, in the order of its table's headers; `id` is the same for equal slots. */
export interface Selection {
  readonly id: number;
  readonly slots: readonly number[];
}

/** What an audience sees of answers given to one version of the form. */
export interface View {
  readonly selections: ReadonlyMap<Scope, Selection>;
  readonly members: readonly Member[];
  /** Repeats of which it shows something; that there are rows of other ones is not disclosed. */
  readonly repeats: ReadonlySet<Scope>;
  /** Cells of the geometry and of its precision; 0: hidden. */
  readonly geometry: { readonly slot: number; readonly precision: number };
}

/** One column of a table: its cells stand in the slots of a selection, in the same order. */
export interface Column {
  /** Unique in its table. */
  readonly header: string;
  readonly kind: ColumnKind;
  readonly field: Field;
  /** Which part of a point it is; undefined: the whole answer. */
  readonly cell: PointCell | undefined;
  /** What the newest version that has the question calls it, by language. */
  readonly label: Translations;
  /** Of `code` and `codes`: every choice that any version has had, by code, as the newest one says it. */
  readonly choices: ReadonlyMap<string, Choice>;
}

/** The columns of one table as an audience sees them. */
export interface TableColumns {
  readonly scope: Scope;
  /** In the order of a selection's slots. */
  readonly columns: readonly Column[];
}

const nothingLeftOut: ReadonlySet<Field> = new Set();

const reserved = {
  main: ['id', 'organisation', 'form_version', 'state', 'received_at', 'updated_at'],
  repeat: ['id', 'parent_id', 'index'],
} as const;

/** A question may be called `organisation`: its column then says that it is an answer. */
function headerOf(field: Field, scope: Scope): string {
  const names: readonly string[] = scope.path.length === 0 ? reserved.main : reserved.repeat;
  return names.includes(field.key) ? `answers/${field.key}` : field.key;
}

/** Its cells: one whole answer (undefined), or those of a point. */
function cellsOf(field: Field, audience: Audience): readonly (PointCell | undefined)[] {
  if (field.shape === 'value') return [undefined];
  const inexact = field.general !== undefined && audience === 'public';
  return inexact ? [...pointCells, 'precision'] : pointCells;
}

/**
 * The tables that an audience sees: the top level always, a repeat if one of its questions, or of
 * those in its repeats, is visible in the newest version.
 */
export function tablesOf(
  layout: Scope,
  audience: Audience,
  generalisation: Generalisation = exactly,
): readonly TableColumns[] {
  const { answers, hiddenRepeats } = audience === 'public' ? generalisation : exactly;
  return scopesIn(layout, hiddenRepeats).flatMap((scope): readonly TableColumns[] => {
    if (scope !== layout && !hasVisible(scope, audience)) return [];
    const columns = visibleFields(scope, audience).flatMap((field) =>
      cellsOf(field, audience).map((cell): Column => {
        const name = headerOf(field, scope);
        const level = answers.get(field);
        const isCoarse =
          level !== undefined && level.published !== 'plain' && field.shape === 'value';
        const isText = cell === 'precision' || isCoarse;
        return {
          header: cell === undefined ? name : `${name}/${cell}`,
          kind: isText ? 'text' : field.kind,
          field,
          cell,
          label: isCoarse ? labelWith(field.question.label, level) : field.question.label,
          choices: isCoarse ? new Map() : field.choices,
        };
      }),
    );
    return [{ scope, columns: distinct(columns) }];
  });
}

/** The label of a question says how its answers were made coarser: `Âge (tranches de 10)`. */
function labelWith(label: Translations, { label: done }: Level): Translations {
  return new Map(
    [...label].map(([language, text]) => [
      language,
      `${text} (${language === 'fr' ? done.fr : done.en})`,
    ]),
  );
}

function visibleFields(scope: Scope, audience: Audience): readonly Field[] {
  return scope.fields.filter(
    ({ question, current }) => shownOf(question, current, audience) !== 'hidden',
  );
}

function hasVisible(scope: Scope, audience: Audience): boolean {
  return (
    visibleFields(scope, audience).length > 0 ||
    scope.repeats.some((repeat) => hasVisible(repeat, audience))
  );
}

/** Two versions may give two kinds of answer the same name. */
function distinct(columns: readonly Column[]): readonly Column[] {
  const seen = new Set<string>();
  return columns.map((column) => {
    let header = column.header;
    for (let number = 2; seen.has(header); number += 1) header = `${column.header}_${number}`;
    seen.add(header);
    return { ...column, header };
  });
}

/** Gives equal lists of slots equal numbers, so that a line made for one audience serves another. */
export class Selections {
  readonly #ids = new Map<string, Selection>();

  of(scope: Scope, slots: readonly number[]): Selection {
    const key = `${scope.path.join('/')}:${slots.join(',')}`;
    const found = this.#ids.get(key) ?? { id: this.#ids.size, slots };
    this.#ids.set(key, found);
    return found;
  }
}

/**
 * What `audience` sees of answers to `model`, a version of the form: for the public as coarse as
 * `generalisation` says, and without the fields in `leftOut`.
 */
export function viewOf(
  model: FormModel,
  layout: Scope,
  audience: Audience,
  selections: Selections,
  {
    generalisation = exactly,
    leftOut = nothingLeftOut,
  }: { readonly generalisation?: Generalisation; readonly leftOut?: ReadonlySet<Field> } = {},
): View {
  const coarser = audience === 'public' ? generalisation : exactly;
  const shown = shownFields(model, layout, audience, coarser, leftOut);
  const bySelection = new Map(
    tablesOf(layout, audience, coarser).map(({ scope, columns }) => {
      const fields = new Set(columns.map(({ field }) => field));
      const slots = [...fields].flatMap((field) => slotsOf(field, shown.get(field), audience));
      return [scope, selections.of(scope, slots)] as const;
    }),
  );
  const place = scopesOf(layout)
    .flatMap(({ fields }) => fields)
    .find(({ geometry }) => geometry !== undefined);
  return {
    selections: bySelection,
    members: membersOf(model.root.children, layout, shown),
    repeats: new Set(
      scopesOf(layout).filter((scope) => scope !== layout && shows(scope, bySelection)),
    ),
    geometry: geometryCells(place, place === undefined ? undefined : shown.get(place)),
  };
}

function shows(scope: Scope, selections: View['selections']): boolean {
  const slots = selections.get(scope)?.slots ?? [];
  return (
    slots.some((slot) => slot !== 0) || scope.repeats.some((inner) => shows(inner, selections))
  );
}

/** What is shown of each field of this version; fields that it lacks are not in the map. */
function shownFields(
  model: FormModel,
  layout: Scope,
  audience: Audience,
  { answers, hiddenRepeats }: Generalisation,
  leftOut: ReadonlySet<Field>,
): ReadonlyMap<Field, Published> {
  const shown = new Map<Field, Published>();
  const scopes = scopesIn(layout, hiddenRepeats);
  const byPath = new Map(scopes.map((scope) => [scope.path.join('/'), scope]));
  for (const question of model.questions) {
    const path = question.repeat?.path ?? [];
    const scope = byPath.get(path.join('/'));
    const key = question.path.slice(path.length).join('/');
    const field = scope?.byKey.get(fieldKey(question, key));
    if (field === undefined) continue;
    const what = shownOf(question, field.current, audience);
    shown.set(field, leftOut.has(field) ? 'hidden' : coarserOf(what, answers.get(field)));
  }
  return shown;
}

/** The scopes without the repeats that are hidden and those in them. */
function scopesIn(layout: Scope, hiddenRepeats: ReadonlySet<Scope>): readonly Scope[] {
  const hidden = new Set([...hiddenRepeats].flatMap(scopesOf));
  return scopesOf(layout).filter((scope) => !hidden.has(scope));
}

/** What is published of a field of which the form shows `shown`. */
export function coarserOf(shown: Shown, level: Level | undefined): Published {
  if (level === undefined || shown === 'hidden') return shown;
  // What a version shows no finer than that stays as it is.
  if (level.published === 'adm2') return shown === 'adm1' ? 'adm1' : 'adm2';
  return level.published === 'plain' ? shown : level.published;
}

function slotsOf(
  field: Field,
  shown: Published | undefined,
  audience: Audience,
): readonly number[] {
  const { slot, general, coarse } = field;
  if (field.shape === 'value') {
    return [shown === 'plain' ? slot : shown === 'coarse' ? (coarse?.slot ?? 0) : 0];
  }
  const withPrecision = cellsOf(field, audience).length > pointCells.length;
  if (shown === 'plain') {
    return [...pointCells.map((_, index) => slot + index), ...(withPrecision ? [0] : [])];
  }
  if ((shown === 'adm1' || shown === 'adm2') && general !== undefined) {
    const [latitude = 0, longitude = 0, precision = 0] = generalCells.map(
      (_, index) => general.slot + index,
    );
    return [latitude, longitude, 0, 0, precision];
  }
  return cellsOf(field, audience).map(() => 0);
}

function geometryCells(field: Field | undefined, shown: Published | undefined): View['geometry'] {
  const geometry = field?.geometry;
  if (field === undefined || geometry === undefined || shown === undefined || shown === 'hidden') {
    return { slot: 0, precision: 0 };
  }
  const { exact, general, precision, coarsePrecision } = geometry;
  if (shown === 'coarse') return { slot: general, precision: coarsePrecision };
  if (shown !== 'plain') return { slot: general, precision };
  return { slot: exact, precision: field.shape === 'point' ? 0 : precision };
}

function membersOf(
  nodes: readonly FormNode[],
  scope: Scope,
  shown: ReadonlyMap<Field, Published>,
): readonly Member[] {
  return nodes.flatMap((node): readonly Member[] => {
    const start = `${JSON.stringify(node.name)}:`;
    if (node.kind === 'group') {
      const members = membersOf(node.children, scope, shown);
      return members.length === 0 ? [] : [{ kind: 'group', start, members }];
    }
    if (node.kind === 'repeat') {
      const index = scope.repeats.findIndex(({ path }) => path.join('/') === node.path.join('/'));
      const repeat = scope.repeats[index];
      const members = repeat === undefined ? [] : membersOf(node.children, repeat, shown);
      return members.length === 0 ? [] : [{ kind: 'repeat', start, index, members }];
    }
    const key = node.path.slice(scope.path.length).join('/');
    const field = scope.byKey.get(fieldKey(node, key));
    const what = field === undefined ? undefined : shown.get(field);
    if (field === undefined || what === undefined || what === 'hidden') return [];
    const slot = field.shape === 'value' && what === 'plain' ? field.slot : 0;
    return [{ kind: 'answer', start, slot, nested: slot === 0 ? nestedOf(field, what) : 0 }];
  });
}

/** Where the answer stands that is published so; 0: nowhere. */
function nestedOf({ nested, general, coarse }: Field, published: Published): number {
  if (published === 'plain') return nested;
  return (published === 'coarse' ? coarse?.nested : general?.nested) ?? 0;
}
