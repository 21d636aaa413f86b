import type { Finding, Person } from './attack-view.ts';
import type { OpenView } from './open-files.ts';

/** Fewer say nothing about an order. */
const enough = 25;
/** So many standard deviations from chance: once in 150 000 tables that tell nothing. */
const unlikely = 4.5;

/** Rows that stand in the order in which they came, or of ids that nobody should see. */
export function* findOrders(view: OpenView): Generator<Finding> {
  const people = peopleByMarker(view);
  for (const [at, snapshot] of view.snapshots.entries()) {
    for (const audience of ['public', 'members'] as const) {
      for (const [formId, records] of snapshot[audience].records) {
        const rows = records.flatMap(({ cells }) => people.get(cells.get('ticket') ?? '') ?? []);
        for (const order of ['arrival', 'instanceId'] as const) {
          const found = correlation(rows.map((person) => person[order]));
          if (found === undefined) continue;
          yield { attack: 'order', at, what: `${audience} ${formId}.csv by ${order}: ${found}` };
        }
      }
    }
  }
}

export function peopleByMarker({ people }: OpenView): ReadonlyMap<string, Person> {
  return new Map(people.map((person) => [person.marker, person]));
}

/** Spearman’s rank correlation of values with their places, if chance does not explain it. */
export function correlation(values: readonly (number | string)[]): string | undefined {
  const { length } = values;
  if (length < enough) return undefined;
  const ranks = values
    .map((value, place) => ({ value, place }))
    .sort((one, other) => (one.value < other.value ? -1 : one.value > other.value ? 1 : 0))
    .map(({ place }) => place);
  const squares = ranks.reduce((sum, place, rank) => sum + (place - rank) ** 2, 0);
  const rho = 1 - (6 * squares) / (length * (length ** 2 - 1));
  return Math.abs(rho) * Math.sqrt(length - 1) > unlikely ? rho.toFixed(2) : undefined;
}
