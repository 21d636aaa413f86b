import type { Audience } from '../form/model.ts';
import type { ColumnKind } from './column-kinds.ts';
import { fileLanguages } from './file-languages.ts';
import type { FormRows, VersionTexts } from './form-rows.ts';
import type { LeadCell } from './formats/audience-row.ts';
import { tableNumbers, type AudienceTables, type MetaColumn } from './formats/format.ts';
import { scopesOf } from './layout.ts';
import type { SegmentRow } from './segment-row.ts';
import { tablesOf } from './view.ts';

/** What the public sees only if the form says so, when the record is answered and now. */
export const privateMetadata: readonly string[] = ['organisation', 'state'];

/** What is known of a record beside its answers, before it is made the cells of an audience. */
export interface RecordHead {
  /** As the audience knows it. */
  readonly id: string;
  readonly row: SegmentRow;
  readonly formVersion: VersionTexts;
  /** The columns about who sent it that the version answered to lets the audience see. */
  readonly metadata: readonly string[];
}

interface FormMetaColumn extends MetaColumn {
  readonly onlyIfPublished: boolean;
  /** Its value as text; undefined: it is not shown. */
  readonly value: (row: RecordHead) => string | undefined;
  /** Its cell in CSV, and as a JSON value. */
  readonly csv: (row: RecordHead) => string;
  readonly json: (row: RecordHead) => string;
}

/** Ids, names of states and times hold nothing that CSV or JSON would have to escape: see ids.ts. */
function plain(
  header: string,
  member: string,
  kind: ColumnKind,
  of: (row: RecordHead) => string,
): FormMetaColumn {
  const column = { header, member, kind };
  if (!privateMetadata.includes(header)) {
    const json = (row: RecordHead): string => `"${of(row)}"`;
    return { ...column, value: of, csv: of, json, onlyIfPublished: false };
  }
  const isTold = ({ metadata }: RecordHead): boolean => metadata.includes(header);
  return {
    ...column,
    value: (row) => (isTold(row) ? of(row) : undefined),
    csv: (row) => (isTold(row) ? of(row) : ''),
    json: (row) => (isTold(row) ? `"${of(row)}"` : 'null'),
    onlyIfPublished: true,
  };
}

const metaColumns: readonly FormMetaColumn[] = [
  plain('id', 'id', 'text', ({ id }) => id),
  plain('organisation', 'organisation', 'code', ({ row }) => row.organisation),
  {
    header: 'form_version',
    member: 'formVersion',
    kind: 'code',
    value: ({ row }) => row.formVersion,
    csv: ({ formVersion }) => formVersion.csv,
    json: ({ formVersion }) => formVersion.json,
    onlyIfPublished: false,
  },
  plain('state', 'state', 'code', ({ row }) => row.state),
  plain('received_at', 'receivedAt', 'dateTime', ({ row }) => row.receivedAt),
  plain('updated_at', 'updatedAt', 'dateTime', ({ row }) => row.updatedAt),
];

const byHeader = new Map(metaColumns.map((column) => [column.header, column]));

/** The cells of these columns for a record. */
export function leadsOf(meta: readonly MetaColumn[], record: RecordHead): readonly LeadCell[] {
  return meta.map(({ header }) => {
    const column = byHeader.get(header);
    if (column === undefined) throw new TypeError(`No column about records is called ${header}.`);
    const { value, csv, json } = column;
    return { value: value(record), csv: csv(record), json: json(record) };
  });
}

/** The tables of a form's dataset as an audience sees them. */
export function tablesFor(rows: FormRows, audience: Audience): AudienceTables {
  const { layout, newest } = rows;
  const [main, ...repeats] = tablesOf(layout, audience, rows.rungs);
  if (main === undefined) throw new TypeError('A layout has no top level.');
  const published: readonly string[] = newest.settings.publicMetadata;
  const mapped = rows.plans.some(({ views }) => views[audience].geometry.slot !== 0);
  return {
    audience,
    meta: metaColumns
      .filter(
        ({ header, onlyIfPublished }) =>
          audience !== 'public' || !onlyIfPublished || published.includes(header),
      )
      .map(({ header, member, kind }) => ({ header, member, kind })),
    main,
    repeats,
    numbers: tableNumbers([main, ...repeats]),
    languages: fileLanguages([newest.settings.defaultLanguage, ...newest.languages]),
    geometryScope: mapped
      ? scopesOf(layout).find(({ fields }) => fields.some(({ geometry }) => geometry !== undefined))
      : undefined,
  };
}
