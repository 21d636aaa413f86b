import {
  identifyingPaths,
  sensitivePaths,
  type Reason,
  type Why,
} from '../../form/compile/identifying.ts';
import type { FormModel, Question } from '../../form/model.ts';
import { typeRow } from '../../form/types/question-types.ts';
import { fieldKey, scopesOf, type Field, type Scope } from './layout.ts';
import { shownOf, type Shown } from '../../form/visibility.ts';
import {
  choiceHierarchy,
  asked,
  dayHierarchy,
  plainHierarchy,
  pointHierarchy,
  versionHierarchy,
  whole,
  type Hierarchy,
  type Level,
} from './hierarchy.ts';

/** How coarse the public sees what could single someone out; all else it sees as the form says. */
export interface Generalisation {
  readonly answers: ReadonlyMap<Field, Level>;
  readonly record: ReadonlyMap<RecordColumn, Level>;
  /** Repeats whose rows, and those of the repeats in them, are not published. */
  readonly hiddenRepeats: ReadonlySet<Scope>;
}

/** Nothing is made coarser. */
export const exactly: Generalisation = {
  answers: new Map(),
  record: new Map(),
  hiddenRepeats: new Set(),
};

/** Columns about the record itself that can be quasi-identifiers. */
const recordColumns = ['form_version', 'organisation', 'received_at', 'updated_at'] as const;
export type RecordColumn = (typeof recordColumns)[number];

/** What an identifier is: an answer, whether there is one, the number of rows of a repeat, or a column about the record. */
type Subject =
  | { readonly kind: 'answer'; readonly field: Field; readonly scope: Scope }
  /** Whether there is an answer: what it says is sensitive, and not known to anyone else. */
  | { readonly kind: 'asked'; readonly field: Field; readonly scope: Scope }
  | { readonly kind: 'rows'; readonly scope: Scope }
  | { readonly kind: 'record'; readonly column: RecordColumn };

/** Something that the public sees and that, taken together with others, could single someone out. */
export type Identifier = Subject & {
  /** As its column is called: names from the form's root, joined by `/`. */
  readonly name: string;
  readonly hierarchy: Hierarchy;
  /** How much it matters to keep it fine, 1 to 5. */
  readonly importance: number;
  readonly reason: Why | 'published';
};

/** A question whose public answers must differ in each equivalence class. */
export interface Sensitive {
  readonly field: Field;
  readonly scope: Scope;
  readonly name: string;
  /** How many different answers each class must have at least. */
  readonly l: number;
}

const usual = 3;

/**
 * The quasi-identifiers of a form, as form/compile/identifying.ts says, as far as the public sees them; and, where
 * it marks any, seen or not, the columns about the record that it publishes. `models` are those of all versions, newest
 * first.
 */
export function identifiersOf(layout: Scope, models: readonly FormModel[]): readonly Identifier[] {
  const reasons = identifyingPaths(models);
  if (reasons.size === 0) return [];
  const sensitive = sensitivePaths(models);
  const ofScopes = scopesOf(layout).flatMap((scope): Identifier[] => [
    ...rowsOf(scope, layout, models),
    ...scope.fields.flatMap((field): Identifier[] => {
      const name = nameOf(field);
      const reason = reasons.get(name);
      const finest = finestOf(field, models);
      if (reason === undefined || finest === undefined) return [];
      const secret = isAskedOnly(field, reason, sensitive);
      const hierarchy = secret ? asked : hierarchyOf(field, finest, models);
      const { importance } = field.current ?? field.question;
      const facts = { name, hierarchy, importance, reason: reason.why };
      return [{ kind: secret ? 'asked' : 'answer', field, scope, ...facts }];
    }),
  ]);
  return [...recordIdentifiers(models), ...ofScopes];
}

/** The sensitive questions that the public sees and that are no quasi-identifiers. */
export function sensitivesOf(
  layout: Scope,
  models: readonly FormModel[],
  identifiers: readonly Identifier[],
): readonly Sensitive[] {
  if (identifiers.length === 0) return [];
  const levels = sensitivePaths(models);
  const identifying = new Set(
    identifiers.filter(({ kind }) => kind !== 'asked').map(({ name }) => name),
  );
  return scopesOf(layout).flatMap((scope) =>
    scope.fields.flatMap((field): Sensitive[] => {
      const name = nameOf(field);
      const l = levels.get(name);
      if (l === undefined || identifying.has(name)) return [];
      return finestOf(field, models) === undefined ? [] : [{ field, scope, name, l }];
    }),
  );
}

/**
 * A sensitive question that a person is asked because of a quasi-identifier: others may know that it was
 * asked, not what was answered.
 */
function isAskedOnly(
  { question }: Field,
  { why }: Reason,
  sensitive: ReadonlyMap<string, number>,
): boolean {
  const isSecret = why === 'depends' && sensitive.has(question.path.join('/'));
  return isSecret && typeRow(question.type).answeredBy === 'person';
}

function rowsOf(scope: Scope, layout: Scope, models: readonly FormModel[]): readonly Identifier[] {
  const isSeen = scopesOf(scope).some(({ fields }) =>
    fields.some((field) => finestOf(field, models) !== undefined),
  );
  if (scope === layout || !isSeen) return [];
  const name = scope.path.join('/');
  return [{ kind: 'rows', scope, name, hierarchy: whole, importance: usual, reason: 'rows' }];
}

function recordIdentifiers(models: readonly FormModel[]): readonly Identifier[] {
  const published = new Set<string>(models[0]?.settings.publicMetadata);
  return recordColumns.flatMap((column): Identifier[] =>
    column === 'form_version' || published.has(column)
      ? [
          {
            kind: 'record',
            column,
            name: column,
            hierarchy: hierarchies[column],
            importance: usual,
            reason: 'published',
          },
        ]
      : [],
  );
}

const hierarchies: Readonly<Record<RecordColumn, Hierarchy>> = {
  form_version: versionHierarchy,
  organisation: whole,
  received_at: dayHierarchy,
  updated_at: dayHierarchy,
};

function nameOf({ question }: Field): string {
  return question.path.join('/');
}

const fromFinest = ['plain', 'adm2', 'adm1'] as const;

/** The most that any version lets the public see of a question; undefined: nothing. */
function finestOf(
  field: Field,
  models: readonly FormModel[],
): Exclude<Shown, 'hidden'> | undefined {
  const shown = models.flatMap((model): Shown[] => {
    const question = sameIn(model, field);
    return question === undefined ? [] : [shownOf(question, field.current, 'public')];
  });
  return fromFinest.find((level) => shown.includes(level));
}

function sameIn({ questions }: FormModel, field: Field): Question | undefined {
  const name = nameOf(field);
  const found = questions.find(({ path }) => path.join('/') === name);
  if (found === undefined) return undefined;
  return fieldKey(found, field.key) === fieldKey(field.question, field.key) ? found : undefined;
}

function hierarchyOf(
  field: Field,
  finest: Exclude<Shown, 'hidden'>,
  models: readonly FormModel[],
): Hierarchy {
  if (field.shape === 'point') return pointHierarchy(finest);
  if (field.kind !== 'code') return plainHierarchy(field.kind);
  const lists = new Map([...models].reverse().flatMap(({ lists: known }) => [...known]));
  return choiceHierarchy(field.choices, lists);
}
