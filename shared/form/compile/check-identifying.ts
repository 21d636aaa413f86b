import type { FormIssues } from '../issues/form-issues.ts';
import type { FormMessageCode } from '../issues/form-messages.ts';
import { nodesOf } from '../form-names.ts';
import { identifyingPaths, isPlace, type Why } from './identifying.ts';
import type { FormModel, Question } from '../model.ts';
import type { SheetRow } from './sheet.ts';
import { typeRow } from '../types/question-types.ts';

/** What the author hears of a question that becomes a quasi-identifier, or of a repeat. */
const codes = {
  marked: undefined,
  place: 'identifies-as-place',
  rows: 'identifies-by-rows',
  determines: 'identifies-as-input',
  depends: 'identifies-by-dependence',
} as const satisfies Readonly<Record<Why, FormMessageCode | undefined>>;

/**
 * Tells what else is published like the quasi-identifiers that a form marks: of what the public sees,
 * what depends on one or determines it, places, the numbers of rows of repeats, and what is published
 * about the record.
 */
export function checkIdentifying(
  model: FormModel,
  { survey, settings }: { readonly survey: readonly SheetRow[]; readonly settings: SheetRow },
  issues: FormIssues,
): void {
  const reasons = identifyingPaths([model]);
  if (reasons.size === 0) return;
  const rows = new Map(survey.map((row) => [row.row, row]));
  const names = new Map<string, string>();
  for (const { path, name } of nodesOf(model.root)) names.set(path.join('/'), name);
  const published = new Set(model.questions.filter(isPublished));
  for (const node of nodesOf(model.root)) {
    const row = rows.get(node.row);
    const reason = reasons.get(node.path.join('/'));
    if (row === undefined || reason === undefined || node.kind === 'group') continue;
    if (node.kind === 'question') {
      if (!published.has(node)) continue;
      if (node.sensitive > 0)
        issues.add('identifies-and-sensitive', row.place('sensitive'), node.name);
    } else if (
      ![...nodesOf(node)].some((inner) => inner.kind === 'question' && published.has(inner))
    ) {
      continue;
    }
    const code = codes[reason.why];
    if (code === undefined) continue;
    const place = row.place(node.kind === 'repeat' ? 'name' : 'quasi_identifier');
    issues.add(code, place, node.name, names.get(reason.of ?? ''));
  }
  const metadata = model.settings.publicMetadata.filter((name) => name !== 'state');
  if (metadata.length > 0) {
    issues.add('metadata-identifies', settings.place('public_metadata'), metadata.join(', '));
  }
}

/** Whether the public sees anything of the answers; what of a place, shared/form/visibility.ts says. */
function isPublished({ visibility, type, freeText, reviewText, precision }: Question): boolean {
  if (visibility !== 'public' || typeRow(type).shape === 'none') return false;
  if (freeText && !reviewText) return false;
  return precision !== undefined || !isPlace[typeRow(type).shape];
}
