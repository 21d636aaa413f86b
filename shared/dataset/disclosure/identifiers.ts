import type { FormModel, Question } from '../../form/model.ts';
import { fieldKey, scopesOf, type Field, type Scope } from '../layout.ts';
import { placeSources } from '../place.ts';
import { shownOf, type Shown } from '../visibility.ts';
import { choiceLadder } from './choice-ladder.ts';
import { plainLadder } from './plain-ladder.ts';
import { pointLadder } from './points.ts';
import type { Ladder } from './rung.ts';

/** A question whose answers the public sees and that, taken together with others, could single someone out. */
export interface Identifier {
  readonly field: Field;
  readonly scope: Scope;
  /** As its column is called: names from the form's root, joined by `/`. */
  readonly name: string;
  readonly ladder: Ladder;
}

/**
 * The quasi-identifiers of a form: questions that any version marks, and points that are moved to the
 * place of one of these. `models` are those of all versions, newest first.
 */
export function identifiersOf(layout: Scope, models: readonly FormModel[]): readonly Identifier[] {
  return scopesOf(layout).flatMap((scope) =>
    scope.fields.flatMap((field): Identifier[] => {
      if (field.identity === 0) return [];
      const asked = models.flatMap((model) => {
        const question = model.questions.find(
          ({ path }) => path.join('/') === field.question.path.join('/'),
        );
        const isSame =
          question !== undefined && fieldKey(question, field.key) === keyOf(field)
            ? question
            : null;
        return isSame === null ? [] : [{ model, question: isSame }];
      });
      const shown = asked.map(({ question }) => shownOf(question, field.current, 'public'));
      const finest = fromFinest.find((level) => shown.includes(level));
      const identifies = asked.some(({ model, question }) => marks(model, question, field));
      if (finest === undefined || !identifies) return [];
      const name = field.question.path.join('/');
      return [{ field, scope, name, ladder: ladderOf(field, finest, models) }];
    }),
  );
}

const fromFinest = ['plain', 'adm2', 'adm1'] as const;

function keyOf({ question, key }: Field): string {
  return fieldKey(question, key);
}

/** A point that was moved to the capital of a withheld région would give that région away. */
function marks(model: FormModel, question: Question, field: Field): boolean {
  if (question.quasiIdentifier) return true;
  const shown = shownOf(question, field.current, 'public');
  if (field.shape !== 'point' || (shown !== 'adm1' && shown !== 'adm2')) return false;
  return placeSources(model, question, shown).some((source) => source.question.quasiIdentifier);
}

function ladderOf(
  field: Field,
  finest: Exclude<Shown, 'hidden'>,
  models: readonly FormModel[],
): Ladder {
  if (field.shape === 'point') return pointLadder(finest);
  if (field.kind !== 'code') return plainLadder(field.kind);
  const lists = new Map([...models].reverse().flatMap(({ lists: known }) => [...known]));
  return choiceLadder(field.choices, lists);
}
