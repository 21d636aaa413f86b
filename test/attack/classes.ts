import type { Finding } from './attack-view.ts';
import { knowledgeOf, type Harm, type Knowledge } from './knowledge.ts';
import type { OpenView, SeenRecord } from './open-files.ts';

/** All that is known of a target, as the files would show it: whoever looks the same is a candidate. */
export function looksOf({ known, repeats }: Knowledge, record: SeenRecord): string {
  const at = (table: string, cells: ReadonlyMap<string, string>): readonly string[] =>
    known
      .filter((one) => one.table === table && (table !== '' || cells.has(one.column)))
      .map(({ column, seen }) => `${column}=${seen(cells.get(column) ?? '')}`);
  const rows = repeats.flatMap((repeat) => {
    const shown = record.repeats.get(repeat);
    return shown === undefined ? [] : [[repeat, shown.map((cells) => at(repeat, cells))]];
  });
  return JSON.stringify([at('', record.cells), rows]);
}

/** What a record says of what would harm someone; undefined: its file does not tell. */
function harmOf({ column, table }: Harm, record: SeenRecord): string | undefined {
  if (table === '') return record.cells.get(column);
  const rows = record.repeats.get(table);
  return rows && JSON.stringify(rows.map((cells) => cells.get(column) ?? ''));
}

/** Groups of rows in which a target is found, or of which all have the same to hide. */
export function* exposed(
  knowledge: Knowledge,
  groups: ReadonlyMap<string, readonly SeenRecord[]>,
): Generator<string> {
  for (const [looks, group] of groups) {
    const k = knowledge.k(group[0]?.cells.get('form_version') ?? '');
    if (group.length < k) yield `${group.length} of ${k} look like ${looks.slice(0, 300)}`;
  }
}

/** Groups of rows that all say the same of what would harm someone. */
export function* homogeneous(
  knowledge: Knowledge,
  groups: ReadonlyMap<string, readonly SeenRecord[]>,
): Generator<string> {
  for (const [looks, group] of groups) {
    for (const harm of knowledge.harms) {
      const said = new Set(group.map((record) => harmOf(harm, record)));
      const silent = [...said].every((text) => text === undefined || /^["[\],]*$/.test(text));
      if (silent || said.size >= harm.l) continue;
      yield `all ${group.length} say ${harm.column}=${[...said].join()} who look like ${looks.slice(0, 200)}`;
    }
  }
}

/** Everyone who looks for someone in the rows of one compile, whatever the format. */
function* groupsOf(view: OpenView): Generator<{
  readonly at: number;
  readonly where: string;
  readonly knowledge: Knowledge;
  readonly groups: ReadonlyMap<string, readonly SeenRecord[]>;
}> {
  for (const form of view.forms) {
    const knowledge = knowledgeOf(form);
    if (knowledge === undefined) continue;
    for (const [at, snapshot] of view.snapshots.entries()) {
      const sources = new Map([
        ['csv', snapshot.public.records.get(form.formId) ?? []],
        ...(snapshot.public.others.get(form.formId) ?? []),
      ]);
      for (const [format, records] of sources) {
        const groups = Map.groupBy(records, (record) => looksOf(knowledge, record));
        yield { at, where: `${form.formId}.${format}`, knowledge, groups };
      }
    }
  }
}

/**
 * Whoever knows all about a target but what is hidden has fewer than k candidates: by marked answers,
 * by what is computed from them or asked because of them, by places, sizes of households, versions,
 * or because what others show is blank in theirs.
 */
export function* findClasses(view: OpenView): Generator<Finding> {
  for (const { at, where, knowledge, groups } of groupsOf(view)) {
    for (const what of exposed(knowledge, groups)) {
      yield { attack: 'classes', at, what: `${where}: ${what}` };
    }
  }
}

/** All candidates have the same to hide: then it does not matter which of them the target is. */
export function* findHomogeneous(view: OpenView): Generator<Finding> {
  for (const { at, where, knowledge, groups } of groupsOf(view)) {
    for (const what of homogeneous(knowledge, groups)) {
      yield { attack: 'homogeneity', at, what: `${where}: ${what}` };
    }
  }
}

/** A row in which what identifies is blank for fewer than k: who is withheld is who that is. */
export function* findBlanks(view: OpenView): Generator<Finding> {
  for (const { at, where, knowledge, groups } of groupsOf(view)) {
    const marked = knowledge.known.filter(
      ({ table, column }) => table === '' && column !== 'form_version',
    );
    const blank = (record: SeenRecord): string =>
      marked
        .filter(({ column }) => record.cells.has(column))
        .map(({ column, seen }) => (seen(record.cells.get(column) ?? '') === '' ? column : ''))
        .filter((column) => column !== '')
        .join();
    const shapes = Map.groupBy([...groups.values()].flat(), blank);
    for (const [columns, group] of shapes) {
      const k = knowledge.k('');
      if (columns === '' || group.length >= k) continue;
      yield {
        attack: 'blanks',
        at,
        what: `${where}: ${group.length} of ${k} are blank in ${columns}`,
      };
    }
  }
}
