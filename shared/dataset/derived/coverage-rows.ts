import { csvText } from '../rows/cell-text.ts';
import type { CoveredForm, CoveredOrganisation } from './coverage.ts';
import { csvRow } from '../formats/csv.ts';

type Cell = string | number | boolean | null;

const columns: readonly {
  readonly header: string;
  readonly of: (form: CoveredForm, organisation: CoveredOrganisation) => Cell;
}[] = [
  { header: 'form', of: ({ formId }) => formId },
  { header: 'due', of: ({ due }) => due },
  { header: 'organisation', of: (_, { id }) => id },
  { header: 'name', of: (_, { name }) => name },
  { header: 'state', of: (_, { state }) => state },
  { header: 'submissions', of: (_, { submissions }) => submissions },
  { header: 'needs_changes', of: (_, { needsChanges }) => needsChanges },
  { header: 'first_at', of: (_, { firstAt }) => firstAt },
  { header: 'last_at', of: (_, { lastAt }) => lastAt },
  { header: 'on_time', of: (_, { onTime }) => onTime },
  { header: 'days_overdue', of: (_, { daysOverdue }) => daysOverdue },
  { header: 'questions_asked', of: (_, { completeness }) => completeness?.asked ?? null },
  { header: 'questions_answered', of: (_, { completeness }) => completeness?.answered ?? null },
];

/** The coverage as the lines of a CSV file: one for each form and organisation. */
export function coverageRows(forms: readonly CoveredForm[]): readonly string[] {
  const cellOf = (cell: Cell): string =>
    typeof cell === 'string' ? csvText(cell) : String(cell ?? '');
  return [
    csvRow(columns.map(({ header }) => header)),
    ...forms.flatMap((form) =>
      form.organisations.map(
        (organisation) =>
          `${columns.map(({ of }) => cellOf(of(form, organisation))).join(',')}\r\n`,
      ),
    ),
  ];
}
