import { hash } from 'node:crypto';
import type { Finding } from './attack-view.ts';
import { exposed, homogeneous, looksOf } from './classes.ts';
import { knowledgeOf } from './knowledge.ts';
import type { OpenSnapshot, OpenView, SeenRecord } from './open-files.ts';

const recordsIn = (snapshot: OpenSnapshot | undefined, formId: string): readonly SeenRecord[] =>
  snapshot?.public.records.get(formId) ?? [];

/**
 * Whoever kept every version, and knows when a target answered and changed what is known of it, looks
 * for rows that came, changed and stayed when the target's must have: those with one history.
 * What leaves, leaves at once: who it was is known to whoever knows who withdrew, and is no finding;
 * the rest of its group still hides, or is gone, too.
 */
export function* findHistories(view: OpenView): Generator<Finding> {
  for (const form of view.forms) {
    const knowledge = knowledgeOf(form);
    if (knowledge === undefined) continue;
    const histories = new Map<string, string>();
    for (const [at, snapshot] of view.snapshots.entries()) {
      const records = recordsIn(snapshot, form.formId);
      const looks = new Map(records.map((record) => [record.id, looksOf(knowledge, record)]));
      for (const id of new Set([...histories.keys(), ...looks.keys()])) {
        const before = histories.get(id) ?? `new at ${at}`;
        histories.set(id, hash('sha256', `${before}\n${looks.get(id) ?? 'gone'}`));
      }
      const groups = Map.groupBy(
        records,
        ({ id }) => `${histories.get(id)?.slice(0, 8) ?? ''} ${looks.get(id) ?? ''}`,
      );
      for (const what of exposed(knowledge, groups)) {
        yield { attack: 'histories', at, what: `${form.formId}: ${what}` };
      }
      for (const what of homogeneous(knowledge, groups)) {
        yield { attack: 'histories', at, what: `${form.formId}: ${what}` };
      }
    }
  }
}

/**
 * Of any two versions, rows that look alike and are in the later one alone: whoever answered in
 * between is among them.
 */
export function* findNewcomers(view: OpenView): Generator<Finding> {
  for (const form of view.forms) {
    const knowledge = knowledgeOf(form);
    if (knowledge === undefined) continue;
    for (const [later, snapshot] of view.snapshots.entries()) {
      const records = recordsIn(snapshot, form.formId);
      for (let earlier = 0; earlier < later; earlier += 1) {
        const before = recordsIn(view.snapshots[earlier], form.formId);
        const known = new Set(before.map(({ id }) => id));
        const groups = Map.groupBy(
          records.filter(({ id }) => !known.has(id)),
          (record) => looksOf(knowledge, record),
        );
        for (const what of exposed(knowledge, groups)) {
          yield {
            attack: 'newcomers',
            at: later,
            what: `${form.formId} since ${earlier}: ${what}`,
          };
        }
      }
    }
  }
}

/**
 * Whoever knows that a target corrected something between two versions looks for the rows, among those
 * that look like it, in which anything changed.
 */
export function* findCorrections(view: OpenView): Generator<Finding> {
  for (const form of view.forms) {
    const knowledge = knowledgeOf(form);
    if (knowledge === undefined) continue;
    for (const [at, snapshot] of view.snapshots.entries()) {
      const [records, earlierRecords] = [snapshot, view.snapshots[at - 1]].map((seen) =>
        recordsIn(seen, form.formId),
      );
      if (records === undefined || earlierRecords === undefined) continue;
      const before = new Map(earlierRecords.map((record) => [record.id, record]));
      // What the form as a whole shows or hides since is no correction of anyone.
      const [now, then] = [filledIn(records), filledIn(earlierRecords)];
      const compared = new Set([...now].filter((column) => then.has(column)));
      const changed = records.filter((record) => {
        const earlier = before.get(record.id);
        if (earlier === undefined) return false;
        const same = looksOf(knowledge, earlier) === looksOf(knowledge, record);
        return same && saidIn(earlier, compared) !== saidIn(record, compared);
      });
      const groups = Map.groupBy(changed, (record) => looksOf(knowledge, record));
      for (const what of exposed(knowledge, groups)) {
        yield { attack: 'corrections', at, what: `${form.formId}, changed: ${what}` };
      }
    }
  }
}

/** Columns in which some row says something: `column`, or `repeat column`. */
function filledIn(records: readonly SeenRecord[]): ReadonlySet<string> {
  return new Set(records.flatMap((record) => cellsOf(record).map(([column]) => column)));
}

function cellsOf({ cells, repeats }: SeenRecord): readonly (readonly [string, string])[] {
  const rows = [...repeats].flatMap(([name, of]) =>
    of.flatMap((row) => [...row].map(([column, text]) => [`${name} ${column}`, text] as const)),
  );
  return [...cells, ...rows].filter(([, text]) => text !== '');
}

/** What a record says in these columns. */
function saidIn(record: SeenRecord, compared: ReadonlySet<string>): string {
  return JSON.stringify(cellsOf(record).filter(([column]) => compared.has(column)));
}
