import type { Audience } from '../../form/model.ts';
import type { ColumnKind } from '../rows/column-kinds.ts';
import { dayOf } from '../disclosure/combination.ts';
import type { RecordColumn } from '../rows/identifiers.ts';
import { fileLanguages } from '../rows/file-languages.ts';
import type { FormRows, VersionTexts } from '../rows/form-rows.ts';
import {
  type LeadCell,
  tableNumbers,
  type AudienceTables,
  type MetaColumn,
} from '../rows/audience-row.ts';
import { scopesOf } from '../rows/layout.ts';
import type { SegmentRow } from '../segments/segment-row.ts';
import { tablesOf } from '../rows/view.ts';

/** What the public sees only if the form says so, when the record is answered and now. */
export const privateMetadata: readonly string[] = [
  'organisation',
  'state',
  'received_at',
  'updated_at',
];

/** What is known of a record beside its answers, before it is made the cells of an audience. */
export interface RecordHead {
  /** As the audience knows it. */
  readonly id: string;
  readonly row: SegmentRow;
  readonly formVersion: VersionTexts;
  /** The columns about the record that the version answered to lets the audience see. */
  readonly metadata: readonly string[];
}

/** A column about the record, and how its cell is made. */
export interface FormMetaColumn extends MetaColumn {
  readonly cellOf: (record: RecordHead) => LeadCell;
}

const notShown: LeadCell = { value: undefined, csv: '', json: 'null' };

/** Ids, names of states and times hold nothing that CSV or JSON would have to escape: see ids.ts. */
function plain(
  header: string,
  member: string,
  kind: ColumnKind,
  of: (record: RecordHead) => string | undefined,
): FormMetaColumn {
  const cellOf = (record: RecordHead): LeadCell => {
    const value = of(record);
    return value === undefined ? notShown : { value, csv: value, json: `"${value}"` };
  };
  return { header, member, kind, cellOf };
}

const idColumn = plain('id', 'id', 'text', ({ id }) => id);

const formVersion: FormMetaColumn = {
  ...{ header: 'form_version', member: 'formVersion', kind: 'code' },
  cellOf: ({ row, formVersion: { csv, json } }) => ({ value: row.formVersion, csv, json }),
};

/** What members and the coordinator see of the record itself. */
const allColumns: readonly FormMetaColumn[] = [
  idColumn,
  plain('organisation', 'organisation', 'code', ({ row }) => row.organisation),
  formVersion,
  plain('state', 'state', 'code', ({ row }) => row.state),
  plain('received_at', 'receivedAt', 'dateTime', ({ row }) => row.receivedAt),
  plain('updated_at', 'updatedAt', 'dateTime', ({ row }) => row.updatedAt),
];

/** What the public sees of it: what the form publishes, times by the day, and all as coarse as it must be. */
function publicColumns({ newest, generalisation }: FormRows): readonly FormMetaColumn[] {
  const published: readonly string[] = newest.settings.publicMetadata;
  const column = (
    header: RecordColumn | 'state',
    member: string,
    kind: ColumnKind,
    of: (record: RecordHead) => string,
  ): readonly FormMetaColumn[] => {
    if (!published.includes(header)) return [];
    const level = header === 'state' ? undefined : generalisation.record.get(header);
    const kindNow = level?.published === 'coarse' ? 'text' : kind;
    return [
      plain(header, member, kindNow, (record) => {
        if (!record.metadata.includes(header)) return undefined;
        if (level === undefined || level.published === 'plain') return of(record);
        const text = level.published === 'coarse' ? level.text(JSON.stringify(of(record))) : '';
        return text === '' ? undefined : text;
      }),
    ];
  };
  const version = generalisation.record.get('form_version');
  const hidden = plain('form_version', 'formVersion', 'code', () => undefined);
  return [
    idColumn,
    ...column('organisation', 'organisation', 'code', ({ row }) => row.organisation),
    version?.published === 'hidden' ? hidden : formVersion,
    ...column('state', 'state', 'code', ({ row }) => row.state),
    ...column('received_at', 'receivedAt', 'date', ({ row }) => dayOf(row.receivedAt)),
    ...column('updated_at', 'updatedAt', 'date', ({ row }) => dayOf(row.updatedAt)),
  ];
}

/** The columns about the record that an audience sees. */
export function metaColumnsFor(rows: FormRows, audience: Audience): readonly FormMetaColumn[] {
  return audience === 'public' ? publicColumns(rows) : allColumns;
}

/** The cells of these columns for a record. */
export function leadsOf(
  columns: readonly FormMetaColumn[],
  record: RecordHead,
): readonly LeadCell[] {
  return columns.map(({ cellOf }) => cellOf(record));
}

/** The tables of a form's dataset as an audience sees them. */
export function tablesFor(rows: FormRows, audience: Audience): AudienceTables {
  const { layout, newest } = rows;
  const [main, ...repeats] = tablesOf(layout, audience, rows.generalisation);
  if (main === undefined) throw new TypeError('A layout has no top level.');
  const { keys } = rows;
  const mapped = rows.plans.some(({ views }) => views[audience].geometry.slot !== 0);
  return {
    audience,
    meta: metaColumnsFor(rows, audience).map(({ header, member, kind }) => ({
      header,
      member,
      kind,
    })),
    main,
    repeats,
    numbers: tableNumbers([main, ...repeats]),
    languages: fileLanguages([newest.settings.defaultLanguage, ...newest.languages]),
    geometryScope: mapped
      ? scopesOf(layout).find(({ fields }) => fields.some(({ geometry }) => geometry !== undefined))
      : undefined,
    ...(keys === undefined ? {} : { keys }),
  };
}
