import { askedQuestions, cell } from './asked-questions.ts';
import type { Finding } from './attack-view.ts';
import type { OpenView } from './open-files.ts';
import { canariesIn } from './truth.ts';

/** Something that an audience may not read, anywhere in its files. */
export function* findHiddenValues(view: OpenView): Generator<Finding> {
  const organisations = new Map(
    view.people.map(({ organisation }) => [canariesIn(organisation)[0], organisation]),
  );
  const named = view.forms.some(({ versions }) =>
    versions.some(({ settings }) => cell(settings, 'public_metadata').includes('organisation')),
  );
  for (const [at, { truth, ...seen }] of view.snapshots.entries()) {
    for (const audience of ['public', 'members'] as const) {
      for (const [name, text] of seen[audience].texts) {
        for (const found of new Set(canariesIn(text))) {
          const organisation = organisations.get(found);
          const may = organisation === undefined ? truth.canaries.get(found) : 'members';
          if (organisation !== undefined && named) continue;
          if (may === 'public' || (may === 'members' && audience === 'members')) continue;
          const what = organisation ?? `${found}, for ${may ?? 'whom?'}`;
          yield { attack: 'hidden values', at, what: `${audience} ${name}: ${what}` };
        }
      }
    }
  }
}

/** A record that an audience may not see: refused, unread, withdrawn, erased. */
export function* findHiddenRecords(view: OpenView): Generator<Finding> {
  for (const [at, { truth, ...seen }] of view.snapshots.entries()) {
    for (const audience of ['public', 'members'] as const) {
      const may = audience === 'public' ? truth.published : truth.accepted;
      for (const [formId, records] of seen[audience].records) {
        const sources = [records, ...(seen[audience].others.get(formId)?.values() ?? [])];
        for (const { id, cells } of sources.flat()) {
          const marker = cells.get('ticket') ?? '';
          const hidden = marker !== '' && may.get(formId)?.has(marker) !== true;
          const state = cells.get('state') ?? 'accepted';
          if (!hidden && state === 'accepted') continue;
          yield { attack: 'hidden records', at, what: `${audience} ${formId}: ${id}` };
        }
      }
    }
  }
}

/** A column of a question that the newest version of the form does not show the public. */
export function* findHiddenColumns(view: OpenView): Generator<Finding> {
  for (const { formId, versions } of view.forms) {
    const newest = versions.at(-1);
    const hidden = (newest === undefined ? [] : askedQuestions(newest))
      .filter(({ row }) => cell(row, 'visibility') !== 'public')
      .map(({ path }) => path);
    const at = view.snapshots.length - 1;
    const shown = view.snapshots[at]?.public.records.get(formId) ?? [];
    const columns = new Set(shown.flatMap(({ cells }) => [...cells.keys()]));
    for (const path of hidden) {
      const found = [...columns].find((column) => column === path || column.startsWith(`${path}/`));
      if (found !== undefined) {
        yield { attack: 'hidden columns', at, what: `${formId}.csv: ${found}` };
      }
    }
  }
}
