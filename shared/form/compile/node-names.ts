import type { FormIssues } from '../form-issues.ts';
import type { SheetRow } from './read-sheet.ts';
import { isXmlName } from '../../xml-text.ts';

const namePattern = /^[\p{L}_][\p{L}\p{N}_.-]{0,99}$/u;

/** True for what XForms and `${…}` can call a question. */
export function isName(text: string): boolean {
  // XML has not every letter in names: neither `m²` nor `µg`.
  return namePattern.test(text) && isXmlName(text);
}

const reserved: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);
/** What XForms put beside the questions at the top level. */
const reservedAtTop: ReadonlySet<string> = new Set(['meta']);
const takenInTables: ReadonlySet<string> = new Set([
  'id',
  'organisation',
  'form_version',
  'state',
  'received_at',
  'updated_at',
]);
const takenInRepeats: ReadonlySet<string> = new Set(['id', 'parent_id', 'index']);

/** The name of a row; that of a note or an audit need not be written. */
export function nameOf(row: SheetRow, type: string, issues: FormIssues): string {
  const name = row.text('name');
  if (type === 'audit') {
    if (name !== '' && name !== 'audit') issues.add('audit-name', row.place('name'), name);
    return name === '' ? 'audit' : name;
  }
  if (name !== '' || type !== 'note') return name;
  const generated = `generated_note_name_${row.row}`;
  issues.add('name-generated', row.place('name'), generated);
  return generated;
}

/** Where a name stands: `taken` are those of the columns that its table has already. */
interface NamePlace {
  readonly isQuestion: boolean;
  readonly atTop: boolean;
  readonly inRepeat: boolean;
}

interface Taken {
  readonly rows: Map<string, number>;
  /** By the name in lower case: as it is written. */
  readonly written: Map<string, string>;
}

/** Checks the names of one form, and reports those that stand twice. */
export class NameCheck {
  readonly #issues: FormIssues;
  /** By the group in which they stand. */
  readonly #groups = new Map<object, Taken>();
  readonly #anywhere = new Map<string, number>();

  constructor(issues: FormIssues) {
    this.#issues = issues;
  }

  /** Notes the name of a row in a group. */
  take(row: SheetRow, name: string, group: object, where: NamePlace): void {
    this.#checkShape(row, name, where);
    if (name === '') return;
    const taken: Taken = this.#groups.get(group) ?? { rows: new Map(), written: new Map() };
    this.#groups.set(group, taken);
    const place = row.place('name');
    const before = taken.rows.get(name);
    const alike = taken.written.get(name.toLowerCase());
    const elsewhere = this.#anywhere.get(name);
    if (before !== undefined) this.#issues.add('duplicate-name', place, name, String(before));
    else {
      taken.rows.set(name, row.row);
      taken.written.set(name.toLowerCase(), name);
      if (alike !== undefined) this.#issues.add('name-differs-by-case', place, name, alike);
      else if (elsewhere !== undefined) {
        this.#issues.add('name-elsewhere', place, name, String(elsewhere));
      }
    }
    if (elsewhere === undefined) this.#anywhere.set(name, row.row);
  }

  #checkShape(row: SheetRow, name: string, where: NamePlace): void {
    const place = row.place('name');
    if (name === '') this.#issues.add('missing-name', place);
    else if (reserved.has(name) || (where.atTop && reservedAtTop.has(name))) {
      this.#issues.add('reserved-name', place, name);
    } else if (!isName(name)) this.#issues.add('invalid-name', place, name);
    else if (where.isQuestion) {
      const taken = where.atTop ? takenInTables : where.inRepeat ? takenInRepeats : undefined;
      if (taken?.has(name) === true) this.#issues.add('column-name-taken', place, name);
    }
  }
}
