import type { Finding } from './attack-view.ts';
import type { OpenView } from './open-files.ts';
import { correlation, peopleByMarker } from './order.ts';

/**
 * Rows of two forms about the same people that are one person's by their ids, or by where they stand.
 * That the answers to both are known of a target is no fault of the files.
 */
export function* findLinks(view: OpenView): Generator<Finding> {
  const people = peopleByMarker(view);
  for (const [at, snapshot] of view.snapshots.entries()) {
    for (const audience of ['public', 'members'] as const) {
      const forms = [...snapshot[audience].records].map(
        ([formId, records]) =>
          [
            formId,
            records.map(({ id, cells }) => ({
              id,
              who: people.get(cells.get('ticket') ?? '')?.who,
            })),
          ] as const,
      );
      for (const [index, [one, rows]] of forms.entries()) {
        for (const [other, otherRows] of forms.slice(index + 1)) {
          const where = `${audience} ${one} and ${other}`;
          const ids = new Set(rows.map(({ id }) => id));
          const shared = otherRows.find(({ id }) => ids.has(id));
          if (shared !== undefined) {
            yield { attack: 'composition', at, what: `${where}: both have ${shared.id}` };
          }
          const places = new Map(rows.map(({ who }, place) => [who, place]));
          const found = correlation(otherRows.flatMap(({ who }) => places.get(who) ?? []));
          if (found !== undefined) {
            yield { attack: 'composition', at, what: `${where}: same order: ${found}` };
          }
        }
      }
    }
  }
}
