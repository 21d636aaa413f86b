import { hash } from 'node:crypto';
import type { FormRow, FormRows, VersionPlan } from './form-rows.ts';
import type { Instance } from './instance.ts';
import { fieldKey, scopesOf, type Scope } from './layout.ts';
import { isQuasiIdentifier } from './view.ts';
import { shownOf } from './visibility.ts';

/** Tells the records that their quasi-identifiers, taken together, would single out. */
export interface RareCombinations {
  /** True if fewer than k public records have the same quasi-identifiers as this one. */
  has(row: FormRow): boolean;
}

/** Cells that identify, by the scope that they stand in: as the public would see them. */
type Identifying = ReadonlyMap<Scope, readonly number[]>;

/**
 * Counts, in one pass over a form's public records, how often each combination of quasi-identifiers
 * occurs. Undefined, without a pass, when no question that the public sees is one.
 */
export async function rareCombinations(rows: FormRows): Promise<RareCombinations | undefined> {
  const byPlan = new Map<VersionPlan, Identifying>(
    rows.plans.map((plan) => [plan, identifyingCells(plan, rows.layout)]),
  );
  if ([...byPlan.values()].every((cells) => cells.size === 0)) return undefined;
  const { k } = rows.newest.settings;
  const counts = new Map<string, number>();
  const keyOf = ({ plan, instance }: FormRow): string => {
    const key = combination(instance, byPlan.get(plan));
    // Long keys would take memory that grows with what people write.
    return key.length > 40 ? hash('sha256', key, 'base64').slice(0, 22) : key;
  };
  for await (const batch of rows.batches()) {
    for (const row of batch) {
      if (!row.seenBy.public) continue;
      const key = keyOf(row);
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  }
  return { has: (row) => (counts.get(keyOf(row)) ?? 0) < k };
}

function identifyingCells({ model }: VersionPlan, layout: Scope): Identifying {
  const cells = new Map<Scope, number[]>();
  for (const scope of scopesOf(layout)) {
    for (const question of model.questions) {
      if ((question.repeat?.path ?? []).join('/') !== scope.path.join('/')) continue;
      const key = question.path.slice(scope.path.length).join('/');
      const field = scope.byKey.get(fieldKey(question, key));
      if (field === undefined) continue;
      const shown = shownOf(question, field.current, 'public');
      if (shown === 'hidden' || !isQuasiIdentifier(question, field, model, shown)) continue;
      const nested = shown === 'plain' ? field.nested : (field.general?.nested ?? 0);
      cells.set(scope, [...(cells.get(scope) ?? []), nested]);
    }
  }
  return cells;
}

/** Every identifying cell of a record and of its repeats' rows. */
function combination(instance: Instance, cells: Identifying | undefined): string {
  let key = '';
  for (const nested of cells?.get(instance.scope) ?? [])
    key += `${instance.nested[nested] ?? ''}\n`;
  for (const rows of instance.repeats) {
    for (const row of rows) key += `[${combination(row, cells)}]`;
  }
  return key;
}
